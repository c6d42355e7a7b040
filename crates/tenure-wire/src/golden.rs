//! What every form is held to: its bytes in both directions, and what becomes of other bytes.

use std::fmt::Debug;

use crate::{DecodeError, Form, document, row};

/// A row is these bytes: this version, then this JSON.
pub(crate) fn is_row<F: Form + Debug + PartialEq>(value: &F, version: u8, json: &str) {
    let golden = [&[version], json.as_bytes()].concat();
    assert_eq!(text(&row::encode(value)[1..]), json);
    assert_eq!(row::encode(value), golden);
    assert_eq!(row::decode::<F>(&golden).as_ref(), Ok(value));
    told_apart(&golden, row::decode::<F>);
    for version in F::VERSION + 1..=u8::MAX {
        let newer = [&[version], json.as_bytes()].concat();
        assert_eq!(row::decode::<F>(&newer), Err(newer_than::<F>(version)));
        assert_eq!(row::decode::<F>(&[version]), Err(newer_than::<F>(version)));
    }
    let of_nobody = [&[0], json.as_bytes()].concat();
    assert_eq!(row::decode::<F>(&of_nobody), Err(damaged::<F>()));
}

/// A file is these bytes.
pub(crate) fn is_document<F: Form + Debug + PartialEq>(value: &F, json: &str) {
    assert_eq!(text(&document::encode(value)), json);
    assert_eq!(document::decode::<F>(json.as_bytes()).as_ref(), Ok(value));
    told_apart(json.as_bytes(), document::decode::<F>);
    let version = format!(r#""v":{}"#, F::VERSION);
    assert!(json.contains(&version), "{json}");
    for newer in [F::VERSION + 1, u8::MAX] {
        let json = json.replacen(&version, &format!(r#""v":{newer},"more":[]"#), 1);
        let read = document::decode::<F>(json.as_bytes());
        assert_eq!(read, Err(newer_than::<F>(newer)));
    }
    for other in [
        r#""v":0"#,
        r#""v":-1"#,
        r#""v":"1""#,
        r#""v":null"#,
        r#""w":1"#,
    ] {
        let json = json.replacen(&version, other, 1);
        let read = document::decode::<F>(json.as_bytes());
        assert_eq!(read, Err(damaged::<F>()), "{json}");
    }
}

/// Nothing that is cut, longer, or has a member more is read, and no changed bit makes it panic.
fn told_apart<F: Form + Debug + PartialEq>(
    golden: &[u8],
    decode: impl Fn(&[u8]) -> Result<F, DecodeError>,
) {
    for length in 0..golden.len() {
        assert_eq!(decode(&golden[..length]), Err(damaged::<F>()), "{length}");
    }
    let mut others = vec![[golden, b"x"].concat(), golden[..1].to_vec()];
    if let Some(inside) = golden.strip_suffix(b"}") {
        others.push([inside, br#","unknown":1}"#].concat());
    }
    for other in others {
        assert_eq!(decode(&other), Err(damaged::<F>()), "{}", text(&other));
    }
    for bit in 8..golden.len() * 8 {
        let mut changed = golden.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        // Another value, or damage; a file's version is among the bits.
        let _ = decode(&changed);
    }
}

const fn damaged<F: Form>() -> DecodeError {
    DecodeError::Damaged { form: F::NAME }
}

fn newer_than<F: Form>(version: u8) -> DecodeError {
    DecodeError::Newer {
        form: F::NAME,
        version: version.into(),
        reads: F::VERSION,
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
