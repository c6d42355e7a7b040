//! A breaker for loops of redirects.

use alloc::vec::Vec;
use core::{fmt, time::Duration};

use tenure_core::time::Timestamp;

/// Counts the redirects to the identity provider and stops a loop of them.
///
/// A login that fails after the provider signed the person in silently would otherwise start
/// again for ever. Keep [`recent`](Self::recent) over page loads, ask [`admit`](Self::admit)
/// before every automatic redirect, and call [`settled`](Self::settled) once a login succeeded.
///
/// ```
/// use core::time::Duration;
/// use tenure_core::time::Timestamp;
/// use tenure_oidc::RedirectGuard;
///
/// let mut guard = RedirectGuard::new(2, Duration::from_secs(30));
/// let now = Timestamp::from_secs(1_700_000_000);
/// assert!(guard.admit(now).is_ok());
/// assert!(guard.admit(now).is_ok());
/// assert_eq!(guard.admit(now).unwrap_err().redirects(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectGuard {
    limit: usize,
    within: Duration,
    recent: Vec<Timestamp>,
}

impl RedirectGuard {
    /// Admits at most `limit` redirects in any span of `within`.
    #[must_use]
    pub fn new(limit: usize, within: Duration) -> Self {
        Self {
            limit,
            within,
            recent: Vec::new(),
        }
    }

    /// The same guard with the stored times of earlier redirects.
    #[must_use]
    pub fn with_recent(self, recent: Vec<Timestamp>) -> Self {
        Self { recent, ..self }
    }

    /// The times of the redirects that still count, for the driver to store.
    #[must_use]
    pub fn recent(&self) -> &[Timestamp] {
        &self.recent
    }

    /// Admits one more redirect and counts it.
    ///
    /// # Errors
    /// [`RedirectLoop`] if there were too many; this one is not counted, so that the guard opens
    /// again by itself when time has passed.
    pub fn admit(&mut self, now: Timestamp) -> Result<(), RedirectLoop> {
        let within = self.within;
        // A time in the future was noted before the clock was set back: it says nothing now.
        self.recent
            .retain(|then| now.since(*then) < within && then.since(now) < within);
        if self.recent.len() >= self.limit {
            return Err(RedirectLoop {
                redirects: self.recent.len(),
                within,
            });
        }
        self.recent.push(now);
        Ok(())
    }

    /// Forgets what was counted: a login succeeded, or a person asked for one.
    pub fn settled(&mut self) {
        self.recent.clear();
    }
}

impl Default for RedirectGuard {
    /// Five redirects in one minute.
    fn default() -> Self {
        Self::new(5, Duration::from_secs(60))
    }
}

/// Too many redirects in too short a time: signing in does not work, and trying again by itself
/// would not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedirectLoop {
    redirects: usize,
    within: Duration,
}

impl RedirectLoop {
    /// How many redirects there were.
    #[must_use]
    pub fn redirects(&self) -> usize {
        self.redirects
    }

    /// The span of time they were counted in.
    #[must_use]
    pub fn within(&self) -> Duration {
        self.within
    }
}

impl fmt::Display for RedirectLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} redirects to sign in within {} s",
            self.redirects,
            self.within.as_secs()
        )
    }
}

impl core::error::Error for RedirectLoop {}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Timestamp = Timestamp::from_secs(1_700_000_000);

    fn after(secs: u64) -> Timestamp {
        T0.saturating_add(Duration::from_secs(secs))
    }

    #[test]
    fn the_sixth_redirect_in_a_minute_is_refused_until_the_first_is_a_minute_old() {
        let mut guard = RedirectGuard::default();
        for second in 0..5 {
            assert_eq!(guard.admit(after(second)), Ok(()));
        }
        let fault = RedirectLoop {
            redirects: 5,
            within: Duration::from_secs(60),
        };
        assert_eq!(guard.admit(after(59)), Err(fault));
        assert_eq!(guard.admit(after(60)), Ok(()));
        assert_eq!(guard.admit(after(60)), Err(fault));
    }

    #[test]
    fn the_count_survives_a_page_load_and_ends_with_a_success() {
        let mut guard = RedirectGuard::new(1, Duration::from_secs(60));
        assert_eq!(guard.admit(T0), Ok(()));
        let stored = guard.recent().to_vec();
        let mut guard = RedirectGuard::new(1, Duration::from_secs(60)).with_recent(stored);
        assert!(guard.admit(T0).is_err());
        guard.settled();
        assert_eq!(guard.admit(T0), Ok(()));
    }

    #[test]
    fn a_clock_set_back_does_not_lock_a_person_out() {
        let mut guard = RedirectGuard::new(1, Duration::from_secs(60));
        assert_eq!(guard.admit(after(86_400)), Ok(()));
        assert_eq!(guard.admit(T0), Ok(()));
    }
}
