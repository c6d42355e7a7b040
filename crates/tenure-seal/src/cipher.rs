use alloc::vec::Vec;
use core::fmt;

use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

use crate::{
    key::{PublicKey, SealKey, SharedSecret},
    sealed::Sealed,
};

/// Seals `data` so that only the secret key of `to` opens it. `ephemeral` and `iv` are fresh
/// random ones for each call: used twice, they show which data begin alike.
#[must_use]
pub fn seal(to: &PublicKey, data: &[u8], ephemeral: &SealKey, iv: [u8; 16]) -> Sealed {
    let keys = Keys::of(ephemeral.agree(to).expose());
    let mut sealed = Sealed {
        iv,
        ephemeral: ephemeral.public(),
        ciphertext: Encryptor::new(keys.cipher().into(), &iv.into())
            .encrypt_padded_vec::<Pkcs7>(data),
        mac: [0; 32],
    };
    sealed.mac = keys.authenticator(&sealed).finalize().into_bytes().into();
    sealed
}

/// Opens what was sealed to the public key of `key`. Data of old clients, which shortened a
/// shared secret that begins with zeros, are opened too.
///
/// # Errors
///
/// [`OpenError::WrongKey`] if it was sealed to another key or changed since.
pub fn open(key: &SealKey, sealed: &Sealed) -> Result<Vec<u8>, OpenError> {
    let shared = key.agree(&sealed.ephemeral);
    let keys = [stripped(&shared), shared.expose()]
        .into_iter()
        .map(Keys::of)
        .find(|keys| keys.authenticator(sealed).verify_slice(&sealed.mac).is_ok())
        .ok_or(OpenError::WrongKey)?;
    Decryptor::new(keys.cipher().into(), &sealed.iv.into())
        .decrypt_padded_vec::<Pkcs7>(&sealed.ciphertext)
        .map_err(|_| OpenError::Damaged)
}

/// Without the zeros that it begins with.
fn stripped(shared: &SharedSecret) -> &[u8] {
    let bytes = shared.expose();
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// The first half encrypts, the second authenticates.
struct Keys(Zeroizing<[u8; 64]>);

impl Keys {
    fn of(shared: &[u8]) -> Self {
        Self(Zeroizing::new(Sha512::digest(shared).into()))
    }

    fn cipher(&self) -> &[u8; 32] {
        self.0.first_chunk().unwrap_or(&[0; 32])
    }

    fn authenticator(&self, sealed: &Sealed) -> Hmac<Sha256> {
        // HMAC fills a short key up with zeros to one block (RFC 2104 §2).
        let mut key = Zeroizing::new([0; 64]);
        for (own, byte) in key.iter_mut().zip(self.0.iter().skip(32)) {
            *own = *byte;
        }
        Hmac::<Sha256>::new((&*key).into())
            .chain_update(sealed.iv)
            .chain_update(sealed.ephemeral.to_bytes())
            .chain_update(&sealed.ciphertext)
    }
}

/// Why sealed data stay closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// They were sealed to another key, or a bit of them changed.
    WrongKey,
    /// Whoever sealed them left no padding.
    Damaged,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongKey => "the data were sealed to another key or changed since",
            Self::Damaged => "the data were not sealed as they should be",
        })
    }
}

impl core::error::Error for OpenError {}

type Encryptor = cbc::Encryptor<aes::Aes256>;
type Decryptor = cbc::Decryptor<aes::Aes256>;
