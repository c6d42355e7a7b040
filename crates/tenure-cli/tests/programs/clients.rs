//! What an operator's commands do to clients that stand in a configuration file.

use std::path::{Path, PathBuf};

use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::free_address;
use crate::support::process::{Program, Ran, run};

const JOBS: &str = "[[clients]]\nid = \"cards-jobs\"\n\
    secret = \"a-secret-of-at-least-32-characters-0\"\nscope = \"api\"\n";
const WEB: &str =
    "[[clients]]\nid = \"cards-web\"\nredirect_uris = [\"https://cards.example.com/cb\"]\n";

/// A folder with a configuration and the data of the server that ran by it.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("tenure.toml")
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    /// Starts the server by a file with these clients, and stops it when it is ready.
    async fn start(&self, clients: &str) {
        let data = self.data();
        let text = format!(
            "listen = \"{}\"\ndata_dir = \"{}\"\n{clients}",
            free_address(),
            data.display()
        );
        std::fs::write(self.file(), text).unwrap();
        let mut command = program(["serve", "--config"]);
        command.arg(self.file());
        let mut server = Program::start("the server", command);
        server
            .line_with(|line| line.starts_with("Tenure is ready: ").then_some(()))
            .await;
        server.signal(Signal::TERM);
        assert!(server.end().await.success());
    }

    async fn operate<const N: usize>(&self, args: [&str; N]) -> Ran {
        let mut command = program(args);
        command.arg("--data").arg(self.data());
        run(command).await
    }

    async fn clients(&self) -> Vec<(String, String)> {
        let ran = self.operate(["clients", "list", "--json"]).await;
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        let text = |one: &Value, name: &str| one[name].as_str().unwrap_or("-").to_owned();
        let clients = told.as_array().unwrap().iter();
        clients
            .map(|one| (text(one, "client_id"), text(one, "from")))
            .collect()
    }
}

fn program<const N: usize>(args: [&str; N]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenure"));
    command.args(args).env("TENURE_LOG", "error");
    command
}

fn is_refused(ran: &Ran, file: &Path, what: &str) {
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let file = file.display().to_string();
    assert!(
        ran.stderr.contains(&file) && ran.stderr.contains(what),
        "{ran:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_do_not_change_a_client_that_stands_in_a_file_and_say_where() {
    let place = Place::new();
    place.start(&[JOBS, WEB].concat()).await;
    let ran = place.operate(["clients", "remove", "cards-web"]).await;
    is_refused(
        &ran,
        &place.file(),
        "remove it there and start the server again",
    );
    let uri = "https://cards.example.com/other";
    let ran = place
        .operate(["clients", "add", "cards-web", "--redirect-uri", uri])
        .await;
    is_refused(
        &ran,
        &place.file(),
        "change it there and start the server again",
    );
    let ran = place
        .operate(["clients", "add", "by-hand", "--redirect-uri", uri])
        .await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let file = place.file().display().to_string();
    let expected = [
        ("by-hand", "the command line"),
        ("cards-jobs", &file),
        ("cards-web", &file),
    ];
    let expected = expected.map(|(id, from)| (id.to_owned(), from.to_owned()));
    assert_eq!(place.clients().await, expected);
    let ran = place.operate(["clients", "remove", "by-hand"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_start_removes_what_left_the_file_and_nothing_that_was_added_by_hand() {
    let place = Place::new();
    place.start(&[JOBS, WEB].concat()).await;
    let uri = "https://cards.example.com/other";
    let ran = place
        .operate(["clients", "add", "by-hand", "--redirect-uri", uri])
        .await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    place.start(WEB).await;
    let ids: Vec<_> = place
        .clients()
        .await
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    assert_eq!(ids, ["by-hand", "cards-web"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_takes_over_a_client_of_its_id_that_was_added_by_hand() {
    let place = Place::new();
    place.start("").await;
    let ran = place
        .operate(["clients", "add", "cards-jobs", "--confidential"])
        .await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    place.start(JOBS).await;
    let file = place.file().display().to_string();
    assert_eq!(place.clients().await, [("cards-jobs".to_owned(), file)]);
    place.start("").await;
    assert_eq!(place.clients().await, []);
}
