use alloc::vec::Vec;

use super::{ExchangeOp, Generation, StoredSession, phase::Asked};
use crate::secret::RefreshToken;

/// What is still to be told or stored, whatever else the holder does meanwhile.
#[derive(Debug)]
pub(super) struct Owed {
    /// Refresh tokens that their issuer hears of once what a person wants is in storage.
    pub(super) to_revoke: Vec<RefreshToken>,
    /// New tokens that storage did not take.
    pub(super) unsaved: Option<Unsaved>,
    /// Questions whose answer may still come; never more than [`MOST_ABANDONED`].
    abandoned_exchanges: Vec<AbandonedExchange>,
}

/// A question whose answer is no longer awaited but may still come.
#[derive(Debug)]
struct AbandonedExchange {
    op: ExchangeOp,
    asked: Asked,
}

/// New tokens that storage did not take; they are not handed out until it does.
#[derive(Debug)]
pub(super) struct Unsaved {
    pub(super) replaces: Generation,
    pub(super) session: StoredSession,
}

impl Owed {
    pub(super) const fn new() -> Self {
        Self {
            to_revoke: Vec::new(),
            unsaved: None,
            abandoned_exchanges: Vec::new(),
        }
    }

    /// Remembers a question whose answer may still come.
    pub(super) fn abandon_exchange(&mut self, op: ExchangeOp, asked: Asked) {
        if self.abandoned_exchanges.len() == MOST_ABANDONED {
            self.abandoned_exchanges.remove(0);
        }
        self.abandoned_exchanges
            .push(AbandonedExchange { op, asked });
    }

    /// What was asked, if this is the answer to it and the first.
    pub(super) fn take_abandoned(&mut self, op: ExchangeOp) -> Option<Asked> {
        let mut all = self.abandoned_exchanges.iter();
        let at = all.position(|abandoned| abandoned.op == op)?;
        Some(self.abandoned_exchanges.remove(at).asked)
    }
}

/// Answers beyond this many that nobody awaits are forgotten.
const MOST_ABANDONED: usize = 16;
