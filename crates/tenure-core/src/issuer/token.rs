use alloc::{format, string::String};
use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{FamilyId, RatchetKey, RatchetKeys};
use crate::secret::RefreshToken;

/// A refresh token that this service made; whether it is still good, the family says.
#[derive(Clone)]
pub struct Presented {
    family: FamilyId,
    generation: u32,
    secret: Zeroizing<[u8; 32]>,
}

impl Presented {
    /// The family whose row decides.
    #[must_use]
    pub const fn family(&self) -> FamilyId {
        self.family
    }

    /// Its place in that family.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    #[cfg(test)]
    pub(super) fn at_generation(self, generation: u32) -> Self {
        Self { generation, ..self }
    }

    pub(super) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented")
            .field("family", &self.family)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// Why a text is no refresh token of this service. A client learns `invalid_grant`, no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "callers count each kind")]
pub enum Forged {
    /// It does not have the form of one.
    Malformed,
    /// It names a key that is not in the ring.
    UnknownKey,
    /// It was not made with the key it names.
    WrongTag,
}

impl fmt::Display for Forged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not a refresh token",
            Self::UnknownKey => "a refresh token of an unknown key",
            Self::WrongTag => "a refresh token that was not made here",
        })
    }
}

impl core::error::Error for Forged {}

/// Reads a refresh token and checks that this service made it; no row is needed for that.
///
/// # Errors
///
/// [`Forged`], if it did not.
pub fn parse(token: &RefreshToken, keys: &RatchetKeys) -> Result<Presented, Forged> {
    let text = token
        .expose()
        .strip_prefix(PREFIX)
        .ok_or(Forged::Malformed)?;
    let (key_id, body) = text.split_once('.').ok_or(Forged::Malformed)?;
    let key_id = read_key_id(key_id).ok_or(Forged::Malformed)?;
    // One byte more than there should be, so that a longer text is noticed.
    let mut bytes = Zeroizing::new([0; BODY + TAG + 1]);
    let decoded = Base64UrlUnpadded::decode(body, &mut *bytes)
        .map_err(|_| Forged::Malformed)?
        .len();
    if decoded != BODY + TAG {
        return Err(Forged::Malformed);
    }
    let key = keys.find(key_id).ok_or(Forged::UnknownKey)?;
    let (body, rest) = bytes.split_at(BODY);
    let tag = key.tag(&prefix(key), body);
    if !bool::from(tag.ct_eq(&rest[..TAG])) {
        return Err(Forged::WrongTag);
    }
    Ok(split(body))
}

/// Writes a refresh token: `rt1.` key id `.` base64url(family, generation, secret, tag).
pub(super) fn write(
    key: &RatchetKey,
    family: FamilyId,
    generation: u32,
    secret: &[u8; 32],
) -> RefreshToken {
    let mut bytes = Zeroizing::new([0; BODY + TAG]);
    bytes[..16].copy_from_slice(&family.0);
    bytes[16..20].copy_from_slice(&generation.to_be_bytes());
    bytes[20..BODY].copy_from_slice(secret);
    let mut text = prefix(key);
    let tag = key.tag(&text, &bytes[..BODY]);
    bytes[BODY..].copy_from_slice(&tag);
    text.push_str(&Zeroizing::new(Base64UrlUnpadded::encode_string(&*bytes)));
    RefreshToken::new(text)
}

pub(super) fn digest(secret: &[u8; 32]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

fn split(body: &[u8]) -> Presented {
    let mut family = [0; 16];
    let mut generation = [0; 4];
    let mut secret = Zeroizing::new([0; 32]);
    family.copy_from_slice(&body[..16]);
    generation.copy_from_slice(&body[16..20]);
    secret.copy_from_slice(&body[20..BODY]);
    Presented {
        family: FamilyId(family),
        generation: u32::from_be_bytes(generation),
        secret,
    }
}

fn prefix(key: &RatchetKey) -> String {
    // Room for the whole token, so that no part of it is left behind by growing.
    let mut text = String::with_capacity(PREFIX.len() + 11 + (BODY + TAG) * 4 / 3 + 4);
    text.push_str(&format!("{PREFIX}{}.", key.id()));
    text
}

/// Only the one spelling that [`write`] uses: a token has no second form.
fn read_key_id(text: &str) -> Option<u32> {
    let id = text.parse().ok()?;
    (format!("{id}") == text).then_some(id)
}

const PREFIX: &str = "rt1.";
const BODY: usize = 16 + 4 + 32;
const TAG: usize = 16;
