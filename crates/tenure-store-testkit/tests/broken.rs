//! Stores that are broken on purpose: each test of the contract catches at least one of them.

#![allow(
    clippy::unwrap_used,
    reason = "the broken store has no locks that can be poisoned"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use tenure_core::time::Timestamp;
use tenure_store::{
    Entry, Key, Kind, Owner, Page, Replaced, Store, StoreError, StoreErrorKind, Stored, Touched,
    Version,
};
use tenure_store_testkit::{Factory, names, run};

/// Each fault, and a test that must see it.
const FAULTS: &[(Fault, &str)] = &[
    (Fault::CutsBytes, "rows_read_back_as_written"),
    (Fault::FailsOnAbsence, "absent_rows_are_values_not_errors"),
    (Fault::LastWriteWins, "stale_versions_conflict"),
    (
        Fault::OverwritesOnCreate,
        "present_rows_are_not_created_again",
    ),
    (Fault::RemovesAnyVersion, "removal_obeys_the_version"),
    (
        Fault::TouchGivesVersion,
        "touch_moves_the_deadline_and_nothing_else",
    ),
    (Fault::TouchCreates, "touch_never_creates_a_row"),
    (Fault::ExpiresLate, "rows_are_gone_at_their_deadline"),
    (Fault::WritesToExpired, "expired_rows_count_as_absent"),
    (Fault::CountsSeconds, "far_deadlines_are_kept"),
    (Fault::SweepsEarly, "sweep_deletes_expired_rows_only"),
    (Fault::SweepsAll, "sweep_deletes_at_most_its_limit"),
    (Fault::SweepsByFirstDeadline, "sweep_obeys_a_moved_deadline"),
    (
        Fault::KeepsVersionOfEqualBytes,
        "every_write_has_a_new_version",
    ),
    (
        Fault::ReusesVersions,
        "versions_do_not_return_after_removal",
    ),
    (Fault::ReusesVersions, "versions_do_not_return_after_expiry"),
    (Fault::ChecksThenWrites, "one_of_many_creators_wins"),
    (
        Fault::ChecksThenWrites,
        "one_of_many_writers_wins_each_version",
    ),
    (
        Fault::ChecksThenWrites,
        "a_thousand_racing_increments_all_count",
    ),
    (
        Fault::ChecksThenRemoves,
        "a_removal_and_a_write_do_not_both_win",
    ),
    (
        Fault::ListsThenSweeps,
        "sweeping_while_writing_loses_nothing",
    ),
    (Fault::OwnsByPrefix, "owners_see_their_own_rows"),
    (
        Fault::ListsExpired,
        "owners_do_not_see_expired_or_removed_rows",
    ),
    (Fault::KeepsOwner, "rows_change_owners_with_their_bytes"),
    (Fault::RepeatsLastKey, "pages_cover_every_key_once"),
    (Fault::MixesKinds, "names_of_all_kinds_are_told_apart"),
    (Fault::TakesHalfAMegabyte, "large_rows_read_back"),
    (Fault::ForgetsOldRows, "ten_thousand_rows_read_back"),
    (Fault::ForgetsOnReopening, "rows_survive_reopening"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
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

#[test]
fn every_fault_is_seen_by_its_test() {
    for (fault, test) in FAULTS {
        assert!(
            run(test, Broken(*fault)).is_err(),
            "{test} does not see {fault:?}"
        );
    }
}

#[test]
fn every_test_sees_a_fault() {
    let seeing: BTreeSet<_> = FAULTS.iter().map(|(_, test)| *test).collect();
    let all: BTreeSet<_> = names().iter().copied().collect();
    assert_eq!(seeing, all);
}

#[test]
fn the_same_store_without_a_fault_passes() {
    for test in names() {
        assert_eq!(run(test, Broken(Fault::None)), Ok(()), "{test}");
    }
}

#[test]
fn a_test_that_is_not_there_is_not_passed() {
    assert!(run("no_such_test", Broken(Fault::None)).is_err());
}

struct Broken(Fault);

impl Factory for Broken {
    type Store = BrokenStore;

    async fn make(&self) -> Result<BrokenStore, StoreError> {
        Ok(BrokenStore {
            fault: self.0,
            rows: Mutex::default(),
        })
    }

    async fn reopen(&self, store: BrokenStore) -> Result<Option<BrokenStore>, StoreError> {
        if self.0 == Fault::ForgetsOnReopening {
            return Ok(Some(self.make().await?));
        }
        Ok(Some(store))
    }
}

struct BrokenStore {
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
        match self.fault {
            Fault::CutsBytes => entry.bytes.truncate(2),
            Fault::TakesHalfAMegabyte => entry.bytes.truncate(1 << 19),
            Fault::CountsSeconds => {
                entry.expires_at = entry
                    .expires_at
                    .map(|at| Timestamp::from_secs(at.as_secs()));
            }
            Fault::ForgetsOldRows if rows.rows.len() >= 5000 => drop(rows.rows.pop_first()),
            _ => {}
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
