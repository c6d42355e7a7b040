use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::app::App;
use crate::token::{bearer, has_scope};
use crate::web::{OAuthError, no_store};

/// `/userinfo` (OpenID Connect Core §5.3).
pub(super) async fn endpoint(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, OAuthError> {
    let live = bearer(&app, &headers).await?;
    if live.family.is_none() || !has_scope(&live.claims.scope, "openid") {
        let mut error = OAuthError::new("insufficient_scope", "the scope openid is needed");
        error.status = StatusCode::FORBIDDEN;
        error.challenge = Some("Bearer error=\"insufficient_scope\", scope=\"openid\"");
        return Err(error);
    }
    let account = app.accounts.of(&live.claims.sub).await?;
    let account = account.filter(|_| has_scope(&live.claims.scope, "profile"));
    let mut told = json!({ "sub": live.claims.sub });
    if let Some(account) = account {
        told["name"] = json!(account.username);
        told["preferred_username"] = json!(account.username);
    }
    Ok((no_store(), Json(told)).into_response())
}
