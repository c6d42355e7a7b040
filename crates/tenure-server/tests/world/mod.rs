//! A server in memory whose clock the test moves, and a browser that keeps its cookies.
#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests: a failure is the test's failure"
)]
#![allow(dead_code, reason = "every test file uses its own part")]

pub(crate) mod edge;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tenure_server::Policy;
use tenure_store::{AnyStore, MemoryStore};
use tower::ServiceExt as _;
use url::form_urlencoded::Serializer;

use self::edge::router;

pub(crate) const ISSUER: &str = "http://127.0.0.1:8484";
pub(crate) const CALLBACK: &str = "http://127.0.0.1:50123/callback";
pub(crate) const PASSWORD: &str = "correct horse battery staple";
pub(crate) const VERIFIER: &str = "a-verifier-that-is-long-enough-to-be-a-verifier";
/// `demo-service:demo-secret`.
pub(crate) const BASIC: &str = "Basic ZGVtby1zZXJ2aWNlOmRlbW8tc2VjcmV0";

pub(crate) struct World {
    router: Router,
    now: Arc<AtomicI64>,
    cookies: BTreeMap<String, String>,
    store: AnyStore,
    _folder: Option<tempfile::TempDir>,
    /// Who the requests come from, and the headers that all of them have.
    peer: Option<IpAddr>,
    forwarded: Vec<(&'static str, String)>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Policy::default()).await
    }

    pub(crate) async fn with(mut config: Policy) -> Self {
        config.issuer = ISSUER.to_owned();
        Self::exactly(config).await
    }

    async fn exactly(config: Policy) -> Self {
        Self::on(AnyStore::new(MemoryStore::new()), config).await
    }

    async fn on(store: AnyStore, config: Policy) -> Self {
        let now = Arc::new(AtomicI64::new(1_800_000_000_000));
        Self::of(router(config, &store, &now).await, now, store)
    }

    /// Around a whole application, by the machine's clock.
    pub(crate) fn around(router: Router) -> Self {
        Self::of(router, Arc::default(), AnyStore::new(MemoryStore::new()))
    }

    fn of(router: Router, now: Arc<AtomicI64>, store: AnyStore) -> Self {
        Self {
            router,
            now,
            cookies: BTreeMap::new(),
            store,
            _folder: None,
            peer: None,
            forwarded: Vec::new(),
        }
    }

    pub(crate) fn pass(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap();
        self.now.fetch_add(millis, Ordering::SeqCst);
    }

    pub(crate) fn forget_cookies(&mut self) {
        self.cookies.clear();
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&String> {
        self.cookies.get(name)
    }

    pub(crate) async fn send(&mut self, request: Request<Body>) -> Answer {
        let (mut parts, body) = request.into_parts();
        let pairs: Vec<_> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        if !pairs.is_empty() {
            parts
                .headers
                .insert(header::COOKIE, pairs.join("; ").parse().unwrap());
        }
        self.address(&mut parts);
        let request = Request::from_parts(parts, body);
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text,
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    pub(crate) async fn get_with(&mut self, path: &str, access_token: &str) -> Answer {
        let request = Request::get(path).header("authorization", format!("Bearer {access_token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_as(path, fields, None).await
    }

    pub(crate) async fn post_as(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        basic: Option<&str>,
    ) -> Answer {
        let form = "application/x-www-form-urlencoded";
        let mut request = Request::post(path).header("content-type", form);
        if let Some(basic) = basic {
            request = request.header("authorization", basic);
        }
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub(crate) async fn introspect(&mut self, token: &str) -> Value {
        self.post_as("/introspect", &[("token", token)], Some(BASIC))
            .await
            .json()
    }

    /// From the authorization endpoint through the form back to the client.
    pub(crate) async fn sign_in(&mut self, query: &str) -> Answer {
        let to_login = self.get(&format!("/oauth2/authorize?{query}")).await;
        assert_eq!(to_login.status, StatusCode::SEE_OTHER, "{}", to_login.text);
        let page = self.get(to_login.location()).await;
        self.submit(&page, "demo", PASSWORD).await
    }

    pub(crate) async fn submit(&mut self, page: &Answer, username: &str, password: &str) -> Answer {
        let (csrf, going_on) = (page.field("csrf"), page.field("continue"));
        let mut fields = vec![("csrf", csrf.as_str())];
        if !going_on.is_empty() {
            fields.push(("continue", going_on.as_str()));
        }
        fields.extend([("username", username), ("password", password)]);
        self.post("/login", &fields).await
    }

    pub(crate) async fn code(&mut self) -> String {
        let back = self.sign_in(&request(&[])).await;
        back.returned("code").unwrap()
    }

    pub(crate) async fn exchange(&mut self, code: &str, changes: &[(&str, &str)]) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", "demo-cli"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.post("/token", &changed(&fields, changes)).await
    }

    pub(crate) async fn tokens(&mut self) -> Value {
        let code = self.code().await;
        let answer = self.exchange(&code, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()
    }

    pub(crate) async fn refresh(&mut self, refresh_token: &str) -> Answer {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", "demo-cli"),
            ("refresh_token", refresh_token),
        ];
        self.post("/oauth2/token", &fields).await
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    /// A parameter of the redirect.
    pub(crate) fn returned(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(self.location()).ok()?;
        url.query_pairs()
            .find(|(given, _)| given == name)
            .map(|(_, value)| value.into_owned())
    }

    /// The value of a hidden field of the page.
    pub(crate) fn field(&self, name: &str) -> String {
        let Some(at) = self.text.split(&format!("name=\"{name}\" value=\"")).nth(1) else {
            return String::new();
        };
        at.split('"').next().unwrap().replace("&amp;", "&")
    }

    pub(crate) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }
}

/// An authorization request as a query.
pub(crate) fn request(changes: &[(&str, &str)]) -> String {
    let challenge = challenge();
    let fields = [
        ("client_id", "demo-cli"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile offline_access"),
        ("state", "a state & more"),
        ("nonce", "a-nonce"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    Serializer::new(String::new())
        .extend_pairs(changed(&fields, changes))
        .finish()
}

/// The fields with some replaced, added, or, if the new value is empty, left out.
fn changed<'a>(
    fields: &[(&'a str, &'a str)],
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = fields
        .iter()
        .filter(|(name, _)| !changes.iter().any(|(other, _)| other == name));
    kept.chain(changes.iter().filter(|(_, value)| !value.is_empty()))
        .copied()
        .collect()
}

fn challenge() -> String {
    use base64ct::{Base64UrlUnpadded, Encoding as _};
    Base64UrlUnpadded::encode_string(&Sha256::digest(VERIFIER.as_bytes()))
}

impl World {
    pub(crate) async fn with_issuer(issuer: &str) -> Self {
        Self::exactly(Policy::new(issuer)).await
    }

    /// Tokens of a second session, of another browser.
    pub(crate) async fn second(&mut self) -> Value {
        self.forget_cookies();
        self.tokens().await
    }

    pub(crate) async fn delete_with(&mut self, path: &str, access_token: &str) -> Answer {
        let request =
            Request::delete(path).header("authorization", format!("Bearer {access_token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }
}

impl World {
    pub(crate) fn go_back(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap();
        self.now.fetch_sub(millis, Ordering::SeqCst);
    }

    /// Puts a cookie in; returns what was there.
    pub(crate) fn swap_cookie(&mut self, name: &str, value: &str) -> String {
        self.cookies
            .insert(name.to_owned(), value.to_owned())
            .unwrap_or_default()
    }
}

impl World {
    /// Another browser or program at the same server, by the same clock.
    pub(crate) fn another(&self) -> Self {
        Self {
            router: self.router.clone(),
            now: Arc::clone(&self.now),
            cookies: BTreeMap::new(),
            store: self.store.clone(),
            _folder: None,
            peer: self.peer,
            forwarded: self.forwarded.clone(),
        }
    }
}
