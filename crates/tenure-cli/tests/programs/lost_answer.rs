//! The network loses an answer; a thief has a copy of a token that was overtaken.

use crate::support::home::Home;
use crate::support::proxy::Proxy;
use crate::support::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_a_refresh_costs_nothing() {
    let mut proxy = Proxy::bind().await;
    let server = Server::start_behind(proxy.address(), TTL).await;
    proxy.lead_to(server.listen());
    let home = Home::new();
    home.login(server.issuer()).await;
    server.outlive_access_tokens().await;

    // However often one call tries by itself: none of its answers arrives.
    proxy.cut_refreshes(usize::MAX);
    let cut = home.run(["token"]).await;
    assert_eq!((cut.code, cut.stdout.as_str()), (Some(4), ""), "{cut:?}");
    let (rotated, repeated) = counts(&server).await;
    assert_eq!(rotated, 1, "the server did rotate, and only once");
    proxy.cut_refreshes(0);

    // The pause after a failure is the client's own affair; the session is there.
    home.token().await;
    let (rotated, repeated_after) = counts(&server).await;
    assert_eq!(rotated, 1, "the same successor came again");
    assert_eq!(repeated_after, repeated + 1);

    server.outlive_access_tokens().await;
    home.token().await;
    assert_eq!(server.refreshes("rotated").await, 2, "the successor works");
    assert_eq!(server.refreshes("reused").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_an_overtaken_token_ends_the_family_and_the_owner_is_told_why() {
    let server = Server::start(TTL).await;
    let owner = Home::new();
    owner.login(server.issuer()).await;
    let thief = owner.copy();
    for _ in 0..2 {
        server.outlive_access_tokens().await;
        owner.token().await;
    }
    assert_eq!(server.refreshes("rotated").await, 2);

    // As long as an honest request may be that late, a copy gets nothing and ends nothing.
    let mut stolen = thief.run(["token"]).await;
    while stolen.code == Some(4) {
        assert_eq!(stolen.stdout, "", "{stolen:?}");
        stolen = thief.run(["token"]).await;
    }
    assert_eq!(
        (stolen.code, stolen.stdout.as_str()),
        (Some(3), ""),
        "{stolen:?}"
    );
    assert_eq!(server.refreshes("reused").await, 1);

    server.outlive_access_tokens().await;
    let told = owner.run(["token"]).await;
    assert_eq!((told.code, told.stdout.as_str()), (Some(3), ""), "{told:?}");
    assert!(told.stderr.contains("signed out"), "{told:?}");
}

async fn counts(server: &Server) -> (u64, u64) {
    (
        server.refreshes("rotated").await,
        server.refreshes("repeated").await,
    )
}

const TTL: u32 = 3;
