//! The server is away for a while, or taken away for good.

use crate::support::home::Home;
use crate::support::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn while_the_server_is_away_nothing_is_lost() {
    let mut server = Server::start(TTL).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    server.outlive_access_tokens().await;
    let stored = home.contents();
    server.stop().await;

    for _ in 0..3 {
        let ran = home.run(["token"]).await;
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{ran:?}");
    }
    assert_eq!(
        home.contents(),
        stored,
        "no stored byte and no time of change moved"
    );

    server.restart().await;
    home.token().await;
    assert_ne!(home.contents(), stored);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_holds_even_if_the_server_cannot_be_told() {
    let mut server = Server::start(300).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    server.stop().await;
    let ran = home.run(["logout"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("could not be told"), "{ran:?}");
    assert_eq!(home.run(["token"]).await.code, Some(3));

    server.restart().await;
    assert_eq!(home.run(["token"]).await.code, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_before_a_kill_is_still_true_after_it() {
    let mut server = Server::start(TTL).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    for _ in 0..3 {
        server.outlive_access_tokens().await;
        home.token().await;
        server.kill().await;
        server.restart().await;
    }
    server.outlive_access_tokens().await;
    home.token().await;
    assert_eq!(
        server.refreshes("rotated").await,
        1,
        "counted since the last restart"
    );
    assert_eq!(server.refreshes("reused").await, 0);
}

const TTL: u32 = 3;
