use alloc::{string::String, vec::Vec};
use core::{fmt, time::Duration};

use super::{Family, FamilyId, RevokedReason};
use crate::{secret::RefreshToken, time::Timestamp};

/// What a new family is made of.
#[derive(Clone)]
#[allow(clippy::exhaustive_structs, reason = "plain data that callers build")]
pub struct NewFamily {
    /// Sixteen random bytes.
    pub id: FamilyId,
    /// The tenant it belongs to.
    pub tenant: String,
    /// Who signed in.
    pub subject: String,
    /// The client that may use it.
    pub client_id: String,
    /// The granted scope, space-separated.
    pub scope: String,
    /// Whether its holder says which requests are its own, and so knows what 409 means.
    pub keyed: bool,
    /// The DPoP key it is bound to.
    pub jkt: Option<String>,
    /// When the person authenticated.
    pub auth_time: Timestamp,
    /// The `acr` claim.
    pub acr: Option<String>,
    /// The `amr` claim.
    pub amr: Vec<String>,
    /// The `nonce` of the authorization request.
    pub nonce: Option<String>,
    /// From what address.
    pub address: Option<String>,
    /// By what user agent.
    pub user_agent: Option<String>,
    /// Thirty-two random bytes: the first secret.
    pub seed: [u8; 32],
    /// How long the family may live at most.
    pub absolute_limit: Duration,
}

impl fmt::Debug for NewFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewFamily")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// How a refresh token was presented.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs, reason = "plain data that callers build")]
pub struct Presentation<'a> {
    /// The client that was authenticated, or that names itself if it is a public one.
    pub client_id: &'a str,
    /// The thumbprint of the key of a DPoP proof that was checked.
    pub jkt: Option<&'a str>,
    /// Fresh random bytes, used if this turns out to be a rotation.
    pub nonce: [u8; 16],
    /// From what address.
    pub address: Option<&'a str>,
    /// By what user agent.
    pub user_agent: Option<&'a str>,
}

/// What a refresh token gets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "callers must handle every decision"
)]
#[allow(
    clippy::large_enum_variant,
    reason = "it is matched at once and never kept"
)]
pub enum Decision {
    /// The next refresh token. Compare and set the row first; on conflict read it again and
    /// present again.
    Rotated {
        /// The row to write.
        family: Family,
        /// What the client gets.
        token: RefreshToken,
    },
    /// The next refresh token, the same bytes as the first time: that answer was lost, or a
    /// sibling asks. At most the count of replays and the time differ, so writing is optional.
    Repeated {
        /// The row with the replay counted.
        family: Family,
        /// What the client gets.
        token: RefreshToken,
    },
    /// Others were faster and use what came after (409): the client has it in its storage.
    /// Nothing is granted, nothing ended.
    Superseded {
        /// When to look there.
        retry_after: Duration,
    },
    /// A superseded refresh token came back: two parties have this family, and it is over.
    Reused {
        /// The revoked row to write.
        family: Family,
    },
    /// Nothing is granted, and the row stays as it is.
    Refused(Refusal),
}

/// Why nothing is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "callers must handle every refusal")]
pub enum Refusal {
    /// The family was ended before its time.
    Revoked(RevokedReason),
    /// The family reached a deadline.
    Expired,
    /// It belongs to another client.
    WrongClient,
    /// It is bound to a DPoP key that was not shown.
    WrongKey,
    /// The row is of another family.
    Unknown,
}
