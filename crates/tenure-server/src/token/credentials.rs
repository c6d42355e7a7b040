use super::mint::{Grantee, access_token, expires_in};
use super::scope::is_personal;
use super::{TokenResponse, narrow};
use crate::app::App;
use crate::clients::Client;
use crate::http::{OAuthError, Parameters};

/// A client acts for itself (RFC 6749 §4.4): no family, no refresh token, no person.
pub(super) async fn grant(
    app: &App,
    client: &Client,
    form: &Parameters,
) -> Result<TokenResponse, OAuthError> {
    if !client.is_confidential() {
        return Err(OAuthError::client());
    }
    let scopes = client.scope.split(' ');
    let own: Vec<_> = scopes.filter(|scope| !is_personal(scope)).collect();
    let scope = narrow(form.find("scope"), &own.join(" "))?;
    let to = Grantee {
        subject: &client.id,
        scope: &scope,
        family: None,
    };
    let now = app.rows.now();
    Ok(TokenResponse {
        access_token: access_token(app, client, to, now).await?,
        token_type: "Bearer",
        expires_in: expires_in(app, None, now),
        refresh_token: None,
        id_token: None,
        scope,
    })
}
