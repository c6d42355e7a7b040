use std::collections::BTreeMap;

use tenure_core::holder::{Holder, Input, LockOp};

/// One process or tab: a real holder and what its driver would know.
#[derive(Debug, Default)]
pub(crate) struct Process {
    pub(crate) life: u32,
    pub(crate) holder: Option<Holder>,
    /// Whether it got its first input: one that was frozen since its start did not.
    pub(crate) opened: bool,
    pub(crate) frozen_since: Option<u64>,
    pub(crate) inbox: Vec<Input>,
    pub(crate) timer: Option<u64>,
    pub(crate) waiting: BTreeMap<u64, Waiting>,
    pub(crate) next_waiter: u64,
    /// The lock this process thinks it has.
    pub(crate) lock: Option<(LockOp, u64)>,
    /// The generation its callers got last.
    pub(crate) last_generation: Option<u64>,
    /// The same, with the life of the process in which they got it.
    pub(crate) handed_out: (u32, u64),
}

/// A caller that waits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiting {
    /// Since when it waits, without the time its process was frozen.
    pub(crate) since: u64,
    pub(crate) asked_at: u64,
    pub(crate) what: Want,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    Token,
    SignIn,
    SignOut,
}
