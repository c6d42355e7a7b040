//! How long many calls took.

use std::time::Duration;

/// The times of many calls, and how long all of them took together.
#[derive(Debug)]
pub(crate) struct Latencies {
    sorted: Vec<Duration>,
    elapsed: Duration,
}

impl Latencies {
    /// Takes the times of calls that together took `elapsed`.
    pub(crate) fn new(mut calls: Vec<Duration>, elapsed: Duration) -> Self {
        calls.sort_unstable();
        Self {
            sorted: calls,
            elapsed,
        }
    }

    /// Calls in a second.
    pub(crate) fn per_second(&self) -> f64 {
        let calls = u32::try_from(self.sorted.len()).unwrap_or(u32::MAX);
        f64::from(calls) / self.elapsed.as_secs_f64()
    }

    /// The time that this share of calls, in percent, did not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let last = self.sorted.len().saturating_sub(1);
        self.sorted
            .get(last * percent / 100)
            .copied()
            .unwrap_or_default()
    }

    /// All that is worth a line.
    pub(crate) fn line(&self) -> String {
        let (half, most) = (self.percentile(50), self.percentile(99));
        format!("{:.0}/s, p50 {half:.1?}, p99 {most:.1?}", self.per_second())
    }
}
