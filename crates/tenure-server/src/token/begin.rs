use tenure_core::issuer::{self, Family, FamilyId, NewFamily};
use tenure_core::secret::RefreshToken;
use tenure_core::time::Timestamp;

use super::mint::{Grantee, access_token, expires_in, first_id_token};
use super::{TokenResponse, has_scope};
use crate::app::App;
use crate::clients::{Client, GrantType};
use crate::digest::random;
use crate::http::{ClientInfo, OAuthError};

/// What a person has granted: the family that a client may begin now.
pub(crate) struct Start {
    /// Drawn beforehand, so that a second use of what was granted can end it.
    pub(crate) id: FamilyId,
    pub(crate) subject: String,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
    pub(crate) auth_time: Timestamp,
    /// Whether its holder knows what 409 means.
    pub(crate) keyed: bool,
}

/// Makes a family and its first refresh token. Nothing is written yet.
pub(crate) async fn family(
    app: &App,
    client: &Client,
    start: Start,
    client_info: &ClientInfo,
    now: Timestamp,
) -> Result<(Family, RefreshToken), OAuthError> {
    let new = NewFamily {
        id: start.id,
        tenant: String::new(),
        subject: start.subject,
        client_id: client.id.clone(),
        scope: start.scope,
        keyed: start.keyed,
        jkt: None,
        auth_time: start.auth_time,
        acr: None,
        amr: vec!["pwd".to_owned()],
        nonce: start.nonce,
        address: client_info.address.clone(),
        user_agent: client_info.user_agent.clone(),
        seed: random(),
        absolute_limit: app.policy.refresh_absolute(),
    };
    let ring = app.keys.ring().await?;
    Ok(issuer::begin(new, &ring.ratchet, &app.ratchet, now))
}

/// The first tokens of a family that is written and stands; its ID token has the claims that
/// were `asked` for, too.
pub(crate) async fn tokens(
    app: &App,
    client: &Client,
    (family, token): (&Family, &RefreshToken),
    asked: &[String],
    now: Timestamp,
) -> Result<TokenResponse, OAuthError> {
    let to = Grantee {
        subject: &family.subject,
        scope: &family.scope,
        family: Some(family),
    };
    let id_token = if has_scope(&family.scope, "openid") {
        Some(first_id_token(app, client, family, asked, now).await?)
    } else {
        None
    };
    Ok(TokenResponse {
        access_token: access_token(app, client, to, now).await?,
        token_type: "Bearer",
        expires_in: expires_in(app, Some(family), now),
        refresh_token: client
            .may(GrantType::RefreshToken)
            .then(|| token.expose().to_owned()),
        id_token,
        scope: family.scope.clone(),
    })
}
