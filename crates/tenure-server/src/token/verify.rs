use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use tenure_core::issuer::Family;
use tenure_store::{StoreError, Version};

use super::mint::family_id;
use super::{AccessClaims, IdClaims};
use crate::app::App;
use crate::families::is_alive;
use crate::http::OAuthError;
use crate::keys::{TokenUse, Unverified};

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
    let claims = claims::<AccessClaims>(app, TokenUse::Access, token).await?;
    let Some(claims) = claims else {
        return Ok(None);
    };
    let issuer = app.policy.issuer.as_str();
    let now = app.rows.now();
    if claims.iss != issuer || !claims.aud.has(issuer) || claims.exp <= now.as_secs() {
        return Ok(None);
    }
    // A client that is gone has nothing any more.
    if app.clients.find(&claims.client_id).await?.is_none() {
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
    if !app.accounts.allows(&family).await? || !is_alive(&family, now) {
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

/// What an ID token says that is from here, expired or not: it names a person and proves nothing
/// about who sent it.
pub(crate) async fn hinted(app: &App, id_token: &str) -> Result<Option<IdClaims>, StoreError> {
    let claims = claims::<IdClaims>(app, TokenUse::Id, id_token).await?;
    Ok(claims.filter(|claims| claims.iss == app.policy.issuer))
}

async fn claims<T: DeserializeOwned>(
    app: &App,
    usage: TokenUse,
    token: &str,
) -> Result<Option<T>, StoreError> {
    let ring = app.keys.ring().await?;
    let mut verified = ring.verify(usage, token);
    if matches!(verified, Err(Unverified::UnknownKey)) {
        let ring = app.keys.newer_than(ring).await?;
        verified = ring.verify(usage, token);
    }
    Ok(verified.ok())
}
