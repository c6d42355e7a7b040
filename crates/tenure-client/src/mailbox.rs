//! What handles and the driver of a session have between them.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption};
use http::HeaderValue;
use tenure_core::{
    holder::{Event, Generation, Input, SignOutScope, Snapshot, TokenGrant},
    secret::AccessToken,
    time::Timestamp,
};
use tokio::sync::{broadcast, oneshot, watch};

use crate::{Error, dpop::ProofKey, storage::AnyStorage};

/// What handles and finished work tell the driver.
#[derive(Debug)]
pub(crate) enum Message {
    Input(Input),
    TokenWanted {
        rejected: Option<Generation>,
        reply: ReplySender,
    },
    SignIn {
        grant: TokenGrant,
        reply: ReplySender,
    },
    SignOut {
        scope: SignOutScope,
        reply: ReplySender,
    },
    UserActive,
    WokeUp,
    Close {
        reply: oneshot::Sender<()>,
    },
}

/// What a waiting handle gets.
#[derive(Debug)]
pub(crate) enum Reply {
    Token(Arc<HandedOut>),
    Done,
}

pub(crate) type ReplySender = oneshot::Sender<Result<Reply, Error>>;

#[derive(Debug)]
pub(crate) struct HandedOut {
    pub(crate) access_token: AccessToken,
    pub(crate) token_type: String,
    pub(crate) generation: Generation,
    /// Which sign-in of this process's time it belongs to.
    pub(crate) sign_in: u64,
    pub(crate) fresh_until: Option<Timestamp>,
    pub(crate) handed_out_at: Timestamp,
    /// What a request carries; `None` if no header can carry it. Made by the first request.
    pub(crate) authorization: OnceLock<Option<HeaderValue>>,
}

/// What handles read without asking the driver.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) fresh: ArcSwapOption<HandedOut>,
    pub(crate) snapshot: ArcSwap<Snapshot>,
    pub(crate) loaded: watch::Sender<bool>,
    pub(crate) storage: AnyStorage,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) detail: Mutex<Option<String>>,
    pub(crate) not_revoked: Mutex<Option<String>>,
    pub(crate) proof_key: Option<ProofKey>,
}

impl Shared {
    /// Keeps what came of telling an issuer that a session is over.
    pub(crate) fn told_issuer(&self, failed: Option<String>) {
        if let Some(why) = &failed {
            tracing::warn!(why, "the issuer could not be told that a session is over");
        }
        *self
            .not_revoked
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = failed;
    }
}
