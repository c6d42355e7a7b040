use alloc::collections::VecDeque;

use super::{HolderConfig, Input, Output, SignedOutReason, Snapshot};
use crate::time::{Now, Uptime};

/// One session as its holder sees it.
#[derive(Debug)]
pub struct Holder {
    config: HolderConfig,
    outputs: VecDeque<Output>,
}

impl Holder {
    /// Makes a holder; its first input is [`Input::Opened`].
    #[must_use]
    pub const fn new(config: HolderConfig) -> Self {
        Self { config, outputs: VecDeque::new() }
    }

    /// Takes in what happened.
    pub fn handle_input(&mut self, _input: Input, _now: Now) {}

    /// The next thing to do, until `None`.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Input::Elapsed`] is due, if nothing happens before.
    #[must_use]
    pub const fn poll_timeout(&self) -> Option<Uptime> {
        None
    }

    /// What is known now.
    #[must_use]
    pub const fn snapshot(&self) -> Snapshot {
        let _ = &self.config;
        Snapshot::SignedOut(SignedOutReason::NeverSignedIn)
    }
}
