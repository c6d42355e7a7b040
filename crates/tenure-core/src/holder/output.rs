use alloc::string::String;
use core::time::Duration;

#[cfg(doc)]
use super::Input;
use super::{
    Binding, ExchangeOp, Generation, LoadOp, LockOp, Outage, SaveOp, SignedOutReason, Stored,
    Waiter,
};
use crate::{
    secret::{AccessToken, RefreshToken},
    time::Timestamp,
};

/// What a holder asks its driver to do.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_enums, reason = "drivers must handle every request")]
pub enum Output {
    /// Read storage; answer with [`Input::Loaded`].
    Load {
        /// To be handed back.
        op: LoadOp,
    },
    /// Write storage if its generation still is `replaces` ([`Generation::NONE`]: if nothing is
    /// there); answer with [`Input::Saved`]. It must be durable before the answer.
    Save {
        /// To be handed back.
        op: SaveOp,
        /// The generation that must be there.
        replaces: Generation,
        /// The value to write.
        value: Stored,
    },
    /// Keep what cannot be read aside, readable by nobody else and in the place of what was kept
    /// so before, and write `value` where it was: if what is there is still damaged and, where
    /// storage counts by itself, is at `replaces`; answer with [`Input::Saved`].
    Replace {
        /// To be handed back.
        op: SaveOp,
        /// What storage itself counts.
        replaces: Generation,
        /// The value to write.
        value: Stored,
    },
    /// Take the session's lock; answer with [`Input::LockGranted`] or [`Input::LockRefused`].
    Lock {
        /// To be handed back.
        op: LockOp,
        /// The lock frees itself after this long without a sign of life from the driver, which
        /// renews it while it runs.
        lease: Duration,
    },
    /// Give the lock back.
    Unlock {
        /// The request that had obtained it.
        op: LockOp,
    },
    /// Ask the issuer for tokens; answer with [`Input::Exchanged`].
    Exchange {
        /// To be handed back.
        op: ExchangeOp,
        /// What to ask with.
        request: Request,
    },
    /// Tell the issuer that this refresh token is no longer wanted; nobody waits for it.
    Revoke {
        /// The refresh token.
        refresh_token: RefreshToken,
    },
    /// Tell another issuer that this refresh token of its own is no longer wanted, as the client
    /// it was granted to and with no secret: a sign-in here took its session's place.
    RevokeElsewhere {
        /// The refresh token.
        refresh_token: RefreshToken,
        /// Whose it is; `None` where nobody knows, so that nobody can be told.
        binding: Option<Binding>,
    },
    /// Tell peers that storage changed.
    Publish {
        /// What it is at now.
        generation: Generation,
    },
    /// A waiting caller has its answer.
    Settle {
        /// The caller.
        waiter: Waiter,
        /// The answer.
        result: Result<Settled, Cause>,
    },
    /// Something an application may want to show.
    Event(Event),
}

/// What to ask the issuer with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "drivers must handle every request")]
pub enum Request {
    /// The refresh token grant (RFC 6749 §6).
    Refresh {
        /// The refresh token.
        refresh_token: RefreshToken,
    },
    /// The client credentials grant (RFC 6749 §4.4).
    ClientCredentials,
    /// The application's own function.
    Callback,
}

/// What a waiting caller gets.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_enums, reason = "drivers must handle every answer")]
pub enum Settled {
    /// An access token.
    Token {
        /// The token.
        access_token: AccessToken,
        /// How it is presented: `Bearer` or `DPoP`.
        token_type: String,
        /// The generation these tokens were stored under; to be named if a resource server refuses it.
        generation: Generation,
        /// Until when it counts as fresh: hand it out without asking the holder again till then.
        fresh_until: Option<Timestamp>,
    },
    /// The sign-in is in storage.
    SignedIn,
    /// The sign-out is in storage.
    SignedOut,
}

/// Why a waiting caller gets nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "drivers must handle every cause")]
pub enum Cause {
    /// There is no session any more; only signing in helps.
    SignedOut(SignedOutReason),
    /// The issuer cannot be reached or does not answer sensibly; the session is kept.
    Unavailable {
        /// What was in the way.
        outage: Outage,
        /// When asking again makes sense.
        retry_after: Duration,
    },
    /// Storage could not be read or written; the session is kept.
    Storage(StorageTrouble),
    /// The client or its configuration is wrong; the session is kept.
    Misconfigured,
}

/// What storage could not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "drivers must handle every cause")]
pub enum StorageTrouble {
    /// It could not be read.
    Read,
    /// What it holds is damaged or not ours.
    Damaged,
    /// What it holds was written by a newer version.
    Newer,
    /// What it holds is kept in another way than this storage does.
    OtherForm,
    /// It could not be written.
    Write,
}

impl StorageTrouble {
    /// Whether signing in helps: what is stored is kept aside then, and replaced.
    #[must_use]
    pub const fn sign_in_helps(self) -> bool {
        matches!(self, Self::Damaged)
    }
}

/// Something an application may want to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "the simulation lists all of them")]
pub enum Event {
    /// A session began here or was found in storage.
    SignedIn,
    /// The tokens are new, from here or from a peer.
    Refreshed,
    /// Somebody else is signed in than before.
    UserChanged,
    /// The session ended.
    SignedOut(SignedOutReason),
    /// A refresh failed for now; the session is kept.
    RefreshFailed(Cause),
}

/// What a holder knows at this moment; for display and for the driver's fast path.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_enums, reason = "drivers must handle every state")]
pub enum Snapshot {
    /// Storage has not been read yet. It does not last: every read has a deadline.
    Loading,
    /// Storage cannot be read, so that nobody knows who is signed in. It is read again when a
    /// peer changes it, when a caller asks, and by itself where that may help.
    Failed(StorageTrouble),
    /// Signed in.
    Active {
        /// The session.
        session: super::StoredSession,
        /// Its generation.
        generation: Generation,
        /// Until when the access token counts as fresh; `None`: until it is refused.
        fresh_until: Option<Timestamp>,
    },
    /// Not signed in.
    SignedOut(SignedOutReason),
}
