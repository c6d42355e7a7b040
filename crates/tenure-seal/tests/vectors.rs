//! What the original package wrote, byte for byte, in both directions.

#![allow(
    clippy::unwrap_used,
    reason = "a case that cannot be read fails the test"
)]

use std::sync::LazyLock;

use serde_json::Value;
use tenure_seal::{OpenError, SealKey, Sealed, Signature, open, seal};

static VECTORS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../cases/vectors.json")).unwrap());

fn cases() -> impl Iterator<Item = &'static Value> {
    let cases = VECTORS["vectors"].as_array().unwrap();
    assert_eq!(cases.len(), 3);
    cases.iter()
}

fn text<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap_or_else(|| panic!("no {name}"))
}

fn key(case: &Value, name: &str) -> SealKey {
    text(case, name).parse().unwrap()
}

fn iv(case: &Value) -> [u8; 16] {
    let digits = text(case, "iv");
    std::array::from_fn(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap())
}

#[test]
fn keys_are_these() {
    for case in cases() {
        let key = key(case, "session_id_input");
        assert_eq!(&**key.expose_hex(), text(case, "private_key"));
        assert_eq!(
            key.public().to_string(),
            text(case, "public_key_uncompressed")
        );
    }
}

#[test]
fn what_is_sealed_is_these_bytes_and_opens_to_what_it_was() {
    for case in cases() {
        let key = key(case, "private_key");
        let plain = text(case, "plaintext_utf8").as_bytes();
        let ephemeral = self::key(case, "ephemeral_private_key");
        let sealed = seal(&key.public(), plain, &ephemeral, iv(case));
        assert_eq!(sealed.to_string(), text(case, "ciphertext_json"));
        let theirs: Sealed = text(case, "ciphertext_json").parse().unwrap();
        assert_eq!(open(&key, &theirs).unwrap(), plain);
    }
}

#[test]
fn signatures_are_these_bytes() {
    for case in cases() {
        let (key, sealed) = (key(case, "private_key"), text(case, "ciphertext_json"));
        let signature = Signature::sign(&key, sealed);
        assert_eq!(signature.to_string(), text(case, "signature_der_hex"));
        let theirs: Signature = text(case, "signature_der_hex").parse().unwrap();
        assert!(theirs.is_of(&key.public(), sealed));
        assert!(!theirs.is_of(&key.public(), &format!("{sealed} ")));
    }
}

#[test]
fn every_recorded_request_holds() {
    let mut seen = 0;
    for case in cases() {
        let key = key(case, "private_key");
        for name in ["create_request", "update_request", "invalidate_request"] {
            let request = &case[name];
            let body: Value = serde_json::from_str(text(request, "body")).unwrap();
            assert_eq!(text(&body, "key"), key.public().to_string());
            let data = text(&body, "data");
            let signature: Signature = text(&body, "signature").parse().unwrap();
            assert!(signature.is_of(&key.public(), data), "{name}");
            let plain = open(&key, &data.parse().unwrap()).unwrap();
            if let Some(expected) = request["plaintext"].as_str() {
                assert_eq!(plain, expected.as_bytes(), "{name}");
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 6);
}

#[test]
fn a_shared_secret_that_begins_with_zeros_opens_stripped_and_padded() {
    let case = &VECTORS["padding_vector"];
    let key = key(case, "private_key");
    let plain = text(case, "plaintext").as_bytes();
    for name in ["padded_ciphertext_json", "unpadded_ciphertext_json"] {
        let sealed = text(case, name).parse().unwrap();
        assert_eq!(open(&key, &sealed).unwrap(), plain, "{name}");
    }
    let ephemeral = self::key(case, "ephemeral_private_key");
    let ours = seal(&key.public(), plain, &ephemeral, iv(case));
    assert_eq!(ours.to_string(), text(case, "padded_ciphertext_json"));
}

#[test]
fn another_key_opens_nothing() {
    let other = SealKey::from_bytes(&[9; 32]).unwrap();
    for case in cases() {
        let sealed = text(case, "ciphertext_json").parse().unwrap();
        assert_eq!(open(&other, &sealed), Err(OpenError::WrongKey));
    }
}
