//! Logins under way: one record for each `state`, and what becomes of it.

use alloc::{string::String, vec::Vec};
use core::{fmt, time::Duration};

use tenure_core::{
    secret::{CodeVerifier, LoginState, Nonce},
    time::Timestamp,
};

use crate::{pkce, place::is_local_path};

/// The logins that one browser or program has under way.
///
/// [`begin`](Self::begin) adds one and [`finish`](Self::finish) takes it out. Two logins in two
/// tabs do not disturb each other. A `state` that was used, ran out or was pushed out leaves a
/// mark behind, so that coming back with it gets an answer that says what happened.
///
/// The whole value is plain state: a driver keeps [`records`](Self::records) wherever it keeps
/// things, and makes it again with [`from_records`](Self::from_records).
#[derive(Debug, Clone, Default)]
pub struct Transactions {
    limits: TransactionLimits,
    records: Vec<Record>,
}

/// How long a login may take and how many are remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "configuration that callers write out"
)]
pub struct TransactionLimits {
    /// How long after its begin a login can be finished. Default: 10 minutes.
    pub lifetime: Duration,
    /// How many logins can be under way; one more pushes the oldest out. Default: 8.
    pub pending: usize,
    /// How many finished ones leave a mark. Default: 32.
    pub marks: usize,
}

impl Default for TransactionLimits {
    fn default() -> Self {
        Self {
            lifetime: Duration::from_secs(600),
            pending: 8,
            marks: 32,
        }
    }
}

/// What a login is for: whom it asks and where it comes back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginIntent {
    issuer: String,
    redirect_uri: String,
    return_to: Option<String>,
}

impl LoginIntent {
    /// A login at `issuer` that comes back to `redirect_uri`.
    #[must_use]
    pub fn new(issuer: impl Into<String>, redirect_uri: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            redirect_uri: redirect_uri.into(),
            return_to: None,
        }
    }

    /// Remembers the place in the application to go to after the login: a path of its own
    /// origin. Anything else becomes its start, `/`: nobody can be sent elsewhere by a link.
    #[must_use]
    pub fn returning_to(self, place: impl Into<String>) -> Self {
        let place = place.into();
        let place = if is_local_path(&place) {
            place
        } else {
            String::from("/")
        };
        Self {
            return_to: Some(place),
            ..self
        }
    }
}

/// Fresh random bytes for one login, each field drawn on its own from a cryptographic source.
///
/// It serves one login; draw again for the next.
#[allow(
    clippy::exhaustive_structs,
    reason = "three values that every driver draws"
)]
pub struct Entropy {
    /// Becomes the `state`.
    pub state: [u8; 32],
    /// Becomes the `nonce`.
    pub nonce: [u8; 32],
    /// Becomes the `code_verifier`.
    pub code_verifier: [u8; 32],
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy(…)")
    }
}

/// One login under way, and everything that finishing it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    state: LoginState,
    nonce: Nonce,
    code_verifier: CodeVerifier,
    intent: LoginIntent,
}

impl Transaction {
    /// Puts a transaction together again from its stored parts.
    #[must_use]
    pub fn from_parts(
        state: LoginState,
        nonce: Nonce,
        code_verifier: CodeVerifier,
        intent: LoginIntent,
    ) -> Self {
        Self {
            state,
            nonce,
            code_verifier,
            intent,
        }
    }

    /// The `state` to send with the authorization request: 256 random bits, base64url.
    #[must_use]
    pub fn state(&self) -> &LoginState {
        &self.state
    }

    /// The `nonce` to send, and to expect in the ID token: 256 random bits, base64url.
    #[must_use]
    pub fn nonce(&self) -> &Nonce {
        &self.nonce
    }

    /// The `code_verifier` to send with the token request.
    #[must_use]
    pub fn code_verifier(&self) -> &CodeVerifier {
        &self.code_verifier
    }

    /// The `code_challenge` to send with the authorization request, method `S256`.
    #[must_use]
    pub fn code_challenge(&self) -> String {
        pkce::code_challenge(&self.code_verifier)
    }

    /// The issuer this login was begun with (compare RFC 9207).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.intent.issuer
    }

    /// The `redirect_uri` of the authorization request, to repeat in the token request.
    #[must_use]
    pub fn redirect_uri(&self) -> &str {
        &self.intent.redirect_uri
    }

    /// The place in the application to go to afterwards.
    #[must_use]
    pub fn return_to(&self) -> Option<&str> {
        self.intent.return_to.as_deref()
    }
}

/// One remembered `state`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    state: LoginState,
    begun_at: Timestamp,
    fate: RecordFate,
}

/// What became of a `state`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "drivers store each form")]
pub enum RecordFate {
    /// The login can still be finished.
    Pending(Transaction),
    /// The login was finished; its secrets are gone.
    Used,
    /// The login ran out of time or was pushed out by newer ones; its secrets are gone.
    Expired,
}

impl Record {
    /// Puts a record together again from its stored parts.
    #[must_use]
    pub fn from_parts(state: LoginState, begun_at: Timestamp, fate: RecordFate) -> Self {
        Self {
            state,
            begun_at,
            fate,
        }
    }

    /// The `state` that names this record.
    #[must_use]
    pub fn state(&self) -> &LoginState {
        &self.state
    }

    /// When the login began.
    #[must_use]
    pub fn begun_at(&self) -> Timestamp {
        self.begun_at
    }

    /// What became of it.
    #[must_use]
    pub fn fate(&self) -> &RecordFate {
        &self.fate
    }

    fn is_pending(&self) -> bool {
        matches!(self.fate, RecordFate::Pending(_))
    }

    /// A clock set back by more than the tolerance ends the login too: it must not live longer.
    fn is_over(&self, lifetime: Duration, now: Timestamp) -> bool {
        now.since(self.begun_at) >= lifetime || self.begun_at.since(now) > CLOCK_TOLERANCE
    }
}

/// Why a callback's `state` does not finish a login. Starting the login again is always right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateFault {
    /// The callback has no `state`, or no login was begun here at all: another browser, or its
    /// storage was cleared.
    Missing,
    /// The login took longer than its lifetime, or newer logins pushed it out.
    Expired,
    /// Logins were begun here, but none of them with this `state`.
    Mismatch,
    /// This `state` finished a login before: the page was loaded again, or the link copied.
    AlreadyUsed,
}

impl fmt::Display for StateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "no login was begun here",
            Self::Expired => "this login took too long",
            Self::Mismatch => "this answer belongs to a login that was not begun here",
            Self::AlreadyUsed => "this login was finished already",
        })
    }
}

impl core::error::Error for StateFault {}

impl Transactions {
    /// No logins yet, with limits of one's own.
    #[must_use]
    pub fn new(limits: TransactionLimits) -> Self {
        Self {
            limits,
            records: Vec::new(),
        }
    }

    /// Takes up stored records, oldest first.
    #[must_use]
    pub fn from_records(limits: TransactionLimits, records: Vec<Record>) -> Self {
        let mut this = Self { limits, records };
        this.trim();
        this
    }

    /// All records, oldest first, for the driver to store.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Begins a login; what it returns is what the authorization request needs.
    #[must_use]
    pub fn begin(&mut self, intent: LoginIntent, entropy: &Entropy, now: Timestamp) -> Transaction {
        let login = Transaction {
            state: LoginState::new(pkce::base64url(&entropy.state)),
            nonce: Nonce::new(pkce::base64url(&entropy.nonce)),
            code_verifier: pkce::code_verifier(&entropy.code_verifier),
            intent,
        };
        self.begin_with(login.clone(), now);
        login
    }

    /// Begins a login whose random values were written by the platform.
    pub fn begin_with(&mut self, login: Transaction, now: Timestamp) {
        self.expire(now);
        self.records.push(Record {
            state: login.state.clone(),
            begun_at: now,
            fate: RecordFate::Pending(login),
        });
        self.trim();
    }

    /// Takes the login out that `state` names. It works once.
    ///
    /// # Errors
    /// Says which of the four things is wrong with the state; no login is lost by a wrong one.
    pub fn finish(
        &mut self,
        state: Option<&LoginState>,
        now: Timestamp,
    ) -> Result<Transaction, StateFault> {
        self.expire(now);
        let state = state.ok_or(StateFault::Missing)?;
        if self.records.is_empty() {
            return Err(StateFault::Missing);
        }
        let record = self
            .records
            .iter_mut()
            .find(|record| record.state == *state);
        let record = record.ok_or(StateFault::Mismatch)?;
        let login = match &record.fate {
            RecordFate::Used => return Err(StateFault::AlreadyUsed),
            RecordFate::Expired => return Err(StateFault::Expired),
            RecordFate::Pending(login) => login.clone(),
        };
        record.fate = RecordFate::Used;
        self.trim();
        Ok(login)
    }

    fn expire(&mut self, now: Timestamp) {
        let lifetime = self.limits.lifetime;
        for record in &mut self.records {
            if record.is_pending() && record.is_over(lifetime, now) {
                record.fate = RecordFate::Expired;
            }
        }
        self.trim();
    }

    fn trim(&mut self) {
        let excess = self
            .count(Record::is_pending)
            .saturating_sub(self.limits.pending);
        let oldest = self.records.iter_mut().filter(|record| record.is_pending());
        oldest
            .take(excess)
            .for_each(|record| record.fate = RecordFate::Expired);

        let mut excess = self
            .count(|it| !it.is_pending())
            .saturating_sub(self.limits.marks);
        self.records.retain(|record| {
            let drop = excess > 0 && !record.is_pending();
            excess -= usize::from(drop);
            !drop
        });
    }

    fn count(&self, of: impl Fn(&Record) -> bool) -> usize {
        self.records.iter().filter(|record| of(record)).count()
    }
}

const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests;
