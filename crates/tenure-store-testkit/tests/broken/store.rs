#![allow(clippy::unwrap_used, reason = "no lock here can be poisoned")]

use std::collections::BTreeMap;
use std::sync::Mutex;

use tenure_core::time::Timestamp;
use tenure_store::{
    Entry, Key, Kind, Owner, Page, Replaced, Store, StoreError, StoreErrorKind, Stored, Touched,
    Version,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    CutsBytes,
    FailsOnAbsence,
    LastWriteWins,
    OverwritesOnCreate,
    RemovesAnyVersion,
    TouchGivesVersion,
    TouchCreates,
    ExpiresLate,
    WritesToExpired,
    CountsSeconds,
    SweepsEarly,
    SweepsAll,
    SweepsByFirstDeadline,
    KeepsVersionOfEqualBytes,
    ReusesVersions,
    ChecksThenWrites,
    ChecksThenRemoves,
    ListsThenSweeps,
    OwnsByPrefix,
    ListsExpired,
    KeepsOwner,
    RepeatsLastKey,
    MixesKinds,
    TakesHalfAMegabyte,
    ForgetsOldRows,
    ForgetsOnReopening,
}

/// A small store that is right but for its fault.
pub(crate) struct BrokenStore {
    fault: Fault,
    rows: Mutex<Rows>,
}

#[derive(Default)]
struct Rows {
    rows: BTreeMap<Key, Row>,
    last_version: u64,
}

#[derive(Clone)]
struct Row {
    entry: Entry,
    version: Version,
    first_deadline: Option<Timestamp>,
}

impl BrokenStore {
    pub(crate) fn new(fault: Fault) -> Self {
        Self {
            fault,
            rows: Mutex::default(),
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn name(&self, key: &Key) -> Key {
        if self.has(Fault::MixesKinds) {
            Key::new(Kind::Sealed, key.name())
        } else {
            key.clone()
        }
    }

    fn live(&self, key: &Key, now: Timestamp) -> Option<Row> {
        let row = self
            .rows
            .lock()
            .unwrap()
            .rows
            .get(&self.name(key))
            .cloned()?;
        let is_live = row.entry.expires_at.is_none_or(|deadline| {
            now < deadline || self.has(Fault::ExpiresLate) && now == deadline
        });
        is_live.then_some(row)
    }

    /// Whether the row is at this version, with all that a fault may make of it.
    fn is_at(&self, key: &Key, expected: Option<Version>, now: Timestamp) -> bool {
        let mut now = now;
        if self.has(Fault::WritesToExpired) && expected.is_some() {
            now = Timestamp::EPOCH;
        }
        let is_lenient = match expected {
            Some(_) => self.has(Fault::LastWriteWins),
            None => self.has(Fault::OverwritesOnCreate),
        };
        let found = self.live(key, now);
        is_lenient && found.is_some() || found.map(|row| row.version) == expected
    }

    fn put(&self, key: &Key, mut entry: Entry) -> Version {
        let mut rows = self.rows.lock().unwrap();
        let old = rows.rows.get(&self.name(key)).cloned();
        rows.last_version += 1;
        let mut version = Version(rows.last_version);
        if self.has(Fault::ReusesVersions) {
            version = Version(old.as_ref().map_or(1, |old| old.version.0 + 1));
        }
        if let Some(old) = &old {
            if self.has(Fault::KeepsVersionOfEqualBytes) && old.entry.bytes == entry.bytes {
                version = old.version;
            }
            if self.has(Fault::KeepsOwner) {
                entry.owner.clone_from(&old.entry.owner);
            }
        }
        if self.has(Fault::CutsBytes) {
            entry.bytes.truncate(2);
        }
        if self.has(Fault::TakesHalfAMegabyte) {
            entry.bytes.truncate(1 << 19);
        }
        if self.has(Fault::CountsSeconds) {
            entry.expires_at = entry
                .expires_at
                .map(|at| Timestamp::from_secs(at.as_secs()));
        }
        if self.has(Fault::ForgetsOldRows) && rows.rows.len() >= 5000 {
            rows.rows.pop_first();
        }
        let first_deadline = entry.expires_at;
        rows.rows.insert(
            self.name(key),
            Row {
                entry,
                version,
                first_deadline,
            },
        );
        version
    }

    fn is_swept(&self, row: &Row, now: Timestamp) -> bool {
        let deadline = if self.has(Fault::SweepsByFirstDeadline) {
            row.first_deadline
        } else {
            row.entry.expires_at
        };
        let early = i64::from(self.has(Fault::SweepsEarly));
        deadline.is_some_and(|deadline| deadline.as_millis() <= now.as_millis() + early)
    }

    fn is_listed(&self, key: &Key, owner: &Owner, kind: Kind, now: Timestamp) -> bool {
        let now = if self.has(Fault::ListsExpired) {
            Timestamp::EPOCH
        } else {
            now
        };
        let Some(of) = self.live(key, now).and_then(|row| row.entry.owner) else {
            return false;
        };
        key.kind() == kind
            && (of == *owner || self.has(Fault::OwnsByPrefix) && of.0.starts_with(&owner.0))
    }

    fn is_behind(&self, key: &Key, after: Option<&Key>) -> bool {
        after.is_none_or(|after| key > after || self.has(Fault::RepeatsLastKey) && key == after)
    }
}

impl Store for BrokenStore {
    async fn find(&self, key: &Key, now: Timestamp) -> Result<Option<Stored>, StoreError> {
        let found = self.live(key, now);
        if found.is_none() && self.has(Fault::FailsOnAbsence) {
            return Err(StoreError::new(StoreErrorKind::Unavailable, "no such row"));
        }
        Ok(found.map(|row| Stored {
            bytes: row.entry.bytes,
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
        let whole = WHOLE.lock().await;
        if !self.is_at(key, expected, now) {
            return Ok(Replaced::Conflict);
        }
        if self.has(Fault::ChecksThenWrites) {
            drop(whole);
            tokio::task::yield_now().await;
        }
        Ok(Replaced::Done(self.put(key, entry)))
    }

    async fn touch(
        &self,
        key: &Key,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Touched, StoreError> {
        if self.live(key, now).is_none() {
            if self.has(Fault::TouchCreates) {
                let expires_at = Some(expires_at);
                self.put(
                    key,
                    Entry {
                        bytes: Vec::new(),
                        expires_at,
                        owner: None,
                    },
                );
            }
            return Ok(Touched::Gone);
        }
        let mut rows = self.rows.lock().unwrap();
        let row = rows.rows.get_mut(&self.name(key)).unwrap();
        row.entry.expires_at = Some(expires_at);
        row.version.0 += u64::from(self.has(Fault::TouchGivesVersion));
        Ok(Touched::Done)
    }

    async fn remove(
        &self,
        key: &Key,
        expected: Option<Version>,
        now: Timestamp,
    ) -> Result<Replaced<()>, StoreError> {
        let whole = WHOLE.lock().await;
        let is_any = expected.is_none() || self.has(Fault::RemovesAnyVersion);
        if !is_any && !self.is_at(key, expected, now) {
            return Ok(Replaced::Conflict);
        }
        if self.has(Fault::ChecksThenRemoves) {
            drop(whole);
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        self.rows.lock().unwrap().rows.remove(&self.name(key));
        Ok(Replaced::Done(()))
    }

    async fn owned_by(
        &self,
        owner: &Owner,
        kind: Kind,
        page: Page,
        now: Timestamp,
    ) -> Result<Vec<Key>, StoreError> {
        let keys: Vec<Key> = self.rows.lock().unwrap().rows.keys().cloned().collect();
        Ok(keys
            .into_iter()
            .filter(|key| self.is_behind(key, page.after.as_ref()))
            .filter(|key| self.is_listed(key, owner, kind, now))
            .take(page.limit)
            .collect())
    }

    async fn sweep(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let limit = if self.has(Fault::SweepsAll) {
            usize::MAX
        } else {
            limit
        };
        let mut expired: Vec<Key> = Vec::new();
        {
            let mut rows = self.rows.lock().unwrap();
            let found = rows.rows.iter().filter(|(_, row)| self.is_swept(row, now));
            expired.extend(found.map(|(key, _)| key.clone()).take(limit));
            if !self.has(Fault::ListsThenSweeps) {
                rows.rows.retain(|key, _| !expired.contains(key));
                return Ok(expired.len());
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        self.rows
            .lock()
            .unwrap()
            .rows
            .retain(|key, _| !expired.contains(key));
        Ok(expired.len())
    }
}

/// Makes a check and the write that follows it one, unless a fault lets go between them.
static WHOLE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
