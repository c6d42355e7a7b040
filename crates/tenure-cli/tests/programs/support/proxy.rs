use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A piece of network between a client and the server. It can lose the answer to a refresh.
pub(crate) struct Proxy {
    address: SocketAddr,
    faults: Arc<Faults>,
    listener: Option<TcpListener>,
}

/// How many answers to refreshes are still to be lost, and how many still to be kept back.
#[derive(Default)]
struct Faults {
    cut: AtomicUsize,
    hold: AtomicUsize,
    let_go: Notify,
}

impl Proxy {
    /// Takes an address; nothing passes before [`lead_to`](Self::lead_to).
    pub(crate) async fn bind() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        Self {
            address,
            faults: Arc::default(),
            listener: Some(listener),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Passes everything on to `server`.
    pub(crate) fn lead_to(&mut self, server: SocketAddr) {
        let listener = self.listener.take().expect("it leads nowhere yet");
        let faults = Arc::clone(&self.faults);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server, Arc::clone(&faults)));
            }
        });
    }

    /// Loses the answers to the next `count` refreshes, after the server has given them.
    pub(crate) fn cut_refreshes(&self, count: usize) {
        self.faults.cut.store(count, Ordering::SeqCst);
    }

    /// Keeps back the answers to the next `count` refreshes, after the server has given them.
    pub(crate) fn hold_refreshes(&self, count: usize) {
        self.faults.hold.store(count, Ordering::SeqCst);
    }

    /// Delivers what was kept back.
    pub(crate) fn let_go(&self) {
        self.faults.let_go.notify_waiters();
    }

    /// How many answers are still to be kept back.
    pub(crate) fn left_to_hold(&self) -> usize {
        self.faults.hold.load(Ordering::SeqCst)
    }
}

/// Both directions of one connection, until either side ends it.
async fn pass(mut client: TcpStream, server: SocketAddr, faults: Arc<Faults>) {
    let Ok(mut server) = TcpStream::connect(server).await else {
        return;
    };
    let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
    let mut asked = Vec::new();
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(count @ 1..) = read else { return };
                asked.extend_from_slice(&up[..count]);
                if server.write_all(&up[..count]).await.is_err() { return }
            }
            read = server.read(&mut down) => {
                let Ok(count @ 1..) = read else { return };
                let refresh = contains(&asked, b"grant_type=refresh_token");
                if refresh && take_one(&faults.cut) { return }
                if refresh && take_one(&faults.hold) { faults.let_go.notified().await }
                asked.clear();
                if client.write_all(&down[..count]).await.is_err() { return }
            }
        }
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn take_one(count: &AtomicUsize) -> bool {
    count
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
            left.checked_sub(1)
        })
        .is_ok()
}
