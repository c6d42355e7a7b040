use std::sync::Arc;

use huskarl::core::{
    client_auth::{self, ClientAuthentication, NoAuth},
    secrets::{ProvidedSecret, SecretString},
};
use tenure_core::secret::ClientSecret;
use url::{Host, Url};

use super::IssuerError;

/// Which issuer, as which client.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct IssuerConfig {
    /// The issuer's address, as its discovery document names it.
    pub issuer: Url,
    /// The client's id.
    pub client_id: String,
    /// The client's secret; `None` for a public client.
    pub client_secret: Option<ClientSecret>,
    /// What to ask for at sign-in.
    pub scope: Vec<String>,
}

impl IssuerConfig {
    /// A public client that asks for `openid`.
    #[must_use]
    pub fn new(issuer: Url, client_id: impl Into<String>) -> Self {
        let scope = vec!["openid".to_owned()];
        Self {
            issuer,
            client_id: client_id.into(),
            client_secret: None,
            scope,
        }
    }

    /// Authenticates the client by a secret.
    #[must_use]
    pub fn with_client_secret(mut self, secret: ClientSecret) -> Self {
        self.client_secret = Some(secret);
        self
    }

    /// Asks for another scope.
    #[must_use]
    pub fn with_scope(mut self, scope: Vec<String>) -> Self {
        self.scope = scope;
        self
    }

    /// Plain http carries tokens for everybody to read; it is for this machine only.
    pub(super) fn check(&self) -> Result<(), IssuerError> {
        let loopback = match self.issuer.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        match self.issuer.scheme() {
            "https" => Ok(()),
            "http" if loopback => Ok(()),
            _ => Err(IssuerError::misconfigured(
                "the issuer must be an https address; http is for this machine only",
            )),
        }
    }

    /// The names by which the issuer may call itself: an address without a path is written with
    /// and without the slash at its end.
    pub(super) fn names(&self) -> Vec<String> {
        let name = self.issuer.as_str();
        if self.issuer.path() == "/" {
            vec![name.trim_end_matches('/').to_owned(), name.to_owned()]
        } else {
            vec![name.to_owned()]
        }
    }

    pub(super) fn authentication(&self) -> Arc<dyn ClientAuthentication> {
        match &self.client_secret {
            None => Arc::new(NoAuth),
            Some(secret) => {
                let secret = ProvidedSecret::new(SecretString::new(secret.expose()));
                Arc::new(client_auth::ClientSecret::new(secret))
            }
        }
    }
}
