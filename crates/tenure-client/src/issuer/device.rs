use std::time::Duration;

use huskarl::grant::{
    core::TokenResponse,
    device_authorization::{DeviceAuthorizationGrant, PendingState, PollError, StartInput},
};
use tenure_core::{holder::TokenGrant, secret::IdToken};
use tokio::time::timeout;

use super::{
    Issuer, IssuerError,
    discovery::Found,
    grant,
    http_adapter::{HttpAdapter, printable},
};
use crate::clock::until;

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
    /// Signs a person in by a code that is entered on another device (RFC 8628).
    ///
    /// # Errors
    ///
    /// If the issuer offers it not, the person or the issuer says no, or the code expires.
    pub async fn login_by_device_code(
        &self,
        show: impl FnOnce(&DevicePrompt) + Send,
    ) -> Result<TokenGrant, IssuerError> {
        let found = self.found().await?;
        let metadata = &found.metadata;
        let adapter = self.http_adapter();
        let device = self.device_grant(found, &adapter)?;
        let input = StartInput::builder()
            .scope(self.0.config.scope.clone())
            .maybe_resource(self.0.config.resources())
            .build();
        let mut started = device
            .start(input)
            .await
            .map_err(|error| IssuerError::of_answer(&adapter.heard()).because(error))?;
        let complete = started.verification_uri_complete.as_deref();
        let prompt = DevicePrompt {
            verification_uri: printable(&started.verification_uri),
            verification_uri_complete: complete.map(printable),
            user_code: printable(&started.user_code),
            expires_in: until(started.expires_at),
        };
        show(&prompt);
        let poll = poll(&device, &mut started.pending_state, &adapter);
        // An issuer that never says that the code expired is not believed for ever.
        let response = timeout(prompt.expires_in, poll)
            .await
            .unwrap_or_else(|_| Err(expired()))?;
        let sent_at = adapter.heard().sent_at;
        let Some(id_token) = response.id_token() else {
            return Ok(grant(&response, None, None, sent_at));
        };
        // There is no browser here to tie to: nothing carried a nonce.
        let subject = self.verified_subject(metadata, id_token, None).await?;
        let id_token = IdToken::new(id_token.token());
        Ok(grant(&response, Some(id_token), Some(subject), sent_at))
    }

    fn device_grant(
        &self,
        found: &Found,
        adapter: &HttpAdapter,
    ) -> Result<DeviceAuthorizationGrant, IssuerError> {
        let builder = DeviceAuthorizationGrant::builder_from_metadata(&found.metadata);
        let builder = builder.map_err(|error| {
            let why = "the issuer offers no sign-in by device code";
            IssuerError::misconfigured(why).because(error)
        })?;
        Ok(builder
            .client_id(self.0.config.client_id.clone())
            .http_client(adapter.clone())
            .client_auth(self.0.config.authentication_to_begin(found)?)
            .dpop(self.0.config.dpop())
            // An issuer that names an interval means it; one that names none gets five seconds.
            .min_poll_interval_secs(1)
            .build())
    }
}

async fn poll(
    device: &DeviceAuthorizationGrant,
    pending: &mut PendingState,
    adapter: &HttpAdapter,
) -> Result<TokenResponse, IssuerError> {
    let polled = device.poll_to_completion(pending, None).await;
    polled.map_err(|error| match error {
        PollError::AccessDenied => {
            IssuerError::refused("the sign-in on the other device was denied")
        }
        PollError::TokenExpired => expired(),
        PollError::Exchange { source } => IssuerError::of_answer(&adapter.heard()).because(source),
        _ => IssuerError::of_answer(&adapter.heard()),
    })
}

fn expired() -> IssuerError {
    IssuerError::refused("the code expired before it was entered; start again")
}
