use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64, Encoding as _};
use tenure_core::secret::ClientSecret;

use crate::app::App;
use crate::clients::{Client, Leniency};
use crate::http::{Form, OAuthError, Parameters};

/// A form, and the client that it is from.
pub(crate) struct AuthenticatedClient {
    pub(crate) client: Arc<Client>,
    pub(crate) form: Parameters,
}

impl FromRequest<Arc<App>> for AuthenticatedClient {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        let headers = request.headers().clone();
        let Form(form) = Form::from_request(request, app).await?;
        let client = authenticate(app, &headers, &form).await;
        let client = client.map_err(IntoResponse::into_response)?;
        Ok(Self { client, form })
    }
}

/// As [`AuthenticatedClient`], for what public clients may not do.
pub(crate) struct ConfidentialClient {
    pub(crate) form: Parameters,
}

impl FromRequest<Arc<App>> for ConfidentialClient {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        let AuthenticatedClient { client, form } =
            AuthenticatedClient::from_request(request, app).await?;
        if client.is_confidential() {
            Ok(Self { form })
        } else {
            Err(OAuthError::client().into_response())
        }
    }
}

/// The client that a request is from (RFC 6749 §2.3.1): by Basic, by form, or, if it has no
/// secret, by name alone.
pub(crate) async fn authenticate(
    app: &App,
    headers: &HeaderMap,
    form: &Parameters,
) -> Result<Arc<Client>, OAuthError> {
    let (id, secret, unencoded) = match headers.get(header::AUTHORIZATION) {
        Some(value) => {
            if form.find("client_secret").is_some() {
                return Err(OAuthError::request("authenticate in one way, not in two"));
            }
            let (id, secret, unencoded) = basic(value.to_str().unwrap_or_default())?;
            if form.find("client_id").is_some_and(|other| other != id) {
                return Err(OAuthError::request("two clients are named"));
            }
            (id, Some(secret), Some(unencoded))
        }
        None => {
            let id = form.find("client_id").ok_or_else(OAuthError::client)?;
            (
                id.to_owned(),
                form.find("client_secret").map(ClientSecret::new),
                None,
            )
        }
    };
    let client = app
        .clients
        .find(&id)
        .await?
        .ok_or_else(OAuthError::client)?;
    let unencoded = unencoded.filter(|_| client.permits(Leniency::UnencodedBasicSecret));
    match (client.is_confidential(), secret) {
        (true, Some(_)) if unencoded.is_some_and(|secret| client.has_secret(&secret)) => Ok(client),
        (true, Some(secret)) if client.has_secret(&secret) => Ok(client),
        (false, None) => Ok(client),
        // Some clients send an empty secret for none.
        (false, Some(secret)) if secret.expose().is_empty() => Ok(client),
        (true | false, _) => Err(OAuthError::client()),
    }
}

/// The client's id and secret, and the secret as it would be if nobody had encoded it.
fn basic(value: &str) -> Result<(String, ClientSecret, ClientSecret), OAuthError> {
    let (scheme, encoded) = value.split_once(' ').ok_or_else(OAuthError::client)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(OAuthError::client());
    }
    let decoded = Base64::decode_vec(encoded.trim()).map_err(|_| OAuthError::client())?;
    let decoded = zeroize::Zeroizing::new(decoded);
    let text = std::str::from_utf8(&decoded).map_err(|_| OAuthError::client())?;
    let (id, secret) = text.split_once(':').ok_or_else(OAuthError::client)?;
    let unencoded = ClientSecret::new(secret);
    Ok((decode(id), ClientSecret::new(decode(secret)), unencoded))
}

/// Both halves are form-encoded (RFC 6749 §2.3.1).
fn decode(text: &str) -> String {
    let pair = format!("={text}").replace('&', "%26");
    let mut pairs = url::form_urlencoded::parse(pair.as_bytes());
    pairs
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
