//! Errors as programs are told them, and as people are.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tenure_store::StoreError;

use super::{no_store, pages};

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

/// The page that a person sees instead: it says why. In a box, since answers are long.
#[derive(Debug)]
pub(crate) struct PageError(Box<Response>);

impl PageError {
    pub(crate) fn refused(status: StatusCode, what: &str) -> Self {
        Self(Box::new(pages::refused(status, what)))
    }
}

impl From<Response> for PageError {
    fn from(page: Response) -> Self {
        Self(Box::new(page))
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        Self(Box::new(pages::failed(&error)))
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        *self.0
    }
}
