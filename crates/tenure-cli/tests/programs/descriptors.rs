//! A server that is out of file descriptors.

use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::support::process::Program;
use crate::support::{free_address, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_descriptors_waits_calmly_and_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let listen = free_address();
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n 64; exec \"$0\" \"$@\""]);
    shell.arg(env!("CARGO_BIN_EXE_tenure"));
    shell.args(["dev", "--listen", &listen.to_string(), "--data"]);
    shell.arg(data.path()).env("TENURE_LOG", "error");
    shell.stderr(Stdio::piped());
    let mut server = Program::start("the server", shell);
    server
        .line_with(|line| line.starts_with("Tenure is ready").then_some(()))
        .await;

    let began = Instant::now();
    let mut crowd = Vec::new();
    for _ in 0..100 {
        crowd.push(TcpStream::connect(listen).await.unwrap());
    }
    let url = format!("http://{listen}/healthz");
    let ask = reqwest::Client::builder().timeout(Duration::from_secs(3));
    let ask = ask.no_proxy().build().unwrap();
    assert!(
        ask.get(&url).send().await.is_err(),
        "there was a place left"
    );
    drop(crowd);
    until("an answer", Duration::from_secs(20), async || {
        ask.get(&url).send().await.ok()
    })
    .await;
    let took = began.elapsed();

    server.signal(Signal::TERM);
    assert!(server.end().await.success());
    let mut log = String::new();
    server.errors().read_to_string(&mut log).await.unwrap();
    let failed = log.matches("no connection can be taken").count();
    assert!(failed >= 1, "{log}");
    assert!(failed as u64 <= took.as_secs() + 2, "{failed} in {took:?}");
}
