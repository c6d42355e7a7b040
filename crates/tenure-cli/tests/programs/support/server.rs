use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;
use tokio::process::Command;

use super::process::{Program, Ran, run_with_input};
use super::{free_address, until};

/// `tenure dev`, or `tenure serve`, on data of its own. The data stays when the server stops.
pub(crate) struct Server {
    setup: Setup,
    program: Option<Program>,
    _own_data: Option<TempDir>,
}

#[derive(Clone)]
struct Setup {
    listen: SocketAddr,
    issuer: String,
    data: PathBuf,
    access_token_ttl: u32,
    /// Whether it is `tenure dev`; otherwise it is `tenure serve` on the data that one left.
    demo: bool,
}

impl Setup {
    fn dev(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenure"));
        command
            .args(["dev", "--listen", &self.listen.to_string(), "--data"])
            .arg(&self.data);
        command.args(["--access-token-ttl", &self.access_token_ttl.to_string()]);
        command.env("TENURE_LOG", "error");
        command
    }

    fn serve(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenure"));
        command.args(["serve", "--data"]).arg(&self.data);
        command.env("TENURE_LISTEN", self.listen.to_string());
        command.env("TENURE_ISSUER", &self.issuer);
        command.env(
            "TENURE_ACCESS_TOKEN_TTL_SECS",
            self.access_token_ttl.to_string(),
        );
        command.env("TENURE_LOG", "error");
        command
    }
}

impl Server {
    /// Starts one whose access tokens live so many seconds.
    pub(crate) async fn start(access_token_ttl: u32) -> Self {
        let data = tempfile::tempdir().unwrap();
        let listen = free_address();
        let setup = Setup {
            listen,
            issuer: format!("http://{listen}"),
            data: data.path().to_owned(),
            access_token_ttl,
            demo: true,
        };
        let mut server = Self {
            setup,
            program: None,
            _own_data: Some(data),
        };
        server.restart().await;
        server
    }

    /// Starts one whose clients reach it at another address than it listens on.
    pub(crate) async fn start_behind(public: SocketAddr, access_token_ttl: u32) -> Self {
        let mut server = Self::start(access_token_ttl).await;
        server.stop().await;
        server.setup.issuer = format!("http://{public}");
        server.setup.demo = false;
        server.restart().await;
        server
    }

    /// Starts a second one on the same data, under the same name.
    pub(crate) async fn start_beside(other: &Self) -> Self {
        let setup = Setup {
            listen: free_address(),
            demo: false,
            ..other.setup.clone()
        };
        let mut server = Self {
            setup,
            program: None,
            _own_data: None,
        };
        server.restart().await;
        server
    }

    /// Starts it again, on the same data and address.
    pub(crate) async fn restart(&mut self) {
        assert!(self.program.is_none(), "stop it first");
        let command = if self.setup.demo {
            self.setup.dev()
        } else {
            self.setup.serve()
        };
        let mut program = Program::start("the server", command);
        program
            .line_with(|line| line.starts_with("Tenure is ready: http://").then_some(()))
            .await;
        self.program = Some(program);
    }

    /// Starts it again; access tokens made from now on live so many seconds. Those made before
    /// keep their end, so that a short life does not have to last through a whole test.
    pub(crate) async fn restart_with_ttl(&mut self, access_token_ttl: u32) {
        self.stop().await;
        self.setup.access_token_ttl = access_token_ttl;
        self.restart().await;
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(&mut self) {
        let mut program = self.program.take().expect("it runs");
        program.signal(Signal::TERM);
        assert!(
            program.end().await.success(),
            "a server that is asked to stop ends well"
        );
    }

    /// Takes it away between any two of its instructions.
    pub(crate) async fn kill(&mut self) {
        let mut program = self.program.take().expect("it runs");
        program.signal(Signal::KILL);
        program.end().await;
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.setup.issuer
    }

    pub(crate) fn listen(&self) -> SocketAddr {
        self.setup.listen
    }

    /// Runs an operator's command on the server's data, while it runs.
    pub(crate) async fn operate<'a>(
        &self,
        args: impl IntoIterator<Item = &'a str>,
        input: &str,
    ) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenure"));
        command.args(args).arg("--data").arg(&self.setup.data);
        run_with_input(command, input).await
    }

    /// An address on this very server, also where its public name leads elsewhere.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.setup.listen)
    }

    /// The address that says who a token belongs to.
    pub(crate) async fn userinfo(&self) -> String {
        let metadata = reqwest::get(self.url("/.well-known/openid-configuration"))
            .await
            .unwrap();
        let metadata: serde_json::Value = metadata.json().await.unwrap();
        metadata["userinfo_endpoint"].as_str().unwrap().to_owned()
    }

    /// How many refreshes ended so.
    pub(crate) async fn refreshes(&self, outcome: &str) -> u64 {
        let text = reqwest::get(self.url("/metrics"))
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let name = format!("tenure_refresh_total{{outcome=\"{outcome}\"}} ");
        let value = text.lines().find_map(|line| line.strip_prefix(&name));
        value.map_or(0, |value| value.trim().parse().unwrap())
    }

    /// Waits until access tokens that exist now have expired.
    pub(crate) async fn outlive_access_tokens(&self) {
        let life = Duration::from_secs(self.setup.access_token_ttl.into());
        let end = std::time::Instant::now() + life;
        until("the access token's end", life * 2, async || {
            (std::time::Instant::now() > end).then_some(())
        })
        .await;
    }
}
