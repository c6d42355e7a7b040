//! What a session costs a Rust program that uses one.

use std::{
    hint::black_box,
    sync::{
        Arc, Barrier,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use serde_json::{Value, json};
use tenure_client::{
    HolderConfig, Renewal, Session,
    http::Client,
    issuer::{Issuer, IssuerConfig},
    storage::{AnyStorage, MemoryStorage},
};
use tenure_core::{
    holder::{Expiry, TokenGrant},
    secret::{AccessToken, RefreshToken},
};
use tokio::{net::TcpListener, runtime::Handle, task::JoinSet};
use url::Url;

use crate::{family, latency::Latencies, table::Table};

/// Measures a token that is at hand, one that is not, and requests that carry one.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let server = Server::start().await?;
    at_hand(table, &server).await?;
    crowd(table, &server).await?;
    requests(table, &server).await
}

async fn at_hand(table: &mut Table, server: &Server) -> Result<()> {
    let session = server.signed_in(LIFE).await?;
    let nanos = median_call(1, &session).await?;
    table.judged(
        "client: access_token() when fresh",
        format!("{nanos:.0} ns"),
        "100 ns",
        (nanos < 100.0).into(),
    );
    // They do nothing else, so they meet at the count of the token's holders in every call.
    let nanos = median_call(2, &session).await?;
    table.noted(
        "client: the same from two threads that do nothing else",
        format!("{nanos:.0} ns"),
    );
    Ok(())
}

async fn median_call(threads: usize, session: &Session) -> Result<f64> {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(call_from(threads, session).await?);
    }
    rounds.sort_unstable_by(f64::total_cmp);
    Ok(rounds[rounds.len() / 2])
}

/// The mean time of a call, in nanoseconds, when this many threads call at once.
async fn call_from(threads: usize, session: &Session) -> Result<f64> {
    let mut running = JoinSet::new();
    let together = Arc::new(Barrier::new(threads));
    for _ in 0..threads {
        let (session, together) = (session.clone(), Arc::clone(&together));
        let runtime = Handle::current();
        running.spawn_blocking(move || {
            runtime.block_on(async {
                together.wait();
                let started = Instant::now();
                for _ in 0..CALLS {
                    black_box(session.access_token().await?);
                }
                anyhow::Ok(started.elapsed())
            })
        });
    }
    let mut elapsed = Duration::ZERO;
    while let Some(done) = running.join_next().await {
        elapsed += done??;
    }
    let calls = f64::from(CALLS) * threads as f64;
    Ok(elapsed.as_secs_f64() * 1e9 / calls)
}

/// Many callers of a session whose access token has expired.
async fn crowd(table: &mut Table, server: &Server) -> Result<()> {
    let session = server.signed_in(Duration::ZERO).await?;
    let before = server.asked();
    let started = Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let session = session.clone();
        callers.spawn(async move { session.access_token().await });
    }
    while let Some(token) = callers.join_next().await {
        token??;
    }
    let (elapsed, asked) = (started.elapsed(), server.asked() - before);
    table.judged(
        "client: 10 000 callers of an expired session",
        format!("{asked} token request(s), {elapsed:.1?}"),
        "1 request",
        (asked == 1).into(),
    );
    Ok(())
}

/// The same requests by a client with a session and by one with a fixed header, one of each in
/// turn: whatever else the machine does falls on both, and on the median of neither.
async fn requests(table: &mut Table, server: &Server) -> Result<()> {
    let session = server.signed_in(LIFE).await?;
    let fixed = format!("Bearer {}", access_token().expose());
    let url = server.url.join("api")?;
    // One pool for both, so that neither has the better connection.
    let plain = reqwest::Client::new();
    let client = Client::new(session, plain.clone()).allow(&url);
    let with_fixed = async || {
        let started = Instant::now();
        let request = plain.get(url.clone()).header("authorization", &fixed);
        request.send().await?.error_for_status()?.bytes().await?;
        anyhow::Ok(started.elapsed())
    };
    let with_session = async || {
        let started = Instant::now();
        let request = client.request(reqwest::Method::GET, url.clone());
        let response = client.send(request).await?.error_for_status()?;
        response.bytes().await?;
        anyhow::Ok(started.elapsed())
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..REQUESTS {
        if round % 2 == 0 {
            ours.push(with_session().await?);
            theirs.push(with_fixed().await?);
        } else {
            theirs.push(with_fixed().await?);
            ours.push(with_session().await?);
        }
    }
    let ours = Latencies::new(ours, Duration::ZERO);
    let theirs = Latencies::new(theirs, Duration::ZERO);
    let ratio_at =
        |percent| ours.percentile(percent).as_secs_f64() / theirs.percentile(percent).as_secs_f64();
    // Beside the median the requests that were disturbed least: where both differ, the machine
    // has more to do than this.
    let (ratio, undisturbed) = (ratio_at(50), ratio_at(10));
    let theirs = theirs.percentile(50);
    table.judged(
        "client: HTTP client over plain reqwest",
        format!("{ratio:.3} x of {theirs:.1?}, p10 {undisturbed:.3} x"),
        "1.02 x",
        (ratio <= 1.02).into(),
    );
    Ok(())
}

/// An issuer and an API on this machine.
struct Server {
    url: Url,
    asked: Arc<AtomicU32>,
}

impl Server {
    async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let own = format!("http://{}", listener.local_addr()?);
        let discovery = json!({
            "issuer": own,
            "authorization_endpoint": format!("{own}/authorize"),
            "token_endpoint": format!("{own}/token"),
            "jwks_uri": format!("{own}/jwks"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        });
        let asked = Arc::new(AtomicU32::new(0));
        let router = Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(|| async { Json(discovery) }),
            )
            .route("/token", post(token))
            .route("/api", get(|| async { "hello" }))
            .with_state(Arc::clone(&asked));
        tokio::spawn(async { axum::serve(listener, router).await });
        let url = own.parse().context("an address of this machine")?;
        Ok(Self { url, asked })
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }

    /// A session with an access token that lives this long, and nothing else to do.
    async fn signed_in(&self, life: Duration) -> Result<Session> {
        let issuer = Issuer::new(IssuerConfig::new(self.url.clone(), "bench"))?;
        let config = HolderConfig {
            renewal: Renewal::OnDemand,
            ..HolderConfig::default()
        };
        let storage = AnyStorage::new(MemoryStorage::default());
        let session = Session::open_with(issuer, storage, config);
        let grant = TokenGrant {
            access_token: access_token(),
            token_type: "Bearer".to_owned(),
            expiry: Expiry::In(life),
            refresh_token: Some(RefreshToken::new("first")),
            id_token: None,
            scope: None,
            subject: Some("ada".to_owned()),
            requested_at: family::now(),
        };
        session.sign_in(grant).await?;
        Ok(session)
    }
}

async fn token(State(asked): State<Arc<AtomicU32>>) -> Json<Value> {
    let number = asked.fetch_add(1, Ordering::SeqCst);
    Json(json!({
        "access_token": access_token().expose(),
        "token_type": "Bearer",
        "expires_in": LIFE.as_secs(),
        "refresh_token": format!("refresh-{number}"),
    }))
}

/// As long as a signed one.
fn access_token() -> AccessToken {
    AccessToken::new("x".repeat(700))
}

const LIFE: Duration = Duration::from_secs(3600);
// Many short rounds: whatever else the machine does falls on few of them.
const ROUNDS: usize = 151;
const CALLS: u32 = 10_000;
const CALLERS: u32 = 10_000;
const REQUESTS: u32 = 20_000;
