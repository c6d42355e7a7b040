use std::sync::Arc;

use huskarl::core::{
    Error,
    client_auth::{
        self, AuthenticationContext, AuthenticationParams, ClientAuthentication, FormValue, NoAuth,
    },
    dpop::{AuthorizationServerDPoP, NoDPoP},
    platform::MaybeSendBoxFuture,
    secrets::{ProvidedSecret, SecretString},
};
use tenure_core::secret::ClientSecret;
use url::{Host, Url};

use super::IssuerError;
use crate::dpop::ProofKey;

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
    /// The API that the access token is for, by its `resource` indicator (RFC 8707).
    pub resource: Option<String>,
    /// The same for issuers that want it as `audience`.
    pub audience: Option<String>,
    /// The key to bind tokens to; `None` for tokens that anybody can use who has them.
    pub proof_key: Option<ProofKey>,
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
            resource: None,
            audience: None,
            proof_key: None,
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

    /// Asks for an access token for one API, by its `resource` indicator (RFC 8707).
    #[must_use]
    pub fn with_resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// Asks for an access token for one API, by the parameter `audience`.
    #[must_use]
    pub fn with_audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Binds tokens to a key (RFC 9449), if the issuer does so: whether a token is bound is its
    /// answer. The key belongs to the session's storage; all processes that share that share it.
    #[must_use]
    pub fn with_dpop(mut self, key: ProofKey) -> Self {
        self.proof_key = Some(key);
        self
    }

    pub(super) fn check(&self) -> Result<(), IssuerError> {
        if is_private(&self.issuer) {
            return Ok(());
        }
        Err(IssuerError::misconfigured(
            "the issuer must be an https address; http is for this machine only",
        ))
    }

    pub(super) fn wants_openid(&self) -> bool {
        self.scope.iter().any(|scope| scope == "openid")
    }

    pub(super) fn resources(&self) -> Option<Vec<String>> {
        self.resource.clone().map(|resource| vec![resource])
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

    pub(super) fn dpop(&self) -> Arc<dyn AuthorizationServerDPoP> {
        match &self.proof_key {
            None => Arc::new(NoDPoP),
            Some(key) => key.to_issuer(),
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

impl IssuerConfig {
    /// The client's authentication, with the `audience` beside it.
    pub(super) fn authentication_with_audience(&self) -> Arc<dyn ClientAuthentication> {
        let inner = self.authentication();
        match self.audience.clone() {
            None => inner,
            Some(audience) => Arc::new(WithAudience { inner, audience }),
        }
    }
}

/// Plain http carries tokens for everybody to read; it is for this machine only.
pub(super) fn is_private(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => true,
        "http" => loopback,
        _ => false,
    }
}

struct WithAudience {
    inner: Arc<dyn ClientAuthentication>,
    audience: String,
}

impl ClientAuthentication for WithAudience {
    fn authenticates_client(&self) -> bool {
        self.inner.authenticates_client()
    }

    fn authentication_context<'a>(
        &'a self,
        context: AuthenticationContext<'a>,
    ) -> MaybeSendBoxFuture<'a, Result<AuthenticationParams<'a>, Error>> {
        Box::pin(async move {
            let mut parameters = self.inner.authentication_context(context).await?;
            let form = parameters.form_params.get_or_insert_default();
            form.push(("audience", FormValue::from(self.audience.as_str())));
            Ok(parameters)
        })
    }
}
