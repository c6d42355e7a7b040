//! The issuer: sign-in, refresh, client credentials, revocation. The protocol is spoken by
//! [`huskarl`]; what an answer means for the session is decided here.
//!
//! One call makes at most one token request. Huskarl's own cache is not used: when to ask is the
//! holder's decision alone. An ID token is verified at sign-in; one that comes with a refresh is
//! not taken over, so that nothing unverified is ever stored.

mod config;
mod device;
mod discovery;
mod error;
mod exchanged;
mod http_adapter;
mod id_token;
mod login;
mod loopback;
mod meaning;

use std::{sync::Arc, time::Duration};

use huskarl::{
    core::server_metadata::AuthorizationServerMetadata,
    grant::{
        client_credentials::{ClientCredentialsGrant, ClientCredentialsGrantParameters},
        core::{OAuth2ExchangeGrant, TokenResponse as GrantedResponse},
        refresh::{RefreshGrant, RefreshGrantParameters},
    },
    revocation::TokenRevocation,
};
use tenure_core::{
    holder::{Binding, Expiry, Outage, Request, TokenGrant, TokenResponse},
    secret::{AccessToken, IdToken, RefreshToken},
    time::Timestamp,
};
use tokio::{sync::OnceCell, time::timeout};
use url::Url;

pub use self::{
    config::IssuerConfig,
    device::DevicePrompt,
    error::{IssuerError, IssuerErrorKind},
    exchanged::Exchanged,
    login::LoginOptions,
};
use self::{discovery::Found, http_adapter::HttpAdapter, meaning::meaning};
use crate::dpop::ProofKey;

/// One issuer, as one client sees it. Cheap to clone; discovery happens once, when it is needed.
#[derive(Debug, Clone)]
pub struct Issuer(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: IssuerConfig,
    http: reqwest::Client,
    found: OnceCell<Found>,
}

impl Issuer {
    /// Makes a client of an issuer; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// If the address is neither https nor http on this machine.
    pub fn new(config: IssuerConfig) -> Result<Self, IssuerError> {
        config.check()?;
        let http = reqwest::Client::builder()
            .user_agent(concat!("tenure/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .build()
            .map_err(|error| IssuerError::misconfigured("no HTTP client").because(error))?;
        Ok(Self(Arc::new(Inner {
            config,
            http,
            found: OnceCell::new(),
        })))
    }

    /// Asks for tokens, once. Every outcome is an answer, and comes within nine seconds: also the
    /// first, which has to find the issuer's addresses.
    pub async fn exchange(&self, request: &Request) -> Exchanged {
        let Ok(exchanged) = timeout(TOTAL, self.ask(request)).await else {
            return Exchanged::new(TokenResponse::Unavailable {
                outage: Outage::TimedOut,
                retry_after: None,
            });
        };
        exchanged
    }

    async fn ask(&self, request: &Request) -> Exchanged {
        let metadata = match self.metadata().await {
            Ok(metadata) => metadata,
            Err(error) => return error.into_exchanged(),
        };
        let adapter = self.http_adapter();
        let response = match request {
            Request::Refresh { refresh_token } => {
                self.refresh(metadata, &adapter, refresh_token).await
            }
            Request::ClientCredentials => self.client_credentials(metadata, &adapter).await,
            Request::Callback => {
                let error = IssuerError::misconfigured("an issuer is no callback");
                return error.into_exchanged();
            }
        };
        let heard = adapter.heard();
        let (answer, detail) = match response {
            Ok(response) => (
                TokenResponse::Tokens(grant(&response, None, None, heard.sent_at)),
                None,
            ),
            Err(_) => {
                let (status, error) = (heard.status, &heard.error);
                tracing::debug!(status, ?error, "no tokens");
                (meaning(&heard), heard.said)
            }
        };
        Exchanged {
            answer,
            issuer_time: heard.date,
            detail,
        }
    }

    /// Says that a refresh token is no longer wanted (RFC 7009).
    ///
    /// # Errors
    ///
    /// If the issuer could not be told, or knows no revocation.
    pub async fn revoke(&self, refresh_token: &RefreshToken) -> Result<(), IssuerError> {
        let metadata = self.metadata().await?;
        let Some(builder) = TokenRevocation::builder_from_metadata(metadata).ok() else {
            return Err(IssuerError::misconfigured(
                "the issuer offers no revocation",
            ));
        };
        let revocation = builder
            .client_id(self.0.config.client_id.clone())
            .client_auth(self.0.config.authentication())
            .build();
        let adapter = self.http_adapter();
        let token = huskarl::token::RefreshToken::new(refresh_token.expose().into(), None);
        let told = revocation.revoke(&adapter, &token).await;
        told.map_err(|error| IssuerError::of_answer(&adapter.heard()).because(error))
    }

    /// The issuer and the client, as a stored session names them.
    #[must_use]
    pub fn binding(&self) -> Binding {
        let config = &self.0.config;
        Binding::new(config.issuer.as_str(), &config.client_id)
    }

    pub(crate) fn proof_key(&self) -> Option<ProofKey> {
        self.0.config.proof_key.clone()
    }

    /// Where to send the browser so that the issuer ends its own session, too (RP-Initiated
    /// Logout 1.0 §2); `None` where the issuer offers that not.
    ///
    /// # Errors
    ///
    /// If the issuer cannot be asked for its addresses.
    pub async fn end_session_url(
        &self,
        id_token: Option<&IdToken>,
        post_logout_redirect_uri: Option<&Url>,
    ) -> Result<Option<Url>, IssuerError> {
        let endpoint = self.metadata().await?.end_session_endpoint.as_ref();
        let Some(mut url) = endpoint.and_then(|e| e.to_string().parse::<Url>().ok()) else {
            return Ok(None);
        };
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("client_id", &self.0.config.client_id);
            if let Some(id_token) = id_token {
                query.append_pair("id_token_hint", id_token.expose());
            }
            if let Some(to) = post_logout_redirect_uri {
                query.append_pair("post_logout_redirect_uri", to.as_str());
            }
        }
        Ok(Some(url))
    }

    async fn refresh(
        &self,
        metadata: &AuthorizationServerMetadata,
        adapter: &HttpAdapter,
        refresh_token: &RefreshToken,
    ) -> Result<GrantedResponse, huskarl::core::Error> {
        let grant: RefreshGrant = RefreshGrant::builder_from_metadata(metadata)
            .client_id(self.0.config.client_id.clone())
            .http_client(adapter.clone())
            .client_auth(self.0.config.authentication())
            .dpop(self.0.config.dpop())
            .build();
        let token = huskarl::token::RefreshToken::new(refresh_token.expose().into(), None);
        let parameters = RefreshGrantParameters::builder()
            .refresh_token(token)
            .maybe_resource(self.0.config.resources())
            .build();
        grant.exchange(parameters).await
    }

    async fn client_credentials(
        &self,
        metadata: &AuthorizationServerMetadata,
        adapter: &HttpAdapter,
    ) -> Result<GrantedResponse, huskarl::core::Error> {
        let grant: ClientCredentialsGrant = ClientCredentialsGrant::builder_from_metadata(metadata)
            .client_id(self.0.config.client_id.clone())
            .http_client(adapter.clone())
            .client_auth(self.0.config.authentication_with_audience())
            .dpop(self.0.config.dpop())
            .build();
        let scope = self.0.config.scope.clone();
        let parameters = ClientCredentialsGrantParameters::builder()
            .maybe_scope((!scope.is_empty()).then_some(scope))
            .maybe_resource(self.0.config.resources())
            .build();
        grant.exchange(parameters).await
    }

    fn http_adapter(&self) -> HttpAdapter {
        let config = &self.0.config;
        let secret = config.client_secret.clone();
        HttpAdapter::new(self.0.http.clone(), secret, config.proof_key.is_some())
    }
}

/// What a token response grants. The ID token is one that was verified, or none.
fn grant(
    response: &GrantedResponse,
    id_token: Option<IdToken>,
    subject: Option<String>,
    requested_at: Timestamp,
) -> TokenGrant {
    let raw = response.raw_token_response();
    let token = response.access_token();
    TokenGrant {
        access_token: AccessToken::new(token.token().expose_secret()),
        token_type: token.token_type().to_owned(),
        expiry: raw.expires_in.map_or(Expiry::Unknown, |secs| {
            Expiry::In(Duration::from_secs(secs))
        }),
        refresh_token: response
            .refresh_token()
            .map(|token| RefreshToken::new(token.token().expose_secret())),
        id_token,
        scope: raw.scope.clone(),
        subject,
        requested_at,
    }
}

/// Together below the ten seconds that a session waits for an answer.
const CONNECT: Duration = Duration::from_secs(5);
const TOTAL: Duration = Duration::from_secs(9);

#[cfg(test)]
mod tests {
    use tenure_core::holder::HolderConfig;

    use super::*;

    #[test]
    fn a_request_is_over_before_the_session_asks_again() {
        assert!(CONNECT < TOTAL && TOTAL < HolderConfig::default().exchange_timeout);
    }
}
