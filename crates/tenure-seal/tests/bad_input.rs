//! What is not as it should be is refused with a reason, and nothing panics.

#![allow(
    clippy::unwrap_used,
    reason = "a case that cannot be made fails the test"
)]

use proptest::prelude::*;
use serde_json::{Value, json};
use tenure_seal::{OpenError, PublicKey, SealKey, Sealed, SealedError, Signature, open, seal};

fn key(byte: u8) -> SealKey {
    SealKey::from_bytes(&[byte; 32]).unwrap()
}

fn sealed() -> Value {
    let sealed = seal(&key(1).public(), b"data", &key(2), [3; 16]);
    serde_json::from_str(&sealed.to_string()).unwrap()
}

fn with(name: &str, value: Value) -> String {
    let mut sealed = sealed();
    sealed[name] = value;
    sealed.to_string()
}

#[test]
fn a_text_that_is_not_sealed_data_says_which_member_is_wrong() {
    let compressed = format!("02{}", &key(2).public().to_string()[2..66]);
    let cases = [
        ("", SealedError::NotSealed),
        ("{}", SealedError::NotSealed),
        ("[]", SealedError::NotSealed),
        (&with("iv", Value::Null), SealedError::NotSealed),
        (&with("mac", json!(7)), SealedError::NotSealed),
        (&with("iv", json!("")), SealedError::Iv),
        (&with("iv", json!("00".repeat(15))), SealedError::Iv),
        (&with("iv", json!("0".repeat(31))), SealedError::Iv),
        (
            &with("ephemPublicKey", json!("")),
            SealedError::EphemeralKey,
        ),
        (
            &with("ephemPublicKey", json!(compressed)),
            SealedError::EphemeralKey,
        ),
        (
            &with("ephemPublicKey", json!("04".repeat(65))),
            SealedError::EphemeralKey,
        ),
        (&with("ciphertext", json!("")), SealedError::Ciphertext),
        (
            &with("ciphertext", json!("00".repeat(17))),
            SealedError::Ciphertext,
        ),
        (
            &with("ciphertext", json!("g".repeat(32))),
            SealedError::Ciphertext,
        ),
        (&with("mac", json!("00".repeat(33))), SealedError::Mac),
        (
            &sealed().to_string().replace("\"mac\"", "\"iv\""),
            SealedError::NotSealed,
        ),
    ];
    for (text, why) in cases {
        assert_eq!(text.parse::<Sealed>(), Err(why), "{text}");
    }
    let upper = sealed()["mac"].as_str().unwrap().to_uppercase();
    let upper: Sealed = with("mac", json!(format!("0x{upper}"))).parse().unwrap();
    assert_eq!(open(&key(1), &upper).unwrap(), b"data");
}

#[test]
fn a_changed_bit_of_any_member_opens_nothing() {
    for (name, byte) in [("iv", 0), ("iv", 15), ("ciphertext", 0), ("mac", 31)] {
        let digits = sealed()[name].as_str().unwrap().to_owned();
        let (before, rest) = digits.split_at(2 * byte);
        let changed = u8::from_str_radix(&rest[..2], 16).unwrap() ^ 1;
        let text = with(name, json!(format!("{before}{changed:02x}{}", &rest[2..])));
        let opened = open(&key(1), &text.parse().unwrap());
        assert_eq!(opened, Err(OpenError::WrongKey), "{name}");
    }
    let other_point = with("ephemPublicKey", json!(key(5).public().to_string()));
    let opened = open(&key(1), &other_point.parse().unwrap());
    assert_eq!(opened, Err(OpenError::WrongKey));
}

#[test]
fn both_forms_of_a_signature_are_read_and_a_high_s_holds() {
    // A signature of the original (see vectors.rs) and its mirror: s becomes n - s.
    let (owner, text) = (key(1).public(), "text");
    let der = Signature::sign(&key(1), text).to_string();
    let (r, s) = scalars(&der);
    let mirrored = mirrored(&s);
    for form in [
        json!({ "r": r, "s": s }).to_string(),
        json!({ "s": format!("0x{}", s.to_uppercase()), "r": r }).to_string(),
        json!({ "r": r, "s": mirrored }).to_string(),
        der.to_uppercase(),
    ] {
        let signature: Signature = form.parse().unwrap();
        assert!(signature.is_of(&owner, text), "{form}");
        assert!(!signature.is_of(&key(2).public(), text), "{form}");
    }
    for bad in [
        "",
        "00",
        "{}",
        "3006020100020100",
        &der[2..],
        &format!("{der}00"),
        r#"{"r":"0","s":"1"}"#,
        r#"{"r":"1","s":""}"#,
        r#"{"r":"1","r":"1","s":"1"}"#,
    ] {
        assert!(bad.parse::<Signature>().is_err(), "{bad}");
    }
}

/// `r` and `s` of a DER signature in hexadecimal digits.
fn scalars(der: &str) -> (String, String) {
    let length = |at: usize| usize::from_str_radix(&der[at..at + 2], 16).unwrap() * 2;
    let r_end = 8 + length(6);
    (
        der[8..r_end].trim_start_matches("00").to_owned(),
        der[r_end + 4..].trim_start_matches("00").to_owned(),
    )
}

/// `n - s`.
fn mirrored(s: &str) -> String {
    const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    let mut borrow = 0;
    let s = format!("{s:0>64}");
    let digits = ORDER.bytes().zip(s.bytes()).rev().map(|(n, s)| {
        let value = |digit| i32::try_from(char::from(digit).to_digit(16).unwrap()).unwrap();
        let left = value(n) - value(s) - borrow;
        borrow = i32::from(left < 0);
        char::from_digit(u32::try_from(left + 16 * borrow).unwrap(), 16).unwrap()
    });
    digits.collect::<Vec<_>>().into_iter().rev().collect()
}

proptest! {
    #[test]
    fn what_is_sealed_opens(data: Vec<u8>, secret in 1_u8.., ephemeral in 1_u8.., iv: [u8; 16]) {
        let (key, ephemeral) = (key(secret % 250 + 1), key(ephemeral % 250 + 1));
        let sealed = seal(&key.public(), &data, &ephemeral, iv).to_string();
        prop_assert_eq!(open(&key, &sealed.parse().unwrap()).unwrap(), data);
    }

    /// The library reads DER, strictly; what is written is our own.
    #[test]
    fn what_is_signed_is_read_as_it_was_written(secret in 1_u8.., text: String) {
        let key = key(secret % 250 + 1);
        let signature = Signature::sign(&key, &text);
        prop_assert_eq!(&signature.to_string().parse::<Signature>().unwrap(), &signature);
        prop_assert!(signature.is_of(&key.public(), &text));
    }

    #[test]
    fn no_text_panics(text: String, hex in "(0x)?[0-9a-fA-F]{0,140}") {
        for text in [&text, &hex] {
            let _ = text.parse::<Sealed>();
            let _ = text.parse::<SealKey>();
            let _ = text.parse::<PublicKey>();
            if let Ok(signature) = text.parse::<Signature>() {
                prop_assert!(!signature.is_of(&key(1).public(), "text"));
            }
        }
    }
}

#[test]
fn nothing_and_much_are_sealed_alike() {
    for length in [0, 1, 15, 16, 17, 1 << 20] {
        let data = vec![7; length];
        let sealed = seal(&key(1).public(), &data, &key(2), [0; 16]).to_string();
        assert_eq!(open(&key(1), &sealed.parse().unwrap()).unwrap(), data);
    }
}
