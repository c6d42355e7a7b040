//! Trusted proxies, as a server's environment names them.

use rustix::process::Signal;
use tokio::process::Command;

use crate::support::free_address;
use crate::support::process::{Program, run};

fn server(proxies: &str, data: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenure"));
    command.arg("serve").env("TENURE_LOG", "error");
    command.env("TENURE_DATA_DIR", data.join("data"));
    command.env("TENURE_LISTEN", free_address().to_string());
    command.env("TENURE_TRUSTED_PROXIES", proxies);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_network_is_refused_at_start_with_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in [
        "proxy.example.com",
        "127.0.0.1, 10.0.0.0/33",
        "[\"::/0\"]",
        "8",
    ] {
        let ran = run(server(wrong, folder.path())).await;
        assert_eq!(ran.code, Some(2), "{wrong}: {ran:?}");
        let told = ran.stderr.trim_end();
        assert!(
            told.contains("`trusted_proxies`") && told.contains("write"),
            "{ran:?}"
        );
        assert_eq!(told.lines().count(), 1, "{ran:?}");
    }
    assert!(!folder.path().join("data").exists(), "nothing was begun");
}

#[tokio::test(flavor = "multi_thread")]
async fn networks_are_taken_as_a_list_and_between_commas() {
    let folder = tempfile::tempdir().unwrap();
    for right in [
        "127.0.0.1",
        "127.0.0.1, 10.0.0.0/8,fd00::/8",
        "[\"::1\", \"10.0.0.0/8\"]",
    ] {
        let mut program = Program::start("the server", server(right, folder.path()));
        program
            .line_with(|line| line.starts_with("Tenure is ready: ").then_some(()))
            .await;
        program.signal(Signal::TERM);
        assert!(program.end().await.success(), "{right}");
    }
}
