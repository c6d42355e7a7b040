//! The row of a server's own secrets.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Form,
    form::{redacted, sealed},
};

/// All of a server's own secrets. There is one such row.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRing {
    /// What signs tokens.
    pub signing: Vec<SigningKey>,
    /// What makes and marks refresh tokens.
    pub ratchet: Vec<RatchetKey>,
    /// What guards forms: 32 bytes in base64url.
    pub csrf: String,
}

impl sealed::Sealed for KeyRing {}

impl Form for KeyRing {
    const NAME: &'static str = "the row of the server's keys";
    const VERSION: u8 = 1;
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted("KeyRing", f)
    }
}

/// A key that signs tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKey {
    /// The `kid`.
    pub kid: String,
    /// What it signs by.
    pub algorithm: Algorithm,
    /// The private key (RFC 5958) in base64url.
    pub pkcs8: String,
    /// In milliseconds since 1970.
    pub created_at: i64,
    /// From when it is used; in milliseconds since 1970.
    pub active_from: i64,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted("SigningKey", f)
    }
}

/// A key that makes and marks refresh tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatchetKey {
    /// Its number, which refresh tokens name.
    pub id: u32,
    /// 32 bytes in base64url.
    pub tag: String,
    /// 32 bytes in base64url.
    pub rotation: String,
    /// In milliseconds since 1970.
    pub created_at: i64,
    /// From when it is used; in milliseconds since 1970.
    pub active_from: i64,
}

impl fmt::Debug for RatchetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted("RatchetKey", f)
    }
}

/// How tokens are signed, by the names of RFC 7518 §3.1 and RFC 8037 §3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// RSA PKCS #1 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::is_row;

    fn signing(algorithm: Algorithm) -> SigningKey {
        SigningKey {
            kid: "k1".to_owned(),
            algorithm,
            pkcs8: "cGtjczg".to_owned(),
            created_at: 1_800_000_000_000,
            active_from: 1_800_000_090_000,
        }
    }

    #[test]
    fn the_key_ring_is_these_bytes() {
        let ring = KeyRing {
            signing: [Algorithm::Es256, Algorithm::Rs256, Algorithm::EdDsa]
                .map(signing)
                .to_vec(),
            ratchet: vec![RatchetKey {
                id: 7,
                tag: "dGFn".to_owned(),
                rotation: "cm90YXRpb24".to_owned(),
                created_at: 1_800_000_000_000,
                active_from: 1_800_000_090_000,
            }],
            csrf: "Y3NyZg".to_owned(),
        };
        is_row(
            &ring,
            1,
            concat!(
                r#"{"signing":[{"kid":"k1","algorithm":"ES256","pkcs8":"cGtjczg","#,
                r#""created_at":1800000000000,"active_from":1800000090000},"#,
                r#"{"kid":"k1","algorithm":"RS256","pkcs8":"cGtjczg","#,
                r#""created_at":1800000000000,"active_from":1800000090000},"#,
                r#"{"kid":"k1","algorithm":"EdDSA","pkcs8":"cGtjczg","#,
                r#""created_at":1800000000000,"active_from":1800000090000}],"#,
                r#""ratchet":[{"id":7,"tag":"dGFn","rotation":"cm90YXRpb24","#,
                r#""created_at":1800000000000,"active_from":1800000090000}],"#,
                r#""csrf":"Y3NyZg"}"#
            ),
        );
    }
}
