use std::sync::Arc;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use huskarl::core::{
    EndpointUrl, Error,
    client_auth::{
        self, AuthenticationContext, AuthenticationParams, ClientAuthentication, FormValue, NoAuth,
    },
    dpop::{AuthorizationServerDPoP, NoDPoP},
    platform::MaybeSendBoxFuture,
    secrets::{ProvidedSecret, SecretString},
};
use tenure_core::secret::ClientSecret;
use url::Url;

use super::{
    IssuerError,
    discovery::{Found, is_private},
};
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
            Some(value) => Arc::new(WithParameter {
                inner,
                name: "audience",
                value,
                at: None,
            }),
        }
    }

    /// The same with a retry key beside the code that begins a session, for an issuer that takes
    /// one: it then knows that this holder understands 409. The key is made of fresh random bytes
    /// and nobody keeps it.
    pub(super) fn authentication_to_begin(
        &self,
        found: &Found,
    ) -> Result<Arc<dyn ClientAuthentication>, IssuerError> {
        let inner = self.authentication_with_audience();
        if !found.takes_retry_key {
            return Ok(inner);
        }
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| {
            IssuerError::misconfigured("the system gives no random numbers").because(error)
        })?;
        Ok(Arc::new(WithParameter {
            inner,
            name: "retry_key",
            value: Base64UrlUnpadded::encode_string(&key),
            at: Some(found.metadata.token_endpoint.clone()),
        }))
    }
}

struct WithParameter {
    inner: Arc<dyn ClientAuthentication>,
    name: &'static str,
    value: String,
    /// The only endpoint that gets it; `None` for all that the client authenticates at.
    at: Option<EndpointUrl>,
}

impl ClientAuthentication for WithParameter {
    fn authenticates_client(&self) -> bool {
        self.inner.authenticates_client()
    }

    fn authentication_context<'a>(
        &'a self,
        context: AuthenticationContext<'a>,
    ) -> MaybeSendBoxFuture<'a, Result<AuthenticationParams<'a>, Error>> {
        Box::pin(async move {
            let here = self
                .at
                .as_ref()
                .is_none_or(|at| at == context.target_endpoint);
            let mut parameters = self.inner.authentication_context(context).await?;
            if here {
                let form = parameters.form_params.get_or_insert_default();
                form.push((self.name, FormValue::from(self.value.as_str())));
            }
            Ok(parameters)
        })
    }
}
