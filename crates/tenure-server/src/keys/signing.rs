use std::fmt;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use serde::{Deserialize, Serialize};
use tenure_core::time::Timestamp;

use super::row::SigningRow;
use crate::digest::{b64, random_text, unb64};

/// How tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256: the default.
    #[serde(rename = "ES256")]
    Es256,
    /// RSA PKCS #1 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    pub(crate) const ALL: [Self; 3] = [Self::Es256, Self::Rs256, Self::EdDsa];

    /// Its name in a token's header (RFC 7518 §3.1, RFC 8037 §3.1).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::EdDsa => "EdDSA",
        }
    }

    pub(super) const fn jwt(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        }
    }
}

/// A key that signs, parsed once: parsing costs more than signing.
pub(crate) struct SigningKey {
    pub(crate) kid: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) active_from: Timestamp,
    pub(crate) created_at: Timestamp,
    pair: Pair,
    pub(super) verifier: DecodingKey,
    access_header: String,
    id_header: String,
}

enum Pair {
    Es256(EcdsaKeyPair),
    Rs256(Box<RsaKeyPair>),
    EdDsa(Ed25519KeyPair),
}

/// What a signed token is for: the `typ` in its header, so that one is never taken for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenUse {
    Access,
    Id,
}

impl TokenUse {
    pub(super) const fn typ(self) -> &'static str {
        match self {
            Self::Access => "at+jwt",
            Self::Id => "JWT",
        }
    }
}

impl SigningKey {
    pub(super) fn open(row: &SigningRow) -> Option<Self> {
        let pkcs8 = zeroize::Zeroizing::new(unb64(&row.pkcs8)?);
        let algorithm = row.algorithm.into();
        let (pair, verifier) = match algorithm {
            Algorithm::Es256 => {
                let pair =
                    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8).ok()?;
                let public = DecodingKey::from_ec_der(pair.public_key().as_ref());
                (Pair::Es256(pair), public)
            }
            Algorithm::Rs256 => {
                let pair = RsaKeyPair::from_pkcs8(&pkcs8).ok()?;
                let public = DecodingKey::from_rsa_der(pair.public_key().as_ref());
                (Pair::Rs256(Box::new(pair)), public)
            }
            Algorithm::EdDsa => {
                let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).ok()?;
                let public = DecodingKey::from_ed_der(pair.public_key().as_ref());
                (Pair::EdDsa(pair), public)
            }
        };
        let header = |usage| header(algorithm, &row.kid, usage);
        Some(Self {
            access_header: header(TokenUse::Access),
            id_header: header(TokenUse::Id),
            kid: row.kid.clone(),
            algorithm,
            active_from: Timestamp::from_millis(row.active_from),
            created_at: Timestamp::from_millis(row.created_at),
            pair,
            verifier,
        })
    }

    /// The compact form of a signed token with these claims; `None` if the key does not sign.
    pub(crate) fn sign<T: Serialize>(&self, usage: TokenUse, claims: &T) -> Option<String> {
        let claims = b64(&serde_json::to_vec(claims).ok()?);
        let header = match usage {
            TokenUse::Access => &self.access_header,
            TokenUse::Id => &self.id_header,
        };
        let mut token = String::with_capacity(header.len() + claims.len() + 346);
        token.push_str(header);
        token.push('.');
        token.push_str(&claims);
        let signature = self.signature(token.as_bytes())?;
        token.push('.');
        token.push_str(&b64(&signature));
        Some(token)
    }

    fn signature(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Es256(pair) => Some(pair.sign(&random, message).ok()?.as_ref().to_vec()),
            Pair::EdDsa(pair) => Some(pair.sign(message).as_ref().to_vec()),
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .ok()?;
                Some(signature)
            }
        }
    }

    pub(crate) fn jwk(&self) -> Option<Jwk> {
        let mut jwk = Jwk::from_decoding_key(&self.verifier, Some(self.algorithm.jwt())).ok()?;
        jwk.common.key_id = Some(self.kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Some(jwk)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// Makes a key; seconds of work for RSA, so never on a thread that serves.
pub(super) fn generate(
    algorithm: Algorithm,
    created_at: i64,
    active_from: i64,
) -> Option<SigningRow> {
    let random = SystemRandom::new();
    let pkcs8 = match algorithm {
        Algorithm::Es256 => {
            let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
            b64(made.ok()?.as_ref())
        }
        Algorithm::EdDsa => b64(Ed25519KeyPair::generate_pkcs8(&random).ok()?.as_ref()),
        Algorithm::Rs256 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).ok()?;
            let der: Pkcs8V1Der<'_> = pair.as_der().ok()?;
            b64(der.as_ref())
        }
    };
    Some(SigningRow {
        kid: random_text::<12>(),
        algorithm: algorithm.into(),
        pkcs8,
        created_at,
        active_from,
    })
}

fn header(algorithm: Algorithm, kid: &str, usage: TokenUse) -> String {
    let header = serde_json::json!({ "alg": algorithm.name(), "kid": kid, "typ": usage.typ() });
    b64(header.to_string().as_bytes())
}
