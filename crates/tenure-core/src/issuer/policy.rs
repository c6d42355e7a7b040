use core::{fmt, ops::RangeInclusive, time::Duration};

/// How forgiving rotation is. `Default` is what the documentation of each field says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "callers build it with `..Default::default()`"
)]
pub struct RatchetPolicy {
    /// For how long a lost answer is given again while nobody has used what was granted, in a
    /// family that is not keyed. Default: 60 s. Whoever copied a refresh token may ask again as
    /// well as its holder, and where access tokens are verified without the service, it does not
    /// learn of their use: a client that asks later than this is taken for a thief.
    pub lost_window: Duration,
    /// The same for a keyed family. Default: 24 h, since its holder asks again whenever it wakes
    /// up: a machine that slept over a lost answer signs nobody out.
    pub keyed_lost_window: Duration,
    /// For how long a request that others have overtaken is not taken for a thief's. Default:
    /// 10 s, counted for the token before the current from the last sign of life of the current,
    /// for older ones from the last rotation. The token before the current is told so in a keyed
    /// family (409), and gets the current tokens in another; an older one is told so in both, if
    /// it is late by at most [`Self::MOST_ROTATIONS_LATE`].
    pub straggler_window: Duration,
    /// Ends a family after this long without a rotation. Default: 14 days.
    pub idle_limit: Duration,
}

impl RatchetPolicy {
    /// What `lost_window` and `keyed_lost_window` may be. Below, a client whose answer was lost
    /// and that waits for the network, gives up and asks again comes too late.
    pub const LOST_WINDOW: RangeInclusive<Duration> = secs(30)..=secs(24 * 60 * 60);
    /// What `straggler_window` may be. Below, an honest request that others overtake is taken
    /// for a thief's: a holder acts on what it read from storage up to two seconds ago, and its
    /// request takes its time. Above, a thief has too much of it.
    pub const STRAGGLER_WINDOW: RangeInclusive<Duration> = secs(5)..=secs(60);

    /// By how many rotations an honest request may be late. Far more than happen while it is on
    /// its way; and a thief who rotates in order to keep the window open is through with them in a
    /// little more than a minute.
    pub const MOST_ROTATIONS_LATE: u32 = 8;

    /// The policy, if nobody is signed out by accident under it, nor a thief left alone.
    ///
    /// # Errors
    ///
    /// [`PolicyFault`], for the first window that is too short or too long.
    pub fn checked(self) -> Result<Self, PolicyFault> {
        if !Self::LOST_WINDOW.contains(&self.lost_window) {
            return Err(PolicyFault::LostWindow);
        }
        if !Self::LOST_WINDOW.contains(&self.keyed_lost_window) {
            return Err(PolicyFault::KeyedLostWindow);
        }
        if !Self::STRAGGLER_WINDOW.contains(&self.straggler_window) {
            return Err(PolicyFault::StragglerWindow);
        }
        Ok(self)
    }
}

impl Default for RatchetPolicy {
    fn default() -> Self {
        Self {
            lost_window: secs(60),
            keyed_lost_window: secs(24 * 60 * 60),
            straggler_window: secs(10),
            idle_limit: secs(14 * 24 * 60 * 60),
        }
    }
}

/// Which window of a policy turns a law off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "callers name the setting of each window"
)]
pub enum PolicyFault {
    /// `lost_window` is not within [`RatchetPolicy::LOST_WINDOW`].
    LostWindow,
    /// `keyed_lost_window` is not within [`RatchetPolicy::LOST_WINDOW`].
    KeyedLostWindow,
    /// `straggler_window` is not within [`RatchetPolicy::STRAGGLER_WINDOW`].
    StragglerWindow,
}

impl PolicyFault {
    /// What the window may be.
    #[must_use]
    pub const fn allowed(self) -> RangeInclusive<Duration> {
        match self {
            Self::LostWindow | Self::KeyedLostWindow => RatchetPolicy::LOST_WINDOW,
            Self::StragglerWindow => RatchetPolicy::STRAGGLER_WINDOW,
        }
    }
}

impl fmt::Display for PolicyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::LostWindow => "lost_window",
            Self::KeyedLostWindow => "keyed_lost_window",
            Self::StragglerWindow => "straggler_window",
        };
        let allowed = self.allowed();
        let (least, most) = (allowed.start().as_secs(), allowed.end().as_secs());
        write!(f, "{name} must be from {least} s to {most} s")
    }
}

impl core::error::Error for PolicyFault {}

const fn secs(count: u64) -> Duration {
    Duration::from_secs(count)
}
