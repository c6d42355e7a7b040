use core::time::Duration;

use super::Cause;
use crate::time::Uptime;

/// How long the issuer and storage are left alone after failures: longer after each in a row, and
/// at least as long as the issuer said.
#[derive(Debug)]
pub(super) struct Backoff {
    /// Failures in a row; a pause that is cut short does not forget them.
    failures: u32,
    pause: Option<Pause>,
}

#[derive(Debug, Clone, Copy)]
struct Pause {
    until: Uptime,
    cause: Cause,
}

impl Backoff {
    pub(super) const fn new() -> Self {
        Self {
            failures: 0,
            pause: None,
        }
    }

    /// Notes a failure. The pause is `first`, doubled for each failure before.
    pub(super) fn failed(
        &mut self,
        cause: Cause,
        first: Duration,
        retry_after: Option<Duration>,
        now: Uptime,
    ) {
        let factor = 1u32 << self.failures.min(MOST_DOUBLINGS);
        self.failures = self.failures.saturating_add(1);
        let pause = first
            .saturating_mul(factor)
            .max(retry_after.unwrap_or_default());
        let until = now.saturating_add(pause.min(LONGEST_PAUSE));
        self.pause = Some(Pause { until, cause });
    }

    /// Until when it lasts; long past where nothing failed.
    pub(super) fn until(&self) -> Uptime {
        self.pause
            .map_or(Uptime::from_millis(0), |pause| pause.until)
    }

    /// Whether it is too early for another attempt.
    pub(super) fn is_pausing(&self, now: Uptime) -> bool {
        now < self.until()
    }

    /// What to tell those who ask while it lasts, with what is left of it.
    pub(super) fn cause(&self, now: Uptime) -> Option<Cause> {
        let Pause { until, cause } = self.pause.filter(|pause| now < pause.until)?;
        Some(match cause {
            Cause::Unavailable { outage, .. } => Cause::Unavailable {
                outage,
                retry_after: until.since(now),
            },
            other @ (Cause::SignedOut(_) | Cause::Storage(_) | Cause::Misconfigured) => other,
        })
    }

    /// Something may have changed: the next attempt need not wait.
    pub(super) const fn cut_short(&mut self) {
        self.pause = None;
    }

    /// The next failure is the first again.
    pub(super) const fn succeeded(&mut self) {
        self.failures = 0;
    }
}

const MOST_DOUBLINGS: u32 = 5;
/// However long an issuer asks to be left alone, a session asks again after this.
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;
    use crate::holder::{Outage, SignedOutReason, StorageTrouble};

    const FIRST: Duration = Duration::from_secs(1);
    const NOW: Uptime = Uptime::from_millis(50_000);
    const AWAY: Cause = Cause::Unavailable {
        outage: Outage::Overloaded,
        retry_after: Duration::ZERO,
    };

    fn after(failures: u32, retry_after: Option<u64>) -> Backoff {
        let mut backoff = Backoff::new();
        for _ in 0..failures {
            let retry_after = retry_after.map(Duration::from_secs);
            backoff.failed(AWAY, FIRST, retry_after, NOW);
        }
        backoff
    }

    #[test]
    fn each_failure_in_a_row_doubles_the_pause_up_to_thirty_two_fold() {
        for (failures, retry_after, expected_secs) in [
            (0, None, None),
            (1, None, Some(1)),
            (2, None, Some(2)),
            (3, None, Some(4)),
            (6, None, Some(32)),
            (7, None, Some(32)),
            (1, Some(0), Some(1)),
            (1, Some(7), Some(7)),
            (4, Some(7), Some(8)),
            (1, Some(3_600), Some(3_600)),
            (1, Some(999_999), Some(3_600)),
        ] {
            let backoff = after(failures, retry_after);
            let expected = expected_secs.map(|secs| Cause::Unavailable {
                outage: Outage::Overloaded,
                retry_after: Duration::from_secs(secs),
            });
            let row = format!("{failures} failures, {retry_after:?}");
            assert_eq!(backoff.cause(NOW), expected, "{row}");
            assert_eq!(backoff.is_pausing(NOW), expected.is_some(), "{row}");
            let over = backoff.until().max(NOW);
            assert_eq!(backoff.cause(over), None, "{row}");
            assert!(!backoff.is_pausing(over), "{row}");
        }
    }

    #[test]
    fn a_pause_that_is_cut_short_counts_as_a_failure_and_a_success_does_not() {
        let mut backoff = after(3, None);
        backoff.cut_short();
        assert!(!backoff.is_pausing(NOW));
        backoff.failed(AWAY, FIRST, None, NOW);
        assert_eq!(backoff.until().since(NOW), 8 * FIRST);
        backoff.succeeded();
        assert!(backoff.is_pausing(NOW), "that pause has its own reason");
        backoff.failed(AWAY, FIRST, None, NOW);
        assert_eq!(backoff.until().since(NOW), FIRST);
    }

    #[test]
    fn only_an_outage_says_when_to_come_back() {
        for cause in [
            Cause::SignedOut(SignedOutReason::Refused),
            Cause::Storage(StorageTrouble::Write),
            Cause::Misconfigured,
        ] {
            let mut backoff = Backoff::new();
            backoff.failed(cause, FIRST, None, NOW);
            assert_eq!(backoff.cause(NOW), Some(cause));
        }
    }
}
