//! What can be wrong with an ID token, and with which of its claims.

use alloc::string::String;
use core::fmt;

/// What is wrong with an ID token's claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimFault {
    /// A required claim is not there.
    Missing(Claim),
    /// A claim is there and has the wrong form.
    Malformed(Claim),
    /// Another issuer made the token.
    IssuerMismatch,
    /// The token is for other clients.
    AudienceMismatch,
    /// The token is for this client and for others that are not trusted.
    AudienceUntrusted,
    /// The token was issued to another client.
    AuthorizedPartyMismatch,
    /// The token's time is over.
    Expired,
    /// The token's time has not begun (`nbf`).
    NotYetValid,
    /// The token was issued in the future: one of the two clocks is wrong.
    IssuedInFuture,
    /// A login sent a nonce and the token has none.
    NonceMissing,
    /// The token belongs to another login.
    NonceMismatch,
    /// A maximum age was asked for and the token does not say when the person signed in.
    AuthTimeMissing,
    /// The person signed in longer ago than was asked for.
    AuthTimeTooOld,
    /// The person signed in in the future: one of the two clocks is wrong.
    AuthTimeInFuture,
    /// The person did not sign in in the way that was asked for.
    AcrMismatch,
    /// The token that came with a refresh has another issuer.
    IssuerChanged,
    /// The token that came with a refresh is for another person.
    SubjectChanged,
    /// The token that came with a refresh is for other clients.
    AudienceChanged,
    /// The token that came with a refresh was issued to another client.
    AuthorizedPartyChanged,
    /// The token that came with a refresh tells another time of signing in.
    AuthTimeChanged,
    /// The token that came with a refresh carries another nonce.
    NonceChanged,
    /// The token that came with a refresh is older than the one before.
    IssuedBeforePrevious,
}

impl fmt::Display for ClaimFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the ID token is not believed ({})", self.code())
    }
}

impl core::error::Error for ClaimFault {}

/// A stable name of a fault, for tables and for drivers in other languages.
impl ClaimFault {
    /// The variant's name, with the claim's name after a colon where there is one.
    #[must_use]
    pub fn code(self) -> String {
        let name = match self {
            Self::Missing(claim) => return String::from("missing:") + claim.name(),
            Self::Malformed(claim) => return String::from("malformed:") + claim.name(),
            Self::IssuerMismatch => "issuer_mismatch",
            Self::AudienceMismatch => "audience_mismatch",
            Self::AudienceUntrusted => "audience_untrusted",
            Self::AuthorizedPartyMismatch => "authorized_party_mismatch",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::IssuedInFuture => "issued_in_future",
            Self::NonceMissing => "nonce_missing",
            Self::NonceMismatch => "nonce_mismatch",
            Self::AuthTimeMissing => "auth_time_missing",
            Self::AuthTimeTooOld => "auth_time_too_old",
            Self::AuthTimeInFuture => "auth_time_in_future",
            Self::AcrMismatch => "acr_mismatch",
            Self::IssuerChanged => "issuer_changed",
            Self::SubjectChanged => "subject_changed",
            Self::AudienceChanged => "audience_changed",
            Self::AuthorizedPartyChanged => "authorized_party_changed",
            Self::AuthTimeChanged => "auth_time_changed",
            Self::NonceChanged => "nonce_changed",
            Self::IssuedBeforePrevious => "issued_before_previous",
        };
        String::from(name)
    }
}

/// A claim that the checks read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claim {
    /// `iss`, the issuer.
    Iss,
    /// `sub`, the person.
    Sub,
    /// `aud`, whom the token is for.
    Aud,
    /// `azp`, the client it was issued to.
    Azp,
    /// `exp`, when it ends.
    Exp,
    /// `iat`, when it was issued.
    Iat,
    /// `nbf`, when it begins.
    Nbf,
    /// `auth_time`, when the person signed in.
    AuthTime,
    /// `nonce`, which login it belongs to.
    Nonce,
    /// `acr`, how strongly the person signed in.
    Acr,
    /// `amr`, by which methods.
    Amr,
    /// `sid`, the provider's session.
    Sid,
}

impl Claim {
    /// The name in the token.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Iss => "iss",
            Self::Sub => "sub",
            Self::Aud => "aud",
            Self::Azp => "azp",
            Self::Exp => "exp",
            Self::Iat => "iat",
            Self::Nbf => "nbf",
            Self::AuthTime => "auth_time",
            Self::Nonce => "nonce",
            Self::Acr => "acr",
            Self::Amr => "amr",
            Self::Sid => "sid",
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
