use alloc::boxed::Box;
use core::mem::{discriminant, replace};

use super::{
    Body, ExchangeOp, Generation, LoadOp, LockOp, Login, SaveOp, SignedOutReason, Stored, Waiter,
};
use crate::{
    mutant::{Mutant, is_on},
    secret::RefreshToken,
    time::Uptime,
};

/// What the holder is in the middle of. Every phase but `Idle` has a deadline (law 8).
#[derive(Debug)]
pub(super) enum Phase {
    /// Nothing is under way.
    Idle,
    /// Reading storage.
    Loading {
        op: LoadOp,
        since: Uptime,
        deadline: Uptime,
        then: AfterLoad,
        before: Reads,
    },
    /// Waiting for the lock before a refresh.
    Locking { op: LockOp, deadline: Uptime },
    /// Waiting for the issuer.
    Exchanging {
        op: ExchangeOp,
        deadline: Uptime,
        asked: Asked,
    },
    /// Writing storage.
    Saving {
        op: SaveOp,
        deadline: Uptime,
        save: Box<Save>,
    },
    /// Giving a peer the time to store what the issuer says it has.
    Pausing { deadline: Uptime, then: AfterLoad },
}

/// What became of the reads before this one that had the same end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reads {
    /// How many took so long that they were not acted on.
    pub(super) slow: u8,
    /// Whether one failed.
    pub(super) failed: bool,
}

/// Why storage is being read.
#[derive(Debug)]
pub(super) enum AfterLoad {
    /// To know what is there.
    Look,
    /// To refresh, unless a peer already has.
    Refresh,
    /// The issuer refused; unless storage has something newer, the session is over.
    Refused(Asked),
    /// The issuer did not answer in time; a peer may have got what callers wait for.
    TimedOut,
    /// A limit has passed; unless a peer saw activity, the session is over.
    Limit,
    /// The save lost a race or its outcome is unknown.
    ResolveConflict(Box<Save>),
}

/// One question to the issuer: with what it was asked.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Whose session; `None` where there was none yet.
    pub(super) login: Option<Login>,
    /// Which tokens were in storage.
    pub(super) issued: Generation,
    /// Whether a token had been refused before its time.
    pub(super) forced: bool,
}

/// One write under way.
#[derive(Debug, Clone)]
pub(super) struct Save {
    pub(super) replaces: Generation,
    pub(super) value: Stored,
    pub(super) reason: SaveReason,
    /// How often the race was lost.
    pub(super) lost: u8,
    /// Whether a write of it went unanswered: it may be in storage, or have been.
    pub(super) unanswered: bool,
    /// Whether it takes the place of what cannot be read; only a sign-in does.
    pub(super) over_damage: bool,
}

/// Why storage is being written.
#[derive(Debug, Clone)]
pub(super) enum SaveReason {
    /// Somebody signed in.
    SignIn { waiter: Waiter },
    /// The person signed out.
    SignOut {
        waiter: Waiter,
        scope: super::SignOutScope,
    },
    /// The session came to its end.
    End { reason: SignedOutReason },
    /// New tokens from the issuer.
    Refresh,
    /// The person did something.
    Activity,
}

/// The answer to one output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Load(LoadOp),
    Save(SaveOp),
    Lock(LockOp),
    Exchange(ExchangeOp),
}

impl Phase {
    /// Ends the phase that this answer was awaited in, and gives what it was in the middle of.
    /// Nothing happens where nobody awaits it any more.
    pub(super) fn take_awaited(&mut self, answer: Op) -> Option<Self> {
        let is_awaited = self.awaits().is_some_and(|op| {
            let of_its_kind = discriminant(&op) == discriminant(&answer);
            op == answer || (of_its_kind && is_on(Mutant::AnyAnswerTaken))
        });
        is_awaited.then(|| replace(self, Self::Idle))
    }

    /// Which answer each phase awaits.
    const fn awaits(&self) -> Option<Op> {
        match self {
            Self::Loading { op, .. } => Some(Op::Load(*op)),
            Self::Locking { op, .. } => Some(Op::Lock(*op)),
            Self::Exchanging { op, .. } => Some(Op::Exchange(*op)),
            Self::Saving { op, .. } => Some(Op::Save(*op)),
            Self::Idle | Self::Pausing { .. } => None,
        }
    }

    pub(super) const fn is_idle(&self) -> bool {
        matches!(self, Self::Idle)
    }

    /// When it is given up (law 8).
    pub(super) fn deadline(&self) -> Option<Uptime> {
        match self {
            Self::Idle => None,
            Self::Exchanging { .. } if is_on(Mutant::ExchangeWithoutDeadline) => None,
            Self::Locking { .. } if is_on(Mutant::LockWithoutDeadline) => None,
            Self::Loading { deadline, .. }
            | Self::Locking { deadline, .. }
            | Self::Exchanging { deadline, .. }
            | Self::Saving { deadline, .. }
            | Self::Pausing { deadline, .. } => Some(*deadline),
        }
    }

    /// The write that it is about, under way or lost in a race.
    pub(super) fn save(&self) -> Option<&Save> {
        match self {
            Self::Saving { save, .. }
            | Self::Loading {
                then: AfterLoad::ResolveConflict(save),
                ..
            } => Some(save),
            Self::Idle
            | Self::Loading { .. }
            | Self::Locking { .. }
            | Self::Exchanging { .. }
            | Self::Pausing { .. } => None,
        }
    }
}

impl Save {
    /// The first write of this body over what has this generation.
    pub(super) fn new(replaces: Generation, body: Body, reason: SaveReason) -> Box<Self> {
        let generation = replaces.next();
        Box::new(Self {
            replaces,
            value: Stored { generation, body },
            reason,
            lost: 0,
            unanswered: false,
            over_damage: false,
        })
    }

    /// Makes it the write of this generation, and a session in it one that begins there.
    #[inline(never)]
    pub(super) fn begin_at(&mut self, generation: Generation) {
        self.value.generation = generation;
        if let Body::Active(session) = &mut self.value.body {
            session.login.generation = generation;
            session.tokens.issued = generation;
        }
    }

    /// The refresh token in the value being written.
    pub(super) fn refresh_token(&self) -> Option<RefreshToken> {
        match &self.value.body {
            Body::Active(active) => active.tokens.refresh_token.clone(),
            Body::SignedOut(_) => None,
        }
    }
}
