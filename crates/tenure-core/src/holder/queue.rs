use alloc::{collections::VecDeque, vec::Vec};

use super::{Generation, SignOutScope, TokenGrant, Waiter};

/// What waits until nothing else is under way. A command of a person comes first, then a look at
/// storage, then the callers.
#[derive(Debug)]
pub(super) struct Queue {
    /// What people asked for while another write for a person was under way.
    pub(super) commands: VecDeque<Command>,
    /// Whether storage may have changed.
    pub(super) look: bool,
    /// Who waits for an access token.
    pub(super) callers: Vec<TokenWaiter>,
}

/// Something a person asked for that waits for another write to end.
#[derive(Debug)]
pub(super) enum Command {
    SignIn { waiter: Waiter, grant: TokenGrant },
    SignOut { waiter: Waiter, scope: SignOutScope },
}

/// A caller that waits for an access token.
#[derive(Debug, Clone, Copy)]
pub(super) struct TokenWaiter {
    pub(super) waiter: Waiter,
    pub(super) rejected: Option<Generation>,
}

impl Queue {
    pub(super) const fn new() -> Self {
        Self {
            commands: VecDeque::new(),
            look: false,
            callers: Vec::new(),
        }
    }
}
