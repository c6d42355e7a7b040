//! Rows as they are kept: what was written once is read, and what cannot be read is said and lost
//! by nobody.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod world;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::Value;
use tenure_core::time::Timestamp;
use tenure_server::{Clock, Policy, Server, StartError};
use tenure_store::{
    AnyStore, Entry, Key, Kind, MemoryStore, Owner, Page, Replaced, Store as _, StoreErrorKind,
    Stored,
};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::filter::LevelFilter;
use world::{Answer, ISSUER, World, request};

/// A store as a server left it, and the secrets that its people kept.
const KEPT: &str = include_str!("stored/rows.json");
const REFRESH_TOKEN: &str = include_str!("stored/refresh_token.txt");
const COOKIE: &str = include_str!("stored/cookie.txt");

#[tokio::test]
async fn rows_of_the_first_release_are_read_under_their_keys() {
    let store = AnyStore::new(MemoryStore::new());
    let rows: Vec<Value> = serde_json::from_str(KEPT).unwrap();
    for row in &rows {
        let (key, entry) = kept(row);
        let now = Timestamp::from_secs(1_800_000_000);
        let written = store.replace(&key, None, entry, now).await.unwrap();
        assert!(matches!(written, Replaced::Done(_)), "{row}");
    }
    let mut world = World::on_rows(store).await;

    // The key ring, the client, the family, the account.
    let tokens = world.refresh(REFRESH_TOKEN.trim()).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.text);
    let tokens = tokens.json();
    let [access_token, refresh_token] =
        ["access_token", "refresh_token"].map(|name| tokens[name].as_str().unwrap());
    // The browser's sign-in, and the link from the family to it.
    world.swap_cookie("tenure", COOKIE.trim());
    is_signed_in(&mut world).await;
    let sessions = world.get_with("/v1/sessions", access_token).await.json();
    let sessions = sessions["sessions"].as_array().unwrap().clone();
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    let browser = sessions.iter().find(|one| one["kind"] == "browser");
    let path = format!("/v1/sessions/{}", browser.unwrap()["id"].as_str().unwrap());
    let ended = world.delete_with(&path, access_token).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.text);
    assert_eq!(world.refresh(refresh_token).await.error(), "invalid_grant");
    // The name and the password.
    world.forget_cookies();
    let code = world.code().await;
    let answer = world.exchange(&code, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

#[tokio::test]
async fn an_account_that_cannot_be_read_is_said_and_signs_nobody_out() {
    let (mut world, refresh_token) = signed_in().await;
    let place = Place::of("tenure:accounts", Kind::Account, &world, "demo").await;
    for damage in DAMAGE {
        let broken = Broken::row(&world, &place, damage).await;
        let log = Log::begin();
        is_away(&world.refresh(&refresh_token).await);
        is_kept_waiting(&mut world).await;
        log.says(&damage.text("an account", 1));
        broken.mend(&world).await;
        is_signed_in(&mut world).await;
    }
    is_refreshed(&mut world, &refresh_token).await;
}

#[tokio::test]
async fn a_client_that_cannot_be_read_is_said_and_signs_nobody_out() {
    let (mut world, refresh_token) = signed_in().await;
    let place = Place::of("tenure:clients", Kind::Client, &world, "demo-cli").await;
    for damage in DAMAGE {
        let broken = Broken::row(&world, &place, damage).await;
        let log = Log::begin();
        is_away(&world.refresh(&refresh_token).await);
        is_kept_waiting(&mut world).await;
        log.says(&damage.text("a client", 1));
        broken.mend(&world).await;
        is_signed_in(&mut world).await;
    }
    is_refreshed(&mut world, &refresh_token).await;
}

#[tokio::test]
async fn a_family_that_cannot_be_read_is_said_and_signs_nobody_out() {
    let (mut world, refresh_token) = signed_in().await;
    let place = Place::of(&subject(&world).await, Kind::Family, &world, "demo-cli").await;
    for damage in DAMAGE {
        let broken = Broken::row(&world, &place, damage).await;
        let log = Log::begin();
        is_away(&world.refresh(&refresh_token).await);
        log.says(&damage.text("a token family", 2));
        broken.mend(&world).await;
    }
    is_refreshed(&mut world, &refresh_token).await;
}

#[tokio::test]
async fn a_sign_in_that_cannot_be_read_is_said_and_signs_nobody_out() {
    let (mut world, _) = signed_in().await;
    let place = Place::of(&subject(&world).await, Kind::Session, &world, "").await;
    for damage in DAMAGE {
        let broken = Broken::row(&world, &place, damage).await;
        let log = Log::begin();
        is_kept_waiting(&mut world).await;
        log.says(&damage.text("a sign-in", 1));
        broken.mend(&world).await;
        is_signed_in(&mut world).await;
    }
}

#[tokio::test]
async fn keys_that_cannot_be_read_stop_a_start_and_no_server_that_runs() {
    let (mut world, mut refresh_token) = signed_in().await;
    let place = Place {
        key: Key::new(Kind::Key, *b"ring"),
        owner: None,
    };
    for damage in DAMAGE {
        let broken = Broken::row(&world, &place, damage).await;
        let (now, store) = (world.time(), world.store().clone());
        let policy = Policy::new(ISSUER);
        let started = Server::start(policy, store, Clock::from_fn(move || now)).await;
        let StartError::Store(error) = started.unwrap_err() else {
            panic!("the policy is right");
        };
        let text = damage.text("the row of the server's keys", 1);
        assert_eq!((error.kind(), error.to_string()), (damage.kind(), text));
        // Whoever runs has read them before.
        let log = Log::begin();
        refresh_token = is_refreshed(&mut world, &refresh_token).await;
        log.says(&damage.text("the row of the server's keys", 1));
        broken.mend(&world).await;
    }
}

/// A browser and a client that are signed in, and the client's refresh token.
async fn signed_in() -> (World, String) {
    let mut world = World::new().await;
    let tokens = world.tokens().await;
    let refresh_token = tokens["refresh_token"].as_str().unwrap().to_owned();
    (world, refresh_token)
}

async fn authorize(world: &mut World) -> Answer {
    let path = format!("/oauth2/authorize?{}", request(&[]));
    world.get(&path).await
}

async fn is_signed_in(world: &mut World) {
    let answer = authorize(world).await;
    assert!(answer.returned("code").is_some(), "{}", answer.text);
}

/// The browser is neither signed out nor asked for a password.
async fn is_kept_waiting(world: &mut World) {
    let cookie = world.cookie("tenure").cloned();
    let answer = authorize(world).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.cookie("tenure").cloned(), cookie);
}

/// What makes a client try again and not sign out.
fn is_away(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.error(), "temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), "1");
}

/// The next refresh token.
async fn is_refreshed(world: &mut World, refresh_token: &str) -> String {
    let answer = world.refresh(refresh_token).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()["refresh_token"].as_str().unwrap().to_owned()
}

async fn subject(world: &World) -> String {
    let account = Place::of("tenure:accounts", Kind::Account, world, "demo").await;
    let row = account.found(world).await;
    let account: Value = serde_json::from_slice(&row.bytes[1..]).unwrap();
    account["subject"].as_str().unwrap().to_owned()
}

/// A row as [`KEPT`] has it: each byte is a character.
fn kept(row: &Value) -> (Key, Entry) {
    let bytes = |name: &str| -> Vec<u8> {
        let text = row[name].as_str().unwrap();
        text.chars().map(|c| u8::try_from(c).unwrap()).collect()
    };
    let kind = Kind::ALL
        .into_iter()
        .find(|kind| row["kind"] == kind.code())
        .unwrap();
    let entry = Entry {
        bytes: bytes("bytes"),
        expires_at: row["expires_at"].as_i64().map(Timestamp::from_millis),
        owner: row["owner"].as_str().map(|owner| Owner(owner.to_owned())),
    };
    (Key::new(kind, bytes("name")), entry)
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Newer,
    Cut,
}

impl Damage {
    fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Newer => [&[NEWER], &bytes[1..]].concat(),
            Self::Cut => bytes[..bytes.len() / 2].to_vec(),
        }
    }

    const fn kind(self) -> StoreErrorKind {
        match self {
            Self::Newer => StoreErrorKind::NewerVersion,
            Self::Cut => StoreErrorKind::Corrupt,
        }
    }

    fn text(self, form: &str, reads: u8) -> String {
        match self {
            Self::Newer => format!(
                "{form} is of version {NEWER}, newer than version {reads}, which this release \
                 reads: start the version of Tenure that wrote it"
            ),
            Self::Cut => {
                format!("{form} is damaged, or something else: restore the store from a backup")
            }
        }
    }
}

/// Where a row is.
#[derive(Clone)]
struct Place {
    key: Key,
    owner: Option<Owner>,
}

impl Place {
    /// The one row of an owner that has this text in it.
    async fn of(owner: &str, kind: Kind, world: &World, text: &str) -> Self {
        let owner = Owner(owner.to_owned());
        let page = Page {
            after: None,
            limit: 100,
        };
        let keys = world
            .store()
            .owned_by(&owner, kind, page, world.time())
            .await;
        let mut places = Vec::new();
        for key in keys.unwrap() {
            let owner = Some(owner.clone());
            let place = Self { key, owner };
            let row = place.found(world).await;
            if String::from_utf8_lossy(&row.bytes).contains(text) {
                places.push(place);
            }
        }
        assert_eq!(places.len(), 1, "{owner:?}");
        places.remove(0)
    }

    async fn found(&self, world: &World) -> Stored {
        let found = world.store().find(&self.key, world.time()).await;
        found.unwrap().unwrap()
    }

    async fn write(&self, world: &World, bytes: &[u8]) {
        let before = self.found(world).await;
        let entry = Entry {
            bytes: bytes.to_vec(),
            expires_at: before.expires_at,
            owner: self.owner.clone(),
        };
        let expected = Some(before.version);
        let written = world
            .store()
            .replace(&self.key, expected, entry, world.time())
            .await;
        assert!(matches!(written, Ok(Replaced::Done(_))));
        // What servers have at hand is older now than they keep it.
        world.pass(Duration::from_secs(30));
    }
}

/// A row that is broken for a while.
struct Broken {
    place: Place,
    whole: Vec<u8>,
    broken: Vec<u8>,
}

impl Broken {
    async fn row(world: &World, place: &Place, damage: Damage) -> Self {
        let whole = place.found(world).await.bytes;
        let broken = damage.of(&whole);
        place.write(world, &broken).await;
        let place = place.clone();
        Self {
            place,
            whole,
            broken,
        }
    }

    /// Nobody wrote over it meanwhile.
    async fn mend(self, world: &World) {
        assert!(self.place.found(world).await.bytes == self.broken);
        self.place.write(world, &self.whole).await;
    }
}

/// What this thread logs from now on.
struct Log {
    written: Captured,
    _until: DefaultGuard,
}

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn begin() -> Self {
        let written = Captured::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::WARN)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        Self {
            written,
            _until: tracing::subscriber::set_default(subscriber),
        }
    }

    /// It has this text, and nothing of what stands in rows.
    fn says(&self, text: &str) {
        let log = String::from_utf8(self.written.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains(text), "{log}");
        for secret in ["demo", "argon2", "subject", "pkcs8"] {
            assert!(!log.contains(secret), "{log}");
        }
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const DAMAGE: [Damage; 2] = [Damage::Newer, Damage::Cut];
const NEWER: u8 = 9;
