use figment::error::Kind;
use serde::de::DeserializeOwned;

use super::*;

fn refusal(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenure.toml");
    std::fs::write(&file, text).unwrap();
    Settings::load(Some(&file)).map_or_else(|error| error.to_string(), |_| String::new())
}

#[test]
fn a_wrong_configuration_is_refused_with_what_to_write_instead() {
    let cases = [
        ("isuer = \"https://id.example.com\"", "`isuer` is not a key"),
        (
            "issuer = \"http://id.example.com\"",
            "write it with https://",
        ),
        (
            "issuer = \"https://id.example.com/\"",
            "write `https://id.example.com`",
        ),
        (
            "issuer = \"id.example.com\"",
            "such as https://id.example.com",
        ),
        ("listen = 8484", "`listen` is not right"),
        ("access_token_ttl_secs = 0", "from 1 to 86400"),
        // Norm 55: 400 days.
        ("session_absolute_secs = 34560001", "from 1 to 34560000"),
        (
            "straggler_window_secs = 0",
            "write a `straggler_window_secs` from 5 to 60",
        ),
        (
            "straggler_window_secs = 61",
            "write a `straggler_window_secs` from 5 to 60",
        ),
        (
            "lost_window_secs = 0",
            "write a `lost_window_secs` from 30 to 86400",
        ),
        (
            "lost_window_secs = 999999999",
            "write a `lost_window_secs` from 30 to 86400",
        ),
        ("algorithm = \"none\"", "write one of ES256, RS256, EdDSA"),
        (
            "[[clients]]\nid = \"a\"\nsecret = \"hunter2\"",
            "at least 32 random characters",
        ),
        (
            "[[clients]]\nid = \"a\"\nredirect_uris = [\"http://app.example.com/cb\"]",
            "write an https URI",
        ),
        (
            "[[clients]]\nid = \"a\"\nsekret = \"x\"",
            "`sekret` is not a key",
        ),
        ("listen = ", "write it as TOML"),
        (
            "trusted_proxies = [\"10.0.0.0/8\", \"proxy.example.com\"]",
            "`trusted_proxies` has `proxy.example.com`: write addresses and networks, such as \
             127.0.0.1 and 10.0.0.0/8",
        ),
        (
            "trusted_proxies = \"10.0.0.0/33\"",
            "`trusted_proxies` has `10.0.0.0/33`",
        ),
        (
            "trusted_proxies = [\"0.0.0.0/0\"]",
            "`trusted_proxies` has `0.0.0.0/0`, which is everybody: write the network of the proxies",
        ),
        (
            "[[clients]]\nid = \"a\"\n[[clients]]\nid = \"b\"\n[[clients]]\nid = \"a\"",
            "there are two clients `a`",
        ),
    ];
    for (text, expected) in cases {
        let told = refusal(text);
        assert!(told.contains(expected), "{text}: {told}");
        assert!(!told.contains("hunter2"), "a secret is not repeated");
    }
}

#[test]
fn a_right_configuration_is_taken() {
    let text = "issuer = \"https://id.example.com\"\n[[clients]]\nid = \"web\"\n\
        redirect_uris = [\"https://app.example.com/cb\", \"http://127.0.0.1/cb\", \"app:/cb\"]";
    assert_eq!(refusal(text), "");
    assert_eq!(refusal("issuer = \"http://localhost:8484\""), "");
    let proxies = [
        "[]",
        "[\"127.0.0.1\", \"::1\", \"10.0.0.0/8\", \"fd00::/8\"]",
        "\"127.0.0.1, 10.0.0.0/8\"",
    ];
    for proxies in proxies {
        assert_eq!(
            refusal(&format!("trusted_proxies = {proxies}")),
            "",
            "{proxies}"
        );
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let told = Settings::load(Some("/nowhere/tenure.toml".as_ref()))
        .unwrap_err()
        .to_string();
    assert!(told.contains("/nowhere/tenure.toml"));
}

#[test]
fn what_the_documentation_shows_is_a_configuration() {
    let text = include_str!("../../../../docs/operators.md");
    let examples: Vec<_> = text.split("```toml\n").skip(1).collect();
    assert!(examples.len() > 1, "the examples are where they were");
    for example in examples {
        let example = example.split("```").next().unwrap();
        assert_eq!(refusal(example), "", "{example}");
    }
}

#[test]
fn leniency_is_written_by_name_or_refused() {
    let client = "[[clients]]\nid = \"web\"\n[clients.compatibility]\n";
    let fine = "dangerous_leniency = [\"sign_in_without_challenge\", \"sign_in_at_login\"]\n\
        id_token_on_refresh = true\ntoken_use_claim = true\n\
        account_claims = [\"email\", \"custom:*\"]\n\
        dangerous_id_token_issuer = \"https://id.example.com/pool\"";
    assert_eq!(refusal(&format!("{client}{fine}")), "");
    let cases = [
        (
            "dangerous_leniency = [\"everything\"]",
            "sign_in_without_challenge",
        ),
        ("lenient = true", "`lenient` is not a key"),
        ("account_claims = [\"sub\"]", "remove it"),
        ("account_claims = [\"*\"]", "remove it"),
        (
            "dangerous_id_token_issuer = \"http://id.example.com\"",
            "write an https address",
        ),
    ];
    for (text, expected) in cases {
        let told = refusal(&format!("{client}{text}"));
        assert!(told.contains(expected), "{text}: {told}");
    }
}

/// The keys that a type takes, as it tells whoever writes another.
fn keys_of<T: DeserializeOwned>() -> Vec<&'static str> {
    let written: Dict = [("no_such_key".to_owned(), Value::from(1))].into();
    let Err(error) = Value::from(written).deserialize::<T>() else {
        panic!("any key is taken");
    };
    let Kind::UnknownField(_, known) = error.kind else {
        panic!("{error}");
    };
    known.to_vec()
}

#[test]
fn every_field_is_a_key_and_an_environment_variable() {
    assert_eq!(keys_of::<Installation>(), INSTALLATION);
    assert_eq!(keys_of::<Policy>(), POLICY);
}
