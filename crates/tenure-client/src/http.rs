//! Requests that carry the session's access token.

use std::future::Future;

use huskarl::authorizer::{dpop_resend_advised, extract_dpop_nonce};
use reqwest::{Request, RequestBuilder, Response, StatusCode, header};
use url::{Origin, Url};

use crate::{Error, Session, Token, dpop::ProofKey};

/// Sends requests with the session's access token.
///
/// It waits for a refresh that is under way, and after a 401 it asks once more with a newer
/// token of the same sign-in, if there is one and the body can be sent again. The token goes to
/// the origins that were allowed and nowhere else: a redirect to another origin leaves it behind.
/// A token that is bound to a key (RFC 9449) goes with a proof of its own for each request.
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
    /// The access token is bound to a key that the session was opened without; the request was
    /// not sent.
    #[error("the access token is bound to a key: open the session with `IssuerConfig::with_dpop`")]
    NoProofKey,
    /// The proof could not be made; the request was not sent.
    #[error("no proof could be made for the request")]
    NoProof,
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
        let again = Again::of(&request);
        let token = self.session.access_token().await?;
        // What is seldom done is in boxes: a future is moved about as large as it can become.
        let response = if token.is_bound() {
            Box::pin(self.present(request, &token)).await?
        } else {
            self.with(request, &token)?.await?
        };
        let refused = response.status() == StatusCode::UNAUTHORIZED && !wants_nonce(&response);
        // Elsewhere the request came without the token, so the answer is not about it.
        if !refused || response.url().origin() != again.url().origin() {
            return Ok(response);
        }
        Box::pin(self.replace(&token, response, again)).await
    }

    /// Asks again with a newer token, if there is one.
    async fn replace(
        &self,
        token: &Token,
        response: Response,
        again: Again,
    ) -> Result<Response, HttpError> {
        // Also for a body that is gone: then the caller's own next request has the newer token.
        match (self.session.access_token_after(token).await, again) {
            (Ok(newer), Again::Request(again)) if newer.can_replace(token) => {
                self.present(again, &newer).await
            }
            (Ok(_), _) => Ok(response),
            (Err(error), _) if error.is_temporary() => Ok(response),
            (Err(error), _) => Err(error.into()),
        }
    }

    /// Sends a request with a token, and with a proof if the token is bound to a key: once more
    /// where the server wants its nonce in the proof (RFC 9449 §9).
    async fn present(&self, request: Request, token: &Token) -> Result<Response, HttpError> {
        if !token.is_bound() {
            return Ok(self.with(request, token)?.await?);
        }
        let key = self.session.proof_key().ok_or(HttpError::NoProofKey)?;
        let again = request.try_clone();
        let response = self.prove(request, token, key).await?;
        match again {
            Some(again) if wants_nonce(&response) => self.prove(again, token, key).await,
            Some(_) | None => Ok(response),
        }
    }

    async fn prove(
        &self,
        mut request: Request,
        token: &Token,
        key: &ProofKey,
    ) -> Result<Response, HttpError> {
        let asked = request.url().clone();
        let proof = key
            .proof(request.method(), &asked, token.access_token())
            .await
            .ok_or(HttpError::NoProof)?;
        request.headers_mut().insert(PROOF, proof);
        let response = self.with(request, token)?.await?;
        let nonce = extract_dpop_nonce(response.headers());
        if let Some(nonce) = nonce.filter(|_| response.url().origin() == asked.origin()) {
            key.remember_nonce(&asked, nonce);
        }
        Ok(response)
    }

    fn with(
        &self,
        mut request: Request,
        token: &Token,
    ) -> Result<impl Future<Output = reqwest::Result<Response>> + use<>, HttpError> {
        let value = token.authorization().ok_or(HttpError::UnusableToken)?;
        request.headers_mut().insert(header::AUTHORIZATION, value);
        Ok(self.inner.execute(request))
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

fn wants_nonce(response: &Response) -> bool {
    dpop_resend_advised(response.status(), response.headers())
}

/// What is kept of a request that was sent.
enum Again {
    Request(Request),
    /// Its body is gone.
    Url(Url),
}

impl Again {
    fn of(request: &Request) -> Self {
        let again = copy(request).map(Self::Request);
        again.unwrap_or_else(|| Self::Url(request.url().clone()))
    }

    fn url(&self) -> &Url {
        match self {
            Self::Request(request) => request.url(),
            Self::Url(url) => url,
        }
    }
}

/// `try_clone` makes room for a time limit that most requests have not, and this is done for
/// every request. Extensions of an `http::Request` that it was made from stay behind.
fn copy(request: &Request) -> Option<Request> {
    if request.body().is_some() || request.timeout().is_some() {
        return request.try_clone();
    }
    let mut copy = Request::new(request.method().clone(), request.url().clone());
    copy.headers_mut().clone_from(request.headers());
    *copy.version_mut() = request.version();
    Some(copy)
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

/// RFC 9449 §4.1.
const PROOF: header::HeaderName = header::HeaderName::from_static("dpop");
