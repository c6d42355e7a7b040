use alloc::string::String;
use core::time::Duration;

use crate::{
    secret::{AccessToken, IdToken, RefreshToken},
    time::Timestamp,
};

/// Counts the writes to one session's place in storage; it only grows, and survives sign-out.
/// It fences off a holder that slept through a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Generation(u64);

impl Generation {
    /// Nothing has been stored yet.
    pub const NONE: Self = Self(0);

    /// Makes a generation from its number.
    #[must_use]
    pub const fn from_u64(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// The one after this.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Names one sign-in: the generation it was first stored as, and when. Refreshes keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(
    clippy::exhaustive_structs,
    reason = "plain data that storage codecs build"
)]
pub struct Login {
    /// The generation under which the sign-in was first stored.
    pub generation: Generation,
    /// When the person signed in; an absolute limit counts from here.
    pub at: Timestamp,
}

/// What is in storage for one session, written and read as one value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "plain data that storage codecs build"
)]
pub struct Stored {
    /// Which write this is.
    pub generation: Generation,
    /// What was written.
    pub body: Body,
}

/// Either a session or the mark that one was ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "storage codecs must handle every kind"
)]
pub enum Body {
    /// A session that is signed in.
    Active(StoredSession),
    /// The mark a sign-out leaves, so that nothing older can come back.
    SignedOut(SignedOut),
}

/// A session that is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "plain data that storage codecs build"
)]
pub struct StoredSession {
    /// Which sign-in the tokens belong to.
    pub login: Login,
    /// The tokens.
    pub tokens: TokenSet,
    /// When the person last did something; an idle limit counts from here.
    pub last_active: Timestamp,
    /// Whose session it is; `None` where it was stored by a version that did not say.
    pub binding: Option<super::Binding>,
}

/// The mark a sign-out leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "plain data that storage codecs build"
)]
pub struct SignedOut {
    /// Why the session ended.
    pub reason: SignedOutReason,
    /// When it ended.
    pub at: Timestamp,
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(
    clippy::exhaustive_enums,
    reason = "storage codecs must handle every reason"
)]
pub enum SignedOutReason {
    /// Nobody has signed in yet.
    NeverSignedIn,
    /// The person signed out.
    User,
    /// The issuer refused the refresh token: ended elsewhere, or found stolen.
    Refused,
    /// The access token expired and there is no refresh token.
    Expired,
    /// Too long without activity.
    Idle,
    /// The session reached its absolute limit.
    AbsoluteLimit,
    /// A refresh failed and the policy is to discard.
    RefreshFailed,
    /// Nobody signed in here: what storage holds is a session of another issuer or client. It is
    /// left alone, until a sign-in takes its place.
    Foreign,
}

/// The tokens of one session, always kept together. Times are of this machine's wall clock.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "plain data that storage codecs build"
)]
pub struct TokenSet {
    /// The access token.
    pub access_token: AccessToken,
    /// How it is presented: `Bearer` or `DPoP`.
    pub token_type: String,
    /// When the request for it was sent.
    pub obtained_at: Timestamp,
    /// When it expires; `None` where the issuer did not say.
    pub expires_at: Option<Timestamp>,
    /// The generation under which these tokens were first stored; names them in a later 401.
    pub issued: Generation,
    /// True if it replaced a token that a resource server had refused before its time.
    pub forced: bool,
    /// The refresh token, where the issuer gave one.
    pub refresh_token: Option<RefreshToken>,
    /// The last ID token.
    pub id_token: Option<IdToken>,
    /// The granted scope, space-separated.
    pub scope: Option<String>,
    /// Who is signed in: the `sub` claim.
    pub subject: Option<String>,
}

/// Tokens as an issuer just granted them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain data that drivers build")]
pub struct TokenGrant {
    /// The access token.
    pub access_token: AccessToken,
    /// How it is presented: `Bearer` or `DPoP`.
    pub token_type: String,
    /// How long it lives.
    pub expiry: Expiry,
    /// The refresh token; `None` in an answer to a refresh keeps the old one (RFC 6749 §6).
    pub refresh_token: Option<RefreshToken>,
    /// The ID token; `None` in an answer to a refresh keeps the old one.
    pub id_token: Option<IdToken>,
    /// The granted scope; `None` in an answer to a refresh keeps the old one (RFC 6749 §5.1).
    pub scope: Option<String>,
    /// The `sub` claim, where known.
    pub subject: Option<String>,
    /// When the request was sent, by this machine's wall clock.
    pub requested_at: Timestamp,
}

/// What an issuer said about an access token's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "drivers must choose one of these")]
pub enum Expiry {
    /// `expires_in`: so long after the request was sent.
    In(Duration),
    /// An `exp` claim: a point on the issuer's clock.
    AtIssuer(Timestamp),
    /// Nothing; it lives until a resource server refuses it.
    Unknown,
}
