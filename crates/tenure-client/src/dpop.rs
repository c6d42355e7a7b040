//! Tokens that are of no use without a key (RFC 9449).

use std::{fmt, sync::Arc};

use http::{HeaderValue, Method, Uri};
use huskarl::core::{
    dpop::{AuthorizationServerDPoP, DPoP, ResourceServerDPoP},
    jwk::Jwk,
    secrets::SecretString,
};
use huskarl_crypto_native::asymmetric::signer::{GenerateAlgorithm, PrivateKey};
use serde_json::Value;
use tenure_core::secret::AccessToken;
use tenure_wire::{DecodeError, document, proof_key};
use url::Url;

/// The key that tokens are bound to. Cheap to clone; clones remember the same nonces.
///
/// Tokens are worth nothing without it, so it is kept where they are:
/// [`FileStorage::proof_key`](crate::storage::FileStorage::proof_key). It outlives a session.
#[derive(Clone)]
pub struct ProofKey(Arc<Inner>);

struct Inner {
    key: PrivateKey,
    thumbprint: String,
    to_issuer: DPoP,
    to_others: Arc<dyn ResourceServerDPoP>,
}

/// A text that is no key for proofs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidProofKey {
    /// A newer version of Tenure wrote it.
    #[error("it was written by a newer version of Tenure: use that one")]
    Newer,
    /// It is damaged, or something else.
    #[error("it is damaged, or no private key for ES256")]
    Damaged,
}

impl InvalidProofKey {
    pub(crate) const fn of(error: DecodeError) -> Self {
        match error {
            DecodeError::Newer { .. } => Self::Newer,
            DecodeError::Damaged { .. } => Self::Damaged,
        }
    }
}

impl ProofKey {
    /// Makes a new key, for ES256.
    ///
    /// # Panics
    ///
    /// If the system gives no random numbers.
    #[must_use]
    pub fn generate() -> Self {
        match PrivateKey::generate(GenerateAlgorithm::Es256, None) {
            Ok(key) => Self::of(key),
            Err(error) => unreachable!("only a length can be wrong, and there is none: {error}"),
        }
    }

    fn of(key: PrivateKey) -> Self {
        let to_issuer = DPoP::builder().signer(key.clone()).build();
        let public = key.as_private_jwk().public_jwk();
        Self(Arc::new(Inner {
            key,
            thumbprint: public.thumbprint(),
            to_others: to_issuer.to_resource_server_dpop(),
            to_issuer,
        }))
    }

    /// Reads what [`expose`](Self::expose) wrote.
    ///
    /// # Errors
    ///
    /// If it is something else.
    pub fn from_exposed(text: &[u8]) -> Result<Self, InvalidProofKey> {
        let found: proof_key::ProofKey = document::decode(text).map_err(InvalidProofKey::of)?;
        let key = private_key(found).ok_or(InvalidProofKey::Damaged)?;
        Ok(Self::of(key))
    }

    /// The key itself, as JSON, to be kept where nobody else can read it.
    #[must_use]
    pub fn expose(&self) -> Vec<u8> {
        let jwk = serde_json::to_value(Jwk::from(self.0.key.as_private_jwk()));
        let jwk = match jwk {
            Ok(Value::Object(jwk)) => jwk,
            Ok(_) | Err(_) => unreachable!("a JWK is an object of texts"),
        };
        document::encode(&proof_key::ProofKey { jwk })
    }

    /// The SHA-256 thumbprint of its public half (RFC 7638), which tokens carry as `cnf.jkt`.
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.0.thumbprint
    }

    pub(crate) fn to_issuer(&self) -> Arc<dyn AuthorizationServerDPoP> {
        Arc::new(self.0.to_issuer.clone())
    }

    /// The header `DPoP` of one request with one token; `None` if that cannot be signed.
    pub(crate) async fn proof(
        &self,
        method: &Method,
        url: &Url,
        access_token: &AccessToken,
    ) -> Option<HeaderValue> {
        let access_token = SecretString::new(access_token.expose());
        let proof = self
            .0
            .to_others
            .proof(method, &uri(url)?, &access_token, &self.0.thumbprint)
            .await;
        let mut value = HeaderValue::try_from(proof.ok()??.expose_secret()).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// What a resource server wants in the next proof for it.
    pub(crate) fn remember_nonce(&self, url: &Url, nonce: String) {
        if let Some(uri) = uri(url) {
            self.0.to_others.update_nonce(&uri, nonce);
        }
    }
}

impl fmt::Debug for ProofKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProofKey").field(&self.0.thumbprint).finish()
    }
}

fn private_key(found: proof_key::ProofKey) -> Option<PrivateKey> {
    let jwk: Jwk = serde_json::from_value(Value::Object(found.jwk)).ok()?;
    PrivateKey::from_jwk(jwk.private_jwk()?.try_into().ok()?).ok()
}

fn uri(url: &Url) -> Option<Uri> {
    url[..url::Position::AfterQuery].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_being_written_down_and_shows_nothing_else_of_itself() {
        let key = ProofKey::generate();
        let text = key.expose();
        let again = ProofKey::from_exposed(&text).unwrap();
        assert_eq!(again.thumbprint(), key.thumbprint());
        assert_ne!(ProofKey::generate().thumbprint(), key.thumbprint());
        let value: Value = serde_json::from_slice(&text).unwrap();
        let secret = value["jwk"]["d"].as_str().unwrap();
        assert!(!format!("{key:?}").contains(secret));
    }

    /// The key of RFC 7515 §A.3.
    const WRITTEN: &str = concat!(
        r#"{"v":1,"jwk":{"alg":"ES256","crv":"P-256","#,
        r#""d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI","kty":"EC","use":"sig","#,
        r#""x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#,
        r#""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}}"#
    );

    #[test]
    fn a_key_that_was_written_once_is_the_same_key() {
        let key = ProofKey::from_exposed(WRITTEN.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(key.expose()).unwrap(), WRITTEN);
        assert_eq!(
            key.thumbprint(),
            "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
        );
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let of_tomorrow = WRITTEN.replacen('1', "2", 1);
        let refused = ProofKey::from_exposed(of_tomorrow.as_bytes());
        assert_eq!(refused.unwrap_err(), InvalidProofKey::Newer);
        let mut public: Value = serde_json::from_slice(&ProofKey::generate().expose()).unwrap();
        public["jwk"].as_object_mut().unwrap().remove("d");
        for text in [public.to_string(), String::new()] {
            let refused = ProofKey::from_exposed(text.as_bytes());
            assert_eq!(refused.unwrap_err(), InvalidProofKey::Damaged, "{text}");
        }
    }
}
