//! No secret of sign-in, refresh and their failures reaches a log, whatever is logged: by this
//! crate or by what it is built on.
#![allow(clippy::unwrap_used, reason = "a broken set-up is a failed test")]

mod issuer_provider;

use std::{
    error::Error,
    fmt::Debug,
    io::{self, Write},
    sync::{Arc, Mutex},
};

use futures_util::future::join_all;
use issuer_provider::{Provider, Reply, query};
use serde_json::{Value, json};
use tenure_client::issuer::{Issuer, IssuerError, LoginOptions};
use tenure_core::{
    holder::{Request, TokenGrant},
    secret::RefreshToken,
};
use tokio::sync::oneshot;
use tracing_subscriber::filter::LevelFilter;
use url::Url;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Captured {
    /// What a program might print of an outcome.
    fn keep(&mut self, outcome: &impl Debug) {
        writeln!(self, "{outcome:?} {outcome:#?}").unwrap();
    }

    fn keep_error(&mut self, error: &IssuerError) {
        self.keep(error);
        let mut source: Option<&dyn Error> = Some(error);
        while let Some(error) = source {
            writeln!(self, "{error} {error:#} {error:?}").unwrap();
            source = error.source();
        }
    }
}

// Law 7.
#[tokio::test]
async fn nothing_secret_is_logged_or_said() {
    let mut captured = Captured::default();
    let writer = captured.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let mut secrets = Vec::new();
    for method in ["client_secret_basic", "client_secret_post"] {
        let provider = provider_with(method).await;
        let issuer = provider.confidential();
        captured.keep(&issuer);
        for tokens in [true, false] {
            sign_in(&provider, &issuer, tokens, &mut captured, &mut secrets).await;
        }
        for reply in answers() {
            ask_all(&provider, &issuer, &reply, &mut captured).await;
        }
    }
    // Each poll waits for a second: all of them do so at once.
    let by_device = answers().into_iter();
    join_all(by_device.map(|reply| ask_by_device(reply, captured.clone()))).await;

    let log = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("TRACE") && log.contains("hyper"),
        "nothing was captured"
    );
    // The secrets of these tests have it in them, the client's also as its Basic credentials.
    let basic = base64("a-client:client-s3cr3t");
    for secret in ["s3cr3t", basic.trim_end_matches('=')]
        .into_iter()
        .chain(secrets.iter().map(|s| &**s))
    {
        let found = log.lines().find(|line| line.contains(secret));
        assert!(found.is_none(), "{secret} is in: {found:?}");
    }
}

/// One at which a client authenticates like this.
async fn provider_with(method: &str) -> Provider {
    let provider = Provider::start().await;
    let mut discovery = provider.discovery();
    discovery["token_endpoint_auth_methods_supported"] = json!([method]);
    provider.reply(
        "/.well-known/openid-configuration",
        Reply::Json(200, discovery),
    );
    provider
}

/// Everything that asks the issuer with a secret, answered like this.
async fn ask_all(provider: &Provider, issuer: &Issuer, reply: &Reply, captured: &mut Captured) {
    provider.reply("/token", reply.clone());
    provider.reply("/revoke", reply.clone());
    let refresh_token = RefreshToken::new("refresh-s3cr3t");
    if let Err(error) = issuer.revoke(&refresh_token).await {
        captured.keep_error(&error);
    }
    let request = Request::Refresh { refresh_token };
    captured.keep(&issuer.exchange(&request).await);
    captured.keep(&issuer.exchange(&Request::ClientCredentials).await);
}

/// A sign-in on another device whose polls are answered like this.
async fn ask_by_device(reply: Reply, mut captured: Captured) {
    let provider = provider_with("client_secret_basic").await;
    let issuer = provider.confidential();
    provider.reply("/token", reply);
    let device = json!({
        "device_code": "device-s3cr3t", "user_code": "ABCD", "interval": 1, "expires_in": 2,
        "verification_uri": "https://id.example/device",
    });
    provider.reply("/device", Reply::Json(200, device));
    if let Err(error) = issuer.login_by_device_code(|_| {}).await {
        captured.keep_error(&error);
    }
}

/// A sign-in by browser that ends well or with an ID token that does not hold.
async fn sign_in(
    provider: &Provider,
    issuer: &Issuer,
    holds: bool,
    captured: &mut Captured,
    secrets: &mut Vec<String>,
) {
    let (shown, url) = oneshot::channel::<Url>();
    let waiting = issuer.clone();
    let login = tokio::spawn(async move {
        let show = |url: &Url| shown.send(url.clone()).unwrap();
        waiting
            .login_by_loopback(show, LoginOptions::default())
            .await
    });
    let asks = query(&url.await.unwrap());
    let nonce = if holds { &asks["nonce"] } else { "another" };
    let id_token = provider.id_token(&json!({ "nonce": nonce }));
    provider.reply("/token", Reply::Json(200, tokens(&id_token)));
    let back = [
        ("code", "code-s3cr3t"),
        ("state", &asks["state"]),
        ("iss", &provider.address),
    ];
    let back = Url::parse_with_params(&asks["redirect_uri"], back).unwrap();
    visit(&back).await;
    let ended: Result<TokenGrant, IssuerError> = login.await.unwrap();
    assert_eq!(ended.is_ok(), holds);
    match ended {
        Ok(grant) => captured.keep(&grant),
        Err(error) => captured.keep_error(&error),
    }
    let verifier = &provider.asked("/token").pop().unwrap().form["code_verifier"];
    secrets.extend([
        id_token,
        asks["state"].clone(),
        asks["nonce"].clone(),
        verifier.clone(),
    ]);
}

/// The browser, in bytes: an HTTP client here would log the address itself.
async fn visit(url: &Url) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let port = url.port().unwrap();
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port))
        .await
        .unwrap();
    let target = &url[url::Position::BeforePath..];
    let request = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).await.unwrap();
    assert!(!page.contains("s3cr3t"), "{page}");
}

fn tokens(id_token: &str) -> Value {
    json!({
        "access_token": "access-s3cr3t", "token_type": "Bearer", "expires_in": 300,
        "refresh_token": "next-s3cr3t", "id_token": id_token, "scope": "openid",
    })
}

/// Answers of issuers that talk too much.
fn answers() -> Vec<Reply> {
    let repeats = "refresh-s3cr3t device-s3cr3t client-s3cr3t";
    vec![
        Reply::Json(200, tokens("no.token-s3cr3t.here")),
        Reply::Raw(200, "", tokens("x").to_string()[..60].to_owned()),
        Reply::Json(
            200,
            json!({ "access_token": ["s3cr3t"], "token_type": { "s3cr3t": 1 } }),
        ),
        Reply::Json(
            400,
            json!({ "error": "invalid_grant", "error_description": repeats }),
        ),
        Reply::Json(
            400,
            json!({ "error": repeats, "error_uri": "https://id/s3cr3t" }),
        ),
        Reply::Raw(400, "", format!("<html>{repeats}</html>")),
        Reply::Json(500, tokens("x")),
        Reply::Json(409, json!({ "error": "superseded", "s3cr3t": repeats })),
        Reply::Raw(
            302,
            "Location: https://id.example/?s3cr3t\r\n",
            String::new(),
        ),
        Reply::CutAfter("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"access_token\":\"s3cr3t"),
    ]
}

fn base64(text: &str) -> String {
    tenure_oidc::pkce::base64url(text.as_bytes())
}
