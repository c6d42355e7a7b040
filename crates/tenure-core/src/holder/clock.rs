use core::time::Duration;

use crate::time::{Now, Timestamp, Uptime};

/// What time it is, as the last input said: here, and at the issuer.
#[derive(Debug)]
pub(super) struct Clock {
    /// By this machine's wall clock; it may jump.
    pub(super) wall: Timestamp,
    /// By the clock for waits; it never goes back.
    pub(super) uptime: Uptime,
    /// How far the issuer's clock is ahead of this machine's, as last measured.
    issuer_ahead_millis: i64,
}

impl Clock {
    pub(super) const fn new() -> Self {
        Self {
            wall: Timestamp::EPOCH,
            uptime: Uptime::from_millis(0),
            issuer_ahead_millis: 0,
        }
    }

    pub(super) const fn set(&mut self, now: Now) {
        self.wall = now.wall;
        self.uptime = now.uptime;
    }

    /// Compares with what the issuer's clock says, where it was told.
    pub(super) fn measure(&mut self, issuer_time: Option<Timestamp>) {
        if let Some(at) = issuer_time {
            self.issuer_ahead_millis = at.as_millis().saturating_sub(self.wall.as_millis());
        }
    }

    /// A point on the issuer's clock as one on this machine's.
    pub(super) const fn local(&self, at: Timestamp) -> Timestamp {
        Timestamp::from_millis(at.as_millis().saturating_sub(self.issuer_ahead_millis))
    }

    /// The end of a wait that begins now.
    pub(super) fn within(&self, span: Duration) -> Uptime {
        self.uptime.saturating_add(span)
    }

    /// A point on the wall clock as one on the clock for waits.
    pub(super) fn uptime_of(&self, at: Timestamp) -> Uptime {
        self.within(at.since(self.wall))
    }
}
