use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tenure_core::issuer::{Family, RevokedReason};
use tenure_core::secret::RefreshToken;

use super::begin::{self, Caller};
use super::data;
use crate::app::App;
use crate::http::{ClientInfo, OAuthError, no_store};
use crate::token::{TokenResponse, bearer, refresh};

/// What anybody may call, with little in it.
pub(crate) fn called() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/auth/session", post(renew))
        .route("/v1/auth/logout", post(sign_out))
}

/// What whoever has shown a secret may send more to.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/auth/sessions", post(create))
        .route("/v1/auth/session/data", put(replace))
        .layer(DefaultBodyLimit::max(MAX_DATA))
}

#[derive(Deserialize)]
struct Tokens {
    #[serde(default)]
    refresh_token: String,
}

#[derive(Deserialize)]
struct Data {
    session_data: String,
}

/// `POST /v1/auth/session`: the next tokens for a refresh token, and the session's data. With an
/// access token alone: the data and that token again, which lives no longer for it.
async fn renew(
    State(app): State<Arc<App>>,
    client_info: ClientInfo,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let Tokens { refresh_token } = parse(&body)?;
    if refresh_token.is_empty() {
        let live = bearer(&app, &headers).await?;
        let family = live.family.ok_or_else(OAuthError::token)?;
        let session_data = data_of(&app, &family).await?;
        let token = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let access_token = token.and_then(|value| value.split_once(' '));
        let access_token = access_token.map(|(_, token)| token.trim());
        let body = json!({ "access_token": access_token, "session_data": session_data });
        return Ok((no_store(), Json(body)).into_response());
    }
    let token = RefreshToken::new(&refresh_token);
    let (presented, _) = refresh::parse(&app, &token).await?;
    let found = app.families.find(presented.family()).await?;
    let (family, _) = found.ok_or(UNKNOWN)?;
    // Before anything is rotated: a family of another kind is not touched here.
    let session_data = data_of(&app, &family).await?;
    let client = app.clients.find(&family.client_id).await?.ok_or(UNKNOWN)?;
    let granted = refresh::rotate(&app, &client, &token, None, &client_info).await?;
    answer(&granted, &session_data, None)
}

/// `POST /v1/auth/logout`: ends the session. Twice is a success, and so is what nobody knows.
async fn sign_out(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let Tokens { refresh_token } = parse(&body)?;
    let named = match refresh::parse(&app, &RefreshToken::new(&refresh_token)).await {
        Ok((presented, _)) => Some(presented.family()),
        Err(_) => match bearer(&app, &headers).await {
            Ok(live) => live.family.map(|family| family.id),
            Err(error) if error.status == StatusCode::SERVICE_UNAVAILABLE => return Err(error),
            Err(_) => None,
        },
    };
    if let Some(id) = named
        && data::of(&app.rows, id).await?.is_some()
    {
        app.families.end(id, RevokedReason::SignedOut).await?;
        data::remove(&app.rows, id).await?;
    }
    Ok((no_store(), Json(json!({ "success": true }))).into_response())
}

/// `POST /v1/auth/sessions`: begins a session.
async fn create(
    State(app): State<Arc<App>>,
    client_info: ClientInfo,
    request: Request,
) -> Result<Response, OAuthError> {
    let caller = Caller::of(&app, request.headers()).await?;
    let body = read(request).await?;
    let begun = begin::session(&app, &caller, &client_info, body).await?;
    answer(
        &begun.tokens,
        &begun.session_data,
        begun.session_id.as_deref(),
    )
}

/// `PUT /v1/auth/session/data`: puts other data beside the session whose access token is shown.
async fn replace(State(app): State<Arc<App>>, request: Request) -> Result<Response, OAuthError> {
    let family = bearer(&app, request.headers()).await?.family;
    let family = family.ok_or_else(OAuthError::token)?;
    data_of(&app, &family).await?;
    let Data { session_data } = read(request).await?;
    data::keep(&app.rows, &family, &begin::checked(session_data)?).await?;
    Ok((StatusCode::NO_CONTENT, no_store()).into_response())
}

async fn data_of(app: &App, family: &Family) -> Result<String, OAuthError> {
    data::of(&app.rows, family.id).await?.ok_or(UNKNOWN)
}

fn answer(
    granted: &TokenResponse,
    session_data: &str,
    session_id: Option<&str>,
) -> Result<Response, OAuthError> {
    let failed = |_| OAuthError::new("server_error", "something went wrong here");
    let mut body = serde_json::to_value(granted).map_err(failed)?;
    body["session_data"] = json!(session_data);
    if let Some(id) = session_id {
        body["session_id"] = json!(id);
    }
    Ok((no_store(), Json(body)).into_response())
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, OAuthError> {
    serde_json::from_slice(body)
        .map_err(|_| OAuthError::request("the body is not the JSON that is asked for"))
}

/// The body of a request whose sender has shown a secret.
async fn read<T: DeserializeOwned>(request: Request) -> Result<T, OAuthError> {
    let body = Bytes::from_request(request, &()).await.map_err(|refused| {
        let mut error = OAuthError::request("the body has at most 262144 bytes, and arrives whole");
        error.status = refused.status();
        error
    })?;
    parse(&body)
}

/// Of `session_data`, with what is around it.
const MAX_DATA: usize = 256 * 1024;
/// The token may be good, but not here.
const UNKNOWN: OAuthError = OAuthError::grant("the refresh token is not that of a token session");
