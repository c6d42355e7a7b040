use axum::http::StatusCode;
use tenure_core::issuer::{
    self, Decision, Family, Forged, Presentation, Presented, RatchetKeys, Refusal, RevokedReason,
};
use tenure_core::secret::RefreshToken;
use tenure_store::Replaced;

use super::mint::{Grantee, access_token, expires_in, id_token};
use super::{TokenResponse, has_scope, narrow};
use crate::app::App;
use crate::clients::Client;
use crate::digest::random;
use crate::http::{ClientInfo, OAuthError, Parameters};
use crate::rows::{ATTEMPTS, too_busy};

/// Rotates a refresh token: one read, one write, one signature.
pub(super) async fn refresh(
    app: &App,
    client: &Client,
    form: &Parameters,
    client_info: &ClientInfo,
) -> Result<TokenResponse, OAuthError> {
    let token = form.find("refresh_token");
    let token = RefreshToken::new(token.ok_or(OAuthError::request("refresh_token is missing"))?);
    rotate(app, client, &token, form.find("scope"), client_info).await
}

/// The next tokens for a refresh token of this client, for all of its scope or some of it.
pub(crate) async fn rotate(
    app: &App,
    client: &Client,
    token: &RefreshToken,
    scope: Option<&str>,
    client_info: &ClientInfo,
) -> Result<TokenResponse, OAuthError> {
    let (presented, keys) = parse(app, token).await?;
    for _ in 0..ATTEMPTS {
        let Some((family, version)) = app.families.find(presented.family()).await? else {
            return Err(refused(app, Refusal::Unknown));
        };
        // Checked before anything is written: a request that fails changes nothing.
        let scope = narrow(scope, &family.scope)?;
        check_account(app, &family).await?;
        let how = Presentation {
            client_id: &client.id,
            jkt: None,
            nonce: random(),
            address: client_info.address.as_deref(),
            user_agent: client_info.user_agent.as_deref(),
        };
        let now = app.rows.now();
        match issuer::present(&family, &presented, &how, &keys, &app.ratchet, now) {
            Decision::Rotated { family, token } => {
                if let Replaced::Done(_) = app.families.write(&family, Some(version)).await? {
                    app.metrics.rotated.increment(1);
                    return granted(app, client, &family, &token, scope).await;
                }
            }
            Decision::Repeated { family, token } => {
                // Only a count would be written, and an answer that was lost must not wait.
                app.metrics.repeated.increment(1);
                return granted(app, client, &family, &token, scope).await;
            }
            Decision::Superseded { retry_after } => {
                app.metrics.superseded.increment(1);
                return Err(superseded(retry_after.as_secs()));
            }
            Decision::Reused { family } => {
                if let Replaced::Done(_) = app.families.write(&family, Some(version)).await? {
                    app.metrics.reused.increment(1);
                    tracing::warn!(family = %family.id, "a superseded refresh token was used");
                    return Err(reused());
                }
            }
            Decision::Refused(Refusal::Revoked(RevokedReason::Administrator))
                if app.accounts.is_disabled(&family.subject).await? =>
            {
                return Err(disabled(app));
            }
            Decision::Refused(refusal) => return Err(refused(app, refusal)),
        }
    }
    Err(too_busy().into())
}

/// Reads a refresh token, with the newest keys if it names one that is not known yet.
pub(crate) async fn parse(
    app: &App,
    token: &RefreshToken,
) -> Result<(Presented, RatchetKeys), OAuthError> {
    let mut ring = app.keys.ring().await?;
    let mut parsed = issuer::parse(token, &ring.ratchet);
    if matches!(parsed, Err(Forged::UnknownKey)) {
        ring = app.keys.newer_than(ring).await?;
        parsed = issuer::parse(token, &ring.ratchet);
    }
    match parsed {
        Ok(presented) => Ok((presented, ring.ratchet.clone())),
        Err(_) => Err(refused(app, Refusal::Unknown)),
    }
}

/// Ends the family of an account that is gone, disabled or has a new password (norm 64).
async fn check_account(app: &App, family: &Family) -> Result<(), OAuthError> {
    let why = match app.accounts.of(&family.subject).await? {
        Some(account) if account.honours(family.auth_time) => return Ok(()),
        Some(account) if account.disabled => {
            app.families
                .end(family.id, RevokedReason::Administrator)
                .await?;
            return Err(disabled(app));
        }
        Some(_) => RevokedReason::PasswordChanged,
        None => RevokedReason::AccountRemoved,
    };
    app.families.end(family.id, why).await?;
    Err(refused(app, Refusal::Revoked(why)))
}

async fn granted(
    app: &App,
    client: &Client,
    family: &Family,
    token: &RefreshToken,
    scope: String,
) -> Result<TokenResponse, OAuthError> {
    let now = app.rows.now();
    let to = Grantee {
        subject: &family.subject,
        scope: &scope,
        family: Some(family),
    };
    // OpenID Connect Core §12.2 lets it out, and it costs a signature.
    let id_token = if client.compatibility.id_token_on_refresh && has_scope(&scope, "openid") {
        Some(id_token(app, client, family, now).await?)
    } else {
        None
    };
    Ok(TokenResponse {
        access_token: access_token(app, client, to, now).await?,
        token_type: "Bearer",
        expires_in: expires_in(app, Some(family), now),
        refresh_token: Some(token.expose().to_owned()),
        id_token,
        scope,
    })
}

fn superseded(retry_after_secs: u64) -> OAuthError {
    let what = "another request has just refreshed this session: read the stored token again";
    let mut error = OAuthError::new("refresh_token_superseded", what);
    error.status = StatusCode::CONFLICT;
    error.retry_after_secs = Some(retry_after_secs.max(1));
    error
}

fn disabled(app: &App) -> OAuthError {
    app.metrics.refused.increment(1);
    OAuthError::grant("the account is disabled")
}

fn reused() -> OAuthError {
    OAuthError::grant("an old refresh token was used again, so the session was ended")
}

fn refused(app: &App, refusal: Refusal) -> OAuthError {
    app.metrics.refused.increment(1);
    match refusal {
        Refusal::Revoked(RevokedReason::Reused) => reused(),
        Refusal::Revoked(RevokedReason::SignedOut) => {
            OAuthError::grant("the session was signed out")
        }
        Refusal::Revoked(RevokedReason::Administrator) => {
            OAuthError::grant("an administrator ended the session")
        }
        Refusal::Revoked(RevokedReason::PasswordChanged) => {
            OAuthError::grant("the password was changed")
        }
        Refusal::Revoked(RevokedReason::AccountRemoved) => OAuthError::grant("the account is gone"),
        Refusal::Expired => OAuthError::grant("the session has expired"),
        Refusal::WrongClient | Refusal::WrongKey | Refusal::Unknown => {
            OAuthError::grant("the refresh token is not valid")
        }
    }
}
