//! The server's limits on connections, over real ones.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use tenure_server::{Clock, Limits, Policy, Server};
use tenure_store::{AnyStore, MemoryStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_secs(10);
const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

struct Running {
    at: SocketAddr,
    stop: watch::Sender<bool>,
    ended: JoinHandle<()>,
}

impl Running {
    async fn new(change: impl FnOnce(&mut Limits)) -> Self {
        let mut limits = Limits::default();
        limits.header_timeout = Duration::from_secs(1);
        change(&mut limits);
        let store = AnyStore::new(MemoryStore::new());
        let server = Server::start(Policy::default(), store, Clock::system()).await;
        let server = server.unwrap();
        server.admin().dangerous_seed_demo().await.unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let ended = tokio::spawn(async move { server.run(listener, limits, stopped).await });
        Self { at, stop, ended }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.at).await.unwrap()
    }

    /// Stops it; it must have ended by itself soon.
    async fn stop(self) {
        self.stop.send(true).unwrap();
        timeout(LIMIT, self.ended).await.unwrap().unwrap();
    }
}

/// Everything that comes until the other side closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end, too.
    let _ = timeout(LIMIT, stream.read_to_end(&mut bytes))
        .await
        .unwrap();
    String::from_utf8(bytes).unwrap()
}

/// What comes first.
async fn some(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 4096];
    let count = timeout(LIMIT, stream.read(&mut bytes))
        .await
        .unwrap()
        .unwrap();
    String::from_utf8(bytes[..count].to_vec()).unwrap()
}

#[tokio::test]
async fn a_connection_that_asks_nothing_whole_is_closed() {
    let server = Running::new(|_| {}).await;
    // Nothing, the start of HTTP/1, the start of HTTP/2, a whole start of HTTP/2 and nothing.
    let starts = [
        "",
        "GET /healthz HTTP/1.1\r\nHost:",
        "PRI * HT",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
    ];
    for start in starts {
        let mut stream = server.connect().await;
        stream.write_all(start.as_bytes()).await.unwrap();
        let began = Instant::now();
        let mut bytes = Vec::new();
        let _ = timeout(LIMIT, stream.read_to_end(&mut bytes))
            .await
            .unwrap();
        assert!(began.elapsed() > Duration::from_millis(500), "{start:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_header_that_comes_in_drops_is_not_waited_for() {
    let server = Running::new(|_| {}).await;
    let (mut read, mut write) = server.connect().await.into_split();
    let drip = tokio::spawn(async move {
        write
            .write_all(b"GET /healthz HTTP/1.1\r\nX: ")
            .await
            .unwrap();
        while write.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let mut bytes = Vec::new();
    let _ = timeout(LIMIT, read.read_to_end(&mut bytes)).await.unwrap();
    timeout(LIMIT, drip).await.unwrap().unwrap();
    server.stop().await;
}

#[tokio::test]
async fn a_connection_is_used_again_and_closed_when_it_is_quiet() {
    let server = Running::new(|_| {}).await;
    let mut stream = server.connect().await;
    for _ in 0..3 {
        stream.write_all(HEALTH.as_bytes()).await.unwrap();
        assert!(some(&mut stream).await.starts_with("HTTP/1.1 200"));
    }
    assert_eq!(rest(&mut stream).await, "");
    server.stop().await;
}

#[tokio::test]
async fn headers_beyond_measure_are_refused() {
    let server = Running::new(|_| {}).await;
    let many = "X: y\r\n".repeat(200);
    let long = format!("X: {}\r\n", "y".repeat(100 * 1024));
    for headers in [many, long] {
        let (mut read, mut write) = server.connect().await.into_split();
        let request = format!("GET /healthz HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
        // It may be refused before all of it is sent.
        let _ = write.write_all(request.as_bytes()).await;
        let mut bytes = [0; 12];
        timeout(LIMIT, read.read_exact(&mut bytes))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(&bytes, b"HTTP/1.1 431");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_request_under_way_is_finished_when_the_server_stops() {
    let server = Running::new(|limits| limits.header_timeout = Duration::from_secs(30)).await;
    let mut stream = server.connect().await;
    let body = "grant_type=client_credentials&client_id=demo-service&client_secret=demo-secret";
    let head = format!(
        "POST /token HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The request is being handled once the server asks for its body.
    assert!(some(&mut stream).await.starts_with("HTTP/1.1 100"));
    let mut idle = server.connect().await;
    idle.write_all(HEALTH.as_bytes()).await.unwrap();
    assert!(some(&mut idle).await.starts_with("HTTP/1.1 200"));

    server.stop.send(true).unwrap();
    assert_eq!(
        rest(&mut idle).await,
        "",
        "an unused connection is closed at once"
    );
    stream.write_all(body.as_bytes()).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("access_token"), "{answer}");
    assert!(
        TcpStream::connect(server.at).await.is_err(),
        "nobody listens any more"
    );
    timeout(LIMIT, server.ended).await.unwrap().unwrap();
}

#[tokio::test]
async fn whoever_finds_all_places_taken_waits_for_one() {
    let server = Running::new(|limits| {
        limits.max_connections = 1;
        limits.header_timeout = Duration::from_secs(30);
    })
    .await;
    let mut first = server.connect().await;
    first.write_all(HEALTH.as_bytes()).await.unwrap();
    assert!(some(&mut first).await.starts_with("HTTP/1.1 200"));
    let mut second = server.connect().await;
    second.write_all(HEALTH.as_bytes()).await.unwrap();
    for _ in 0..20 {
        first.write_all(HEALTH.as_bytes()).await.unwrap();
        assert!(some(&mut first).await.starts_with("HTTP/1.1 200"));
    }
    let early = second.try_read(&mut [0; 1]).unwrap_err();
    assert_eq!(early.kind(), std::io::ErrorKind::WouldBlock);
    drop(first);
    assert!(some(&mut second).await.starts_with("HTTP/1.1 200"));
    drop(second);
    server.stop().await;
}
