//! Tenure's own client against npm's `oidc-provider` with rotation.

use std::time::{Duration, Instant};

use crate::support::home::Home;
use crate::support::peers::{self, Peer};
use crate::support::{free_address, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_session_at_oidc_provider_rotates_and_survives_its_restart() {
    if !peers::installed() {
        return;
    }
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("provider.json");
    let address = free_address();
    let provider = Peer::start(&file, address, TTL.as_secs()).await;
    let home = Home::new();
    home.login(provider.issuer()).await;
    let first = home.token().await;

    outlive().await;
    let second = home.token().await;
    assert_ne!(second, first);
    assert_eq!(provider.count("granted:refresh_token").await, 1);

    provider.stop().await;
    outlive().await;
    let away = home.run(["token"]).await;
    assert_eq!((away.code, away.stdout.as_str()), (Some(4), ""), "{away:?}");

    let provider = Peer::start(&file, address, TTL.as_secs()).await;
    let third = home.token().await;
    assert_ne!(third, second);
    assert_eq!(
        provider.count("granted:refresh_token").await,
        1,
        "counted since the restart"
    );
    assert_eq!(provider.count("refused:refresh_token").await, 0);

    let copy = home.copy();
    assert_eq!(home.run(["logout"]).await.code, Some(0));
    assert_eq!(home.run(["token"]).await.code, Some(3));
    outlive().await;
    assert_eq!(
        copy.run(["token"]).await.code,
        Some(3),
        "the refresh token was revoked there too"
    );
    provider.stop().await;
}

async fn outlive() {
    let end = Instant::now() + TTL;
    until("the access token's end", TTL * 2, async || {
        (Instant::now() > end).then_some(())
    })
    .await;
}

const TTL: Duration = Duration::from_secs(3);
