use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};

use crate::app::App;
use crate::http::{OAuthError, no_store};
use crate::token::{bearer, has_scope};

/// `/userinfo` (OpenID Connect Core §5.3).
pub(crate) async fn endpoint(
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
    let may = |scope| has_scope(&live.claims.scope, scope);
    let mut told = Map::new();
    told.insert("sub".to_owned(), json!(live.claims.sub));
    if let Some(account) = account.as_deref().filter(|_| may("profile")) {
        told.insert("name".to_owned(), json!(account.username));
        told.insert("preferred_username".to_owned(), json!(account.username));
    }
    if let Some(account) = account.as_deref().filter(|_| may("email")) {
        told.extend(account.email_claims());
    }
    Ok((no_store(), Json(told)).into_response())
}
