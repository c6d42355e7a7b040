use tenure_core::issuer::{FamilyId, RevokedReason};

use super::PollOutcome;
use crate::app::App;
use crate::clients::Client;
use crate::http::{ClientInfo, OAuthError, Parameters};
use crate::token::begin::{self, Start};
use crate::token::{TokenResponse, retry_key};

/// Gives a device its tokens once a person has said yes (RFC 8628 §3.4).
pub(crate) async fn exchange(
    app: &App,
    client: &Client,
    form: &Parameters,
    client_info: &ClientInfo,
) -> Result<TokenResponse, OAuthError> {
    let code = form
        .find("device_code")
        .ok_or(OAuthError::request("device_code is missing"))?;
    let keyed = retry_key::is_sent(form)?;
    match app.devices.poll(code, client).await? {
        PollOutcome::Approved(granted) => {
            begin(app, client, (code, keyed), granted, client_info).await
        }
        PollOutcome::Replayed(family) => replayed(app, client, family).await,
        PollOutcome::Unknown => Err(unknown()),
        PollOutcome::Expired => Err(OAuthError::new(
            "expired_token",
            "nobody entered the code in time; ask for another",
        )),
        PollOutcome::Pending => Err(OAuthError::new(
            "authorization_pending",
            "nobody has entered the code yet",
        )),
        PollOutcome::SlowDown => Err(OAuthError::new(
            "slow_down",
            "wait five seconds longer between two requests",
        )),
        PollOutcome::Denied => Err(OAuthError::new(
            "access_denied",
            "the person said no to this sign-in",
        )),
    }
}

/// The family is a session of its own: whoever said yes may have done so in a browser that is
/// not theirs, and signs out of it soon.
async fn begin(
    app: &App,
    client: &Client,
    (code, keyed): (&str, bool),
    granted: super::Approval,
    client_info: &ClientInfo,
) -> Result<TokenResponse, OAuthError> {
    let now = app.rows.now();
    let start = Start {
        id: granted.family,
        subject: granted.subject,
        scope: granted.scope,
        nonce: None,
        auth_time: granted.auth_time,
        keyed,
    };
    let (family, token) = begin::family(app, client, start, client_info, now).await?;
    app.families.write(&family, None).await?;
    // Whoever uses the code again, or ends everything of this person, from now on finds the
    // family. Whoever did so before is found here.
    if !app.accounts.allows(&family).await? || !app.devices.used_once(code).await? {
        app.families
            .end(family.id, RevokedReason::SignedOut)
            .await?;
        return Err(unknown());
    }
    begin::tokens(app, client, (&family, &token), &[], now).await
}

/// Two parties have the code, so what it granted ends.
async fn replayed(
    app: &App,
    client: &Client,
    family: FamilyId,
) -> Result<TokenResponse, OAuthError> {
    app.families.end(family, RevokedReason::Reused).await?;
    tracing::warn!(client = %client.id, "a device code was used again");
    Err(OAuthError::grant(
        "the code was used before; what it granted has ended",
    ))
}

fn unknown() -> OAuthError {
    OAuthError::grant("the code is unknown or expired")
}
