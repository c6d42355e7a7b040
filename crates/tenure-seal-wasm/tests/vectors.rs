//! The table of `tenure-seal`, through what JavaScript calls.

#![allow(
    clippy::unwrap_used,
    reason = "a case that cannot be read fails the test"
)]

use serde_json::Value;
use tenure_seal_wasm::{agree, public_key, sign};

const CASES: &str = include_str!("../../tenure-seal/cases/vectors.json");

fn text<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn keys_secrets_and_signatures_are_those_of_the_table() {
    let table: Value = serde_json::from_str(CASES).unwrap();
    let cases = table["vectors"].as_array().unwrap();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let secret = text(case, "session_id_input");
        let public = public_key(secret).unwrap();
        assert_eq!(public, text(case, "public_key_uncompressed"));
        let shared = text(case, "ecdh_shared_x");
        assert_eq!(
            agree(secret, text(case, "ephemeral_public_key")).unwrap(),
            shared
        );
        assert_eq!(
            agree(text(case, "ephemeral_private_key"), &public).unwrap(),
            shared
        );
        let sealed = text(case, "ciphertext_json");
        assert_eq!(
            sign(secret, sealed).unwrap(),
            text(case, "signature_der_hex")
        );
    }
}

#[test]
fn what_is_no_key_is_said_in_a_sentence() {
    for (secret, why) in [
        ("", "hexadecimal"),
        ("0", "zero"),
        (&"f".repeat(64), "too large"),
        (&"0".repeat(65), "hexadecimal"),
    ] {
        let sentence = public_key(secret).unwrap_err();
        assert!(sentence.contains(why), "{secret}: {sentence}");
    }
    assert!(agree("1", "04").unwrap_err().contains("uncompressed point"));
}
