//! Where one is signed in: the page for people, and [`api`] for programs.

pub(crate) mod api;
mod page;

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use tenure_core::issuer::RevokedReason;

use crate::app::App;
use crate::http::form::{GuardedForm, with_guard};
use crate::http::{PageError, see_other};

/// `GET /`: who is signed in, and where.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let Some(sign_in) = app.signed_in(&headers).await? else {
        return Ok(page::nobody(&app.policy));
    };
    let account = app.accounts.of(&sign_in.subject).await?;
    let name = account
        .map(|account| account.username.clone())
        .unwrap_or_default();
    let families = app.families.of(&sign_in.subject).await?;
    let now = app.rows.now();
    let page = |guard: &str| page::home(&app.policy, &name, &families, now, guard);
    Ok(with_guard(&app, &headers, page).await?)
}

/// `POST /sessions/end`: ends one of one's own sessions (norm 68).
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    GuardedForm(fields): GuardedForm,
) -> Result<Response, PageError> {
    let sign_in = app.signed_in(&headers).await?;
    let id = fields.find("id").and_then(|id| id.parse().ok());
    if let (Some(sign_in), Some(id)) = (sign_in, id) {
        let found = app.families.find(id).await?;
        if found.is_some_and(|(family, _)| family.subject == sign_in.subject) {
            app.families.end(id, RevokedReason::SignedOut).await?;
        }
    }
    Ok(see_other(&app.policy.link("/")))
}
