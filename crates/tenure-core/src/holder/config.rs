use core::time::Duration;

use super::{Binding, Unnamed};

/// How one session behaves. `Default` is what the documentation of each field says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "drivers build it with `..Default::default()`"
)]
pub struct HolderConfig {
    /// Whose session it is: one of another pair that storage holds is left alone. Default: none,
    /// which is a pair of its own.
    pub binding: Option<Binding>,
    /// Whose a stored session is that names no pair. Default: ours.
    pub unnamed: Unnamed,
    /// Where new access tokens come from. Default: a refresh token.
    pub source: TokenSource,
    /// How long before expiry a token counts as due; never more than a third of its life.
    /// Default: 60 s.
    pub skew: Duration,
    /// Whether a refresh starts by itself when a token is due. Default: yes.
    pub renewal: Renewal,
    /// What a refresh that failed does to the session. Default: nothing, unless refused.
    pub failure_policy: FailurePolicy,
    /// Ends the session after this long without activity. Peers learn of activity in steps of a
    /// twentieth of it, at most a minute: by so much it may end early. Default: never.
    pub idle_limit: Option<Duration>,
    /// Ends the session this long after sign-in. Default: never.
    pub absolute_limit: Option<Duration>,
    /// How long the lock may be kept without a sign of life. Default: 5 s.
    pub lock_lease: Duration,
    /// How long to wait for the lock before going on without it. Default: 12 s.
    pub lock_wait: Duration,
    /// How long one token request may take. Default: 10 s.
    pub exchange_timeout: Duration,
    /// How long one read or write of storage may take. Default: 5 s.
    pub storage_timeout: Duration,
    /// The first pause after a refresh that found the issuer unavailable; doubled each time, up
    /// to 32-fold. Default: 1 s.
    pub backoff: Duration,
}

impl Default for HolderConfig {
    fn default() -> Self {
        Self {
            binding: None,
            unnamed: Unnamed::Ours,
            source: TokenSource::RefreshToken,
            skew: Duration::from_secs(60),
            renewal: Renewal::Proactive,
            failure_policy: FailurePolicy::KeepOnTransient,
            idle_limit: None,
            absolute_limit: None,
            lock_lease: Duration::from_secs(5),
            lock_wait: Duration::from_secs(12),
            exchange_timeout: Duration::from_secs(10),
            storage_timeout: Duration::from_secs(5),
            backoff: Duration::from_secs(1),
        }
    }
}

/// Where new access tokens come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "drivers must handle every source")]
pub enum TokenSource {
    /// The refresh token of a sign-in (code, device code, or handed in).
    RefreshToken,
    /// The client's own credentials; there is nobody to sign in.
    ClientCredentials,
    /// A function of the application.
    Callback,
}

/// When a refresh starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum Renewal {
    /// By itself when the token is due, and whenever a caller needs it.
    Proactive,
    /// Only when a caller needs it.
    OnDemand,
}

/// What a failed refresh does to the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum FailurePolicy {
    /// Only a definite refusal ends the session; whatever may pass keeps it.
    KeepOnTransient,
    /// Any failure ends the session.
    DiscardOnFailure,
}
