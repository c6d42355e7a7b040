//! The table of `tenure-seal`, through what JavaScript calls.

#![allow(
    clippy::unwrap_used,
    reason = "a case that cannot be read fails the test"
)]

use serde_json::Value;
use tenure_seal_wasm::{agree, public_key, sign, verify};

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
        let signature = sign(secret, sealed).unwrap();
        assert_eq!(signature, text(case, "signature_der_hex"));
        assert_eq!(verify(&public, sealed, &signature), Ok(true));
        assert_eq!(verify(&public, "another text", &signature), Ok(false));
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
    assert!(verify("04", "", "").is_err());
}

#[test]
fn a_signature_is_read_as_der_or_as_two_numbers() {
    let (public, der) = (public_key("1").unwrap(), sign("1", "text").unwrap());
    let length = |at: usize| usize::from_str_radix(&der[at..at + 2], 16).unwrap() * 2;
    let r_end = 8 + length(6);
    let r = der[8..r_end].trim_start_matches("00");
    let s = der[r_end + 4..].trim_start_matches("00");
    assert_eq!(verify(&public, "text", &format!("{r},0x{s}")), Ok(true));
    assert_eq!(verify(&public, "text", &format!("{s},{r}")), Ok(false));
    for none in ["", ",", "1,", "30", "0,1"] {
        assert_eq!(verify(&public, "text", none), Ok(false), "{none}");
    }
}
