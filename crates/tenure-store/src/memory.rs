use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tenure_core::time::Timestamp;

use crate::{Entry, Key, Kind, Owner, Page, Replaced, Store, StoreError, Stored, Touched, Version};

mod shard;

use shard::{Row, Shard};

/// A store in the memory of one process; clones share it.
///
/// For tests, and for services that may forget everything when they stop. Rows are spread over
/// shards by key, so that callers rarely wait for each other.
#[derive(Clone, Default)]
pub struct MemoryStore {
    inner: Arc<Inner>,
}

impl MemoryStore {
    /// Makes an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn shard(&self, key: &Key) -> MutexGuard<'_, Shard> {
        let hash = self.inner.hasher.hash_one(key).to_ne_bytes();
        lock(&self.inner.shards[usize::from(hash[0]) % SHARDS])
    }

    fn next_version(&self) -> Version {
        Version(self.inner.last_version.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl Store for MemoryStore {
    async fn find(&self, key: &Key, now: Timestamp) -> Result<Option<Stored>, StoreError> {
        Ok(self.shard(key).live(key, now).map(|row| Stored {
            bytes: row.entry.bytes.clone(),
            version: row.version,
            expires_at: row.entry.expires_at,
        }))
    }

    async fn replace(
        &self,
        key: &Key,
        expected: Option<Version>,
        entry: Entry,
        now: Timestamp,
    ) -> Result<Replaced, StoreError> {
        let mut shard = self.shard(key);
        if shard.live(key, now).map(|row| row.version) != expected {
            return Ok(Replaced::Conflict);
        }
        let version = self.next_version();
        shard.put(key, Row { entry, version });
        Ok(Replaced::Done(version))
    }

    async fn touch(
        &self,
        key: &Key,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Touched, StoreError> {
        let mut shard = self.shard(key);
        if shard.live(key, now).is_none() {
            return Ok(Touched::Gone);
        }
        shard.move_deadline(key, expires_at);
        Ok(Touched::Done)
    }

    async fn remove(
        &self,
        key: &Key,
        expected: Option<Version>,
        now: Timestamp,
    ) -> Result<Replaced<()>, StoreError> {
        let mut shard = self.shard(key);
        if expected.is_some() && shard.live(key, now).map(|row| row.version) != expected {
            return Ok(Replaced::Conflict);
        }
        shard.delete(key);
        Ok(Replaced::Done(()))
    }

    async fn owned_by(
        &self,
        owner: &Owner,
        kind: Kind,
        page: Page,
        now: Timestamp,
    ) -> Result<Vec<Key>, StoreError> {
        let mut keys = Vec::new();
        for shard in &self.inner.shards {
            keys.extend(lock(shard).owned_by(owner, kind, &page, now));
        }
        keys.sort_unstable();
        keys.truncate(page.limit);
        Ok(keys)
    }

    async fn sweep(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut swept = 0;
        for shard in &self.inner.shards {
            swept += lock(shard).sweep(now, limit - swept);
        }
        Ok(swept)
    }
}

#[derive(Default)]
struct Inner {
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
    // One counter for all keys: a key that was removed comes back with a version it never had.
    last_version: AtomicU64,
}

/// A shard is whole between any two of its operations, so a panic elsewhere cannot break it.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

const SHARDS: usize = 32;
