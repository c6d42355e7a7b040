//! What `tenure dev` makes of the environment.

use rustix::process::Signal;
use serde_json::Value;
use tokio::process::Command;

use crate::support::free_address;
use crate::support::process::{Program, run};

fn dev(data: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenure"));
    command.args(["dev", "--data"]).arg(data);
    command.env("TENURE_LOG", "error");
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn its_settings_in_the_environment_count() {
    let data = tempfile::tempdir().unwrap();
    let listen = free_address();
    let issuer = format!("http://localhost:{}", listen.port());
    let mut command = dev(data.path());
    command.env("TENURE_LISTEN", listen.to_string());
    command.env("TENURE_ISSUER", &issuer);
    let mut server = Program::start("tenure dev", command);
    let ready = server
        .line_with(|line| Some(line.strip_prefix("Tenure is ready: ")?.to_owned()))
        .await;
    assert_eq!(ready, issuer);
    let url = format!("http://{listen}/.well-known/openid-configuration");
    let metadata: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    assert_eq!(metadata["issuer"], issuer);
    server.signal(Signal::TERM);
    assert!(server.end().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_for_the_world_is_refused_with_what_to_do() {
    let data = tempfile::tempdir().unwrap();
    let cases = [
        ("TENURE_ISSUER", "https://id.example.com", "unset it"),
        ("TENURE_ISSUER", "http://id.example.com", "https://"),
        ("TENURE_LISTEN", "0.0.0.0:0", "listen on 127.0.0.1"),
        ("TENURE_LISTEN", "here", "`listen`"),
    ];
    for (name, value, told) in cases {
        let mut command = dev(data.path());
        command.env(name, value);
        let ran = run(command).await;
        assert_eq!(ran.code, Some(2), "{name}={value}: {ran:?}");
        assert!(ran.stderr.contains(told), "{name}={value}: {ran:?}");
    }
}
