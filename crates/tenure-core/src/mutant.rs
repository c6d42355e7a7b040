//! Switches that break one rule each, so that the simulation can prove it would notice.
//!
//! Without the feature `mutants` the switch is a constant `false` and costs nothing.

/// A rule to break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    clippy::exhaustive_enums,
    reason = "the simulation must try all of them"
)]
#[repr(u8)]
pub enum Mutant {
    /// Hands out new tokens before they are in storage (law 5).
    HandOutBeforeSave = 1,
    /// Asks the issuer without reading storage again under the lock (law 2).
    NoReloadUnderLock,
    /// Never takes the lock (law 2).
    NoLock,
    /// Lets an outage end the session (law 1).
    OutageEndsSession,
    /// Believes a refusal without reading storage again (law 1).
    RefusalWithoutReload,
    /// Takes a lost race for a successful save (law 3).
    ConflictIgnored,
    /// Keeps a refresh token that arrives after sign-out, at the issuer (law 3).
    LateTokenNotRevoked,
    /// Acknowledges a sign-out before it is in storage (law 3).
    SignOutBeforeSave,
    /// Stores a late answer although somebody else signed in meanwhile (law 4).
    AnswerOutlivesSignIn,
    /// Waits for an answer of the issuer for ever (law 8).
    ExchangeWithoutDeadline,
    /// Waits for the lock for ever (law 8).
    LockWithoutDeadline,
    /// Forgets the callers that wait when a refresh fails (law 8).
    WaitersForgotten,
    /// Refreshes again for a late 401 of an older token (law 2).
    LateRejectionRefreshes,
    /// Takes an expired token for a fresh one (law 10).
    ExpiredIsFresh,
    /// Never gives the lock back (law 8).
    LockKept,
    /// Does not notice the limit on idle time (law 10).
    IdleNotNoticed,
    /// Takes what storage held before for what it holds (law 9).
    OldReadBelieved,
    /// Refuses a superseded token without ending its family (law 6).
    ReuseUnnoticed,
    /// Answers a repeated question with another successor (law 6).
    RepeatMakesAnother,
    /// Counts a lost answer as theft (law 6).
    LostAnswerIsTheft,
    /// Grants to a family that has been ended (law 3).
    RevokedStillGrants,
    /// Says nothing of storage that cannot be read (law 8).
    LoadingForEver,
    /// Takes an honest request that two rotations overtook for theft (law 6).
    OvertakenTwiceIsTheft,
    /// Lets a later request decide how a family's stragglers are answered (law 6).
    KeyedByRefresh,
    /// Gives a keyed family's lost answer again only for as long as another's (law 6).
    KeyedWindowIgnored,
    /// Never takes the token before the current for stolen (law 6).
    StragglersForEver,
    /// Tells 409 to a client that does not know it (law 6).
    StragglerTurnedAway,
    /// Grants tokens to whoever shows a superseded token of a keyed family (law 6).
    StragglerLetIn,
    /// Takes any answer of its kind for the one that is awaited (law 3).
    AnyAnswerTaken,
    /// Acts on what was read long ago (law 6).
    OldNewsActedOn,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 30] = [
        Self::HandOutBeforeSave,
        Self::NoReloadUnderLock,
        Self::NoLock,
        Self::OutageEndsSession,
        Self::RefusalWithoutReload,
        Self::ConflictIgnored,
        Self::LateTokenNotRevoked,
        Self::SignOutBeforeSave,
        Self::AnswerOutlivesSignIn,
        Self::ExchangeWithoutDeadline,
        Self::LockWithoutDeadline,
        Self::WaitersForgotten,
        Self::LateRejectionRefreshes,
        Self::ExpiredIsFresh,
        Self::LockKept,
        Self::IdleNotNoticed,
        Self::OldReadBelieved,
        Self::ReuseUnnoticed,
        Self::RepeatMakesAnother,
        Self::LostAnswerIsTheft,
        Self::RevokedStillGrants,
        Self::LoadingForEver,
        Self::OvertakenTwiceIsTheft,
        Self::KeyedByRefresh,
        Self::KeyedWindowIgnored,
        Self::StragglersForEver,
        Self::StragglerTurnedAway,
        Self::StragglerLetIn,
        Self::AnyAnswerTaken,
        Self::OldNewsActedOn,
    ];
}

#[cfg(feature = "mutants")]
mod switch {
    use core::sync::atomic::{AtomicU8, Ordering};

    use super::Mutant;

    static ACTIVE: AtomicU8 = AtomicU8::new(0);

    /// Breaks one rule in the whole process, or none.
    pub fn activate(mutant: Option<Mutant>) {
        ACTIVE.store(mutant.map_or(0, |m| m as u8), Ordering::Relaxed);
    }

    pub(crate) fn is_on(mutant: Mutant) -> bool {
        ACTIVE.load(Ordering::Relaxed) == mutant as u8
    }
}

#[cfg(feature = "mutants")]
pub use switch::activate;
#[cfg(feature = "mutants")]
pub(crate) use switch::is_on;

#[cfg(not(feature = "mutants"))]
pub(crate) const fn is_on(_: Mutant) -> bool {
    false
}
