use std::time::{Duration, SystemTime};

use huskarl::grant::{
    authorization_code::{
        AuthorizationCodeGrant, CompleteOutput, LoopbackError, StartInput, bind_loopback,
    },
    device_authorization::{self, DeviceAuthorizationGrant},
};
use tenure_core::{holder::Grant, secret::IdToken};
use tokio::time::timeout;
use url::Url;

use super::{Issuer, IssuerError, IssuerErrorKind, grant, wire::Wire};
use crate::session::wall_clock;

/// How a person signs in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LoginOptions {
    /// How long to wait for the person. Default: five minutes.
    pub patience: Duration,
}

impl Default for LoginOptions {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(300),
        }
    }
}

/// What a person needs to sign in on another device (RFC 8628 §3.2).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DevicePrompt {
    /// Where to go.
    pub verification_uri: String,
    /// The same with the code in it, where the issuer offers that.
    pub verification_uri_complete: Option<String>,
    /// What to enter there.
    pub user_code: String,
    /// How long it is good.
    pub expires_in: Duration,
}

impl Issuer {
    /// Signs a person in by a browser on this machine: listens on a free port of 127.0.0.1,
    /// hands out the address to open, and waits for the browser to come back (RFC 8252 §7.3;
    /// code, PKCE S256, `state`, `nonce`, and `iss` of RFC 9207).
    ///
    /// # Errors
    ///
    /// If the person or the issuer says no, the answer does not fit, or nobody comes in time.
    pub async fn login_by_loopback(
        &self,
        show: impl FnOnce(&Url) + Send,
        options: LoginOptions,
    ) -> Result<Grant, IssuerError> {
        let metadata = self.metadata().await?;
        let listener = bind_loopback(0)
            .await
            .and_then(|l| Ok((l.local_addr()?.port(), l)));
        let (port, listener) = listener.map_err(|error| {
            IssuerError::misconfigured("no free port to listen on").because(error)
        })?;
        let wire = self.wire();
        let grant: AuthorizationCodeGrant = AuthorizationCodeGrant::builder_from_metadata(metadata)
            .map_err(|error| {
                IssuerError::misconfigured("the issuer offers no sign-in by browser").because(error)
            })?
            .client_id(self.0.config.client_id.clone())
            .http_client(wire.clone())
            .client_auth(self.0.config.authentication())
            .redirect_uri(format!("http://127.0.0.1:{port}/callback"))
            .build()
            .await
            .map_err(|error| IssuerError::of_answer(&wire.heard()).because(error))?;
        let started = grant
            .start(StartInput::scope(self.0.config.scope.clone()))
            .await
            .map_err(|error| IssuerError::misconfigured("sign-in cannot begin").because(error))?;
        let url =
            started
                .authorization_url
                .to_string()
                .parse()
                .map_err(|error: url::ParseError| {
                    IssuerError::misconfigured("the issuer's address for sign-in is no URL")
                        .because(error)
                })?;
        show(&url);
        let requested_at = wall_clock();
        let came_back = grant.complete_on_loopback(&listener, &started.pending_state, None);
        match timeout(options.patience, came_back).await {
            Ok(Ok(completed)) => Ok(of_completed(&completed, requested_at)),
            Ok(Err(error)) => Err(of_loopback(error, &wire)),
            Err(_) => {
                let kind = IssuerErrorKind::Unavailable { retry_after: None };
                Err(IssuerError::new(
                    kind,
                    "nobody came back from the sign-in page in time",
                ))
            }
        }
    }

    /// Signs a person in by a code that is entered on another device (RFC 8628).
    ///
    /// # Errors
    ///
    /// If the issuer offers it not, the person or the issuer says no, or the code expires.
    pub async fn login_by_device_code(
        &self,
        show: impl FnOnce(&DevicePrompt) + Send,
    ) -> Result<Grant, IssuerError> {
        let metadata = self.metadata().await?;
        let wire = self.wire();
        let device: DeviceAuthorizationGrant =
            DeviceAuthorizationGrant::builder_from_metadata(metadata)
                .map_err(|error| {
                    let why = "the issuer offers no sign-in by device code";
                    IssuerError::misconfigured(why).because(error)
                })?
                .client_id(self.0.config.client_id.clone())
                .http_client(wire.clone())
                .client_auth(self.0.config.authentication())
                .build();
        let input = device_authorization::StartInput::scope(self.0.config.scope.clone());
        let mut started = device
            .start(input)
            .await
            .map_err(|error| IssuerError::of_answer(&wire.heard()).because(error))?;
        show(&DevicePrompt {
            verification_uri: started.verification_uri.clone(),
            verification_uri_complete: started.verification_uri_complete.clone(),
            user_code: started.user_code.clone(),
            expires_in: started
                .expires_at
                .duration_since(SystemTime::now())
                .unwrap_or_default(),
        });
        let requested_at = wall_clock();
        let response = device
            .poll_to_completion(&mut started.pending_state, None)
            .await
            .map_err(|error| {
                let why = "the sign-in on the other device did not take place";
                IssuerError::new(IssuerErrorKind::Refused, why).because(error)
            })?;
        // Its ID token, if any, is bound to no nonce of ours: it is not taken over.
        Ok(grant(&response, None, None, requested_at))
    }
}

fn of_completed(completed: &CompleteOutput, requested_at: tenure_core::time::Timestamp) -> Grant {
    let response = &completed.token_response;
    let verified = completed.id_token.as_ref();
    let id_token = verified
        .and(response.id_token())
        .map(|token| IdToken::new(token.token()));
    let subject = verified.and_then(|claims| claims.sub.clone());
    grant(response, id_token, subject, requested_at)
}

fn of_loopback(error: LoopbackError, wire: &Wire) -> IssuerError {
    if let LoopbackError::OAuthError { verdict, .. } = &error {
        let why = format!("the issuer said no ({})", verdict.code().as_str());
        return IssuerError::new(IssuerErrorKind::Refused, why).because(error);
    }
    let heard = wire.heard();
    let failed = heard.outage.is_some() || heard.status.is_some_and(|status| status != 200);
    if failed {
        return IssuerError::of_answer(&heard).because(error);
    }
    let why = "what came back from the sign-in page does not belong to this sign-in";
    IssuerError::new(IssuerErrorKind::InvalidAnswer, why).because(error)
}
