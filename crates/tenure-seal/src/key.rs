use alloc::string::String;
use core::{fmt, str::FromStr};

use k256::{ecdh::diffie_hellman, elliptic_curve::sec1::ToEncodedPoint};
use zeroize::Zeroizing;

use crate::hex;

/// The secret that opens and signs: a number from 1 to the order of secp256k1. It is wiped from
/// memory when it goes, and does not print.
#[derive(Clone)]
pub struct SealKey(k256::SecretKey);

impl SealKey {
    /// Takes 32 bytes, most significant first.
    ///
    /// # Errors
    ///
    /// [`KeyError::OutOfRange`] for zero and for what is not below the order of the curve.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = k256::SecretKey::from_slice(bytes);
        key.map(Self).map_err(|_| KeyError::OutOfRange)
    }

    /// Makes a key of random bytes; asks again in the rare case (1 in 2^127) that they are none.
    #[must_use]
    pub fn generate(mut random: impl FnMut() -> [u8; 32]) -> Self {
        loop {
            if let Ok(key) = Self::from_bytes(&Zeroizing::new(random())) {
                return key;
            }
        }
    }

    /// The key that others seal to and check signatures with.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.public_key())
    }

    /// What the owner of `other` computes, too, from the public key of this one.
    #[must_use]
    pub fn agree(&self, other: &PublicKey) -> SharedSecret {
        let secret = diffie_hellman(self.0.to_nonzero_scalar(), other.0.as_affine());
        SharedSecret(Zeroizing::new((*secret.raw_secret_bytes()).into()))
    }

    /// 64 lower-case hexadecimal digits, for the one place that has to store it.
    #[must_use]
    pub fn expose_hex(&self) -> Zeroizing<String> {
        let bytes = Zeroizing::new(<[u8; 32]>::from(self.0.to_bytes()));
        Zeroizing::new(hex::encode(&*bytes))
    }

    pub(crate) const fn secret(&self) -> &k256::SecretKey {
        &self.0
    }
}

/// Reads at most 64 hexadecimal digits, after `0x` or without it; a short text is a small number.
impl FromStr for SealKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = hex::decode_number(text).map(Zeroizing::new);
        Self::from_bytes(&*bytes.ok_or(KeyError::NotHex)?)
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(…)")
    }
}

impl PartialEq for SealKey {
    /// Takes the same time whatever differs.
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for SealKey {}

/// What two owners of keys can compute and nobody else: the x coordinate of a point (SEC 1 §3.3.1).
/// The keys of the cipher are made of it. It is wiped from memory when it goes, and does not print.
#[derive(Clone)]
pub struct SharedSecret(Zeroizing<[u8; 32]>);

impl SharedSecret {
    /// Its 32 bytes, most significant first.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &*self.0
    }

    /// 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn expose_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(&*self.0))
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret(…)")
    }
}

/// A point of secp256k1: the name of sealed data, and what it is sealed to. `Display` writes the
/// uncompressed form (SEC 1 §2.3.3): 130 lower-case hexadecimal digits that start with `04`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(k256::PublicKey);

impl PublicKey {
    /// The uncompressed form, 65 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 65] {
        let point = self.0.to_encoded_point(false);
        let mut bytes = [0; 65];
        bytes.copy_from_slice(point.as_bytes());
        bytes
    }

    /// Takes the uncompressed form.
    ///
    /// # Errors
    ///
    /// [`KeyError::NotOnCurve`] for anything but 65 bytes that name a point of the curve.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() != 65 {
            return Err(KeyError::NotOnCurve);
        }
        let point = k256::PublicKey::from_sec1_bytes(bytes);
        point.map(Self).map_err(|_| KeyError::NotOnCurve)
    }

    pub(crate) const fn point(&self) -> &k256::PublicKey {
        &self.0
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.to_bytes()))
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_bytes(&hex::decode(text).ok_or(KeyError::NotHex)?)
    }
}

/// Why a text or bytes are no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// Something else than hexadecimal digits, or too many of them.
    NotHex,
    /// A secret that is zero or not below the order of the curve.
    OutOfRange,
    /// A public key that is no point of secp256k1 in uncompressed form.
    NotOnCurve,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotHex => "a key is written in hexadecimal digits, at most 64 for a secret one",
            Self::OutOfRange => "the secret key is zero or too large for secp256k1",
            Self::NotOnCurve => "the public key is not an uncompressed point of secp256k1",
        })
    }
}

impl core::error::Error for KeyError {}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use super::*;

    /// The order of the curve, SEC 2 §2.4.1.
    const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    const BELOW: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";

    #[test]
    fn what_is_no_secret_key_is_refused() {
        let of = str::parse::<SealKey>;
        assert!(of(BELOW).is_ok() && of("1").is_ok() && of("0X1").is_err());
        for (text, why) in [
            ("", KeyError::NotHex),
            ("0x", KeyError::NotHex),
            ("secret", KeyError::NotHex),
            (&"0".repeat(65), KeyError::NotHex),
            ("0", KeyError::OutOfRange),
            (&"0".repeat(64), KeyError::OutOfRange),
            (ORDER, KeyError::OutOfRange),
            (&"f".repeat(64), KeyError::OutOfRange),
        ] {
            assert_eq!(of(text), Err(why), "{text}");
        }
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        let good = SealKey::from_str("7").unwrap().public().to_string();
        let compressed = format!("02{}", &good[2..66]);
        let off = format!(
            "{}{}",
            &good[..129],
            if good.ends_with('0') { 1 } else { 0 }
        );
        let of = str::parse::<PublicKey>;
        assert!(of(&good).is_ok() && of(&good.to_uppercase()).is_ok());
        for (text, why) in [
            ("", KeyError::NotOnCurve),
            ("00", KeyError::NotOnCurve),
            (&compressed, KeyError::NotOnCurve),
            (&off, KeyError::NotOnCurve),
            (&good[..128], KeyError::NotOnCurve),
            (&good[..129], KeyError::NotHex),
            (&"0".repeat(130), KeyError::NotOnCurve),
            (&format!("{good}00"), KeyError::NotOnCurve),
        ] {
            assert_eq!(of(text), Err(why), "{text}");
        }
    }

    #[test]
    fn bytes_that_are_no_key_are_drawn_again() {
        let mut draws = [[0; 32], [255; 32], [5; 32]].into_iter();
        let key = SealKey::generate(|| draws.next().unwrap());
        assert_eq!(key, SealKey::from_bytes(&[5; 32]).unwrap());
    }

    #[test]
    fn a_key_does_not_print() {
        assert_eq!(
            format!("{:?}", SealKey::from_str("7").unwrap()),
            "SealKey(…)"
        );
    }
}
