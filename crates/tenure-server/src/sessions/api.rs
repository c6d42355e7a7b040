use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tenure_core::issuer::{Family, RevokedReason};

use crate::admin::TokenSession;
use crate::app::App;
use crate::http::{OAuthError, no_store};
use crate::token::bearer;

/// `GET /v1/sessions`: where one is signed in (norm 68).
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, OAuthError> {
    let own = own(&app, &headers).await?;
    let families = app.families.of(&own.subject).await?;
    let mut list: Vec<Value> = families
        .iter()
        .map(|one| told(one, one.id == own.id))
        .collect();
    for (_, sign_in) in app.sign_ins_of(&own.subject).await? {
        list.push(json!({
            "id": sign_in.id,
            "kind": "browser",
            "created_at": sign_in.auth_time().as_secs(),
            "last_seen": sign_in.last_seen().as_secs(),
            "address": sign_in.address,
            "user_agent": sign_in.user_agent,
            "current": false,
        }));
    }
    Ok((no_store(), Json(json!({ "sessions": list }))).into_response())
}

/// `DELETE /v1/sessions/{id}`: ends one of one's own.
pub(crate) async fn end_one(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, OAuthError> {
    let own = own(&app, &headers).await?;
    for family in app.families.of(&own.subject).await? {
        if family.id.to_string() == id {
            app.families
                .end(family.id, RevokedReason::SignedOut)
                .await?;
            return Ok((StatusCode::NO_CONTENT, no_store()).into_response());
        }
    }
    for (_, sign_in) in app.sign_ins_of(&own.subject).await? {
        if sign_in.id == id {
            app.sign_out(&sign_in).await?;
            return Ok((StatusCode::NO_CONTENT, no_store()).into_response());
        }
    }
    let mut error = OAuthError::new("not_found", "there is no such session");
    error.status = StatusCode::NOT_FOUND;
    Err(error)
}

/// `DELETE /v1/sessions`: ends all but the one that asks.
pub(crate) async fn end_others(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, OAuthError> {
    let own = own(&app, &headers).await?;
    let mine = app.families.sign_in_of(own.id).await?;
    for (key, sign_in) in app.sign_ins_of(&own.subject).await? {
        if Some(&sign_in.id) != mine.as_ref() {
            app.rows.remove(&key).await?;
        }
    }
    for family in app.families.of(&own.subject).await? {
        if family.id != own.id {
            app.families
                .end(family.id, RevokedReason::SignedOut)
                .await?;
        }
    }
    Ok((StatusCode::NO_CONTENT, no_store()).into_response())
}

/// The session that asks. A client that acts for itself has none.
async fn own(app: &App, headers: &HeaderMap) -> Result<Family, OAuthError> {
    bearer(app, headers)
        .await?
        .family
        .ok_or_else(OAuthError::token)
}

fn told(family: &Family, current: bool) -> Value {
    let mut told = json!(TokenSession::from(family));
    told["kind"] = "tokens".into();
    told["current"] = current.into();
    told
}
