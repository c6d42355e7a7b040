//! Takes connections and answers what comes over them, within limits on time, size and number.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tower::ServiceExt as _;

/// What one listener bears.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Limits {
    /// How long a connection may be open without a request, a half-sent one included.
    pub header_timeout: Duration,
    /// How many connections may be open at once.
    pub max_connections: usize,
}

impl Default for Limits {
    /// Ten seconds, ten thousand connections.
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(10),
            max_connections: 10_000,
        }
    }
}

/// Answers until `stop` changes, then finishes what was begun, for ten seconds at most.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) {
    let quiet = limits.header_timeout;
    let connections = Arc::new(Connections {
        builder: builder(quiet),
        router,
        quiet,
        stop: stop.clone(),
    });
    let places = Arc::new(Semaphore::new(limits.max_connections));
    let mut tasks = JoinSet::new();
    loop {
        // Whoever comes when all places are taken waits in the operating system's queue.
        let taken = tokio::select! {
            taken = take(&listener, &places) => taken,
            // What ended is let go of while the server runs.
            Some(_) = tasks.join_next() => continue,
            () = changed(&mut stop) => break,
        };
        let (stream, peer, place) = match taken {
            Ok(taken) => taken,
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => {
                // Such as no file descriptor left: asking again at once would only burn time.
                tracing::error!(%error, "no connection can be taken");
                let _stopped = timeout(PAUSE, changed(&mut stop)).await;
                continue;
            }
        };
        let connections = Arc::clone(&connections);
        tasks.spawn(async move {
            connections.answer(stream, peer).await;
            drop(place);
        });
    }
    drop(listener);
    let finished = async { while tasks.join_next().await.is_some() {} };
    if timeout(GRACE, finished).await.is_err() {
        tracing::warn!("requests were cut off: they took too long to finish");
    }
}

/// Waits until the server is told to stop. A sender that is gone is a reason to stop, too.
pub(crate) async fn changed(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        tracing::debug!("nobody is left who could stop the server");
    }
}

/// The next connection, and its place among those that may be open at once.
async fn take(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let places = Arc::clone(places);
    let place = places.acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, place))
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

struct Connections {
    builder: Builder<TokioExecutor>,
    router: Router,
    quiet: Duration,
    stop: watch::Receiver<bool>,
}

impl Connections {
    async fn answer(&self, stream: TcpStream, peer: SocketAddr) {
        // An answer is one write: waiting for more would only delay it.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection stays slow");
        }
        let (under_way, watched) = watch::channel(0);
        let router = self.router.clone();
        let service = service_fn(move |request| {
            let begun = Begun::new(&under_way);
            request_over(router.clone(), request, peer, begun)
        });
        let io = TokioIo::new(stream);
        let mut connection = std::pin::pin!(self.builder.serve_connection(io, service));
        let mut stop = self.stop.clone();
        tokio::select! {
            outcome = connection.as_mut() => return ended(outcome),
            () = silence(watched.clone(), self.quiet) => return,
            () = changed(&mut stop) => connection.as_mut().graceful_shutdown(),
        }
        tokio::select! {
            outcome = connection => ended(outcome),
            () = silence(watched, self.quiet) => {}
        }
    }
}

async fn request_over(
    router: Router,
    request: Request<Incoming>,
    peer: SocketAddr,
    _until_answered: Begun,
) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request).await
}

/// Counts a request among those that are under way, until it is dropped.
struct Begun(watch::Sender<usize>);

impl Begun {
    fn new(under_way: &watch::Sender<usize>) -> Self {
        under_way.send_modify(|count| *count += 1);
        Self(under_way.clone())
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// Waits until no request has been under way for so long. Hyper's own limit on headers begins
/// once it knows which HTTP is spoken, and there is none on a quiet HTTP/2 connection.
async fn silence(mut under_way: watch::Receiver<usize>, limit: Duration) {
    while under_way.wait_for(|count| *count == 0).await.is_ok() {
        match timeout(limit, under_way.changed()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

fn ended<E: std::fmt::Debug>(outcome: Result<(), E>) {
    // Peers go away all the time; what hyper says of it never quotes what they sent.
    if let Err(error) = outcome {
        tracing::debug!(?error, "a connection failed");
    }
}

fn builder(quiet: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(quiet)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEADER_BYTES as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(quiet)
        .keep_alive_timeout(quiet)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEADER_BYTES);
    builder
}

const GRACE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_secs(1);
const MAX_HEADERS: usize = 100;
const MAX_HEADER_BYTES: u32 = 64 * 1024;
const MAX_STREAMS: u32 = 100;
