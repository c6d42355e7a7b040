//! How much a request may bring. Whoever asks has shown nothing yet, so what is done with it has
//! to be small, whatever it is.

use std::error::Error as _;
use std::time::Duration;

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use crate::http::OAuthError;
use crate::http::pages;

/// Refuses what is too much for a path that people's browsers open, with a page.
pub(crate) async fn of_page(request: Request, next: Next) -> Response {
    match bounded(request).await {
        Ok(request) => next.run(request).await,
        Err(excess) => excess.page(),
    }
}

/// Refuses what is too much for a path that programs call, with an error that they can read.
pub(crate) async fn of_call(request: Request, next: Next) -> Response {
    match bounded(request).await {
        Ok(request) => next.run(request).await,
        Err(excess) => excess.into_response(),
    }
}

/// What there was too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Excess {
    Query,
    Body,
    Parameters,
    /// Time: the body did not arrive.
    Broken,
}

/// The request with its body at hand, after nothing but lengths were looked at.
async fn bounded(request: Request) -> Result<Request, Excess> {
    if let Some(query) = request.uri().query() {
        if query.len() > MAX_BYTES {
            return Err(Excess::Query);
        }
        check_count(query.as_bytes())?;
    }
    let (parts, body) = request.into_parts();
    // What says that it is too long is not even waited for.
    if body.size_hint().lower() > MAX_BYTES as u64 {
        return Err(Excess::Body);
    }
    let body = timeout(PATIENCE, to_bytes(body, MAX_BYTES)).await;
    let body = body.map_err(|_| Excess::Broken)?.map_err(|error| {
        let too_long = error
            .source()
            .is_some_and(|cause| cause.is::<http_body_util::LengthLimitError>());
        if too_long {
            Excess::Body
        } else {
            Excess::Broken
        }
    })?;
    check_count(&body)?;
    Ok(Request::from_parts(parts, Body::from(body)))
}

/// Whether there are few enough parameters in a query or a form to look at them.
pub(crate) fn check_count(text: &[u8]) -> Result<(), Excess> {
    let parameters = text.split(|byte| *byte == b'&');
    let more = parameters.filter(|one| !one.is_empty()).nth(MAX_PARAMETERS);
    more.map_or(Ok(()), |_| Err(Excess::Parameters))
}

impl Excess {
    pub(crate) const fn description(self) -> &'static str {
        match self {
            Self::Query | Self::Body | Self::Parameters => {
                "this is too much: at most 64 parameters and 16384 bytes are read"
            }
            Self::Broken => "the request's body did not arrive",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::Query => StatusCode::URI_TOO_LONG,
            Self::Body => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Parameters => StatusCode::BAD_REQUEST,
            Self::Broken => StatusCode::REQUEST_TIMEOUT,
        }
    }

    fn page(self) -> Response {
        let what = match self {
            Self::Query | Self::Body | Self::Parameters => {
                "This request is too much: at most 64 parameters and 16384 bytes are read. Go back to \
                 the application and begin again."
            }
            Self::Broken => "The request did not arrive whole. Try again.",
        };
        pages::refused(self.status(), what)
    }
}

impl From<Excess> for OAuthError {
    fn from(excess: Excess) -> Self {
        let mut error = Self::request(excess.description());
        error.status = excess.status();
        error
    }
}

impl IntoResponse for Excess {
    fn into_response(self) -> Response {
        OAuthError::from(self).into_response()
    }
}

/// Of a query, and of a body.
const MAX_BYTES: usize = 16 * 1024;
const MAX_PARAMETERS: usize = 64;
/// How long a body may take.
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_four_parameters_are_few_enough_and_empty_ones_are_none() {
        let few = vec!["a"; MAX_PARAMETERS].join("&");
        assert_eq!(check_count(few.as_bytes()), Ok(()));
        assert_eq!(check_count(format!("&&{few}&&").as_bytes()), Ok(()));
        let many = format!("{few}&a");
        assert_eq!(check_count(many.as_bytes()), Err(Excess::Parameters));
        assert_eq!(check_count(&[b'&'; 1000]), Ok(()));
    }
}
