use std::time::Duration;

use huskarl::{
    core::server_metadata::AuthorizationServerMetadata,
    grant::{
        authorization_code::{
            AuthorizationCodeGrant, AuthorizationCodeGrantParameters, PendingState, StartInput,
        },
        core::OAuth2ExchangeGrant as _,
    },
};
use tenure_core::{
    holder::TokenGrant,
    secret::{IdToken, LoginState},
};
use tenure_oidc::{Callback, Refusal, RefusalKind};
use tokio::time::timeout;
use url::Url;

use super::{
    Issuer, IssuerError, IssuerErrorKind, discovery::Found, grant, http_adapter::HttpAdapter,
    loopback::Loopback,
};

/// How a person signs in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LoginOptions {
    /// How long to wait for the person. Default: five minutes.
    pub patience: Duration,
}

impl LoginOptions {
    /// Waits for another time.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

impl Default for LoginOptions {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(300),
        }
    }
}

/// A sign-in that waits for the browser.
struct Begun<'a> {
    metadata: &'a AuthorizationServerMetadata,
    adapter: HttpAdapter,
    grant: AuthorizationCodeGrant,
    pending: PendingState,
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
    ) -> Result<TokenGrant, IssuerError> {
        let found = self.found().await?;
        let loopback = Loopback::bind().await.map_err(|error| {
            IssuerError::misconfigured("no free port to listen on").because(error)
        })?;
        let (begun, url) = self.begin(found, loopback.redirect_uri()).await?;
        show(&url);
        let state = LoginState::new(begun.pending.state.clone());
        let Ok((callback, browser)) = timeout(options.patience, loopback.wait(&state)).await else {
            let kind = IssuerErrorKind::Unavailable { retry_after: None };
            let why = "nobody came back from the sign-in page in time";
            return Err(IssuerError::new(kind, why));
        };
        let outcome = self.redeem(&begun, &callback).await;
        browser.tell(&outcome).await;
        outcome
    }

    async fn begin<'a>(
        &self,
        found: &'a Found,
        redirect_uri: String,
    ) -> Result<(Begun<'a>, Url), IssuerError> {
        let metadata = &found.metadata;
        let config = &self.0.config;
        let adapter = self.http_adapter();
        let grant: AuthorizationCodeGrant = AuthorizationCodeGrant::builder_from_metadata(metadata)
            .map_err(|error| {
                IssuerError::misconfigured("the issuer offers no sign-in by browser").because(error)
            })?
            .client_id(config.client_id.clone())
            .http_client(adapter.clone())
            .client_auth(config.authentication_to_begin(found)?)
            .redirect_uri(redirect_uri)
            .dpop(config.dpop())
            // The ID token is verified here, with more patience for clocks.
            .oidc(false)
            .send_oidc_nonce(config.wants_openid())
            .build()
            .await
            .map_err(|error| IssuerError::misconfigured("sign-in cannot begin").because(error))?;
        let input = StartInput::builder()
            .scope(config.scope.clone())
            .maybe_resource(config.resources())
            .build();
        let started = grant
            .start(input)
            .await
            .map_err(|error| IssuerError::of_answer(&adapter.heard()).because(error))?;
        let url = self.address(&started.authorization_url.to_string())?;
        let begun = Begun {
            metadata,
            adapter,
            grant,
            pending: started.pending_state,
        };
        Ok((begun, url))
    }

    fn address(&self, authorization_url: &str) -> Result<Url, IssuerError> {
        let mut url = Url::parse(authorization_url).map_err(|error| {
            let why = "the issuer's address for sign-in is no URL";
            IssuerError::misconfigured(why).because(error)
        })?;
        if let Some(audience) = &self.0.config.audience {
            url.query_pairs_mut().append_pair("audience", audience);
        }
        Ok(url)
    }

    /// Takes the code to the issuer, once.
    async fn redeem(
        &self,
        begun: &Begun<'_>,
        callback: &Callback,
    ) -> Result<TokenGrant, IssuerError> {
        let metadata = begun.metadata;
        let announced = metadata.authorization_response_iss_parameter_supported;
        callback
            .check_issuer(&metadata.issuer, Some(announced))
            .map_err(|fault| {
                let why = "what came back is not from this issuer; sign in again";
                IssuerError::invalid(why).because(fault)
            })?;
        let code = callback.code().map_err(refused)?;
        let parameters = AuthorizationCodeGrantParameters::builder()
            .code(code.expose())
            .maybe_pkce_verifier(begun.pending.pkce_verifier.clone())
            .maybe_dpop_jkt(begun.pending.dpop_jkt.clone())
            .maybe_resource(self.0.config.resources())
            .build();
        let response = begun
            .grant
            .exchange(parameters)
            .await
            .map_err(|error| IssuerError::of_answer(&begun.adapter.heard()).because(error))?;
        let sent_at = begun.adapter.heard().sent_at;
        let Some(id_token) = response.id_token() else {
            let granted = response.raw_token_response().scope.as_deref();
            let narrowed = granted.is_some_and(|scope| scope.split(' ').all(|s| s != "openid"));
            if self.0.config.wants_openid() && !narrowed {
                return Err(IssuerError::invalid("the issuer gave no ID token"));
            }
            return Ok(grant(&response, None, None, sent_at));
        };
        let nonce = begun.pending.nonce.as_deref();
        let subject = self.verified_subject(metadata, id_token, nonce).await?;
        let id_token = IdToken::new(id_token.token());
        Ok(grant(&response, Some(id_token), Some(subject), sent_at))
    }
}

/// What a refusal in the redirect means (RFC 6749 §4.1.2.1).
fn refused(refusal: &Refusal) -> IssuerError {
    let code: String = refusal
        .error()
        .chars()
        .filter(|c| c.is_ascii_graphic())
        .take(LONGEST_CODE)
        .collect();
    match refusal.kind() {
        RefusalKind::Unavailable => {
            let kind = IssuerErrorKind::Unavailable { retry_after: None };
            IssuerError::new(
                kind,
                format!("the issuer cannot sign anybody in now ({code})"),
            )
        }
        RefusalKind::Misconfigured => {
            IssuerError::misconfigured(format!("the issuer refuses this client ({code})"))
        }
        RefusalKind::Denied | RefusalKind::InteractionRequired | _ => {
            IssuerError::refused(format!("the issuer said no ({code})"))
        }
    }
}

const LONGEST_CODE: usize = 60;
