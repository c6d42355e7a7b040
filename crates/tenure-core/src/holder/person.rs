use crate::time::Timestamp;

/// What is known of the person: for timers, and for the limit on idle time.
#[derive(Debug)]
pub(super) struct Person {
    /// Whether the program is out of sight: no timers then.
    pub(super) hidden: bool,
    /// When they last did something, here or, as far as storage says, at a peer; never ahead of
    /// the clock by which a session was found.
    pub(super) last_activity: Timestamp,
}

impl Person {
    pub(super) const fn new() -> Self {
        Self {
            hidden: false,
            last_activity: Timestamp::EPOCH,
        }
    }
}
