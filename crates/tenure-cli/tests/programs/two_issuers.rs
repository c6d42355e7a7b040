//! A session belongs to one issuer and one client: nothing of it reaches another.

use std::fs;

use serde_json::Value;
use tenure_client::issuer::{Issuer, IssuerConfig};
use tenure_client::storage::FileStorage;
use tenure_client::{ErrorKind, Session, SignOutScope};

use crate::support::CLIENT;
use crate::support::home::Home;
use crate::support::process::{Ran, run};
use crate::support::server::Server;
use crate::support::stranger::Stranger;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sign_in_at_another_issuer_replaces_is_revoked_where_it_came_from() {
    let (server, stranger, home) = signed_in().await;
    let refresh_token = home.refresh_token();

    let ran = home.login_by_device(stranger.url()).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");

    stranger.heard_nothing_of(&refresh_token);
    let answer = refresh(&server, &refresh_token).await;
    assert_eq!(answer["error"], "invalid_grant", "{answer}");
    assert_eq!(home.token().await, "at-of-the-stranger");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_could_not_be_revoked_where_it_came_from_is_told() {
    let (mut server, stranger, home) = signed_in().await;
    let refresh_token = home.refresh_token();
    server.stop().await;

    let ran = home.login_by_device(stranger.url()).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");

    stranger.heard_nothing_of(&refresh_token);
    let issuer = server.issuer();
    assert!(
        ran.stderr.contains(issuer) && ran.stderr.contains("not be told"),
        "{ran:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_of_another_issuer_does_not_lead_a_session_there() {
    // What a kill between two writes, a full folder or a parallel command could leave.
    let (server, stranger, home) = signed_in().await;
    let other = Home::new();
    other.login_by_device(stranger.url()).await;
    let profile = |home: &Home| home.path().join("profile.json");
    fs::copy(profile(&other), profile(&home)).unwrap();
    home.expire();
    let refresh_token = home.refresh_token();

    let status = home.run(["status"]).await;
    assert!(status.stdout.contains(server.issuer()), "{status:?}");
    let token = home.run(["token"]).await;
    stranger.heard_nothing_of(&refresh_token);
    assert_eq!(token.code, Some(0), "{token:?}");
    assert_eq!(server.refreshes("rotated").await, 1);

    let refresh_token = home.refresh_token();
    assert_eq!(home.run(["logout"]).await.code, Some(0));
    stranger.heard_nothing_of(&refresh_token);
    let answer = refresh(&server, &refresh_token).await;
    assert_eq!(answer["error"], "invalid_grant", "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_was_not_written_after_a_sign_in_does_no_harm() {
    let (server, stranger, home) = signed_in().await;
    let profile = home.path().join("profile.json");
    let before = fs::read(&profile).unwrap();
    home.login_by_device(stranger.url()).await;
    fs::write(&profile, before).unwrap();
    home.expire();

    let status = home.run(["status"]).await;
    assert!(status.stdout.contains(stranger.url()), "{status:?}");
    assert_eq!(home.token().await, "at-of-the-stranger");
    assert_eq!(server.refreshes("refused").await, 0, "nobody asked there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_cannot_be_stored_leaves_session_and_profile_as_they_were() {
    let (server, stranger, home) = signed_in().await;
    home.expire();
    let (refresh_token, before) = (home.refresh_token(), home.contents());

    let login = format!(
        "login --device --scope offline_access --issuer {}",
        stranger.url()
    );
    let ran = home.run_on_a_full_disk(&login).await;
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert_eq!(home.contents(), before);

    home.token().await;
    stranger.heard_nothing_of(&refresh_token);
    assert_eq!(server.refreshes("rotated").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_profile_a_session_still_knows_its_issuer() {
    let (server, stranger, home) = signed_in().await;
    fs::remove_file(home.path().join("profile.json")).unwrap();
    home.expire();
    let refresh_token = home.refresh_token();

    let token = elsewhere(&home, &stranger, "token").await;
    stranger.heard_nothing_of(&refresh_token);
    assert_eq!(token.code, Some(0), "{token:?}");
    let status = elsewhere(&home, &stranger, "status").await;
    assert!(status.stdout.contains(server.issuer()), "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_before_without_a_profile_belongs_to_nobody() {
    let (_server, stranger, home) = signed_in().await;
    fs::remove_file(home.path().join("profile.json")).unwrap();
    home.expire();
    home.forget_the_pair();
    let refresh_token = home.refresh_token();

    let token = elsewhere(&home, &stranger, "token").await;
    stranger.heard_nothing_of(&refresh_token);
    assert_eq!(token.code, Some(3), "{token:?}");
    assert!(token.stderr.contains("another issuer"), "{token:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_before_is_adopted_by_the_issuer_of_the_profile() {
    let (server, stranger, home) = signed_in().await;
    home.expire();
    home.forget_the_pair();
    home.token().await;
    assert_eq!(server.refreshes("rotated").await, 1);
    let stored: Value = serde_json::from_slice(&fs::read(home.session_file()).unwrap()).unwrap();
    assert_eq!(stored["issuer"], server.issuer(), "it is adopted");

    home.forget_the_pair();
    let refresh_token = home.refresh_token();
    home.login_by_device(stranger.url()).await;
    stranger.heard_nothing_of(&refresh_token);
    let answer = refresh(&server, &refresh_token).await;
    assert_eq!(answer["error"], "invalid_grant", "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_with_another_issuer_or_client_leaves_a_folder_alone() {
    let (server, stranger, home) = signed_in().await;
    home.expire();
    let refresh_token = home.refresh_token();
    let before = home.contents();
    for (issuer, client) in [(stranger.url(), CLIENT), (server.issuer(), "demo-spa")] {
        let session = program(&home, issuer, client);
        let error = session.access_token().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::SignedOut(_)), "{error:?}");
        let said = error.to_string();
        for part in [server.issuer(), CLIENT, "sign in again to replace it"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        session.sign_out(SignOutScope::Issuer).await.unwrap_err();
        session.close().await;
        stranger.heard_nothing_of(&refresh_token);
        assert_eq!(home.contents(), before);
    }
    home.token().await;
    assert_eq!(server.refreshes("rotated").await, 1);
    assert_eq!(server.refreshes("refused").await, 0);
}

/// A server, somebody else's, and a person who is signed in at the first.
async fn signed_in() -> (Server, Stranger, Home) {
    let server = Server::start(300).await;
    let stranger = Stranger::start().await;
    let home = Home::new();
    home.login(server.issuer()).await;
    (server, stranger, home)
}

fn program(home: &Home, issuer: &str, client: &str) -> Session {
    let issuer = Issuer::new(IssuerConfig::new(issuer.parse().unwrap(), client)).unwrap();
    Session::open(
        issuer,
        FileStorage::open(home.path().join("session")).unwrap(),
    )
}

/// A command in a shell whose usual issuer is the stranger.
async fn elsewhere(home: &Home, stranger: &Stranger, what: &str) -> Ran {
    let mut command = home.command([what]);
    command.env("TENURE_ISSUER", stranger.url());
    run(command).await
}

async fn refresh(server: &Server, refresh_token: &str) -> Value {
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT),
        ("refresh_token", refresh_token),
    ];
    let request = reqwest::Client::new().post(server.url("/oauth2/token"));
    request
        .form(&fields)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}
