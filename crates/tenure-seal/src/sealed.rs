use alloc::{string::String, vec::Vec};
use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{hex, key::PublicKey};

/// Data that is sealed. `Display` writes the text that is kept and signed: JSON without spaces,
/// its members in one order, lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    pub(crate) iv: [u8; 16],
    pub(crate) ephemeral: PublicKey,
    pub(crate) ciphertext: Vec<u8>,
    pub(crate) mac: [u8; 32],
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Text {
    iv: String,
    ephem_public_key: String,
    ciphertext: String,
    mac: String,
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Text {
            iv: hex::encode(&self.iv),
            ephem_public_key: hex::encode(&self.ephemeral.to_bytes()),
            ciphertext: hex::encode(&self.ciphertext),
            mac: hex::encode(&self.mac),
        };
        f.write_str(&serde_json::to_string(&text).map_err(|_| fmt::Error)?)
    }
}

/// Members may come in any order and case of digits; those of another name are passed over.
impl FromStr for Sealed {
    type Err = SealedError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text: Text = serde_json::from_str(text).map_err(|_| SealedError::NotSealed)?;
        let sealed = Self {
            iv: hex::decode_array(&text.iv).ok_or(SealedError::Iv)?,
            ephemeral: text
                .ephem_public_key
                .parse()
                .map_err(|_| SealedError::EphemeralKey)?,
            ciphertext: hex::decode(&text.ciphertext).ok_or(SealedError::Ciphertext)?,
            mac: hex::decode_array(&text.mac).ok_or(SealedError::Mac)?,
        };
        if sealed.ciphertext.is_empty() || !sealed.ciphertext.len().is_multiple_of(16) {
            return Err(SealedError::Ciphertext);
        }
        Ok(sealed)
    }
}

/// Why a text is no sealed data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealedError {
    /// It is not JSON, or a member is missing, there twice, or no text.
    NotSealed,
    /// `iv` is not 16 bytes in hexadecimal digits.
    Iv,
    /// `ephemPublicKey` is no point of the curve in uncompressed form.
    EphemeralKey,
    /// `ciphertext` is not one or more blocks of 16 bytes in hexadecimal digits.
    Ciphertext,
    /// `mac` is not 32 bytes in hexadecimal digits.
    Mac,
}

impl fmt::Display for SealedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSealed => {
                "sealed data is JSON with the texts iv, ephemPublicKey, ciphertext and mac"
            }
            Self::Iv => "iv is not 16 bytes in hexadecimal digits",
            Self::EphemeralKey => "ephemPublicKey is not an uncompressed point of secp256k1",
            Self::Ciphertext => "ciphertext is not whole blocks of 16 bytes in hexadecimal digits",
            Self::Mac => "mac is not 32 bytes in hexadecimal digits",
        })
    }
}

impl core::error::Error for SealedError {}
