//! The command line with its session sealed by a key in a real keyring: GNOME's, in a D-Bus
//! session of its own.

use std::collections::BTreeSet;
use std::env;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use crate::support::home::Home;
use crate::support::process::{Ran, run};
use crate::support::server::Server;
use crate::support::until;

#[tokio::test(flavor = "multi_thread")]
async fn processes_share_a_session_whose_key_is_in_the_keyring() {
    let name = "keyring::processes_share_a_session_whose_key_is_in_the_keyring";
    let Some(keyring) = Keyring::start(name).await else {
        return;
    };
    let mut server = Server::start(SHORT).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    server.outlive_access_tokens().await;
    server.restart_with_ttl(LONG).await;

    let crowd: JoinSet<Ran> = (0..16).map(|_| run(home.command(["token"]))).collect();
    let ran = crowd.join_all().await;
    assert!(ran.iter().all(|ran| ran.code == Some(0)), "{ran:?}");
    let tokens: BTreeSet<_> = ran.iter().map(|ran| ran.stdout.trim_end()).collect();
    assert_eq!(tokens.len(), 1, "{tokens:?}");
    assert_eq!(server.refreshes("rotated").await, 1);

    // Law 7: what is on the disk is of no use without the keyring.
    for (path, (bytes, _)) in home.contents() {
        let text = String::from_utf8(bytes).unwrap();
        let clear = tokens.iter().any(|token| text.contains(token));
        let clear = clear || text.contains("_token") || text.contains("eyJ");
        assert!(!clear, "{}: {text}", path.display());
    }
    let stored = std::fs::read_to_string(home.session_file()).unwrap();
    let stored: Value = serde_json::from_str(&stored).unwrap();
    let fields: Vec<_> = stored.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["key", "sealed", "v"]);

    assert_eq!(home.run(["logout"]).await.code, Some(0));
    assert_eq!(home.run(["token"]).await.code, Some(3));
    keyring.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_is_locked_or_away_loses_nobody_and_is_named() {
    // Law 1.
    let name = "keyring::a_keyring_that_is_locked_or_away_loses_nobody_and_is_named";
    let Some(keyring) = Keyring::start(name).await else {
        return;
    };
    let server = Server::start(LONG).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    let token = home.token().await;
    let before = home.contents();

    lock_all().await;
    let locked = home.run(["token"]).await;
    keyring.stop().await;
    let mut command = home.command(["token"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    let away = run(command).await;
    for ran in [locked, away] {
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{ran:?}");
        assert!(ran.stderr.contains("keyring"), "{ran:?}");
        assert!(ran.stderr.contains("unlock it"), "{ran:?}");
    }
    assert_eq!(home.contents(), before);

    let keyring = Keyring::unlock().await;
    assert_eq!(home.token().await, token);
    keyring.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_the_one_storage_is_not_overwritten_by_the_other() {
    let name = "keyring::a_session_of_the_one_storage_is_not_overwritten_by_the_other";
    let Some(keyring) = Keyring::start(name).await else {
        return;
    };
    let server = Server::start(LONG).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    let (token, before) = (home.token().await, home.contents());

    let mut command = home.command(["token"]);
    command.env("TENURE_STORAGE", "file");
    let other = run(command).await;
    assert_eq!(other.code, Some(4), "{other:?}");
    let mut command = home.command(["token"]);
    command.env("TENURE_STORAGE", "somewhere");
    let unknown = run(command).await;
    assert_eq!(unknown.code, Some(2), "{unknown:?}");

    assert_eq!(home.contents(), before);
    assert_eq!(home.token().await, token);
    keyring.stop().await;
}

/// A keyring that is unlocked and empty, in a home and a D-Bus session of its own.
struct Keyring(Child);

impl Keyring {
    /// `None` where the test has run already, by the process that this starts in a D-Bus session
    /// of its own, or where none can be had.
    async fn start(test: &str) -> Option<Self> {
        if env::var_os(INSIDE).is_some() {
            return Some(Self::unlock().await);
        }
        if !installed(test) {
            return None;
        }
        let home = tempfile::tempdir().unwrap();
        let at = |folder: &str| -> PathBuf { home.path().join(folder) };
        std::fs::create_dir(at("run")).unwrap();
        let mut command = Command::new("dbus-run-session");
        command.arg("--").arg(env::current_exe().unwrap());
        command.args(["--exact", test, "--nocapture"]);
        command
            .env(INSIDE, "yes")
            .env("TENURE_STORAGE", "keyring")
            .env("HOME", home.path())
            .env("XDG_DATA_HOME", at("data"))
            .env("XDG_CONFIG_HOME", at("config"))
            .env("XDG_CACHE_HOME", at("cache"))
            .env("XDG_RUNTIME_DIR", at("run"));
        for variable in ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY"] {
            command.env_remove(variable);
        }
        let ran = run(command).await;
        assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("1 passed"), "{}", ran.stdout);
        None
    }

    /// Starts it with what its home holds, and waits until it is open.
    async fn unlock() -> Self {
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut stdin = daemon.stdin.take().unwrap();
        stdin.write_all(b"a password").await.unwrap();
        drop(stdin);
        until("an open keyring", LIMIT, async || {
            // Before it has its name, the first question to it would start another one.
            let there = is_true(
                "DBus",
                "/DBus",
                "DBus.NameHasOwner",
                &["string:org.freedesktop.secrets"],
            );
            if !there.await {
                return None;
            }
            let told = ask("ReadAlias", &["string:default"]).await;
            if !told.stdout.contains("/collection/login") {
                return None;
            }
            let property = ["string:org.freedesktop.Secret.Collection", "string:Locked"];
            let login = "/secrets/collection/login";
            let locked = is_true("secrets", login, "DBus.Properties.Get", &property);
            (!locked.await).then_some(())
        })
        .await;
        Self(daemon)
    }

    async fn stop(mut self) {
        self.0.kill().await.unwrap();
    }
}

fn installed(test: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    for program in ["dbus-run-session", "dbus-send", "gnome-keyring-daemon"] {
        if !env::split_paths(&path).any(|folder| folder.join(program).is_file()) {
            let text = format!("SKIPPED {test}: {program} is not installed");
            assert!(env::var("CI").as_deref() != Ok("true"), "{text}");
            println!("{text}");
            return false;
        }
    }
    true
}

/// Locks every collection, as a screen lock may.
async fn lock_all() {
    let told = ask("LockService", &[]).await;
    assert_eq!(told.code, Some(0), "{told:?}");
}

/// Asks the keyring's service.
async fn ask(method: &str, args: &[&str]) -> Ran {
    let method = format!("Secret.Service.{method}");
    send("secrets", "/secrets", &method, args).await
}

async fn is_true(to: &str, object: &str, method: &str, args: &[&str]) -> bool {
    let told = send(to, object, method, args).await;
    told.stdout.contains("boolean true")
}

/// Sends a message to a service whose names all begin alike.
async fn send(to: &str, object: &str, method: &str, args: &[&str]) -> Ran {
    let mut command = Command::new("dbus-send");
    command.args(["--session", "--print-reply"]);
    command.arg(format!("--dest=org.freedesktop.{to}"));
    command.arg(format!("/org/freedesktop{object}"));
    command.arg(format!("org.freedesktop.{method}"));
    command.args(args);
    run(command).await
}

const INSIDE: &str = "TENURE_TEST_KEYRING";
const SHORT: u32 = 2;
const LONG: u32 = 300;
const LIMIT: Duration = Duration::from_secs(20);
