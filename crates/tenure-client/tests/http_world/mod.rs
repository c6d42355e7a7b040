//! An API that remembers who came with what.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use tenure_client::{Session, http::Client};
use tokio::{net::TcpListener, sync::Semaphore};
use url::Url;

/// A resource server on a port, and so an origin, of its own.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    inner: Arc<Inner>,
    pub(crate) url: Url,
}

#[derive(Debug)]
struct Inner {
    good: Vec<&'static str>,
    away_to: Option<String>,
    seen: Mutex<Vec<Seen>>,
    gate: Semaphore,
}

/// One request, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: String,
}

impl Api {
    /// One that takes these tokens and answers 401 to all others. `/held` answers when it is let
    /// go, `/away` redirects.
    pub(crate) async fn start(good: &[&'static str], away_to: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let inner = Inner {
            good: good.to_vec(),
            away_to: away_to.map(str::to_owned),
            seen: Mutex::default(),
            gate: Semaphore::new(0),
        };
        let api = Self {
            inner: Arc::new(inner),
            url: url.parse().unwrap(),
        };
        let router = Router::new().fallback(answer).with_state(api.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        api
    }

    pub(crate) fn at(&self, path: &str) -> Url {
        self.url.join(path).unwrap()
    }

    pub(crate) fn client(&self, session: &Session) -> Client {
        Client::new(session.clone(), reqwest::Client::new()).allow(&self.url)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.inner.seen.lock().unwrap().clone()
    }

    /// The Authorization headers that came, in order.
    pub(crate) fn presented(&self) -> Vec<Option<String>> {
        self.seen().into_iter().map(|s| s.authorization).collect()
    }

    pub(crate) fn let_go(&self) {
        self.inner.gate.add_permits(1000);
    }
}

async fn answer(State(api): State<Api>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let authorization = headers
        .get(header::AUTHORIZATION)
        .map(|value| value.to_str().unwrap().to_owned());
    let known = authorization.as_deref().is_some_and(|value| {
        value
            .strip_prefix("Bearer ")
            .is_some_and(|token| api.inner.good.contains(&token))
    });
    api.inner.seen.lock().unwrap().push(Seen {
        path: uri.path().to_owned(),
        authorization,
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    if let ("/away", Some(to)) = (uri.path(), &api.inner.away_to) {
        return (StatusCode::FOUND, [(header::LOCATION, to)]).into_response();
    }
    if uri.path() == "/held" {
        api.inner.gate.acquire().await.unwrap().forget();
    }
    if known {
        StatusCode::OK.into_response()
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}
