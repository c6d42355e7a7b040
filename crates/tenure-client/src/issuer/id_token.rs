use std::{collections::HashSet, sync::Arc, time::Duration};

use huskarl::{
    DefaultJwsVerifierPlatform,
    core::{
        crypto::verifier::{JwsVerifier, JwsVerifierFactory as _},
        jwk::JwksSource,
        server_metadata::AuthorizationServerMetadata,
    },
    token::id_token::{IdToken, IdTokenValidator},
};

use super::{Issuer, IssuerError, http_adapter::HttpAdapter};

impl Issuer {
    /// Verifies an ID token and tells whom it names (OpenID Connect Core §3.1.3.7): signature by
    /// a key of the issuer, `iss`, `aud`, `azp`, `exp`, `iat`, and `nonce` where one was sent.
    pub(super) async fn verified_subject(
        &self,
        metadata: &AuthorizationServerMetadata,
        id_token: &IdToken,
        nonce: Option<&str>,
    ) -> Result<String, IssuerError> {
        let adapter = self.http_adapter();
        let client_id = &self.0.config.client_id;
        let validator = IdTokenValidator::builder()
            .verifier(keys(metadata, &adapter).await?)
            .issuer(metadata.issuer.clone())
            .audience(client_id.clone())
            .clock_leeway(SKEW)
            .maybe_allowed_algorithms(algorithms(metadata))
            .build();
        let claims = validator
            .validate(id_token, nonce)
            .await
            .map_err(|error| distrust(&adapter).because(error))?;
        match (&claims.claims.azp, &claims.sub) {
            (Some(azp), _) if azp != client_id => {
                Err(IssuerError::invalid("the ID token is for another client"))
            }
            (_, Some(subject)) => Ok(subject.clone()),
            (_, None) => Err(IssuerError::invalid("the ID token names nobody")),
        }
    }
}

async fn keys(
    metadata: &AuthorizationServerMetadata,
    adapter: &HttpAdapter,
) -> Result<Arc<dyn JwsVerifier>, IssuerError> {
    let Some(address) = &metadata.jwks_uri else {
        return Err(IssuerError::invalid(
            "the issuer publishes no keys to verify an ID token by",
        ));
    };
    JwksSource::builder()
        .http_client(adapter.clone())
        .build()
        .build(Some(address), DefaultJwsVerifierPlatform::default().into())
        .await
        .map_err(|error| {
            let why = "the issuer's keys cannot be had now, try again later";
            IssuerError::unavailable(&adapter.heard(), why).because(error)
        })
}

/// Keys are asked for once more for an unknown `kid`; if that failed, nothing is known.
fn distrust(adapter: &HttpAdapter) -> IssuerError {
    let heard = adapter.heard();
    if heard.status == Some(200) {
        IssuerError::invalid("the ID token does not hold; sign in again")
    } else {
        let why = "the issuer's keys cannot be had now, try again later";
        IssuerError::unavailable(&heard, why)
    }
}

/// What the issuer says it signs with, without what proves nothing to a client.
fn algorithms(metadata: &AuthorizationServerMetadata) -> Option<HashSet<String>> {
    let announced = metadata.id_token_signing_alg_values_supported.as_ref()?;
    let usable = |name: &&String| *name != "none" && !name.starts_with("HS");
    Some(announced.iter().filter(usable).cloned().collect())
}

/// How far this machine's clock may be off.
const SKEW: Duration = Duration::from_secs(60);
