//! Many processes want the token of one session at the same moment.

use std::collections::BTreeSet;
use std::time::Duration;

use rustix::process::Signal;
use tokio::task::JoinSet;

use crate::support::home::Home;
use crate::support::process::{Program, Ran, run, send};
use crate::support::proxy::Proxy;
use crate::support::server::Server;
use crate::support::until;

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_processes_cause_one_refresh_and_get_one_token() {
    let mut server = Server::start(SHORT).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    server.outlive_access_tokens().await;
    server.restart_with_ttl(LONG).await;

    let ran = crowd(&home, 64).join_all().await;

    let tokens: BTreeSet<_> = ran.iter().map(|ran| ran.stdout.as_str()).collect();
    assert!(ran.iter().all(|ran| ran.code == Some(0)), "{ran:?}");
    assert_eq!(tokens.len(), 1, "{tokens:?}");
    assert_eq!(server.refreshes("rotated").await, 1);
    assert_eq!(server.refreshes("repeated").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_that_is_killed_does_not_keep_the_lock() {
    after_the_holder_gets(Signal::KILL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_that_is_frozen_does_not_keep_the_lock_and_cannot_undo_anything() {
    after_the_holder_gets(Signal::STOP).await;
}

/// Stops the process that holds the lock in the middle of its refresh; the others go on.
async fn after_the_holder_gets(signal: Signal) {
    let mut proxy = Proxy::bind().await;
    let mut server = Server::start_behind(proxy.address(), SHORT).await;
    proxy.lead_to(server.listen());
    let home = Home::new();
    home.login(server.issuer()).await;
    server.outlive_access_tokens().await;
    server.restart_with_ttl(MIDDLE).await;

    // Its refresh reaches the server, but no answer comes: so it holds the lock for sure.
    proxy.hold_refreshes(1);
    let mut holder = Program::start("tenure token", home.command(["token"]));
    let pid = until("a lock", LIMIT, async || home.lease_holder()).await;
    assert_eq!(Some(pid), holder.pid(), "the lease names its holder");
    until("the refresh", LIMIT, async || {
        (proxy.left_to_hold() == 0).then_some(())
    })
    .await;
    send(pid, signal);

    let ran = crowd(&home, 16).join_all().await;
    assert!(ran.iter().all(|ran| ran.code == Some(0)), "{ran:?}");
    let tokens: BTreeSet<_> = ran.iter().map(|ran| ran.stdout.as_str()).collect();
    assert_eq!(tokens.len(), 1, "{tokens:?}");

    if signal == Signal::STOP {
        let stored = home.contents();
        send(pid, Signal::CONT);
        holder.end().await;
        let generations = home.contents();
        assert_eq!(
            generations.keys().collect::<Vec<_>>(),
            stored.keys().collect::<Vec<_>>()
        );
    }
    home.token().await;
    server.outlive_access_tokens().await;
    home.token().await;
    assert_eq!(
        server.refreshes("reused").await,
        0,
        "nobody was taken for a thief"
    );
}

fn crowd(home: &Home, size: usize) -> JoinSet<Ran> {
    (0..size).map(|_| run(home.command(["token"]))).collect()
}

const SHORT: u32 = 2;
const MIDDLE: u32 = 30;
const LONG: u32 = 300;
const LIMIT: Duration = Duration::from_secs(20);
