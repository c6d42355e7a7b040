use huskarl::core::{EndpointUrl, server_metadata::AuthorizationServerMetadata};
use url::{Host, Url};

use super::{Issuer, IssuerError, http_adapter::Heard};

/// What the issuer says of itself.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) metadata: AuthorizationServerMetadata,
    /// Whether it takes a retry key with a code, and answers accordingly later.
    pub(super) takes_retry_key: bool,
}

impl Issuer {
    /// The issuer's addresses, asked for once.
    pub(super) async fn metadata(&self) -> Result<&AuthorizationServerMetadata, IssuerError> {
        Ok(&self.found().await?.metadata)
    }

    pub(super) async fn found(&self) -> Result<&Found, IssuerError> {
        self.0.found.get_or_try_init(|| self.discover()).await
    }

    async fn discover(&self) -> Result<Found, IssuerError> {
        let issuer = &self.0.config.issuer;
        let mut last = None;
        for name in self.0.config.names() {
            let adapter = self.http_adapter();
            let found = AuthorizationServerMetadata::oidc_fetch()
                .http_client(&adapter)
                .issuer(name)
                .call()
                .await;
            let error = match found {
                Ok(metadata) => {
                    return Ok(Found {
                        metadata: accepted(metadata)?,
                        takes_retry_key: adapter.heard().takes_retry_key,
                    });
                }
                Err(error) => error,
            };
            let heard = adapter.heard();
            if heard.status != Some(200) {
                // Discovery refuses nobody: whatever this is, it may pass.
                return Err(unreachable_now(issuer, &heard).because(error));
            }
            last = Some((error, heard));
        }
        let Some((error, heard)) = last else {
            return Err(IssuerError::misconfigured("the issuer has no name"));
        };
        Err(if heard.is_object {
            IssuerError::misconfigured(format!(
                "the discovery document at {issuer} is not that of this issuer; check its address"
            ))
            .because(error)
        } else {
            let message = format!("{issuer} answers with something else than its addresses");
            IssuerError::unavailable(&heard, message).because(error)
        })
    }
}

fn unreachable_now(issuer: &url::Url, heard: &Heard) -> IssuerError {
    let message = match heard.status {
        Some(status) => format!("{issuer} does not tell its addresses (status {status})"),
        None => format!("{issuer} cannot be reached"),
    };
    IssuerError::unavailable(heard, message)
}

/// Takes only addresses that nobody on the way can read, and only S256 of PKCE (RFC 9700
/// §2.1.1): an issuer that knows it and does not say so is not asked in the plain way.
fn accepted(
    mut metadata: AuthorizationServerMetadata,
) -> Result<AuthorizationServerMetadata, IssuerError> {
    let optional = [
        &metadata.authorization_endpoint,
        &metadata.jwks_uri,
        &metadata.device_authorization_endpoint,
        &metadata.pushed_authorization_request_endpoint,
        &metadata.revocation_endpoint,
        &metadata.end_session_endpoint,
    ];
    let open = core::iter::once(&metadata.token_endpoint)
        .chain(optional.into_iter().flatten())
        .find(|endpoint| !is_protected(endpoint));
    if let Some(open) = open {
        return Err(IssuerError::misconfigured(format!(
            "the issuer names {open}, which is neither https nor on this machine"
        )));
    }
    metadata
        .code_challenge_methods_supported
        .retain(|method| method != "plain");
    Ok(metadata)
}

fn is_protected(endpoint: &EndpointUrl) -> bool {
    endpoint
        .to_string()
        .parse()
        .is_ok_and(|url| is_private(&url))
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
