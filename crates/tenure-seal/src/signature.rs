use alloc::{format, string::String};
use core::{fmt, str::FromStr};

use k256::ecdsa::{
    self, SigningKey, VerifyingKey,
    signature::hazmat::{PrehashSigner, PrehashVerifier},
};
use sha3::{Digest, Keccak256};

use crate::{
    hex,
    key::{PublicKey, SealKey},
};

/// A signature over a text. `Display` writes DER in lower-case hexadecimal digits; reading takes
/// that, and the JSON `{"r":"…","s":"…"}` that some clients send.
#[derive(Clone, PartialEq, Eq)]
pub struct Signature(ecdsa::Signature);

impl Signature {
    /// Signs a text: the same signature each time (RFC 6979), its `s` in the lower half.
    #[must_use]
    pub fn sign(key: &SealKey, text: &str) -> Self {
        let signer = SigningKey::from(key.secret());
        let signature: Result<ecdsa::Signature, _> = signer.sign_prehash(&digest(text));
        // A digest of 32 bytes is always signed.
        let signature = signature.unwrap_or_else(|_| unreachable!("32 bytes are signed"));
        Self(signature.normalize_s().unwrap_or(signature))
    }

    /// Whether the owner of `key` signed this text.
    #[must_use]
    pub fn is_of(&self, key: &PublicKey, text: &str) -> bool {
        let low = self.0.normalize_s().unwrap_or(self.0);
        VerifyingKey::from(key.point())
            .verify_prehash(&digest(text), &low)
            .is_ok()
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (r, s) = (
            integer(&self.0.r().to_bytes()),
            integer(&self.0.s().to_bytes()),
        );
        write!(f, "30{:02x}{r}{s}", (r.len() + s.len()) / 2)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

impl Signature {
    /// Takes the two numbers of a signature, each of at most 64 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// If one of them is not, or is zero, or is not below the order of the curve.
    pub fn from_scalars(r: &str, s: &str) -> Result<Self, SignatureError> {
        let number = |text: &str| hex::decode_number::<32>(text).ok_or(SignatureError);
        let signature = ecdsa::Signature::from_scalars(number(r)?, number(s)?);
        signature.map(Self).map_err(|_| SignatureError)
    }

    #[cfg(feature = "sealed")]
    fn from_json(text: &str) -> Result<Self, SignatureError> {
        #[derive(serde::Deserialize)]
        struct Pair {
            r: String,
            s: String,
        }
        let Pair { r, s } = serde_json::from_str(text).map_err(|_| SignatureError)?;
        Self::from_scalars(&r, &s)
    }
}

/// Takes DER in hexadecimal digits and, with the feature `sealed`, JSON.
impl FromStr for Signature {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        #[cfg(feature = "sealed")]
        if text.trim_start().starts_with('{') {
            return Self::from_json(text);
        }
        let signature = ecdsa::Signature::from_der(&hex::decode(text).ok_or(SignatureError)?);
        signature.map(Self).map_err(|_| SignatureError)
    }
}

/// The text is no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignatureError;

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a signature is DER in hexadecimal digits, or JSON with the texts r and s")
    }
}

impl core::error::Error for SignatureError {}

/// A positive number in DER (X.690 §8.3): as few bytes as it takes, its first bit zero. By hand,
/// because the writer of the library takes 4 KB of a page.
fn integer(number: &[u8]) -> String {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    let digits = hex::encode(number.get(zeros..).unwrap_or_default());
    let sign = if digits.as_bytes() < b"8" { "" } else { "00" };
    format!("02{:02x}{sign}{digits}", (sign.len() + digits.len()) / 2)
}

fn digest(text: &str) -> [u8; 32] {
    Keccak256::digest(text.as_bytes()).into()
}
