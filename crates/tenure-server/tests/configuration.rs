//! What a configuration is refused for, and what it is told.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

use tenure_server::Policy;

fn refusal(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenure.toml");
    std::fs::write(&file, text).unwrap();
    Policy::load(Some(&file)).map_or_else(|error| error.to_string(), |_| String::new())
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
    let told = Policy::load(Some("/nowhere/tenure.toml".as_ref()))
        .unwrap_err()
        .to_string();
    assert!(told.contains("/nowhere/tenure.toml"));
}
