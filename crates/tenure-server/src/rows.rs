use tenure_core::time::Timestamp;
use tenure_store::{
    AnyStore, Entry, Key, Kind, Owner, Page, Replaced, Store as _, StoreError, StoreErrorKind,
    Version,
};
use tenure_wire::{DecodeError, Form, row};

use crate::Clock;

/// How often a write that lost a race is tried again before the store counts as too busy.
pub(crate) const ATTEMPTS: usize = 16;

/// A value that is kept in a row, in one of the forms of `tenure_wire`.
pub(crate) trait Kept: Sized {
    type Form: Form;

    fn to_form(&self) -> Self::Form;
    fn from_form(form: Self::Form) -> Self;
}

/// A form that is used as it is.
impl<F: Form + Clone> Kept for F {
    type Form = F;

    fn to_form(&self) -> F {
        self.clone()
    }

    fn from_form(form: F) -> F {
        form
    }
}

/// The store as the server sees it: rows in their forms, read and written at the server's own time.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    pub(crate) store: AnyStore,
    pub(crate) clock: Clock,
}

impl Rows {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) async fn read<T: Kept>(
        &self,
        key: &Key,
    ) -> Result<Option<(T, Version)>, StoreError> {
        let Some(stored) = self.store.find(key, self.now()).await? else {
            return Ok(None);
        };
        let form = row::decode(&stored.bytes).map_err(unreadable)?;
        Ok(Some((T::from_form(form), stored.version)))
    }

    /// Writes a row whose version is `expected`, or that is absent if that is `None`.
    pub(crate) async fn write<T: Kept>(
        &self,
        key: &Key,
        expected: Option<Version>,
        value: &T,
        life: Life,
    ) -> Result<Replaced, StoreError> {
        let entry = Entry {
            bytes: row::encode(&value.to_form()),
            expires_at: life.expires_at,
            owner: life.owner,
        };
        self.store.replace(key, expected, entry, self.now()).await
    }

    /// Reads a row, has it decided what becomes of it, and writes that unless the row changed
    /// meanwhile; then all of it is done again with what the row is now.
    pub(crate) async fn change<T: Kept, R>(
        &self,
        key: &Key,
        decide: impl Fn(Option<T>) -> Change<T, R>,
    ) -> Result<R, StoreError> {
        for _ in 0..ATTEMPTS {
            let (row, version) = self.read(key).await?.unzip();
            let (next, life, result) = match decide(row) {
                Change::Leave(result) => return Ok(result),
                Change::Write(next, life, result) => (next, life, result),
            };
            if let Replaced::Done(_) = self.write(key, version, &next, life).await? {
                return Ok(result);
            }
        }
        Err(too_busy())
    }

    pub(crate) async fn remove(&self, key: &Key) -> Result<(), StoreError> {
        self.store.remove(key, None, self.now()).await.map(drop)
    }

    /// All keys of an owner's rows of one kind.
    pub(crate) async fn owned(&self, owner: &Owner, kind: Kind) -> Result<Vec<Key>, StoreError> {
        let mut keys: Vec<Key> = Vec::new();
        let mut after = None;
        loop {
            let (more, last) = self.some_owned(owner, kind, after).await?;
            keys.extend(more);
            after = last;
            if after.is_none() {
                return Ok(keys);
            }
        }
    }

    /// Some keys of an owner's rows of one kind, and after which one to ask for more.
    pub(crate) async fn some_owned(
        &self,
        owner: &Owner,
        kind: Kind,
        after: Option<Key>,
    ) -> Result<(Vec<Key>, Option<Key>), StoreError> {
        let page = Page { after, limit: PAGE };
        let keys = self.store.owned_by(owner, kind, page, self.now()).await?;
        let last = keys.last().filter(|_| keys.len() == PAGE).cloned();
        Ok((keys, last))
    }
}

/// What becomes of a row that was read, and what whoever changes it wants to know.
pub(crate) enum Change<T, R> {
    Write(T, Life, R),
    Leave(R),
}

/// How long a row lives and whose it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Life {
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) owner: Option<Owner>,
}

impl Life {
    pub(crate) fn until(expires_at: Timestamp) -> Self {
        Self {
            expires_at: Some(expires_at),
            owner: None,
        }
    }

    pub(crate) fn owned_by(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(Owner(owner.into()));
        self
    }
}

/// The error of a write that lost every race.
pub(crate) fn too_busy() -> StoreError {
    StoreError::new(
        StoreErrorKind::Unavailable,
        "a row changed each time it was written",
    )
}

/// The error of a row that is not read: which form it should have, and what to do.
pub(crate) fn unreadable(error: DecodeError) -> StoreError {
    let (kind, advice) = match error {
        DecodeError::Newer { .. } => (
            StoreErrorKind::NewerVersion,
            "start the version of Tenure that wrote it",
        ),
        DecodeError::Damaged { .. } => (StoreErrorKind::Corrupt, "restore the store from a backup"),
    };
    StoreError::new(kind, format!("{error}: {advice}")).with_source(error)
}

const PAGE: usize = 256;
