//! Requests that carry the session's access token.

use reqwest::{Request, RequestBuilder, Response, StatusCode, header};
use url::{Origin, Url};

use crate::{Error, Session, Token};

/// Sends requests with the session's access token.
///
/// It waits for a refresh that is under way, and after a 401 it asks once more with a newer
/// token of the same sign-in, if there is one and the body can be sent again. The token goes to
/// the origins that were allowed and nowhere else: a redirect to another origin leaves it behind.
#[derive(Debug, Clone)]
pub struct Client {
    session: Session,
    inner: reqwest::Client,
    allowed: Allowed,
}

#[derive(Debug, Clone)]
enum Allowed {
    These(Vec<Origin>),
    Any,
}

/// Why a request brought no response.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The session has no token for it; the request was not sent.
    #[error(transparent)]
    Session(#[from] Error),
    /// The request could not be built or sent.
    #[error("the request failed")]
    Request(#[from] reqwest::Error),
    /// The token must not go there; the request was not sent.
    #[error("{0} is not among the allowed origins: allow it with `Client::allow`")]
    ForeignOrigin(String),
    /// The access token is no text for a header; the request was not sent.
    #[error("the issuer gave an access token that no HTTP header can carry")]
    UnusableToken,
}

impl Client {
    /// Makes a client that may send the token to no origin yet.
    #[must_use]
    pub fn new(session: Session, inner: reqwest::Client) -> Self {
        Self {
            session,
            inner,
            allowed: Allowed::These(Vec::new()),
        }
    }

    /// Lets the token go to the origin of `url`.
    #[must_use]
    pub fn allow(mut self, url: &Url) -> Self {
        if let Allowed::These(origins) = &mut self.allowed {
            origins.push(url.origin());
        }
        self
    }

    /// Lets the token go wherever a request goes. Whoever chooses the address gets the token.
    #[must_use]
    pub fn dangerous_any_origin(mut self) -> Self {
        self.allowed = Allowed::Any;
        self
    }

    /// Begins a request; send it with [`Client::send`].
    pub fn request(&self, method: reqwest::Method, url: Url) -> RequestBuilder {
        self.inner.request(method, url)
    }

    /// Sends a request.
    ///
    /// # Errors
    ///
    /// See [`HttpError`]. A response of any status is no error.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, HttpError> {
        self.execute(request.build()?).await
    }

    /// Sends a request that is built already.
    ///
    /// # Errors
    ///
    /// See [`HttpError`]. A response of any status is no error.
    pub async fn execute(&self, request: Request) -> Result<Response, HttpError> {
        self.check_origin(&request)?;
        let (asked, again) = (request.url().clone(), request.try_clone());
        let token = self.session.access_token().await?;
        let response = self.with(request, &token).await?;
        // Elsewhere the request came without the token, so the answer is not about it.
        let refused = response.status() == StatusCode::UNAUTHORIZED;
        if !refused || response.url().origin() != asked.origin() {
            return Ok(response);
        }
        // Also for a body that is gone: then the caller's own next request has the newer token.
        match (self.session.access_token_after(&token).await, again) {
            (Ok(newer), Some(again)) if newer.can_replace(&token) => self.with(again, &newer).await,
            (Ok(_), _) => Ok(response),
            (Err(error), _) if error.is_temporary() => Ok(response),
            (Err(error), _) => Err(error.into()),
        }
    }

    async fn with(&self, mut request: Request, token: &Token) -> Result<Response, HttpError> {
        let value = token.authorization().ok_or(HttpError::UnusableToken)?;
        request.headers_mut().insert(header::AUTHORIZATION, value);
        Ok(self.inner.execute(request).await?)
    }

    fn check_origin(&self, request: &Request) -> Result<(), HttpError> {
        let url = request.url();
        match &self.allowed {
            Allowed::Any => Ok(()),
            Allowed::These(origins) if origins.iter().any(|o| is_of(url, o)) => Ok(()),
            Allowed::These(_) => {
                let origin = url.origin().ascii_serialization();
                Err(HttpError::ForeignOrigin(origin))
            }
        }
    }
}

/// `url.origin() == *origin`, without building the former.
fn is_of(url: &Url, origin: &Origin) -> bool {
    let Origin::Tuple(scheme, host, port) = origin else {
        return false;
    };
    url.scheme() == scheme
        && url.host().is_some_and(|own| *host == own)
        && url.port_or_known_default() == Some(*port)
}
