use jsonwebtoken::Validation;
use serde::de::DeserializeOwned;

use super::{Ring, TokenUse};

/// Why a token does not count. Whoever sent it learns only that it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unverified {
    /// It names a key that is not in the ring; perhaps another server has just made it.
    UnknownKey,
    /// Anything else.
    Invalid,
}

impl Ring {
    /// Checks a token's form, purpose, key, algorithm and signature and returns its claims.
    /// Issuer, audience and expiry are the caller's, who has the time.
    pub(crate) fn verify<T: DeserializeOwned>(
        &self,
        usage: TokenUse,
        token: &str,
    ) -> Result<T, Unverified> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Unverified::Invalid)?;
        if header.typ.as_deref() != Some(usage.typ()) || header.crit.is_some() {
            return Err(Unverified::Invalid);
        }
        let kid = header.kid.as_deref().ok_or(Unverified::Invalid)?;
        let key = self.find(kid).ok_or(Unverified::UnknownKey)?;
        // The key decides the algorithm, never the token (ASVS 9.1.2): `none` and HS256 with the
        // public key end here.
        let mut validation = Validation::new(key.algorithm.jwt());
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        jsonwebtoken::decode::<T>(token, &key.verifier, &validation)
            .map(|data| data.claims)
            .map_err(|_| Unverified::Invalid)
    }
}
