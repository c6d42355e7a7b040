use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use serde_json::Value;
use tokio::process::Command;

use super::process::Program;

/// Whether the npm peers are installed. Where they are not, the test that asked is skipped, and
/// says so; in CI that is a failure.
pub(crate) fn installed() -> bool {
    if folder().join("node_modules").is_dir() {
        return true;
    }
    let text = "SKIPPED: the npm peers are not installed; run `npm ci` in tests/peers";
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{text}");
    println!("{text}");
    false
}

/// Starts one of the peers' scripts.
pub(crate) fn start<'a>(script: &str, args: impl IntoIterator<Item = &'a str>) -> Program {
    let mut command = Command::new("node");
    command.arg(folder().join(script)).args(args);
    Program::start(script, command)
}

/// npm's `oidc-provider` with rotation; its state is in a file and survives a restart.
pub(crate) struct Peer {
    program: Program,
    issuer: String,
}

impl Peer {
    pub(crate) async fn start(file: &Path, address: SocketAddr, access_token_ttl: u64) -> Self {
        let (port, ttl) = (address.port().to_string(), access_token_ttl.to_string());
        let mut program = start("provider.mjs", [&*port, file.to_str().unwrap(), &*ttl]);
        program
            .line_with(|line| (line == "ready").then_some(()))
            .await;
        Self {
            program,
            issuer: format!("http://{address}"),
        }
    }

    pub(crate) async fn stop(mut self) {
        self.program.signal(Signal::TERM);
        self.program.end().await;
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// How often something was asked for since it started.
    pub(crate) async fn count(&self, what: &str) -> u64 {
        let counts = reqwest::get(format!("{}/counts", self.issuer))
            .await
            .unwrap();
        let counts: Value = counts.json().await.unwrap();
        counts[what].as_u64().unwrap_or(0)
    }
}

/// The next line of a script that speaks JSON; it must be of this step.
pub(crate) async fn step(program: &mut Program, step: &str) -> Value {
    let line = program.line().await;
    let told: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}"));
    assert_eq!(told["step"], step, "{line}");
    told
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers")
}
