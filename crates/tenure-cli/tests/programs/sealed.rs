//! `tenure sealed`: data go to a server sealed, and come back to whoever has the key.

use tokio::process::Command;

use crate::support::free_address;
use crate::support::process::{Ran, run_with_input};
use crate::support::server::Server;

async fn sealed(key: &str, args: &[&str], input: &str) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenure"));
    command.arg("sealed").args(args);
    command.env("TENURE_SEAL_KEY", key);
    run_with_input(command, input).await
}

#[tokio::test(flavor = "multi_thread")]
async fn data_come_back_to_whoever_has_the_key_and_to_nobody_else() {
    let mut server = Server::start(900).await;
    let key = sealed("", &["key"], "").await.stdout.trim().to_owned();
    let other = sealed("", &["key"], "").await.stdout.trim().to_owned();
    assert_eq!(key.len(), 64);
    let issuer = server.issuer().to_owned();
    let at = ["--server", issuer.as_str()];
    let put = [&["put"][..], &at, &["--namespace", "notes"]].concat();
    let get = [&["get"][..], &at, &["--namespace", "notes"]].concat();

    let data = "{\"user\":\"ada lovelace\",\"list\":[1,2]}";
    let kept = sealed(&key, &put, data).await;
    assert_eq!((kept.code, kept.stdout.as_str()), (Some(0), ""), "{kept:?}");
    // Another process, after the server was started again.
    server.restart_with_ttl(900).await;
    let found = sealed(&key, &get, "").await;
    let value: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!(value["user"], "ada lovelace");

    for (key, args) in [(&other, &get), (&key, &[&["get"][..], &at].concat())] {
        let nothing = sealed(key, args, "").await;
        assert_eq!(
            (nothing.code, nothing.stdout.as_str()),
            (Some(3), ""),
            "{nothing:?}"
        );
    }
    let gone = sealed(
        &key,
        &[&["rm"][..], &at, &["--namespace", "notes"]].concat(),
        "",
    )
    .await;
    assert_eq!(gone.code, Some(0), "{gone:?}");
    let left = sealed(&key, &get, "").await;
    assert!(!left.stdout.contains("ada"), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_without_the_key_and_without_the_data() {
    let nobody = format!("http://{}", free_address());
    let at = ["--server", nobody.as_str()];
    let put = [&["put"][..], &at].concat();
    let key = "11".repeat(32);
    for (key, input, code, told) in [
        ("", "{}", 2, "TENURE_SEAL_KEY"),
        ("no digits at all", "{}", 2, "hexadecimal"),
        ("0", "{}", 2, "zero"),
        (key.as_str(), "a text that is no JSON", 2, "JSON"),
        (key.as_str(), "{}", 4, "not available"),
    ] {
        let ran = sealed(key, &put, input).await;
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert!(ran.stderr.contains(told), "{ran:?}");
        assert!(
            !ran.stderr.contains("no digits") && !ran.stderr.contains("a text"),
            "{ran:?}"
        );
        assert!(!ran.stderr.contains("1111"), "{ran:?}");
    }
}
