//! A session, its driver and its storage together, with an issuer that only counts.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tenure_client::{
    Endpoint, ErrorKind, Session, SignOutScope, SignedOutReason, Snapshot,
    issuer::{Exchanged, IssuerError},
    storage::{FileStorage, MemoryStorage},
};
use tenure_core::{
    holder::{Expiry, Outage, Request, StorageTrouble, TokenGrant, TokenResponse},
    secret::{AccessToken, RefreshToken},
    time::Timestamp,
};
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Default)]
struct Counting {
    asked: Arc<AtomicUsize>,
    away: bool,
}

impl Endpoint for Counting {
    async fn exchange(&self, _: Request) -> Exchanged {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
        if self.away {
            let outage = Outage::Overloaded;
            return Exchanged::new(TokenResponse::Unavailable {
                outage,
                retry_after: None,
            });
        }
        Exchanged::new(TokenResponse::Tokens(grant(number, 600)))
    }

    async fn revoke(&self, _: RefreshToken) -> Result<(), IssuerError> {
        Ok(())
    }
}

#[allow(clippy::disallowed_methods, reason = "this test's own clock")]
fn grant(number: usize, life: u64) -> TokenGrant {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_millis();
    TokenGrant {
        access_token: AccessToken::new(format!("at-secret-{number}")),
        token_type: "Bearer".to_owned(),
        expiry: Expiry::In(Duration::from_secs(life)),
        refresh_token: Some(RefreshToken::new(format!("rt-secret-{number}"))),
        id_token: None,
        scope: None,
        subject: Some("ann".to_owned()),
        requested_at: Timestamp::from_millis(i64::try_from(now).unwrap()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_callers_cause_one_token_request() {
    // Law 2.
    let endpoint = Counting::default();
    let session = Session::open(endpoint.clone(), MemoryStorage::default());
    session.sign_in(grant(0, 0)).await.unwrap();
    let callers: Vec<_> = (0..10_000)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { session.access_token().await.unwrap() })
        })
        .collect();
    for caller in callers {
        let token = caller.await.unwrap();
        assert_eq!(token.access_token().expose(), "at-secret-1");
    }
    assert_eq!(endpoint.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_401_of_an_older_token_causes_no_request() {
    // Law 2.
    let endpoint = Counting::default();
    let session = Session::open(endpoint.clone(), MemoryStorage::default());
    session.sign_in(grant(0, 600)).await.unwrap();
    let first = session.access_token().await.unwrap();
    let second = session.access_token_after(&first).await.unwrap();
    assert!(!second.is_same_or_older(&first));
    let late = session.access_token_after(&first).await.unwrap();
    assert_eq!(late.access_token(), second.access_token());
    assert_eq!(endpoint.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_is_seen_by_every_process_that_shares_the_folder() {
    // Law 3.
    let dir = tempfile::tempdir().unwrap();
    let open = || Session::open(Counting::default(), FileStorage::open(dir.path()).unwrap());
    let (one, other) = (open(), open());
    one.sign_in(grant(0, 600)).await.unwrap();
    timeout(LIMIT, async {
        while other.access_token().await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    one.sign_out(SignOutScope::Issuer).await.unwrap();
    let error = timeout(LIMIT, async {
        loop {
            match other.access_token().await {
                Ok(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                Err(error) => break error,
            }
        }
    })
    .await
    .unwrap();
    assert_eq!(error.kind(), ErrorKind::SignedOut(SignedOutReason::User));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_keeps_the_session_and_shows_no_secret() {
    // Laws 1 and 7.
    let endpoint = Counting {
        away: true,
        ..Counting::default()
    };
    let session = Session::open(endpoint, MemoryStorage::default());
    session.sign_in(grant(0, 0)).await.unwrap();
    let error = session.access_token().await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Unavailable { .. }),
        "{error}"
    );
    assert!(matches!(&*session.snapshot(), Snapshot::Active { .. }));
    let shown = format!("{error} {error:?} {session:?} {:?}", session.snapshot());
    assert!(!shown.contains("secret"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_closed_gives_its_lock_back_and_says_so() {
    // Law 8.
    let dir = tempfile::tempdir().unwrap();
    let open = || Session::open(Counting::default(), FileStorage::open(dir.path()).unwrap());
    let one = open();
    let handle = one.clone();
    one.sign_in(grant(0, 0)).await.unwrap();
    one.access_token().await.unwrap();
    timeout(LIMIT, one.close()).await.unwrap();
    let elsewhere = open().access_token().await.unwrap();
    let closed = timeout(LIMIT, handle.access_token_after(&elsewhere)).await;
    assert_eq!(closed.unwrap().unwrap_err().kind(), ErrorKind::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_loaded_is_an_error_of_loaded_until_it_can_be() {
    // Law 8.
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("session.00000000000000000001.json");
    for (bytes, trouble, words) in [
        (&b"cut sho"[..], StorageTrouble::Damaged, "sign in again"),
        (b"{\"tenure\":99}", StorageTrouble::Newer, "newer version"),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let storage = FileStorage::open(dir.path()).unwrap();
        let session = Session::open(Counting::default(), storage);
        let error = timeout(LIMIT, session.loaded()).await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage(trouble));
        assert!(!error.is_temporary());
        let said = error.to_string();
        assert!(said.contains(words), "{said}");
        assert!(said.contains(file.to_str().unwrap()), "{said}");
        assert!(matches!(&*session.snapshot(), Snapshot::Failed(t) if *t == trouble));
        // Whoever moves it away is heard without asking anybody.
        std::fs::remove_file(&file).unwrap();
        let heals = async {
            while session.loaded().await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(LIMIT, heals).await.unwrap();
        let closing = session.clone();
        closing.close().await;
    }
    let session = Session::open(Counting::default(), FileStorage::open(dir.path()).unwrap());
    session.clone().close().await;
    // One that was closed before it knew says so.
    match timeout(LIMIT, session.loaded()).await.unwrap() {
        Ok(known) => assert!(matches!(&*known, Snapshot::SignedOut(_))),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Closed),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_over_damage_is_what_every_process_finds() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Session::open(Counting::default(), FileStorage::open(dir.path()).unwrap());
    let peer = open();
    peer.sign_in(grant(1, 600)).await.unwrap();
    let file = dir.path().join("session.00000000000000000001.json");
    std::fs::write(&file, "cut sho").unwrap();
    let session = open();
    session.sign_in(grant(2, 600)).await.unwrap();
    let token = session.access_token().await.unwrap();
    assert_eq!(token.access_token().expose(), "at-secret-2");
    let known = peer.access_token().await.unwrap();
    let newer = peer.access_token_after(&known).await.unwrap();
    assert_eq!(newer.access_token().expose(), "at-secret-2");
}
