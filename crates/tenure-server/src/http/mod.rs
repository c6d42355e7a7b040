//! What requests and answers share: errors, cookies, logs.

pub(crate) mod bounds;
pub(crate) mod client_info;

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tenure_store::StoreError;
use tracing::Instrument as _;

pub(crate) use self::client_info::Device;
use crate::app::App;
use crate::clients::redirect::is_loopback_origin;
use crate::digest::random_text;

/// An error as RFC 6749 §5.2 and RFC 6750 §3.1 write it.
#[derive(Debug)]
pub(crate) struct OAuthError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) description: &'static str,
    pub(crate) retry_after_secs: Option<u64>,
    pub(crate) challenge: Option<&'static str>,
}

impl OAuthError {
    pub(crate) const fn new(code: &'static str, description: &'static str) -> Self {
        let (retry_after_secs, challenge) = (None, None);
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            description,
            retry_after_secs,
            challenge,
        }
    }

    pub(crate) const fn request(description: &'static str) -> Self {
        Self::new("invalid_request", description)
    }

    pub(crate) const fn grant(description: &'static str) -> Self {
        Self::new("invalid_grant", description)
    }

    pub(crate) const fn client() -> Self {
        let mut error = Self::new(
            "invalid_client",
            "the client is unknown or its secret is wrong",
        );
        error.status = StatusCode::UNAUTHORIZED;
        error.challenge = Some("Basic realm=\"tenure\"");
        error
    }

    pub(crate) const fn token() -> Self {
        let mut error = Self::new("invalid_token", "the access token is not valid");
        error.status = StatusCode::UNAUTHORIZED;
        error.challenge = Some("Bearer error=\"invalid_token\"");
        error
    }
}

impl From<StoreError> for OAuthError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, kind = ?error.kind(), "the store failed");
        let mut error = Self::new("temporarily_unavailable", "try again in a moment");
        error.status = StatusCode::SERVICE_UNAVAILABLE;
        error.retry_after_secs = Some(1);
        error
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = serde_json::json!({ "error": self.code, "error_description": self.description });
        let mut response = (self.status, no_store(), Json(body)).into_response();
        let headers = response.headers_mut();
        if let Some(secs) = self.retry_after_secs {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        if let Some(challenge) = self.challenge {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static(challenge),
            );
        }
        response
    }
}

/// Whether a page of another site sent the browser, as far as it says so.
pub(crate) fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_some_and(|site| site == "cross-site" || site == "same-site")
}

pub(crate) fn no_store() -> [(HeaderName, &'static str); 2] {
    [
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
    ]
}

/// A cookie of the server (norms 52 and 70): no domain, no script, only to this site.
pub(crate) fn cookie(app: &App, name: &str, value: &str, max_age: u64) -> HeaderValue {
    let secure = if app.policy.is_secure() {
        "; Secure"
    } else {
        ""
    };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// One log line and one measurement a request: its route, never its query, body or headers.
pub(crate) async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let id = random_text::<9>();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("none", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", %id, method = %request.method(), %route);
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = began.elapsed();
    app.metrics.latency.record(took);
    let status = response.status().as_u16();
    tracing::debug!(parent: &span, status, micros = u64::try_from(took.as_micros()).ok(), "answered");
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", id);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

/// Lets pages of the operator's own clients read answers. No cookies are involved.
pub(crate) async fn cors(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(header::ORIGIN).cloned() else {
        return next.run(request).await;
    };
    let preflight = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let allowed = is_allowed(&app, origin.to_str().unwrap_or_default()).await;
    let mut response = if preflight {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let exposed = HeaderValue::from_static("Retry-After, WWW-Authenticate, Date");
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        if preflight {
            let methods = HeaderValue::from_static("GET, POST, DELETE");
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
            let allowed = HeaderValue::from_static("Authorization, Content-Type, DPoP");
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
            headers.insert(
                header::ACCESS_CONTROL_MAX_AGE,
                HeaderValue::from_static("600"),
            );
        }
    }
    response
}

async fn is_allowed(app: &App, origin: &str) -> bool {
    if app.policy.allow_loopback_origins && is_loopback_origin(origin) {
        return true;
    }
    app.clients
        .origins()
        .await
        .is_ok_and(|origins| origins.contains(origin))
}
