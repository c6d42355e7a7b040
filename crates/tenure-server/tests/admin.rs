//! What an operator's program does, and what it is told.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

use serde_json::json;
use tenure_core::secret::Password;
use tenure_server::{
    Admin, AdminError, ClientConfig, ClientOrigin, Clock, Policy, Server, UserEmail,
};
use tenure_store::{AnyStore, MemoryStore};

const ISSUER: &str = "https://id.example.com";

fn password() -> Password {
    Password::new("correct horse battery staple")
}

fn page(id: &str) -> ClientConfig {
    ClientConfig::new(id).with_redirect_uris(vec![format!("https://{id}.example.com/")])
}

/// The hand of an operator on the data of a server whose configuration has the client `cards`.
async fn admin() -> Admin {
    let mut policy = Policy::new(ISSUER);
    policy.clients = vec![page("cards")];
    policy.clients_from = Some("tenure.toml".to_owned());
    let store = AnyStore::new(MemoryStore::new());
    let server = Server::start(policy, store, Clock::system()).await;
    server.unwrap().admin()
}

#[tokio::test]
async fn a_person_is_made_described_kept_out_and_removed() {
    let admin = admin().await;
    let email = UserEmail::unverified("ada@example.com").unwrap();
    let ada = admin
        .add_user("ada", password(), Some(email))
        .await
        .unwrap();
    assert_eq!(ada.email.as_deref(), Some("ada@example.com"));
    assert!(!ada.email_verified && !ada.disabled);
    let email = UserEmail::verified("ada@example.org").unwrap();
    let described = admin.set_email("ADA", Some(email)).await.unwrap().unwrap();
    assert!(described.email_verified);
    assert_eq!(described.claims["email"], "ada@example.org");
    let locale = Some(json!("en-GB"));
    let described = admin.set_claim("ada", "locale", locale).await.unwrap();
    assert_eq!(described.unwrap().claims["locale"], "en-GB");
    let ended = admin.disable_user("ada").await.unwrap().unwrap();
    assert!(ended.user.disabled);
    assert!(!admin.enable_user("ada").await.unwrap().unwrap().disabled);
    assert_eq!(admin.users().await.unwrap().len(), 1);
    let gone = admin.remove_user("ada").await.unwrap().unwrap();
    assert_eq!(gone.user.subject, ada.subject);
    assert!(admin.user("ada").await.unwrap().is_none());
}

#[tokio::test]
async fn what_cannot_be_done_to_a_person_is_told_apart() {
    let admin = admin().await;
    admin.add_user("ada", password(), None).await.unwrap();
    let taken = admin.add_user("Ada", password(), None).await;
    assert!(matches!(taken, Err(AdminError::Taken(_))), "{taken:?}");
    let weak = admin.add_user("bob", Password::new("hunter2"), None).await;
    assert!(matches!(weak, Err(AdminError::Invalid(_))), "{weak:?}");
    assert!(UserEmail::verified("ada").is_err());
    for claim in ["sub", "email", "email_verified"] {
        let refused = admin.set_claim("ada", claim, Some(json!("x"))).await;
        assert!(matches!(refused, Err(AdminError::Invalid(_))), "{claim}");
    }
    // Who is not there is no error.
    assert!(
        admin
            .set_password("bob", password())
            .await
            .unwrap()
            .is_none()
    );
    assert!(admin.remove_user("bob").await.unwrap().is_none());
    assert!(admin.sessions("bob").await.unwrap().is_none());
    assert!(!admin.end_session("no-such-session").await.unwrap());
}

#[tokio::test]
async fn a_client_is_changed_only_where_it_stands() {
    let admin = admin().await;
    let secret = ClientConfig::draw_secret();
    let jobs = ClientConfig::new("jobs").with_secret(secret);
    let jobs = admin.add_client(&jobs.with_scope("api")).await.unwrap();
    assert!(jobs.is_confidential && jobs.origin == ClientOrigin::CommandLine);
    let again = admin.add_client(&page("jobs")).await;
    assert!(matches!(again, Err(AdminError::Taken(_))), "{again:?}");
    for refused in [
        admin.add_client(&page("cards")).await.map(drop),
        admin.remove_client("cards").await.map(drop),
    ] {
        let Err(AdminError::Configured(told)) = refused else {
            panic!("{refused:?}");
        };
        assert!(told.contains("tenure.toml"), "{told}");
    }
    let plain = ClientConfig::new("plain");
    let plain = plain.with_redirect_uris(vec!["http://plain.example.com/".to_owned()]);
    let refused = admin.add_client(&plain).await;
    assert!(
        matches!(refused, Err(AdminError::Invalid(_))),
        "{refused:?}"
    );
    let removed = admin.remove_client("jobs").await.unwrap().unwrap();
    assert_eq!(removed.client.id, "jobs");
    assert!(admin.client("jobs").await.unwrap().is_none());
    assert!(admin.remove_client("jobs").await.unwrap().is_none());
    assert_eq!(admin.clients().await.unwrap().len(), 1);
}

#[tokio::test]
async fn new_keys_stand_beside_the_old_ones() {
    let admin = admin().await;
    let before = admin.keys().await.unwrap();
    let after = admin.rotate_keys().await.unwrap();
    assert!(after.len() > before.len());
    let kept = |kid: &String| after.iter().any(|key| key.kid == *kid);
    assert!(before.iter().all(|key| kept(&key.kid)));
}

#[tokio::test]
async fn a_policy_that_is_not_right_opens_nothing() {
    let store = AnyStore::new(MemoryStore::new());
    let policy = Policy::new("http://id.example.com");
    let refused = Admin::open(policy.clone(), store.clone(), Clock::system());
    assert!(refused.is_err());
    let started = Server::start(policy, store, Clock::system()).await;
    let told = started.map(drop).unwrap_err().to_string();
    assert!(told.contains("write it with https://"), "{told}");
}
