use tenure_core::{
    holder::{ExchangeOp, LoadOp, LockOp, Request, SaveOp, Stored, TokenResponse},
    secret::RefreshToken,
    time::Timestamp,
};

/// One process in one of its lives; answers to an earlier life are lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) process: usize,
    pub(crate) number: u32,
}

/// Everything that can happen in a world.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    People(People),
    Platform(Platform),
    Network(Network),
}

/// What people and callers do, and what befalls machines.
#[derive(Debug, Clone, Copy)]
pub(crate) enum People {
    TokenWanted {
        process: usize,
    },
    /// A resource server refuses the token that a caller got last.
    TokenRejected {
        process: usize,
        generation: u64,
    },
    /// A resource server refuses whatever token callers got last.
    NewestRejected {
        process: usize,
    },
    SignIn {
        process: usize,
    },
    SignOut {
        process: usize,
        local: bool,
    },
    Active {
        process: usize,
    },
    Hides {
        process: usize,
        ms: u64,
    },
    WokeUp {
        process: usize,
    },
    Freeze {
        process: usize,
        ms: u64,
    },
    Thaw {
        process: usize,
    },
    Kill {
        process: usize,
    },
    Start {
        process: usize,
    },
    ClockJumps {
        ms: i64,
    },
    Sleeps {
        ms: i64,
    },
    OutageBegins,
    OutageEnds,
    StorageBreaks,
    StorageHeals,
    StorageIsDamaged,
    StorageIsRepaired,
    Steals,
    TroubleEnds,
}

/// What storage, the lock and timers do.
#[derive(Debug, Clone)]
pub(crate) enum Platform {
    Timer {
        life: Life,
    },
    Reads {
        life: Life,
        op: LoadOp,
    },
    Writes {
        life: Life,
        op: SaveOp,
        replaces: u64,
        value: Box<Stored>,
        /// Whether it keeps damage aside.
        aside: bool,
        fails: bool,
        answers: bool,
    },
    Locks {
        life: Life,
        op: LockOp,
        since: u64,
        lease: u64,
    },
    LeaseEnds {
        fence: u64,
    },
    PeerChanged {
        process: usize,
    },
}

/// What the network and the issuer do.
#[derive(Debug, Clone)]
pub(crate) enum Network {
    Arrives {
        life: Life,
        op: ExchangeOp,
        request: Request,
        sent_at: Timestamp,
        answers: bool,
        /// Whether the network has held it back before.
        held: bool,
    },
    /// A node has read the row and now writes what it decided.
    Decides {
        life: Life,
        op: ExchangeOp,
        token: RefreshToken,
        read: u64,
        sent_at: Timestamp,
        answers: bool,
        tries: u8,
    },
    Answers {
        life: Life,
        op: ExchangeOp,
        answer: Box<TokenResponse>,
    },
    Revokes {
        token: RefreshToken,
    },
    ThiefPresents {
        token: RefreshToken,
        times: u8,
    },
}

impl From<People> for Event {
    fn from(event: People) -> Self {
        Self::People(event)
    }
}

impl From<Platform> for Event {
    fn from(event: Platform) -> Self {
        Self::Platform(event)
    }
}

impl From<Network> for Event {
    fn from(event: Network) -> Self {
        Self::Network(event)
    }
}
