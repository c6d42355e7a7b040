use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tenure_core::time::Timestamp;

/// Values read lately, so that the hot path does not ask the store for what hardly changes.
///
/// A change by another process is seen after [`LIFE`] at the latest.
#[derive(Debug)]
pub(crate) struct Cache<V> {
    entries: Mutex<BTreeMap<String, (V, Timestamp)>>,
}

impl<V: Clone> Cache<V> {
    pub(crate) fn new() -> Self {
        Self {
            entries: Mutex::new(BTreeMap::new()),
        }
    }

    pub(crate) fn find(&self, key: &str, now: Timestamp) -> Option<V> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries
            .get(key)
            .filter(|(_, read_at)| is_fresh(*read_at, now))
            .map(|(v, _)| v.clone())
    }

    pub(crate) fn insert(&self, key: &str, value: V, now: Timestamp) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= CAPACITY {
            entries.clear();
        }
        entries.insert(key.to_owned(), (value, now));
    }

    pub(crate) fn forget(&self, key: &str) {
        self.entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
    }
}

/// Whether what was read then may still be used; a clock that went back makes nothing fresh.
pub(crate) fn is_fresh(read_at: Timestamp, now: Timestamp) -> bool {
    read_at <= now && now.since(read_at) < LIFE
}

pub(crate) const LIFE: Duration = Duration::from_secs(3);
const CAPACITY: usize = 10_000;
