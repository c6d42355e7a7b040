//! The token endpoint: who asks, for what, and what is granted.

pub(crate) mod begin;
mod client;
mod code;
mod credentials;
pub(crate) mod introspect;
mod mint;
mod refresh;
pub(crate) mod retry_key;
pub(crate) mod revoke;
mod scope;
pub(crate) mod userinfo;
mod verify;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{RawForm, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

pub(crate) use self::client::{authenticate, confidential};
pub(crate) use self::code::{Code, issue as issue_code};
pub(crate) use self::mint::{AccessClaims, IdClaims};
pub(crate) use self::scope::{PERSONAL as PERSONAL_SCOPES, has_scope, narrow};
pub(crate) use self::verify::{bearer, hinted, live};
use crate::app::App;
use crate::clients::{Grant, Leniency};
use crate::http::bounds::check_count;
use crate::http::{Device, OAuthError, no_store};

/// The parameters of a form or a query, each at most once (RFC 6749 §3.2).
#[derive(Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, OAuthError> {
        check_count(bytes)?;
        Self(url::form_urlencoded::parse(bytes).into_owned().collect()).unique()
    }

    /// These and others, each name still at most once.
    fn and(mut self, others: Self) -> Result<Self, OAuthError> {
        self.0.extend(others.0);
        self.unique()
    }

    fn unique(self) -> Result<Self, OAuthError> {
        let names: BTreeSet<_> = self.0.iter().map(|(name, _)| name).collect();
        if names.len() == self.0.len() {
            Ok(self)
        } else {
            Err(OAuthError::request("a parameter was sent twice"))
        }
    }

    /// A parameter; one without a value counts as absent (RFC 6749 §3.1).
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(given, _)| given == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }
}

/// What a client gets (RFC 6749 §5.1).
#[derive(Serialize)]
pub(crate) struct Granted {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    scope: String,
}

impl IntoResponse for Granted {
    fn into_response(self) -> Response {
        (no_store(), Json(self)).into_response()
    }
}

/// `POST /token`.
pub(crate) async fn endpoint(
    State(app): State<Arc<App>>,
    device: Device,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    RawForm(form): RawForm,
) -> Result<Response, OAuthError> {
    let form = parameters(&app, query.as_deref(), &form).await?;
    let client = authenticate(&app, &headers, &form).await?;
    let (grant, name) = match form.find("grant_type") {
        Some("authorization_code") => (Grant::AuthorizationCode, "authorization_code"),
        Some("refresh_token") => (Grant::RefreshToken, "refresh_token"),
        Some("client_credentials") => (Grant::ClientCredentials, "client_credentials"),
        Some(DEVICE_CODE) => (Grant::DeviceCode, "device_code"),
        Some(_) => {
            let what = "send a grant_type that this server's metadata lists";
            return Err(OAuthError::new("unsupported_grant_type", what));
        }
        None => return Err(OAuthError::request("grant_type is missing")),
    };
    app.metrics.token_request(name);
    if !client.may(grant) {
        let what = "this client may not use this grant";
        return Err(OAuthError::new("unauthorized_client", what));
    }
    let granted = match grant {
        Grant::AuthorizationCode => code::exchange(&app, &client, &form, &device).await?,
        Grant::RefreshToken => refresh::refresh(&app, &client, &form, &device).await?,
        Grant::ClientCredentials => credentials::grant(&app, &client, &form).await?,
        Grant::DeviceCode => {
            crate::device::exchange::exchange(&app, &client, &form, &device).await?
        }
    };
    Ok(granted.into_response())
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
