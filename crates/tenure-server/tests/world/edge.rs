//! Servers by configuration files, and who asks them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use tenure_core::time::Timestamp;
use tenure_server::{Clock, Policy, Server};
use tenure_store::AnyStore;
use tenure_store_sqlite::SqliteStore;
use tower::ServiceExt as _;
use url::form_urlencoded::Serializer;

use super::{Answer, ISSUER, World};

pub(crate) const HOME: &str = "203.0.113.7";
pub(crate) const ELSEWHERE: &str = "198.51.100.9";
pub(crate) const PROXIED: &str =
    "signup = true\ntrusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\", \"fd00::/8\"]";

pub(super) async fn router(config: Policy, store: &AnyStore, now: &Arc<AtomicI64>) -> Router {
    let read = Arc::clone(now);
    let clock = Clock::from_fn(move || Timestamp::from_millis(read.load(Ordering::SeqCst)));
    let server = Server::start(config, store.clone(), clock).await.unwrap();
    server.admin().dangerous_seed_demo().await.unwrap();
    server.router()
}

impl World {
    /// A server by a configuration file's text.
    pub(crate) async fn configured(text: &str) -> Self {
        Self::with(configuration(text)).await
    }

    /// The same, on a disk.
    pub(crate) async fn durable(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = SqliteStore::open(folder.path().join("tenure.db"))
            .await
            .unwrap();
        let mut world = Self::on(AnyStore::new(file), configuration(text)).await;
        world._folder = Some(folder);
        world
    }

    /// Stops the server, and starts it again on the same data by another file.
    pub(crate) async fn restart(&mut self, text: &str) {
        let mut config = configuration(text);
        config.issuer = ISSUER.to_owned();
        self.router = router(config, &self.store, &self.now).await;
    }

    /// The same, by nothing but defaults.
    pub(crate) async fn restart_without_a_file(&mut self) {
        self.router = router(Policy::new(ISSUER), &self.store, &self.now).await;
    }

    /// Where requests come from now on, and what proxies wrote on them.
    pub(crate) fn ask_from(&mut self, peer: &str, forwarded: &[(&'static str, &str)]) {
        self.peer = Some(peer.parse().unwrap());
        let owned = |(name, value): &(&'static str, &str)| (*name, (*value).to_owned());
        self.forwarded = forwarded.iter().map(owned).collect();
    }

    pub(super) fn address(&self, parts: &mut Parts) {
        if let Some(peer) = self.peer {
            let peer = ConnectInfo(SocketAddr::new(peer, 50_000));
            parts.extensions.insert(peer);
        }
        for (name, value) in &self.forwarded {
            parts.headers.append(*name, value.parse().unwrap());
        }
    }

    /// A world behind one proxy on the same machine.
    pub(crate) async fn proxied() -> Self {
        let mut world = Self::configured(PROXIED).await;
        world.come_from(HOME);
        world
    }

    /// The same, where each write waits for a disk.
    pub(crate) async fn proxied_on_a_disk() -> Self {
        let mut world = Self::durable(PROXIED).await;
        world.come_from(HOME);
        world
    }

    pub(crate) fn come_from(&mut self, address: &str) {
        self.ask_from("127.0.0.1", &[("x-forwarded-for", address)]);
    }

    pub(crate) async fn try_as(&mut self, name: &str, password: &str) -> StatusCode {
        let page = self.get("/login").await;
        self.submit(&page, name, password).await.status
    }

    pub(crate) async fn sign_up(&mut self, name: &str, password: &str) -> Answer {
        let page = self.get("/signup").await;
        let csrf = page.field("csrf");
        let fields = [
            ("csrf", csrf.as_str()),
            ("username", name),
            ("password", password),
        ];
        self.post("/signup", &fields).await
    }

    /// A server on rows that are there already, and that makes none beside them.
    pub(crate) async fn on_rows(store: AnyStore) -> Self {
        let mut world = Self::new().await;
        let (policy, now) = (Policy::new(ISSUER), world.time());
        let server = Server::start(policy, store.clone(), Clock::from_fn(move || now)).await;
        world.router = server.unwrap().router();
        world.store = store;
        world
    }

    /// Where the server keeps its rows.
    pub(crate) fn store(&self) -> &AnyStore {
        &self.store
    }

    pub(crate) fn time(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }

    pub(crate) fn router(&self) -> &Router {
        &self.router
    }

    /// Sends forms at the same moment, each from this browser; tells what became of each.
    pub(crate) async fn post_at_once(
        &self,
        path: &str,
        forms: &[Vec<(&str, &str)>],
    ) -> Vec<StatusCode> {
        let mut tasks = tokio::task::JoinSet::new();
        let cookies = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        for form in forms {
            let body = Serializer::new(String::new()).extend_pairs(form).finish();
            let request = Request::post(path)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("cookie", cookies.as_str());
            let (mut parts, body) = request.body(Body::from(body)).unwrap().into_parts();
            self.address(&mut parts);
            let request = Request::from_parts(parts, body);
            tasks.spawn(self.router.clone().oneshot(request));
        }
        let mut answers = Vec::new();
        while let Some(answer) = tasks.join_next().await {
            answers.push(answer.unwrap().unwrap().status());
        }
        answers
    }
}

/// What a configuration file of this text says.
pub(crate) fn configuration(text: &str) -> Policy {
    let mut policy: Policy = toml::from_str(text).unwrap();
    policy.clients_from = Some("tenure.toml".to_owned());
    policy.check().unwrap();
    policy
}
