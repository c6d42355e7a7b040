use super::LockOp;

/// What the work under way has been through; forgotten when the holder comes to rest.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    /// The lock, while it is held.
    pub(super) lock: Option<LockOp>,
    /// Whether the issuer was asked a second time because the first answer was lost or too late.
    pub(super) retried: bool,
    /// How often the issuer said that a newer token is in use.
    superseded: u8,
}

impl Attempt {
    pub(super) const fn new() -> Self {
        Self {
            lock: None,
            retried: false,
            superseded: 0,
        }
    }

    /// Notes that the token was superseded; whether it is worth looking up the newer one again.
    pub(super) const fn looks_again(&mut self) -> bool {
        let looks = self.superseded < MOST_LOOKS;
        self.superseded = if looks { self.superseded + 1 } else { 0 };
        looks
    }

    /// Notes that new tokens are in storage: nobody is ahead of this holder.
    pub(super) const fn caught_up(&mut self) {
        self.superseded = 0;
    }
}

/// How often a superseded token is looked up again before callers are told to come back.
pub(super) const MOST_LOOKS: u8 = 3;
