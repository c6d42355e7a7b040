//! No secret of a session's whole life at a real issuer reaches the log of the program that
//! holds it, whatever is logged: by Tenure's client or by what it is built on.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a broken set-up is a failed test"
)]

#[path = "programs/support/mod.rs"]
#[allow(
    dead_code,
    clippy::print_stdout,
    reason = "shared with tests that use more of it"
)]
mod support;
mod tap;

use std::error::Error;
use std::fmt::Debug;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use support::browser::Browser;
use support::server::Server;
use support::{CLIENT, refusing_everybody};
use tap::Tap;
use tenure_client::{
    ErrorKind, HolderConfig, Renewal, Session, SignOutScope,
    http::Client,
    issuer::{Issuer, IssuerConfig, LoginOptions},
    storage::{AnyStorage, FileStorage},
};
use tenure_core::{
    holder::{Request, TokenGrant},
    secret::ClientSecret,
};
use tokio::sync::oneshot;
use tracing_subscriber::{filter::LevelFilter, util::SubscriberInitExt as _};
use url::Url;

// Law 7.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_of_a_session_at_a_real_issuer_is_logged_or_said() {
    let mut log = Captured::of_everything();
    let mut tap = Tap::bind().await;
    let mut server = Server::start_behind(tap.address(), SHORT).await;
    tap.lead_to(server.listen());
    let issuer = issuer(&tap, CLIENT, None);
    let home = tempfile::tempdir().unwrap();

    let grant = sign_in(&issuer, &tap).await;
    log.keep(&grant);
    let session = open(&issuer, home.path());
    session.sign_in(grant).await.unwrap();
    fetch(&session, &tap.url("/userinfo"), StatusCode::OK, &mut log).await;
    server.outlive_access_tokens().await;
    log.keep(&session.access_token().await.unwrap());
    let refused = refusing_everybody().await;
    fetch(&session, &refused, StatusCode::UNAUTHORIZED, &mut log).await;
    tap.remember_tokens(&session.snapshot());

    // The issuer is away.
    server.outlive_access_tokens().await;
    server.stop().await;
    let away = session.access_token().await.unwrap_err();
    assert!(away.is_temporary(), "{away:?}");
    log.keep_error(&away);
    server.restart().await;

    // A copy learns that the session was revoked.
    let copy = tempfile::tempdir().unwrap();
    copy_all(home.path(), copy.path());
    log.keep(&session);
    session.sign_out(SignOutScope::Issuer).await.unwrap();
    assert_eq!(session.not_revoked(), None);
    let copied = open(&issuer, copy.path());
    let revoked = copied.access_token().await.unwrap_err();
    assert!(
        matches!(revoked.kind(), ErrorKind::SignedOut(_)),
        "{revoked:?}"
    );
    log.keep_error(&revoked);

    for secret in ["demo-secret", "a-wr0ng-secret"] {
        let service = self::issuer(&tap, "demo-service", Some(secret));
        log.keep(&service);
        log.keep(&service.exchange(&Request::ClientCredentials).await);
    }
    session.close().await;
    copied.close().await;
    log.holds_none_of(&tap.secrets());
}

fn issuer(tap: &Tap, client: &str, secret: Option<&str>) -> Issuer {
    let mut config = IssuerConfig::new(tap.url("").parse().unwrap(), client);
    if let Some(secret) = secret {
        config = config.with_scope(Vec::new());
        config = config.with_client_secret(ClientSecret::new(secret));
    } else {
        config = config.with_scope(vec!["openid".to_owned(), "offline_access".to_owned()]);
    }
    Issuer::new(config).unwrap()
}

fn open(issuer: &Issuer, folder: &Path) -> Session {
    let storage = AnyStorage::new(FileStorage::open(folder).unwrap());
    let config = HolderConfig {
        renewal: Renewal::OnDemand,
        skew: Duration::ZERO,
        ..HolderConfig::default()
    };
    Session::open_with(issuer.clone(), storage, config)
}

/// A sign-in with the test as the browser, which comes back with the code.
async fn sign_in(issuer: &Issuer, tap: &Tap) -> TokenGrant {
    let (shown, url) = oneshot::channel::<Url>();
    let waiting = issuer.clone();
    let login = tokio::spawn(async move {
        let show = |url: &Url| shown.send(url.clone()).unwrap();
        waiting
            .login_by_loopback(show, LoginOptions::default())
            .await
    });
    let url = url.await.unwrap();
    tap.remember_query(&url);
    // What this browser logs is no concern of the client: the code passes it in an address.
    let page = Browser::new().sign_in(url.as_str()).await;
    assert!(page.status.is_success(), "{page:?}");
    tap.remember_query(&page.url);
    login.await.unwrap().unwrap()
}

async fn fetch(session: &Session, url: &str, wanted: StatusCode, log: &mut Captured) {
    let url: Url = url.parse().unwrap();
    let client = Client::new(session.clone(), reqwest::Client::new()).allow(&url);
    log.keep(&client);
    let response = client.send(client.request(Method::GET, url)).await.unwrap();
    assert_eq!(response.status(), wanted);
    log.keep(&response);
}

fn copy_all(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// All that a program could log at its most talkative, and print.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Captured {
    /// Events of `tracing`, and records of `log` with them.
    fn of_everything() -> Self {
        let captured = Self::default();
        let writer = captured.clone();
        tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_writer(move || writer.clone())
            .finish()
            .init();
        captured
    }

    fn keep(&mut self, outcome: &impl Debug) {
        writeln!(self, "{outcome:?} {outcome:#?}").unwrap();
    }

    fn keep_error(&mut self, error: &(impl Error + 'static)) {
        let mut source: Option<&dyn Error> = Some(error);
        while let Some(error) = source {
            writeln!(self, "{error} {error:#} {error:?}").unwrap();
            source = error.source();
        }
    }

    fn holds_none_of(&self, secrets: &[(String, String)]) {
        let log = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        for heard in ["TRACE", "hyper", "reqwest", "tenure_client", "Refreshed"] {
            assert!(log.contains(heard), "nothing was heard of {heard}");
        }
        for (kind, secret) in secrets {
            let found = log.lines().find(|line| line.contains(secret.as_str()));
            assert!(found.is_none(), "the {kind} {secret} is in: {found:?}");
        }
    }
}

const SHORT: u32 = 2;
