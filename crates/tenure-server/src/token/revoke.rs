use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tenure_core::issuer::{self, FamilyId, RevokedReason};
use tenure_core::secret::RefreshToken;
use tenure_store::StoreError;

use crate::app::App;
use crate::http::{OAuthError, no_store};
use crate::token::{AuthenticatedClient, live};

/// `POST /revoke` (RFC 7009): ends the family, whichever of its tokens is shown.
pub(crate) async fn endpoint(
    State(app): State<Arc<App>>,
    AuthenticatedClient { client, form }: AuthenticatedClient,
) -> Result<Response, OAuthError> {
    let token = form
        .find("token")
        .ok_or(OAuthError::request("token is missing"))?;
    if let Some(id) = family_of(&app, token).await? {
        let found = app.families.find(id).await?;
        // Another client's is as unknown as a forged one (RFC 7009 §2.1).
        if found.is_some_and(|(family, _)| family.client_id == client.id) {
            app.families.end(id, RevokedReason::SignedOut).await?;
        }
    }
    Ok((StatusCode::OK, no_store()).into_response())
}

async fn family_of(app: &App, token: &str) -> Result<Option<FamilyId>, StoreError> {
    let ring = app.keys.ring().await?;
    if let Ok(presented) = issuer::parse(&RefreshToken::new(token), &ring.ratchet) {
        return Ok(Some(presented.family()));
    }
    Ok(live(app, token)
        .await?
        .and_then(|live| live.family)
        .map(|family| family.id))
}
