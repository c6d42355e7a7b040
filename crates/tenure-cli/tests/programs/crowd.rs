//! Many processes want the token of one session at the same moment.

use std::collections::BTreeSet;
use std::time::Duration;

use rustix::process::Signal;
use tokio::task::JoinSet;

use crate::support::home::Home;
use crate::support::process::{Program, Ran, run, send};
use crate::support::proxy::Proxy;
use crate::support::server::Server;
use crate::support::{refusing_everybody, until};

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
    let it = Refreshing::start().await;
    send(it.pid, Signal::KILL);

    let token = it.sixty_three_others().await;

    assert_eq!(it.home.token().await, token);
    it.nobody_was_hurt().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_that_is_frozen_does_not_keep_the_lock_and_cannot_undo_anything() {
    let mut it = Refreshing::start().await;
    send(it.pid, Signal::STOP);
    // Its answer arrives while it is frozen: it will find it when it wakes.
    it.proxy.let_go();

    let token = it.sixty_three_others().await;

    let stored = it.home.contents();
    send(it.pid, Signal::CONT);
    assert_eq!(
        it.process.line().await,
        token,
        "it takes what its peers have"
    );
    assert_eq!(it.process.end().await.code(), Some(0));
    assert_eq!(it.home.contents(), stored);
    it.nobody_was_hurt().await;
}

/// A process in the middle of its refresh, which holds the lock; its answer is kept back.
struct Refreshing {
    server: Server,
    proxy: Proxy,
    home: Home,
    process: Program,
    pid: u32,
}

impl Refreshing {
    async fn start() -> Self {
        let mut proxy = Proxy::bind().await;
        let mut server = Server::start_behind(proxy.address(), SHORT).await;
        proxy.lead_to(server.listen());
        let home = Home::new();
        home.login(server.issuer()).await;
        server.outlive_access_tokens().await;
        server.restart_with_ttl(LONG).await;

        proxy.hold_refreshes(1);
        let process = Program::start("tenure token", home.command(["token"]));
        let answered = async || (proxy.left_to_hold() == 0).then_some(());
        until("the refresh", LIMIT, answered).await;
        let pid = home.lease_holder().expect("it holds the lock");
        assert_eq!(Some(pid), process.pid(), "the lease names its holder");
        Self {
            server,
            proxy,
            home,
            process,
            pid,
        }
    }

    /// All the others get one token, from one more question to the server.
    async fn sixty_three_others(&self) -> String {
        let ran = crowd(&self.home, 63).join_all().await;
        assert!(ran.iter().all(|ran| ran.code == Some(0)), "{ran:?}");
        let tokens: BTreeSet<_> = ran.iter().map(|ran| ran.stdout.trim_end()).collect();
        assert_eq!(tokens.len(), 1, "{tokens:?}");
        assert_eq!(self.server.refreshes("rotated").await, 1);
        assert_eq!(self.server.refreshes("repeated").await, 1);
        tokens.into_iter().map(str::to_owned).collect()
    }

    /// The refresh token that is stored is the one that counts.
    async fn nobody_was_hurt(&self) {
        let refused = self.home.run(["fetch", &refusing_everybody().await]).await;
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert_eq!(
            self.server.refreshes("rotated").await,
            2,
            "a refused token is replaced"
        );
        assert_eq!(
            self.server.refreshes("reused").await,
            0,
            "nobody was taken for a thief"
        );
    }
}

fn crowd(home: &Home, size: usize) -> JoinSet<Ran> {
    (0..size).map(|_| run(home.command(["token"]))).collect()
}

const SHORT: u32 = 2;
const LONG: u32 = 300;
const LIMIT: Duration = Duration::from_secs(20);
