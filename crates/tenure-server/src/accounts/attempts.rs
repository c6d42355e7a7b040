//! How often something may be guessed wrong: per name, and per address.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tenure_core::time::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::tally::{Failure, Tally};
use crate::Clock;
use crate::digest::sha256;

/// Counts failures, in this process alone: nothing that a stranger does is written to the store,
/// and counting waits for nobody.
///
/// An attempt takes a place before the guess is looked at, of which a name and an address have as
/// many as they have failures left. So parallel guesses cannot slip by; and those that are right
/// give their places back, so that others wait for them instead of being refused.
#[derive(Debug, Clone)]
pub(crate) struct Attempts {
    clock: Clock,
    tallies: Arc<Mutex<Tallies>>,
}

/// What is tried. Each is counted by itself, so that failures at one shut none of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    SignIn,
    SignUp,
    /// A device asks for a code.
    DeviceRequest,
    /// A person enters one.
    Device,
}

/// Too many failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limited {
    pub(crate) retry_after: Duration,
}

#[derive(Debug, Default)]
struct Tallies(BTreeMap<Who, Tally>);

/// A name or an address at a door, as a digest: what people type may be long, or a secret.
type Who = [u8; 16];

/// An attempt under way. Dropped, it was neither right nor wrong.
#[derive(Debug)]
pub(crate) struct Attempt {
    attempts: Attempts,
    places: Vec<Place>,
}

#[derive(Debug)]
struct Place {
    who: Who,
    permit: OwnedSemaphorePermit,
}

impl Attempts {
    pub(crate) fn new(clock: Clock) -> Self {
        let tallies = Arc::default();
        Self { clock, tallies }
    }

    /// Takes a place of the name, whether or not there is such an account, and of the address, if
    /// there is one to be counted.
    pub(crate) async fn begin(
        &self,
        door: Door,
        name: Option<&str>,
        from: Option<IpAddr>,
    ) -> Result<Attempt, Limited> {
        let address = from.map(|from| (who(door, "address", &from.to_string()), PER_ADDRESS));
        let name = name.map(|name| (who(door, "name", name), PER_NAME));
        let attempts = self.clone();
        let mut attempt = Attempt {
            attempts,
            places: Vec::with_capacity(2),
        };
        for (who, limit) in [address, name].into_iter().flatten() {
            let places = self.lock().places(who, limit, self.clock.now())?;
            // They are closed as soon as all were failures.
            let Ok(permit) = places.acquire_owned().await else {
                return Err(self.lock().limited(who, self.clock.now()));
            };
            attempt.places.push(Place { who, permit });
        }
        Ok(attempt)
    }

    fn lock(&self) -> MutexGuard<'_, Tallies> {
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt {
    /// It was wrong, and counts.
    pub(crate) fn failed(mut self) {
        let now = self.attempts.clock.now();
        let mut tallies = self.attempts.lock();
        let all: Vec<_> = self.places.iter().map(|place| place.who).collect();
        for Place { who, permit } in self.places.drain(..) {
            permit.forget();
            let beside = all.iter().copied().find(|other| *other != who);
            // It is there: what is in use is not forgotten.
            if let Some(tally) = tallies.0.get_mut(&who) {
                tally.fail(Failure { at: now, beside }, now);
            }
        }
        tallies.bound(now);
    }

    /// It was right: what the same name got wrong at the same address no longer counts.
    pub(crate) fn succeeded(self) {
        let mut tallies = self.attempts.lock();
        for place in &self.places {
            let beside = self
                .places
                .iter()
                .map(|other| other.who)
                .find(|other| *other != place.who);
            if let Some(tally) = tallies.0.get_mut(&place.who) {
                tally.forgive(beside);
            }
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let mut tallies = self.attempts.lock();
        for Place { who, permit } in self.places.drain(..) {
            drop(permit);
            if tallies.0.get(&who).is_some_and(Tally::is_idle) {
                tallies.0.remove(&who);
            }
        }
    }
}

impl Tallies {
    fn places(
        &mut self,
        who: Who,
        limit: usize,
        now: Timestamp,
    ) -> Result<Arc<Semaphore>, Limited> {
        let tally = self.0.entry(who).or_insert_with(|| Tally::new(limit));
        tally.expire(now);
        tally.places().ok_or_else(|| self.limited(who, now))
    }

    fn limited(&self, who: Who, now: Timestamp) -> Limited {
        let retry_after = self.0.get(&who).map(|tally| tally.retry_after(now));
        Limited {
            retry_after: retry_after.unwrap_or_default().max(Duration::from_secs(1)),
        }
    }

    /// Forgets what is old, and, if that is not enough, those who failed least. Whoever wants a
    /// name forgotten has to be wrong more often about very many others, each for a whole hash.
    fn bound(&mut self, now: Timestamp) {
        if self.0.len() <= CAPACITY {
            return;
        }
        self.0.values_mut().for_each(|tally| tally.expire(now));
        self.0.retain(|_, tally| !tally.is_idle());
        if self.0.len() <= CAPACITY / 4 * 3 {
            return;
        }
        let mut least: Vec<_> = self
            .0
            .iter()
            .filter(|(_, tally)| !tally.is_in_use())
            .collect();
        least.sort_by_key(|(_, tally)| tally.weight());
        let gone: Vec<_> = least
            .iter()
            .take(CAPACITY / 2)
            .map(|(who, _)| **who)
            .collect();
        for who in gone {
            self.0.remove(&who);
        }
    }
}

fn who(door: Door, what: &str, name: &str) -> Who {
    let digest = sha256(format!("{door:?}:{what}:{name}").as_bytes());
    let mut who = Who::default();
    who.copy_from_slice(&digest[..16]);
    who
}

const PER_NAME: usize = 10;
const PER_ADDRESS: usize = 100;
/// Names and addresses that are remembered at once, each with a few hundred bytes.
const CAPACITY: usize = 32_768;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    /// Counters whose clock is moved by hand.
    fn counters() -> (Attempts, Arc<AtomicI64>) {
        let now = Arc::new(AtomicI64::new(1_800_000_000_000));
        let read = Arc::clone(&now);
        let clock = Clock::from_fn(move || Timestamp::from_millis(read.load(Ordering::SeqCst)));
        (Attempts::new(clock), now)
    }

    async fn begin(attempts: &Attempts, name: &str) -> Result<Attempt, Limited> {
        attempts.begin(Door::SignIn, Some(name), None).await
    }

    async fn fail(attempts: &Attempts, name: &str) {
        begin(attempts, name).await.unwrap().failed();
    }

    #[tokio::test]
    async fn the_eleventh_waits_for_the_tenth_and_is_refused_only_if_that_was_wrong() {
        let (attempts, _) = counters();
        let mut under_way = Vec::new();
        for _ in 0..PER_NAME {
            under_way.push(begin(&attempts, "ada").await.unwrap());
        }
        let waiting = {
            let attempts = attempts.clone();
            tokio::spawn(async move { begin(&attempts, "ada").await.map(drop) })
        };
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        under_way.pop().unwrap().succeeded();
        assert_eq!(waiting.await.unwrap(), Ok(()));

        under_way.push(begin(&attempts, "ada").await.unwrap());
        let waiting = {
            let attempts = attempts.clone();
            tokio::spawn(async move { begin(&attempts, "ada").await.map(drop) })
        };
        tokio::task::yield_now().await;
        under_way.into_iter().for_each(Attempt::failed);
        let retry_after = Duration::from_secs(15 * 60);
        assert_eq!(waiting.await.unwrap(), Err(Limited { retry_after }));
    }

    #[tokio::test]
    async fn an_attempt_that_nobody_waited_for_does_not_count() {
        let (attempts, _) = counters();
        for _ in 0..50 {
            drop(begin(&attempts, "ada").await.unwrap());
        }
        assert!(attempts.lock().0.is_empty(), "and nothing is left of it");
    }

    #[tokio::test]
    async fn failures_grow_old_one_by_one() {
        let (attempts, now) = counters();
        for _ in 0..PER_NAME {
            fail(&attempts, "ada").await;
            now.fetch_add(60_000, Ordering::SeqCst);
        }
        let limited = begin(&attempts, "ada").await.unwrap_err();
        assert_eq!(limited.retry_after, Duration::from_secs(5 * 60));
        now.fetch_add(5 * 60_000 - 1, Ordering::SeqCst);
        assert!(begin(&attempts, "ada").await.is_err());
        now.fetch_add(1, Ordering::SeqCst);
        fail(&attempts, "ada").await;
        assert!(
            begin(&attempts, "ada").await.is_err(),
            "the second is still too young"
        );
    }

    #[tokio::test]
    async fn a_clock_that_was_ahead_locks_nobody_for_longer() {
        let (attempts, now) = counters();
        for _ in 0..PER_NAME {
            fail(&attempts, "ada").await;
        }
        now.fetch_sub(31 * 24 * 60 * 60_000, Ordering::SeqCst);
        let limited = begin(&attempts, "ada").await.unwrap_err();
        assert_eq!(limited.retry_after, Duration::from_secs(15 * 60));
        now.fetch_add(15 * 60_000, Ordering::SeqCst);
        assert!(begin(&attempts, "ada").await.is_ok());
    }

    #[tokio::test]
    async fn however_many_names_are_tried_memory_is_bounded_and_a_locked_name_stays_so() {
        let (attempts, _) = counters();
        for _ in 0..PER_NAME {
            fail(&attempts, "ada").await;
        }
        for i in 0..3 * CAPACITY {
            fail(&attempts, &format!("nobody-{i}")).await;
            assert!(attempts.lock().0.len() <= CAPACITY);
        }
        assert!(begin(&attempts, "ada").await.is_err());
    }

    #[tokio::test]
    async fn doors_are_counted_apart() {
        let (attempts, _) = counters();
        let from = Some(IpAddr::from([203, 0, 113, 7]));
        for _ in 0..PER_ADDRESS {
            attempts
                .begin(Door::Device, None, from)
                .await
                .unwrap()
                .failed();
        }
        assert!(attempts.begin(Door::Device, None, from).await.is_err());
        for door in [Door::SignIn, Door::SignUp] {
            assert!(attempts.begin(door, None, from).await.is_ok(), "{door:?}");
        }
    }
}
