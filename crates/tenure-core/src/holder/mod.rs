//! The side that holds tokens: one state machine per session.
//!
//! **Mutate, drain, wait.** A driver calls [`Holder::handle_input`], then takes every
//! [`Holder::poll_output`], then waits for the next input or for [`Holder::poll_timeout`].
//! Nothing else moves the machine, and nothing in it reads a clock or does I/O.

mod attempt;
mod backoff;
mod binding;
mod clock;
mod config;
mod ending;
mod input;
mod late;
mod loading;
mod machine;
mod op;
mod outbox;
mod output;
mod owed;
mod person;
mod phase;
mod queue;
mod refresh;
mod signing;
mod stored;
mod stored_view;
mod token_set;
mod waiting;

pub use binding::{Binding, Unnamed};
pub use config::{FailurePolicy, HolderConfig, Renewal, TokenSource};
pub use input::{Input, LoadFault, Outage, SaveFault, SignOutScope, TokenResponse};
pub use machine::Holder;
pub use op::{ExchangeOp, LoadOp, LockOp, SaveOp};
pub use output::{Cause, Event, Output, Request, Settled, Snapshot, StorageTrouble};
pub use stored::{
    Body, Expiry, Generation, Login, SignedOut, SignedOutReason, Stored, StoredSession, TokenGrant,
    TokenSet,
};

/// Names one caller that waits; chosen by the driver, handed back once in [`Output::Settle`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a plain number that drivers choose"
)]
pub struct Waiter(pub u64);
