use alloc::{string::String, vec::Vec};
use core::{fmt, str::FromStr};

use base64ct::{Base64UrlUnpadded, Encoding};

use crate::time::Timestamp;

/// Names one family; random, and no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs, reason = "sixteen bytes that callers draw")]
pub struct FamilyId(pub [u8; 16]);

impl fmt::Display for FamilyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Base64UrlUnpadded::encode_string(&self.0))
    }
}

impl FromStr for FamilyId {
    type Err = FamilyIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 16];
        let decoded = Base64UrlUnpadded::decode(text, &mut bytes).map_err(|_| FamilyIdError)?;
        if decoded.len() == 16 {
            Ok(Self(bytes))
        } else {
            Err(FamilyIdError)
        }
    }
}

/// The text is not sixteen bytes in base64url without padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "there is nothing more to say")]
pub struct FamilyIdError;

impl fmt::Display for FamilyIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the id of a token family")
    }
}

impl core::error::Error for FamilyIdError {}

/// The row of one family: everything the service keeps about its refresh tokens. It holds
/// digests, no refresh token, and does not grow with rotations.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "plain data that storage codecs build"
)]
pub struct Family {
    /// Its name.
    pub id: FamilyId,
    /// The tenant it belongs to.
    pub tenant: String,
    /// Who signed in: the `sub` claim.
    pub subject: String,
    /// The only client that may use it.
    pub client_id: String,
    /// The granted scope, space-separated.
    pub scope: String,
    /// How often it was rotated.
    pub generation: u32,
    /// SHA-256 of the current secret.
    pub current_hash: [u8; 32],
    /// SHA-256 of the secret before it.
    pub previous_hash: Option<[u8; 32]>,
    /// What was mixed in when the current secret was derived.
    pub successor_nonce: [u8; 16],
    /// The key that derived the current secret.
    pub key_id: u32,
    /// When the current generation began.
    pub rotated_at: Timestamp,
    /// True once a client has shown that it has the current generation.
    pub confirmed: bool,
    /// How many lost answers were given again.
    pub replays: u32,
    /// Whether its holder said at its beginning that it says which requests are its own, and so
    /// knows what 409 means. No later request changes it: a thief would choose.
    pub keyed: bool,
    /// The thumbprint of the DPoP key it is bound to (RFC 9449 §5).
    pub jkt: Option<String>,
    /// When the person authenticated.
    pub auth_time: Timestamp,
    /// How well: the `acr` claim.
    pub acr: Option<String>,
    /// By what: the `amr` claim.
    pub amr: Vec<String>,
    /// The `nonce` of the authorization request.
    pub nonce: Option<String>,
    /// When the family began.
    pub created_at: Timestamp,
    /// When it ends whatever happens; never moves.
    pub absolute_deadline: Timestamp,
    /// When it ends if nothing happens; moves with each rotation, never past the other.
    pub idle_deadline: Timestamp,
    /// When a refresh token of it was last accepted.
    pub last_seen: Timestamp,
    /// From what address.
    pub address: Option<String>,
    /// By what user agent.
    pub user_agent: Option<String>,
    /// Set when it was ended before its time.
    pub revoked: Option<Revoked>,
}

/// That a family was ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "plain data that storage codecs build"
)]
pub struct Revoked {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: RevokedReason,
}

/// Why a family was ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(
    clippy::exhaustive_enums,
    reason = "storage codecs must handle every reason"
)]
pub enum RevokedReason {
    /// The person signed out.
    SignedOut,
    /// A refresh token was used that had been superseded: two parties have the family.
    Reused,
    /// An operator ended it.
    Administrator,
    /// The password changed.
    PasswordChanged,
    /// The account is gone.
    AccountRemoved,
}
