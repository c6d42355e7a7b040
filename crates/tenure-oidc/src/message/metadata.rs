use alloc::string::String;
use core::fmt;

/// What a discovery document says, as far as a client needs it (OpenID Connect Discovery 1.0 §3,
/// RFC 8414 §2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "drivers build it with `..Default::default()`"
)]
pub struct Metadata {
    /// The issuer's own name for itself.
    pub issuer: String,
    /// Where a login begins.
    pub authorization_endpoint: String,
    /// Where codes and refresh tokens are exchanged.
    pub token_endpoint: String,
    /// Where its public keys are.
    pub jwks_uri: String,
    /// Where tokens are revoked (RFC 7009), if it does that.
    pub revocation_endpoint: Option<String>,
    /// Where a person is signed out (RP-Initiated Logout 1.0), if it does that.
    pub end_session_endpoint: Option<String>,
}

/// Why a discovery document cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetadataFault {
    /// It is another issuer's (OpenID Connect Discovery 1.0 §4.3).
    ForeignIssuer,
    /// An endpoint that is needed is missing.
    Missing(&'static str),
    /// An endpoint is not reached by https.
    Insecure(&'static str),
}

impl fmt::Display for MetadataFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForeignIssuer => f.write_str("the discovery document is another issuer's"),
            Self::Missing(name) => write!(f, "the discovery document has no {name}"),
            Self::Insecure(name) => write!(f, "{name} must begin with https"),
        }
    }
}

impl core::error::Error for MetadataFault {}

/// Where the discovery document of an issuer is.
#[must_use]
pub fn discovery_url(issuer: &str) -> String {
    String::from(issuer.trim_end_matches('/')) + "/.well-known/openid-configuration"
}

impl Metadata {
    /// Checks that the document belongs to `issuer` and can be used.
    ///
    /// # Errors
    ///
    /// See [`MetadataFault`].
    pub fn check(&self, issuer: &str) -> Result<(), MetadataFault> {
        if self.issuer != issuer {
            return Err(MetadataFault::ForeignIssuer);
        }
        let needed = [
            ("token_endpoint", Some(&self.token_endpoint)),
            ("authorization_endpoint", Some(&self.authorization_endpoint)),
            ("jwks_uri", Some(&self.jwks_uri)),
            ("revocation_endpoint", self.revocation_endpoint.as_ref()),
            ("end_session_endpoint", self.end_session_endpoint.as_ref()),
        ];
        if self.token_endpoint.is_empty() {
            return Err(MetadataFault::Missing("token_endpoint"));
        }
        for (name, address) in needed {
            if address.is_some_and(|address| !address.is_empty() && !is_secure(address)) {
                return Err(MetadataFault::Insecure(name));
            }
        }
        Ok(())
    }
}

/// Whether an address is reached by https, or is on this machine (RFC 8252 §8.3).
fn is_secure(address: &str) -> bool {
    if address.starts_with("https://") {
        return true;
    }
    let Some(rest) = address.strip_prefix("http://") else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    LOOPBACK.into_iter().any(|local| {
        host.strip_prefix(local).is_some_and(|port| {
            port.is_empty()
                || port
                    .strip_prefix(':')
                    .is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()))
        })
    })
}

const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata() -> Metadata {
        Metadata {
            issuer: "https://id.example".into(),
            authorization_endpoint: "https://id.example/authorize".into(),
            token_endpoint: "https://id.example/token".into(),
            jwks_uri: "https://id.example/jwks".into(),
            ..Metadata::default()
        }
    }

    // Norm 4.
    #[test]
    fn the_document_of_another_issuer_is_refused() {
        assert_eq!(metadata().check("https://id.example"), Ok(()));
        for other in ["https://id.example/", "https://evil.example", ""] {
            assert_eq!(metadata().check(other), Err(MetadataFault::ForeignIssuer));
        }
    }

    #[test]
    fn an_endpoint_in_the_clear_is_refused_unless_it_is_on_this_machine() {
        for (address, secure) in [
            ("https://id.example/token", true),
            ("http://id.example/token", false),
            ("http://localhost:8484/token", true),
            ("http://127.0.0.1/token", true),
            ("http://[::1]:1/token", true),
            ("http://localhost.evil.example/token", false),
            ("http://127.0.0.1:80@evil.example/token", false),
            ("javascript:alert(1)", false),
        ] {
            let mut one = metadata();
            one.token_endpoint = address.into();
            assert_eq!(one.check("https://id.example").is_ok(), secure, "{address}");
        }
        let mut none = metadata();
        none.token_endpoint.clear();
        assert_eq!(
            none.check("https://id.example"),
            Err(MetadataFault::Missing("token_endpoint"))
        );
    }
}
