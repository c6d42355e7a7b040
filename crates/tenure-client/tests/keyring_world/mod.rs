//! A D-Bus session with GNOME's keyring in it, unlocked, empty, and gone with the test.
//!
//! A test runs itself again inside `dbus-run-session`, and once more for each further process.

use std::{
    env, fs,
    future::Future,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use keyring_core::{CredentialStore, Entry};
use tenure_client::{
    Endpoint,
    issuer::{Exchanged, IssuerError},
};
use tenure_core::{
    holder::{
        Binding, Body, Generation, Login, Outage, Request, SignedOut, SignedOutReason, Stored,
        StoredSession, TokenResponse, TokenSet,
    },
    secret::{AccessToken, RefreshToken},
    time::Timestamp,
};

pub(crate) const SERVICE: &str = "tenure test";

/// What a test sees from inside its D-Bus session.
#[derive(Debug)]
pub(crate) struct World {
    test: String,
    dir: PathBuf,
}

/// A further process of a test.
#[derive(Debug)]
pub(crate) struct Process {
    part: String,
    child: Child,
}

/// Runs a test where a keyring is: `body` in its first process, `part` in further ones.
pub(crate) fn run<F: Future<Output = ()>>(
    test: &str,
    part: impl AsyncFnOnce(&str, &Path),
    body: impl FnOnce(World) -> F,
) {
    let Some(dir) = env::var_os(DIR).map(PathBuf::from) else {
        return enter(test);
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    if let Ok(name) = env::var(PART) {
        return runtime.block_on(part(&name, &dir));
    }
    let mut keyring = start_keyring();
    let world = World {
        test: test.to_owned(),
        dir,
    };
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        runtime.block_on(body(world));
    }));
    keyring.kill().unwrap();
    keyring.wait().unwrap();
    if let Err(panic) = done {
        std::panic::resume_unwind(panic);
    }
}

fn enter(test: &str) {
    for program in ["dbus-run-session", "dbus-send", "gnome-keyring-daemon"] {
        if !is_there(program) {
            let ci = env::var("CI").as_deref() == Ok("true");
            assert!(!ci, "{program} is missing");
            eprintln!("SKIPPED {test}: {program} is not installed");
            return;
        }
    }
    let home = tempfile::tempdir().unwrap();
    let runtime = home.path().join("run");
    fs::create_dir(&runtime).unwrap();
    let status = Command::new("dbus-run-session")
        .arg("--")
        .arg(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .env("XDG_CACHE_HOME", home.path().join("cache"))
        .env("XDG_RUNTIME_DIR", &runtime)
        .env(DIR, home.path().join("session"))
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .status()
        .unwrap();
    assert!(status.success(), "inside the D-Bus session: {status}");
}

fn is_there(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

fn start_keyring() -> Child {
    let mut keyring = Command::new("gnome-keyring-daemon")
        .args(["--foreground", "--unlock", "--components=secrets"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = keyring.stdin.take().unwrap();
    stdin.write_all(b"a password").unwrap();
    drop(stdin);
    let until = Instant::now() + LIMIT;
    // Before it has its name, the first question to it would start another one.
    while !has_its_name() {
        assert!(Instant::now() < until, "the keyring does not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    let probe = |store: &CredentialStore| {
        let entry = store.build("tenure probe", "probe", None)?;
        entry.set_secret(b"probe")?;
        entry.delete_credential()
    };
    while let Err(error) = store().and_then(|store| probe(&*store)) {
        assert!(Instant::now() < until, "no keyring: {error}");
        std::thread::sleep(Duration::from_millis(50));
    }
    keyring
}

fn has_its_name() -> bool {
    let told = Command::new("dbus-send")
        .args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.DBus",
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus.NameHasOwner",
            "string:org.freedesktop.secrets",
        ])
        .output()
        .unwrap();
    String::from_utf8_lossy(&told.stdout).contains("boolean true")
}

impl World {
    /// The folder for the session.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Starts a further process with a part of the test.
    pub(crate) fn process(&self, part: &str, vars: &[(&str, &str)]) -> Process {
        let child = Command::new(env::current_exe().unwrap())
            .args(["--exact", &self.test, "--nocapture"])
            .env(PART, part)
            .envs(vars.iter().copied())
            .spawn()
            .unwrap();
        Process {
            part: part.to_owned(),
            child,
        }
    }
}

impl Process {
    pub(crate) fn ends_well(mut self) {
        let until = Instant::now() + LIMIT;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > until {
                self.child.kill().unwrap();
                panic!("{:?} does not end", self.part);
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        assert!(status.success(), "{:?}: {status}", self.part);
    }
}

fn store() -> keyring_core::Result<std::sync::Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

/// The keyring's entries of these tests.
pub(crate) fn entries() -> Vec<Entry> {
    let spec = [("service", SERVICE)].into();
    store().unwrap().search(&spec).unwrap()
}

/// Locks every collection, as a screen lock may.
pub(crate) fn lock_all() {
    let status = Command::new("dbus-send")
        .args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
        ])
        .args([
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.LockService",
        ])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "it was not locked: {status}");
}

pub(crate) async fn wait_for(path: &Path) {
    let until = Instant::now() + LIMIT;
    while !path.exists() {
        assert!(Instant::now() < until, "{} did not come", path.display());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Every file in a folder, with what is in it.
pub(crate) fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

pub(crate) fn active(generation: u64) -> Stored {
    let at = Timestamp::from_millis(1_000);
    let generation = Generation::from_u64(generation);
    let tokens = TokenSet {
        access_token: AccessToken::new("secret-at"),
        token_type: "Bearer".to_owned(),
        obtained_at: at,
        issued: Generation::from_u64(1),
        expires_at: None,
        forced: false,
        refresh_token: Some(RefreshToken::new("secret-rt")),
        id_token: None,
        scope: None,
        subject: None,
    };
    let login = Login {
        generation: Generation::from_u64(1),
        at,
    };
    Stored {
        generation,
        body: Body::Active(StoredSession {
            login,
            tokens,
            last_active: at,
            binding: Some(Binding::new("https://id.example", "cards")),
        }),
    }
}

pub(crate) fn mark(generation: u64) -> Stored {
    Stored {
        generation: Generation::from_u64(generation),
        body: Body::SignedOut(SignedOut {
            reason: SignedOutReason::User,
            at: Timestamp::from_millis(2_000),
        }),
    }
}

/// An issuer that nobody gets to ask.
#[derive(Debug, Clone)]
pub(crate) struct Answers;

impl Endpoint for Answers {
    async fn exchange(&self, _: Request) -> Exchanged {
        Exchanged::new(TokenResponse::Unavailable {
            outage: Outage::Network,
            retry_after: None,
        })
    }

    async fn revoke(&self, _: RefreshToken) -> Result<(), IssuerError> {
        Ok(())
    }
}

const DIR: &str = "TENURE_TEST_KEYRING_DIR";
const PART: &str = "TENURE_TEST_KEYRING_PART";
const LIMIT: Duration = Duration::from_secs(30);
