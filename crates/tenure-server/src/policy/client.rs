use std::collections::BTreeSet;

use serde::Deserialize;
use tenure_core::secret::ClientSecret;

use super::PolicyError;
use crate::accounts::is_reserved;
use crate::clients::redirect::{is_loopback_origin, origin};
use crate::clients::{Client, Compatibility, GrantType, Origin, digest_of_secret};
use crate::digest::random_text;
use crate::keys::Algorithm;

/// A client, as an operator writes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ClientConfig {
    id: String,
    #[serde(default)]
    secret: Option<SecretText>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    post_logout_redirect_uris: Vec<String>,
    #[serde(default)]
    grants: Option<Vec<GrantType>>,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    audience: Option<String>,
    #[serde(default)]
    algorithm: Option<Algorithm>,
    #[serde(default)]
    compatibility: Compatibility,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(from = "String")]
struct SecretText(ClientSecret);

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(ClientSecret::new(text))
    }
}

impl ClientConfig {
    /// A client of this id, 1 to 256 bytes, that has nothing else yet.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: None,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            grants: None,
            scope: None,
            audience: None,
            algorithm: None,
            compatibility: Compatibility::default(),
        }
    }

    /// A secret of 32 random bytes as text.
    #[must_use]
    pub fn draw_secret() -> ClientSecret {
        ClientSecret::new(random_text::<32>())
    }

    /// Gives it a secret of 32 characters or more.
    #[must_use]
    pub fn with_secret(mut self, secret: ClientSecret) -> Self {
        self.secret = Some(SecretText(secret));
        self
    }

    /// Where sign-ins return to: https, http on loopback hosts, or an application's own scheme.
    #[must_use]
    pub fn with_redirect_uris(mut self, uris: Vec<String>) -> Self {
        self.redirect_uris = uris;
        self
    }

    /// Where sign-outs return to, of the same kind.
    #[must_use]
    pub fn with_post_logout_redirect_uris(mut self, uris: Vec<String>) -> Self {
        self.post_logout_redirect_uris = uris;
        self
    }

    /// How it may get tokens. Without this, a client that has redirect URIs signs people in, and
    /// one that has none acts for itself.
    #[must_use]
    pub fn with_grants(mut self, grants: Vec<GrantType>) -> Self {
        self.grants = Some(grants);
        self
    }

    /// What it may ask for at most, separated by spaces; [`DEFAULT_SCOPE`] without this.
    #[must_use]
    pub fn with_scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Who else its access tokens are for.
    #[must_use]
    pub fn with_audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// How its tokens are signed, if not as the server's others.
    #[must_use]
    pub const fn with_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// How it is treated otherwise than others.
    #[must_use]
    pub fn with_compatibility(mut self, compatibility: Compatibility) -> Self {
        self.compatibility = compatibility;
        self
    }

    pub(crate) fn check(&self) -> Result<(), PolicyError> {
        let id = &self.id;
        if id.is_empty() || id.len() > crate::clients::MAX_ID {
            return Err(PolicyError(
                "write a client `id` of 1 to 256 bytes".to_owned(),
            ));
        }
        if self
            .secret
            .as_ref()
            .is_some_and(|secret| secret.0.expose().len() < MIN_SECRET)
        {
            return Err(PolicyError(format!(
                "the secret of client `{id}` is weak: write at least {MIN_SECRET} random \
                 characters, such as the output of `openssl rand -base64 32`"
            )));
        }
        let uris = self
            .redirect_uris
            .iter()
            .chain(&self.post_logout_redirect_uris);
        uris.into_iter().try_for_each(|uri| check_uri(id, uri))?;
        self.check_compatibility()
    }

    fn check_compatibility(&self) -> Result<(), PolicyError> {
        let id = &self.id;
        let reserved = |name: &&String| is_reserved(name.trim_end_matches('*'));
        if let Some(name) = self.compatibility.account_claims.iter().find(reserved) {
            return Err(PolicyError(format!(
                "`account_claims` of client `{id}` has `{name}`, which the server writes itself: \
                 remove it"
            )));
        }
        let issuer = self.compatibility.dangerous_id_token_issuer.as_deref();
        let fine = |uri: &str| url::Url::parse(uri).is_ok_and(|url| url.scheme() == "https");
        if let Some(uri) = issuer.filter(|uri| !fine(uri)) {
            return Err(PolicyError(format!(
                "`dangerous_id_token_issuer` of client `{id}` is `{uri}`: write an https address"
            )));
        }
        Ok(())
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The client, and where it was registered.
    pub(crate) fn client(&self, origin: Origin) -> Client {
        let default = if self.redirect_uris.is_empty() {
            vec![GrantType::ClientCredentials]
        } else {
            vec![GrantType::AuthorizationCode, GrantType::RefreshToken]
        };
        Client {
            id: self.id.clone(),
            secret_digest: self
                .secret
                .as_ref()
                .map(|secret| digest_of_secret(&secret.0)),
            redirect_uris: self.redirect_uris.clone(),
            post_logout_redirect_uris: self.post_logout_redirect_uris.clone(),
            grants: self.grants.clone().unwrap_or(default),
            scope: self
                .scope
                .clone()
                .unwrap_or_else(|| DEFAULT_SCOPE.to_owned()),
            audience: self.audience.clone(),
            algorithm: self.algorithm,
            compatibility: self.compatibility.clone(),
            origin,
        }
    }
}

/// The last of two would win in silence.
pub(super) fn check_ids(clients: &[ClientConfig]) -> Result<(), PolicyError> {
    let mut seen = BTreeSet::new();
    match clients.iter().find(|client| !seen.insert(&client.id)) {
        None => Ok(()),
        Some(ClientConfig { id, .. }) => Err(PolicyError(format!(
            "there are two clients `{id}`: give one of them another id, or remove it"
        ))),
    }
}

fn check_uri(client: &str, uri: &str) -> Result<(), PolicyError> {
    let parsed = url::Url::parse(uri);
    let fine = parsed.is_ok_and(|url| {
        let plain = url.scheme() == "http" && origin(uri).is_none_or(|o| !is_loopback_origin(&o));
        url.fragment().is_none() && !plain && !SCRIPTS.contains(&url.scheme())
    });
    if fine {
        return Ok(());
    }
    Err(PolicyError(format!(
        "client `{client}` cannot be sent to `{uri}`: write an https URI, or http on 127.0.0.1, \
         [::1] or localhost, without a fragment"
    )))
}

const SCRIPTS: [&str; 4] = ["javascript", "data", "blob", "file"];
/// What a client may ask for that names no scope.
pub const DEFAULT_SCOPE: &str = "openid profile email offline_access";
const MIN_SECRET: usize = 32;
