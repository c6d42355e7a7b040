use axum::http::{HeaderMap, header};
use tenure_core::issuer::Family;
use tenure_store::{StoreError, Version};

use super::AccessClaims;
use super::mint::family_id;
use crate::app::App;
use crate::families::is_alive;
use crate::keys::{TokenUse, Unverified};
use crate::web::OAuthError;

/// An access token that is good at this moment, and the family it belongs to.
pub(crate) struct Live {
    pub(crate) claims: AccessClaims,
    pub(crate) family: Option<Family>,
}

/// The access token in a request's `Authorization` header, if it is good. Showing it proves that
/// its holder has it, which confirms the family.
pub(crate) async fn bearer(app: &App, headers: &HeaderMap) -> Result<Live, OAuthError> {
    let value = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let (scheme, token) = value
        .and_then(|v| v.split_once(' '))
        .ok_or_else(OAuthError::token)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(OAuthError::token());
    }
    live(app, token.trim()).await?.ok_or_else(OAuthError::token)
}

/// What an access token says, unless it is forged, expired, for others, or of an ended family.
pub(crate) async fn live(app: &App, token: &str) -> Result<Option<Live>, StoreError> {
    let Some(claims) = claims(app, token).await? else {
        return Ok(None);
    };
    let issuer = app.config.issuer();
    let now = app.rows.now();
    if claims.iss != issuer || !claims.aud.has(issuer) || claims.exp <= now.as_secs() {
        return Ok(None);
    }
    let Some(sid) = &claims.sid else {
        return Ok(Some(Live {
            claims,
            family: None,
        }));
    };
    let Some(id) = family_id(sid) else {
        return Ok(None);
    };
    let Some((family, version)) = app.families.find(id).await? else {
        return Ok(None);
    };
    if !app.accounts.welcome(&family).await? || !is_alive(&family, now) {
        return Ok(None);
    }
    confirm(app, &claims, &family, version).await;
    Ok(Some(Live {
        claims,
        family: Some(family),
    }))
}

/// A store that fails here costs nothing but the confirmation.
async fn confirm(app: &App, claims: &AccessClaims, family: &Family, version: Version) {
    let Some(generation) = claims.generation else {
        return;
    };
    if let Err(error) = app.families.confirm(family, version, generation).await {
        tracing::warn!(%error, "a token family could not be confirmed");
    }
}

async fn claims(app: &App, token: &str) -> Result<Option<AccessClaims>, StoreError> {
    let ring = app.keys.ring().await?;
    let mut verified = ring.verify(TokenUse::Access, token);
    if matches!(verified, Err(Unverified::UnknownKey)) {
        let ring = app.keys.newer_than(ring).await?;
        verified = ring.verify(TokenUse::Access, token);
    }
    Ok(verified.ok())
}
