use core::time::Duration;

use super::{ExchangeOp, Generation, LoadOp, LockOp, SaveOp, Stored, TokenGrant, Waiter};
use crate::time::Timestamp;

/// Everything that can happen to a holder.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_enums, reason = "the simulation lists all of them")]
pub enum Input {
    /// The session is opened: storage should be read. The first input of a holder.
    Opened,
    /// The answer to [`super::Output::Load`].
    Loaded {
        /// The request this answers.
        op: LoadOp,
        /// What was read; `None` where nothing is stored.
        result: Result<Option<Stored>, LoadFault>,
    },
    /// A peer changed storage; also for a change that was not its own doing, it costs one read.
    PeerChanged,
    /// A caller wants an access token.
    TokenWanted {
        /// The caller.
        waiter: Waiter,
        /// The generation of the token that a resource server just refused (a 401), if one did.
        rejected: Option<Generation>,
    },
    /// A person signed in, or a token set was handed in.
    SignedIn {
        /// The caller, settled when the tokens are in storage.
        waiter: Waiter,
        /// The tokens.
        grant: TokenGrant,
    },
    /// A person wants to sign out.
    SignOutWanted {
        /// The caller, settled when the sign-out is in storage.
        waiter: Waiter,
        /// Whether to tell the issuer.
        scope: SignOutScope,
    },
    /// The answer to [`super::Output::Lock`]: the lock is held, until unlock or the lease's end.
    LockGranted {
        /// The request this answers.
        op: LockOp,
    },
    /// The answer to [`super::Output::Lock`]: there is no lock on this platform, it is broken,
    /// or waiting for it was too long. The holder goes on without it.
    LockRefused {
        /// The request this answers.
        op: LockOp,
    },
    /// The lock that was granted is held by somebody else now.
    LockLost {
        /// The request that had obtained it.
        op: LockOp,
    },
    /// The answer to [`super::Output::Exchange`].
    Exchanged {
        /// The request this answers.
        op: ExchangeOp,
        /// What the issuer said.
        answer: TokenResponse,
        /// The issuer's clock (the `Date` header), where it was told.
        issuer_time: Option<Timestamp>,
    },
    /// The answer to [`super::Output::Save`] or [`super::Output::Replace`].
    Saved {
        /// The request this answers.
        op: SaveOp,
        /// Whether it is in storage.
        result: Result<(), SaveFault>,
    },
    /// The person did something.
    UserActive,
    /// The program is no longer seen: no timers until [`Input::WokeUp`].
    Hidden,
    /// The machine woke up, or the program is seen again.
    WokeUp,
    /// The network is back.
    Online,
    /// The point that [`super::Holder::poll_timeout`] named has come.
    Elapsed,
}

/// Whether a sign-out tells the issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum SignOutScope {
    /// The refresh token is revoked as well.
    Issuer,
    /// Only this machine forgets.
    Local,
}

/// What an issuer answered to a token request.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_enums, reason = "drivers must choose one of these")]
pub enum TokenResponse {
    /// It granted tokens.
    Tokens(TokenGrant),
    /// It definitely refused this grant (`invalid_grant`, RFC 6749 §5.2).
    Refused,
    /// A newer token of this family exists already (Tenure's 409): storage has it, or soon will.
    Superseded,
    /// It did not answer, or with something that says nothing about the session.
    Unavailable {
        /// What was in the way.
        outage: Outage,
        /// When to ask again at the earliest (`Retry-After`), where it said so.
        retry_after: Option<Duration>,
    },
    /// The client or its configuration is wrong (`invalid_client`, a foreign issuer, …); the
    /// session may be fine.
    Misconfigured,
}

/// Why no usable answer came. It is a hint for people; the session stays either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "drivers must choose one of these")]
pub enum Outage {
    /// No connection, or it broke: the request may or may not have arrived.
    Network,
    /// No answer in time: the request may or may not have arrived.
    TimedOut,
    /// A 5xx, or a 429.
    Overloaded,
    /// Something that is not an answer of a token endpoint.
    Malformed,
}

/// Why storage could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "drivers must choose one of these")]
pub enum LoadFault {
    /// It failed, or did not answer in time; it may work later.
    Failed,
    /// What is stored is damaged or not ours. It is left as it is until somebody signs in; the
    /// generation is what storage itself counts, [`Generation::NONE`] where only the value would
    /// say it.
    Damaged(Generation),
    /// What is stored was written by a newer version. It is left as it is.
    Newer,
    /// What is stored is kept in another way than this storage does. It is left as it is.
    OtherForm,
}

/// Why storage was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "drivers must choose one of these")]
pub enum SaveFault {
    /// The stored generation is not the one that was to be replaced.
    Conflict,
    /// It failed (full disk, no permission, quota); what was stored is still there.
    Failed,
}
