use std::{io, time::Duration};

use tenure_core::secret::LoginState;
use tenure_oidc::Callback;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};
use url::form_urlencoded;

/// Where a browser on this machine comes back to (RFC 8252 §7.3).
pub(super) struct Loopback {
    listener: TcpListener,
    port: u16,
}

/// The browser that came back; it waits for a page.
pub(super) struct Browser(TcpStream);

impl Loopback {
    pub(super) async fn bind() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    pub(super) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// Waits for the first request that knows `state`. Any page in any browser here can send
    /// requests to this port: whatever else comes gets an answer, and the wait goes on.
    pub(super) async fn wait(&self, state: &LoginState) -> (Callback, Browser) {
        let mut visits = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept(), if visits.len() < MOST_AT_ONCE => {
                    match accepted {
                        Ok((stream, _)) => {
                            visits.spawn(timeout(PATIENCE, visit(stream, state.clone())));
                        }
                        // Out of file descriptors, or it hung up already.
                        Err(_) => sleep(PAUSE).await,
                    }
                }
                Some(visit) = visits.join_next() => {
                    if let Ok(Ok(Some(found))) = visit {
                        return found;
                    }
                }
            }
        }
    }
}

impl Browser {
    /// Shows the person a last page. The program knows more than the page says.
    pub(super) async fn tell<T, E>(mut self, outcome: &Result<T, E>) {
        let (status, text) = match outcome {
            Ok(_) => ("200 OK", "You are signed in. You can close this page."),
            Err(_) => (
                "400 Bad Request",
                "You are not signed in; the program says why. You can close this page.",
            ),
        };
        // A browser that left needs no page.
        let _ = timeout(PATIENCE, respond(&mut self.0, status, text)).await;
    }
}

async fn visit(mut stream: TcpStream, state: LoginState) -> Option<(Callback, Browser)> {
    let target = read_target(&mut stream).await?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    if path != PATH {
        let _ = respond(&mut stream, "404 Not Found", "There is nothing here.").await;
        return None;
    }
    match Callback::parse(form_urlencoded::parse(query.as_bytes())) {
        Ok(callback) if callback.state() == Some(&state) => Some((callback, Browser(stream))),
        Ok(_) | Err(_) => {
            let text = "This belongs to no sign-in that is under way here.";
            let _ = respond(&mut stream, "400 Bad Request", text).await;
            None
        }
    }
}

/// The target of a GET; `None` for anything else.
async fn read_target(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        if head.len() > LONGEST_HEAD || stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let head = std::str::from_utf8(&head).ok()?;
    let mut words = head.lines().next()?.split(' ');
    (words.next()? == "GET").then_some(words.next()?.to_owned())
}

async fn respond(stream: &mut TcpStream, status: &str, text: &str) -> io::Result<()> {
    let page =
        format!("<!doctype html><meta charset=\"utf-8\"><title>Sign-in</title><p>{text}</p>\n");
    let length = page.len();
    let response = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{HEADERS}\r\n{page}");
    stream.write_all(response.as_bytes()).await?;
    stream.shutdown().await
}

const PATH: &str = "/callback";
const HEADERS: &str = "Content-Type: text/html; charset=utf-8\r\n\
    Connection: close\r\n\
    Cache-Control: no-store\r\n\
    Referrer-Policy: no-referrer\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Content-Security-Policy: default-src 'none'\r\n";
/// One visit may take so long; browsers open connections before they need them.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);
const MOST_AT_ONCE: usize = 32;
const LONGEST_HEAD: usize = 16 * 1024;
