use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tenure_core::time::Timestamp;

use crate::{Entry, Key, Kind, Owner, Page, Replaced, Store, StoreError, Stored, Touched, Version};

/// Any store, chosen at run time; clones share it.
#[derive(Clone)]
pub struct AnyStore {
    store: Arc<dyn Erased>,
}

impl AnyStore {
    /// Wraps a store.
    #[must_use]
    pub fn new(store: impl Store) -> Self {
        Self {
            store: Arc::new(store),
        }
    }
}

impl fmt::Debug for AnyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyStore").finish_non_exhaustive()
    }
}

impl Store for AnyStore {
    async fn find(&self, key: &Key, now: Timestamp) -> Result<Option<Stored>, StoreError> {
        self.store.find_boxed(key, now).await
    }

    async fn replace(
        &self,
        key: &Key,
        expected: Option<Version>,
        entry: Entry,
        now: Timestamp,
    ) -> Result<Replaced, StoreError> {
        self.store.replace_boxed(key, expected, entry, now).await
    }

    async fn touch(
        &self,
        key: &Key,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Touched, StoreError> {
        self.store.touch_boxed(key, expires_at, now).await
    }

    async fn remove(
        &self,
        key: &Key,
        expected: Option<Version>,
        now: Timestamp,
    ) -> Result<Replaced<()>, StoreError> {
        self.store.remove_boxed(key, expected, now).await
    }

    async fn owned_by(
        &self,
        owner: &Owner,
        kind: Kind,
        page: Page,
        now: Timestamp,
    ) -> Result<Vec<Key>, StoreError> {
        self.store.owned_by_boxed(owner, kind, page, now).await
    }

    async fn sweep(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.store.sweep_boxed(now, limit).await
    }
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// `Store` with boxed futures, which makes it fit for `dyn`.
trait Erased: Send + Sync {
    fn find_boxed<'a>(&'a self, key: &'a Key, now: Timestamp) -> Answer<'a, Option<Stored>>;

    fn replace_boxed<'a>(
        &'a self,
        key: &'a Key,
        expected: Option<Version>,
        entry: Entry,
        now: Timestamp,
    ) -> Answer<'a, Replaced>;

    fn touch_boxed<'a>(
        &'a self,
        key: &'a Key,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Answer<'a, Touched>;

    fn remove_boxed<'a>(
        &'a self,
        key: &'a Key,
        expected: Option<Version>,
        now: Timestamp,
    ) -> Answer<'a, Replaced<()>>;

    fn owned_by_boxed<'a>(
        &'a self,
        owner: &'a Owner,
        kind: Kind,
        page: Page,
        now: Timestamp,
    ) -> Answer<'a, Vec<Key>>;

    fn sweep_boxed(&self, now: Timestamp, limit: usize) -> Answer<'_, usize>;
}

impl<S: Store> Erased for S {
    fn find_boxed<'a>(&'a self, key: &'a Key, now: Timestamp) -> Answer<'a, Option<Stored>> {
        Box::pin(self.find(key, now))
    }

    fn replace_boxed<'a>(
        &'a self,
        key: &'a Key,
        expected: Option<Version>,
        entry: Entry,
        now: Timestamp,
    ) -> Answer<'a, Replaced> {
        Box::pin(self.replace(key, expected, entry, now))
    }

    fn touch_boxed<'a>(
        &'a self,
        key: &'a Key,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Answer<'a, Touched> {
        Box::pin(self.touch(key, expires_at, now))
    }

    fn remove_boxed<'a>(
        &'a self,
        key: &'a Key,
        expected: Option<Version>,
        now: Timestamp,
    ) -> Answer<'a, Replaced<()>> {
        Box::pin(self.remove(key, expected, now))
    }

    fn owned_by_boxed<'a>(
        &'a self,
        owner: &'a Owner,
        kind: Kind,
        page: Page,
        now: Timestamp,
    ) -> Answer<'a, Vec<Key>> {
        Box::pin(self.owned_by(owner, kind, page, now))
    }

    fn sweep_boxed(&self, now: Timestamp, limit: usize) -> Answer<'_, usize> {
        Box::pin(self.sweep(now, limit))
    }
}
