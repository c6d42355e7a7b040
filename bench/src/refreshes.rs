//! Refreshes through the whole server: 64 connections, each with a family of its own.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::{
    http::{Connection, Response, form},
    latency::Latencies,
    server::Server,
    table::Table,
};

/// Measures memory at rest, then refreshes for some seconds, then memory again.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(folder.path()).await?;
    note_memory(table, "server: memory at rest", &server);
    let clients = sign_in(&server.host).await?;
    load(clients, WARM_UP).await?;
    let clients = sign_in(&server.host).await?;
    let seen = load(clients, SPAN).await?;
    let kept = seen.per_second() >= 5000.0 && seen.percentile(99) < Duration::from_millis(20);
    table.judged(
        "server: refreshes, SQLite durable, 64 connections, one core",
        seen.line(),
        "5000/s 20ms",
        kept.into(),
    );
    tokio::time::sleep(SETTLE).await;
    note_memory(table, "server: memory after that load", &server);
    server.stop().await
}

fn note_memory(table: &mut Table, what: &str, server: &Server) {
    let Some(kib) = server.memory_kib() else {
        return table.noted(what, "not told by this system".to_owned());
    };
    table.judged(
        what,
        format!("{:.1} MiB", kib as f64 / 1024.0),
        "20 MB",
        (kib < 19_531).into(),
    );
}

/// A connection and the refresh token it goes on with.
struct Client {
    connection: Connection,
    refresh_token: String,
}

/// Signs one person in, and from that sign-in as many clients as there are connections.
async fn sign_in(host: &str) -> Result<Vec<Client>> {
    let mut browser = Connection::open(host).await?;
    let page = browser
        .get(&format!("/login?{}", form(&[("continue", &request())])), "")
        .await?;
    let (page, guard) = (page.expect(200)?, "name=\"csrf\" value=\"");
    let guard = page
        .body
        .split_once(guard)
        .and_then(|(_, rest)| rest.split('"').next());
    let fields = [
        ("csrf", guard.context("a form without a guard")?),
        ("continue", &request()),
        ("username", "demo"),
        ("password", "correct horse battery staple"),
    ];
    let cookies = browser
        .post("/login", &page.cookies(), &fields)
        .await?
        .expect(303)?
        .cookies();
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        let path = format!("/oauth2/authorize?{}", request());
        let code = code_of(&browser.get(&path, &cookies).await?.expect(303)?)?;
        let mut connection = Connection::open(host).await?;
        let refresh_token = exchange(&mut connection, &code).await?;
        clients.push(Client {
            connection,
            refresh_token,
        });
    }
    Ok(clients)
}

fn request() -> String {
    form(&[
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid offline_access"),
        ("state", "bench"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ])
}

fn code_of(response: &Response) -> Result<String> {
    let location = response
        .header("location")
        .next()
        .context("a redirect to nowhere")?;
    let (_, query) = location
        .split_once('?')
        .context("a redirect without a code")?;
    let code = query.split('&').find_map(|pair| pair.strip_prefix("code="));
    code.map(str::to_owned)
        .with_context(|| format!("no code in {query}"))
}

async fn exchange(connection: &mut Connection, code: &str) -> Result<String> {
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
        ("code", code),
    ];
    refresh_token_of(&connection.post("/token", "", &fields).await?.expect(200)?)
}

fn refresh_token_of(response: &Response) -> Result<String> {
    let granted: serde_json::Value = serde_json::from_str(&response.body)?;
    granted["refresh_token"]
        .as_str()
        .map(str::to_owned)
        .context("no refresh token")
}

/// Every client refreshes without a pause.
async fn load(clients: Vec<Client>, span: Duration) -> Result<Latencies> {
    let started = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for mut client in clients {
        running.spawn(async move {
            let mut calls = Vec::new();
            while started.elapsed() < span {
                let call = Instant::now();
                client.refresh().await?;
                calls.push(call.elapsed());
            }
            anyhow::Ok(calls)
        });
    }
    let mut calls = Vec::new();
    while let Some(done) = running.join_next().await {
        calls.extend(done??);
    }
    Ok(Latencies::new(calls, started.elapsed()))
}

impl Client {
    async fn refresh(&mut self) -> Result<()> {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT),
            ("refresh_token", self.refresh_token.as_str()),
        ];
        let response = self
            .connection
            .post("/token", "", &fields)
            .await?
            .expect(200)?;
        self.refresh_token = refresh_token_of(&response)?;
        Ok(())
    }
}

const CONNECTIONS: usize = 64;
const WARM_UP: Duration = Duration::from_secs(2);
const SPAN: Duration = Duration::from_secs(10);
const SETTLE: Duration = Duration::from_secs(3);
const CLIENT: &str = "demo-cli";
const REDIRECT_URI: &str = "http://127.0.0.1:9/callback";
// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
