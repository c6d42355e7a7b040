use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tenure_core::issuer;
use tenure_core::secret::RefreshToken;
use tenure_store::StoreError;

use crate::app::App;
use crate::families::is_alive;
use crate::http::{OAuthError, no_store};
use crate::token::{ConfidentialClient, live};

/// `POST /introspect` (RFC 7662), for confidential clients.
pub(crate) async fn endpoint(
    State(app): State<Arc<App>>,
    ConfidentialClient { form }: ConfidentialClient,
) -> Result<Response, OAuthError> {
    let token = form
        .find("token")
        .ok_or(OAuthError::request("token is missing"))?;
    let told = match live(&app, token).await? {
        Some(live) => {
            let mut told = serde_json::to_value(&live.claims).unwrap_or_default();
            told["active"] = json!(true);
            told["token_type"] = json!("Bearer");
            told
        }
        None => refresh_token(&app, token).await?,
    };
    Ok((no_store(), Json(told)).into_response())
}

/// What a refresh token is good for; nothing, and no reason, if it is not.
async fn refresh_token(app: &App, token: &str) -> Result<Value, StoreError> {
    let inactive = json!({ "active": false });
    let ring = app.keys.ring().await?;
    let Ok(presented) = issuer::parse(&RefreshToken::new(token), &ring.ratchet) else {
        return Ok(inactive);
    };
    let Some((family, _)) = app.families.find(presented.family()).await? else {
        return Ok(inactive);
    };
    let allowed = app.accounts.allows(&family).await?;
    let current = presented.generation() == family.generation;
    if !(allowed && current && is_alive(&family, app.rows.now())) {
        return Ok(inactive);
    }
    Ok(json!({
        "active": true,
        "iss": app.policy.issuer.as_str(),
        "sub": family.subject,
        "client_id": family.client_id,
        "scope": family.scope,
        "sid": family.id.to_string(),
        "iat": family.rotated_at.as_secs(),
        "exp": family.absolute_deadline.min(family.idle_deadline).as_secs(),
        "token_type": "refresh_token",
    }))
}
