//! The token endpoint: who asks, for what, and what is granted.

pub(crate) mod begin;
mod client;
mod code;
mod credentials;
pub(crate) mod introspect;
mod mint;
pub(crate) mod refresh;
pub(crate) mod retry_key;
pub(crate) mod revoke;
mod scope;
pub(crate) mod userinfo;
mod verify;

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawForm, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

pub(crate) use self::client::{AuthenticatedClient, ConfidentialClient, authenticate};
pub(crate) use self::code::{Code, issue as issue_code};
pub(crate) use self::mint::{AccessClaims, IdClaims};
pub(crate) use self::scope::{PERSONAL as PERSONAL_SCOPES, has_scope, narrow};
pub(crate) use self::verify::{bearer, hinted, live};
use crate::app::App;
use crate::clients::{GrantType, Leniency};
use crate::http::{ClientInfo, OAuthError, Parameters, no_store};

/// What a client gets (RFC 6749 §5.1).
#[derive(Serialize)]
pub(crate) struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    scope: String,
}

impl IntoResponse for TokenResponse {
    fn into_response(self) -> Response {
        (no_store(), Json(self)).into_response()
    }
}

/// `POST /token`.
pub(crate) async fn endpoint(
    State(app): State<Arc<App>>,
    client_info: ClientInfo,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    RawForm(form): RawForm,
) -> Result<Response, OAuthError> {
    let form = parameters(&app, query.as_deref(), &form).await?;
    let client = authenticate(&app, &headers, &form).await?;
    let (grant, name) = match form.find("grant_type") {
        Some("authorization_code") => (GrantType::AuthorizationCode, "authorization_code"),
        Some("refresh_token") => (GrantType::RefreshToken, "refresh_token"),
        Some("client_credentials") => (GrantType::ClientCredentials, "client_credentials"),
        Some(DEVICE_CODE) => (GrantType::DeviceCode, "device_code"),
        Some(_) => return Err(unsupported()),
        None => return Err(OAuthError::request("grant_type is missing")),
    };
    app.metrics.token_request(name);
    if !client.may(grant) {
        let what = "this client may not use this grant";
        return Err(OAuthError::new("unauthorized_client", what));
    }
    let granted = match grant {
        GrantType::AuthorizationCode => code::exchange(&app, &client, &form, &client_info).await?,
        GrantType::RefreshToken => refresh::refresh(&app, &client, &form, &client_info).await?,
        GrantType::ClientCredentials => credentials::grant(&app, &client, &form).await?,
        // It is no grant of this endpoint: token_sessions/begin.rs.
        GrantType::DangerousNamedSubject => return Err(unsupported()),
        GrantType::DeviceCode => {
            crate::device::exchange::exchange(&app, &client, &form, &client_info).await?
        }
    };
    Ok(granted.into_response())
}

const fn unsupported() -> OAuthError {
    let what = "send a grant_type that this server's metadata lists";
    OAuthError::new("unsupported_grant_type", what)
}

/// The form's parameters, and those of the query from a client that is excused.
async fn parameters(app: &App, query: Option<&str>, form: &[u8]) -> Result<Parameters, OAuthError> {
    let form = Parameters::read(form)?;
    let Some(Ok(query)) = query.map(|query| Parameters::read(query.as_bytes())) else {
        return Ok(form);
    };
    let client = app
        .clients
        .find(query.find("client_id").unwrap_or_default())
        .await?;
    if client.is_some_and(|client| client.permits(Leniency::TokenParametersInQuery)) {
        // Another client in the form or the header makes two, which nobody may be.
        form.and(query)
    } else {
        Ok(form)
    }
}

/// RFC 8628 §3.4.
pub(crate) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
