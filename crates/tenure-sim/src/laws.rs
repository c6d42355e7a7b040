//! What must hold after every step. Each check names the law of the design that it holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use tenure_core::{
    holder::{Body, Login, SignedOutReason, Snapshot, Stored, StoredSession},
    issuer::FamilyId,
    time::Timestamp,
};

/// A law that was broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The number of the law.
    pub law: u8,
    /// What happened.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "law {}: {}", self.law, self.what)
    }
}

/// What the world remembers to judge by; no machine ever sees it.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) violation: Option<Violation>,
    logins: BTreeMap<(u64, i64), LoginRecord>,
    durable: BTreeSet<String>,
    presented: BTreeSet<String>,
    rejected: BTreeSet<u64>,
    pub(crate) stolen: BTreeSet<FamilyId>,
    /// When a thief took the next refresh token before its owner. For as long as an honest request
    /// may be late, the owner is told to come back, and only then that it was theft.
    pub(crate) thief_rotated_at: Option<u64>,
    /// Families that somebody who was signing out revoked, whether or not storage took the mark.
    pub(crate) given_up: BTreeSet<FamilyId>,
    sign_out_wanted_at: Option<u64>,
    pub(crate) last_activity: Timestamp,
}

/// What the world knows about the moment a session ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) limit_passed: bool,
    pub(crate) sign_out_pending: bool,
}

#[derive(Debug)]
struct LoginRecord {
    family: FamilyId,
    subject: Option<String>,
    stored_at: u64,
    over: bool,
}

impl Ledger {
    pub(crate) fn break_law(&mut self, law: u8, what: impl Into<String>) {
        if self.violation.is_none() {
            self.violation = Some(Violation {
                law,
                what: what.into(),
            });
        }
    }

    /// A session was written: nothing ended comes back (law 3), and its parts belong together
    /// (law 4).
    pub(crate) fn stored(&mut self, session: &StoredSession, family: Option<FamilyId>, at: u64) {
        self.durable
            .insert(session.tokens.access_token.expose().to_owned());
        let Some(family) = family else {
            self.break_law(4, "a session without a known refresh token was stored");
            return;
        };
        let subject = session.tokens.subject.clone();
        self.last_activity = self.last_activity.max(session.login.at);
        let record = self
            .logins
            .entry(id(session.login))
            .or_insert_with(|| LoginRecord {
                family,
                subject: subject.clone(),
                stored_at: at,
                over: false,
            });
        let mixed = record.family != family || record.subject != subject;
        let over = record.over;
        if mixed {
            self.break_law(4, "tokens of one sign-in were stored under another");
        }
        if over {
            self.break_law(3, "a session came back after its sign-out was acknowledged");
        }
    }

    pub(crate) fn sign_out_wanted(&mut self, at: u64) {
        self.sign_out_wanted_at = Some(at);
    }

    /// A sign-out was acknowledged that had been asked for at `asked_at` (law 3).
    pub(crate) fn signed_out(&mut self, asked_at: u64, storage: Option<&Stored>) {
        for record in self.logins.values_mut().filter(|r| r.stored_at < asked_at) {
            record.over = true;
        }
        if let Some(Stored {
            body: Body::Active(session),
            ..
        }) = storage
        {
            let there = self.logins.get(&id(session.login)).is_some_and(|r| r.over);
            if there {
                self.break_law(
                    3,
                    "a sign-out was acknowledged while the session was still stored",
                );
            }
        }
    }

    /// Sessions that were ended by a person, with the families that must be ended too (law 3).
    pub(crate) fn over(&self) -> impl Iterator<Item = FamilyId> {
        self.logins.values().filter(|r| r.over).map(|r| r.family)
    }

    /// A session's end was written: was there a reason (law 1)?
    pub(crate) fn ended(&mut self, session: &StoredSession, reason: SignedOutReason, known: Known) {
        let Some(record) = self.logins.get(&id(session.login)) else {
            return;
        };
        let asked = self
            .sign_out_wanted_at
            .is_some_and(|at| at >= record.stored_at);
        let wanted = asked || known.sign_out_pending;
        let limit_passed = known.limit_passed;
        let stolen = self.stolen.contains(&record.family);
        let given_up = self.given_up.contains(&record.family);
        let fair = match reason {
            SignedOutReason::User => wanted,
            SignedOutReason::Refused => stolen || given_up || wanted || limit_passed,
            SignedOutReason::Idle | SignedOutReason::AbsoluteLimit => limit_passed,
            SignedOutReason::Expired
            | SignedOutReason::RefreshFailed
            | SignedOutReason::NeverSignedIn
            | SignedOutReason::Foreign => false,
        };
        if !fair {
            self.break_law(1, format!("a session ended without a cause: {reason:?}"));
        }
    }

    /// An access token was handed out: it must be in storage (law 5).
    pub(crate) fn handed_out(&mut self, access_token: &str) {
        if !self.durable.contains(access_token) {
            self.break_law(5, "an access token was handed out before it was stored");
        }
    }

    pub(crate) fn rejected(&mut self, generation: u64) {
        self.rejected.insert(generation);
    }

    /// In a calm world each refresh token is shown once, and only when there is need (law 2).
    pub(crate) fn asked(&mut self, refresh_token: &str, snapshot: &Snapshot, wall: Timestamp) {
        if !self.presented.insert(refresh_token.to_owned()) {
            self.break_law(2, "two token requests for one refresh");
        }
        if let Snapshot::Active {
            session,
            fresh_until,
            ..
        } = snapshot
        {
            let due = fresh_until.is_some_and(|at| wall >= at);
            if !due && !self.rejected.contains(&session.tokens.issued.as_u64()) {
                self.break_law(2, "a token request for a token that nobody had refused");
            }
        }
    }
}

const fn id(login: Login) -> (u64, i64) {
    (login.generation.as_u64(), login.at.as_millis())
}
