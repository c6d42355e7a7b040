use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts as _, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{post, put};
use serde_json::json;
use tenure_store::StoreError;
use tower_http::cors::{Any, CorsLayer};

use super::body::{Name, Write};
use super::entries::{self, Written};
use super::rates::TooMuch;
use crate::app::App;
use crate::http::{ClientInfo, OAuthError, no_store};

/// The three paths. Pages of any origin may call them: each entry says who may read it.
pub(crate) fn router() -> Router<Arc<App>> {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::POST, Method::PUT])
        .allow_headers([
            header::CONTENT_TYPE,
            header::AUTHORIZATION,
            HeaderName::from_static("x-api-key"),
            HeaderName::from_static("x-embed-host"),
        ])
        .expose_headers([header::RETRY_AFTER, header::DATE])
        .max_age(Duration::from_secs(600));
    Router::new()
        .route("/v2/store/set", post(set))
        .route("/v2/store/update", put(update))
        .route("/v2/store/get", post(get))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(cors)
}

/// A request to one of the paths, counted before its body is read.
struct Call {
    body: Bytes,
    origin: Option<String>,
    from: Option<IpAddr>,
}

impl FromRequest<Arc<App>> for Call {
    type Rejection = SealedError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, SealedError> {
        let (mut parts, body) = request.into_parts();
        let Ok(client) = ClientInfo::from_request_parts(&mut parts, app).await;
        let from = client.neighbourhood;
        app.sealed_rates.request(from)?;
        let origin = parts.headers.get(header::ORIGIN);
        let origin = origin.map(|origin| origin.to_str().map(str::to_owned));
        let origin = origin.transpose().map_err(|_| SealedError::ORIGIN)?;
        let body = Bytes::from_request(Request::from_parts(parts, body), app).await?;
        Ok(Self { body, origin, from })
    }
}

impl Call {
    /// What it wants to be kept.
    fn write(&self, app: &App) -> Result<Write, SealedError> {
        app.sealed_rates.bytes(self.from, self.body.len())?;
        Write::read(&self.body, self.origin.as_deref())
    }
}

/// `POST /v2/store/set`: keeps an entry, in the place of the one that is there.
async fn set(State(app): State<Arc<App>>, call: Call) -> Result<Response, SealedError> {
    answer(entries::set(&app.rows, call.write(&app)?).await?)
}

/// `PUT /v2/store/update`: changes what is in an entry that is there.
async fn update(State(app): State<Arc<App>>, call: Call) -> Result<Response, SealedError> {
    answer(entries::update(&app.rows, call.write(&app)?).await?)
}

/// `POST /v2/store/get`: the sealed text. What is absent, what ended and what another page may read
/// are not told apart.
async fn get(State(app): State<Arc<App>>, call: Call) -> Result<Response, SealedError> {
    let name = Name::asked(&call.body)?;
    let found = entries::get(&app.rows, &name, call.origin.as_deref()).await?;
    let body = json!({ "success": found.is_some(), "message": found.unwrap_or_default() });
    Ok((no_store(), Json(body)).into_response())
}

fn answer(written: Written) -> Result<Response, SealedError> {
    match written {
        Written::Done | Written::Repeated => {
            Ok((no_store(), Json(json!({ "success": true, "message": "" }))).into_response())
        }
        Written::Replayed => Err(SealedError::REPLAYED),
        Written::Absent => Err(SealedError::ABSENT),
    }
}

/// Why a request about sealed data is refused: a code for programs and a sentence for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SealedError {
    status: StatusCode,
    code: &'static str,
    description: &'static str,
    retry_after_secs: Option<u64>,
}

impl SealedError {
    pub(super) const WRITE: Self = Self::bad(
        "invalid_request",
        "the body is JSON with the texts key, data and signature",
    );
    pub(super) const READ: Self =
        Self::bad("invalid_request", "the body is JSON with the text key");
    pub(super) const KEY: Self = Self::bad(
        "invalid_key",
        "key is an uncompressed point of secp256k1 in 130 hexadecimal digits",
    );
    pub(super) const DATA: Self = Self::bad(
        "invalid_data",
        "data is sealed text: JSON with iv, ephemPublicKey, ciphertext and mac",
    );
    pub(super) const SIGNATURE: Self = Self::bad(
        "invalid_signature",
        "signature is DER in hexadecimal digits, or JSON with r and s",
    );
    pub(super) const FOREIGN: Self = Self::new(
        StatusCode::FORBIDDEN,
        "invalid_signature",
        "data was not signed by the owner of key",
    );
    pub(super) const NAMESPACE: Self =
        Self::bad("invalid_namespace", "namespace has at most 256 bytes");
    pub(super) const ORIGIN: Self = Self::bad(
        "invalid_origin",
        "allowedOrigin is *, an origin such as https://app.example without a slash at its end, or \
         true for the page's own, which must have one",
    );
    pub(super) const TIMEOUT: Self = Self::bad(
        "invalid_timeout",
        "timeout is a whole number of seconds from 1 to 2592000",
    );
    const ABSENT: Self = Self::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "there is no entry to update: set one",
    );
    const REPLAYED: Self = Self::new(
        StatusCode::CONFLICT,
        "replayed",
        "this data was kept before and replaced since: seal it again",
    );
    const TOO_LARGE: Self = Self::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        "the body has at most 3145728 bytes",
    );
    const BROKEN: Self = Self::new(
        StatusCode::REQUEST_TIMEOUT,
        "incomplete",
        "the request's body did not arrive",
    );
    const TOO_MANY: Self = Self::new(
        StatusCode::TOO_MANY_REQUESTS,
        "slow_down",
        "this address asked for too much: try again later",
    );

    const fn new(status: StatusCode, code: &'static str, description: &'static str) -> Self {
        Self {
            status,
            code,
            description,
            retry_after_secs: None,
        }
    }

    const fn bad(code: &'static str, description: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, description)
    }
}

impl From<TooMuch> for SealedError {
    fn from(TooMuch(wait): TooMuch) -> Self {
        let retry_after_secs = Some(wait.as_secs() + 1);
        Self {
            retry_after_secs,
            ..Self::TOO_MANY
        }
    }
}

impl From<BytesRejection> for SealedError {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::TOO_LARGE
        } else {
            Self::BROKEN
        }
    }
}

impl From<StoreError> for SealedError {
    fn from(error: StoreError) -> Self {
        let OAuthError {
            status,
            code,
            description,
            retry_after_secs,
            ..
        } = error.into();
        Self {
            status,
            code,
            description,
            retry_after_secs,
        }
    }
}

impl IntoResponse for SealedError {
    fn into_response(self) -> Response {
        let body = json!({
            "success": false,
            "error": self.code,
            "error_description": self.description,
        });
        let mut response = (self.status, no_store(), Json(body)).into_response();
        if let Some(secs) = self.retry_after_secs {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        response
    }
}

/// A megabyte that is sealed is two in hexadecimal digits, and JSON around it.
const MAX_BODY: usize = 3 * 1024 * 1024;
