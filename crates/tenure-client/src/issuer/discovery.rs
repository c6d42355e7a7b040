use huskarl::core::server_metadata::AuthorizationServerMetadata;

use super::{Issuer, IssuerError, IssuerErrorKind};

impl Issuer {
    /// The issuer's addresses, asked for once.
    pub(super) async fn metadata(&self) -> Result<&AuthorizationServerMetadata, IssuerError> {
        self.0.metadata.get_or_try_init(|| self.discover()).await
    }

    async fn discover(&self) -> Result<AuthorizationServerMetadata, IssuerError> {
        let mut last = None;
        for name in self.0.config.names() {
            let wire = self.wire();
            let found = AuthorizationServerMetadata::oidc_fetch()
                .http_client(&wire)
                .issuer(name)
                .call()
                .await;
            let error = match found {
                Ok(metadata) => return Ok(metadata),
                Err(error) => error,
            };
            let heard = wire.heard();
            if heard.status != Some(200) {
                // Discovery refuses nobody: whatever this is, it may pass.
                let retry_after = heard.retry_after;
                let kind = IssuerErrorKind::Unavailable { retry_after };
                return Err(IssuerError::new(kind, "the issuer cannot be reached").because(error));
            }
            last = Some((error, heard.is_object));
        }
        let issuer = &self.0.config.issuer;
        Err(match last {
            Some((error, false)) => {
                let kind = IssuerErrorKind::Unavailable { retry_after: None };
                let message = format!("{issuer} answers with something else than its addresses");
                IssuerError::new(kind, message).because(error)
            }
            Some((error, true)) => IssuerError::misconfigured(format!(
                "the discovery document at {issuer} is not that of this issuer"
            ))
            .because(error),
            None => IssuerError::misconfigured("the issuer has no name"),
        })
    }
}
