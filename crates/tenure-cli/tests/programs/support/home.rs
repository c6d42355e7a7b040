use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use super::CLIENT;
use super::browser::Browser;
use super::process::{Program, Ran, run};

/// One person's `TENURE_HOME` and the command line that uses it.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A copy of everything in it, as a thief or a backup would make one.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self::new();
        for path in self.files() {
            let to = copy.path().join(path.strip_prefix(self.path()).unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(&path, to).unwrap();
        }
        copy
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn command<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenure"));
        command.env("TENURE_HOME", self.path()).args(args);
        command
    }

    pub(crate) async fn run<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Ran {
        run(self.command(args)).await
    }

    /// Runs it on a machine whose disk takes not one byte more.
    pub(crate) async fn run_on_a_full_disk(&self, command: &str) -> Ran {
        let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"";
        let mut shell = Command::new("sh");
        shell.args(["-c", script, env!("CARGO_BIN_EXE_tenure")]);
        shell.args(command.split(' '));
        shell.env("TENURE_HOME", self.path());
        run(shell).await
    }

    /// The access token that `tenure token` prints.
    pub(crate) async fn token(&self) -> String {
        let ran = self.run(["token"]).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let token = ran.stdout.strip_suffix('\n').expect("one line").to_owned();
        assert!(
            !token.is_empty() && !token.contains(char::is_whitespace),
            "{ran:?}"
        );
        token
    }

    /// `tenure login --no-browser`, with the test as the browser.
    pub(crate) async fn login(&self, issuer: &str) {
        let args = [
            "login",
            "--no-browser",
            "--issuer",
            issuer,
            "--client-id",
            CLIENT,
        ];
        let mut login = Program::start("tenure login", self.command(args));
        let url = login
            .line_with(|line| line.starts_with("http://").then(|| line.to_owned()))
            .await;
        let page = Browser::new().sign_in(&url).await;
        assert!(page.status.is_success(), "{page:?}");
        assert_eq!(login.end().await.code(), Some(0));
    }

    /// `tenure login --device` at an issuer that lets everybody in.
    pub(crate) async fn login_by_device(&self, issuer: &str) -> Ran {
        let pair = ["--issuer", issuer, "--client-id", CLIENT];
        let how = ["--device", "--scope", "offline_access"];
        self.run(["login"].into_iter().chain(pair).chain(how)).await
    }

    /// The refresh token that is stored.
    pub(crate) fn refresh_token(&self) -> String {
        let stored = self.stored();
        stored["tokens"]["refresh_token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Ends the life of the access token that is stored.
    pub(crate) fn expire(&self) {
        let mut stored = self.stored();
        stored["tokens"]["expires_at"] = stored["tokens"]["obtained_at"].clone();
        self.store(&stored);
    }

    /// Makes of the stored session what a version wrote that did not name issuer and client.
    pub(crate) fn forget_the_pair(&self) {
        let mut stored = self.stored();
        let members = stored.as_object_mut().unwrap();
        members.remove("issuer");
        members.remove("client_id");
        members.insert("tenure".to_owned(), 1.into());
        self.store(&stored);
    }

    fn stored(&self) -> Value {
        serde_json::from_slice(&fs::read(self.session_file()).unwrap()).unwrap()
    }

    fn store(&self, stored: &Value) {
        fs::write(self.session_file(), stored.to_string()).unwrap();
    }

    /// Every file in it, with its bytes and the time of its last change.
    pub(crate) fn contents(&self) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
        let read = |path: PathBuf| {
            let changed = fs::metadata(&path).unwrap().modified().unwrap();
            (path.clone(), (fs::read(&path).unwrap(), changed))
        };
        self.files().into_iter().map(read).collect()
    }

    /// The files that hold sessions: everything but locks.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = all_files(self.path());
        files.retain(|path| !name(path).starts_with("lease.") && !name(path).ends_with(".lock"));
        files
    }

    /// The process that holds the lock, if one does.
    pub(crate) fn lease_holder(&self) -> Option<u32> {
        let lease = numbered(&all_files(self.path()), "lease.")?;
        let lease: Value = serde_json::from_str(&fs::read_to_string(lease).ok()?).ok()?;
        let holder = lease["pid"].as_u64().filter(|_| lease["released"] == false);
        holder.and_then(|pid| u32::try_from(pid).ok())
    }

    /// The file that holds the session now.
    pub(crate) fn session_file(&self) -> PathBuf {
        numbered(&self.files(), "session.").expect("a session is stored")
    }
}

/// The file `<prefix><number>.json` with the highest number.
fn numbered(files: &[PathBuf], prefix: &str) -> Option<PathBuf> {
    let number = |path: &&PathBuf| {
        let number = name(path).strip_prefix(prefix)?.strip_suffix(".json")?;
        number.parse::<u64>().ok()
    };
    files
        .iter()
        .filter(|path| number(path).is_some())
        .max_by_key(number)
        .cloned()
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(all_files(&path))
        } else {
            files.push(path)
        }
    }
    files.sort();
    files
}

fn name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}
