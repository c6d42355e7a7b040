use std::sync::Arc;
use std::time::Duration;

use tenure_core::time::Timestamp;
use tokio::sync::Semaphore;

/// The failures of one name, or of one address, and the places that are left.
///
/// There are as many places, free and taken, as failures are missing to the limit.
#[derive(Debug)]
pub(super) struct Tally {
    /// The oldest first.
    failures: Vec<Failure>,
    places: Arc<Semaphore>,
    limit: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Failure {
    pub(super) at: Timestamp,
    /// At which address, if this is about a name; with which name, if it is about an address.
    pub(super) beside: Option<[u8; 16]>,
}

impl Tally {
    pub(super) fn new(limit: usize) -> Self {
        let places = Arc::new(Semaphore::new(limit));
        Self {
            failures: Vec::new(),
            places,
            limit,
        }
    }

    /// Where to wait for a place; nowhere, if all were failures.
    pub(super) fn places(&self) -> Option<Arc<Semaphore>> {
        (self.failures.len() < self.limit).then(|| Arc::clone(&self.places))
    }

    /// Counts the failure of an attempt whose place is not given back.
    pub(super) fn fail(&mut self, failure: Failure, now: Timestamp) {
        self.expire(now);
        self.failures.reserve_exact(1);
        self.failures.push(failure);
        if self.failures.len() >= self.limit {
            self.places.close();
        }
    }

    /// Forgets the failures beside a name or an address.
    pub(super) fn forgive(&mut self, beside: Option<[u8; 16]>) {
        self.keep(|failure| failure.beside != beside);
    }

    /// Forgets what is too old to count. A clock that was set back makes nothing last longer.
    pub(super) fn expire(&mut self, now: Timestamp) {
        for failure in &mut self.failures {
            failure.at = failure.at.min(now);
        }
        self.keep(|failure| now.since(failure.at) < WINDOW);
    }

    fn keep(&mut self, keep: impl Fn(&Failure) -> bool) {
        let before = self.failures.len();
        self.failures.retain(keep);
        let gone = before - self.failures.len();
        if self.places.is_closed() && gone > 0 {
            // Nobody has a place of the old ones: all were failures.
            self.places = Arc::new(Semaphore::new(gone));
        } else {
            self.places.add_permits(gone);
        }
    }

    /// When the oldest failure no longer counts.
    pub(super) fn retry_after(&self, now: Timestamp) -> Duration {
        let oldest = self.failures.first();
        oldest.map_or(Duration::ZERO, |oldest| {
            oldest.at.saturating_add(WINDOW).since(now)
        })
    }

    /// Whether it says nothing, and nobody is about to change that.
    pub(super) fn is_idle(&self) -> bool {
        self.failures.is_empty() && !self.is_in_use()
    }

    /// Whether somebody has a place, or waits for one.
    pub(super) fn is_in_use(&self) -> bool {
        Arc::strong_count(&self.places) > 1
    }

    /// The less, the sooner it may be forgotten.
    pub(super) fn weight(&self) -> (usize, Option<Timestamp>) {
        let newest = self.failures.last().map(|failure| failure.at);
        (self.failures.len(), newest)
    }
}

const WINDOW: Duration = Duration::from_secs(15 * 60);
