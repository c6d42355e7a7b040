//! Stores that are broken on purpose: each test of the contract catches at least one of them.

use std::collections::BTreeSet;

use tenure_store::StoreError;
use tenure_store_testkit::{Factory, names, run};

mod store;

use store::{BrokenStore, Fault};

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
        Ok(BrokenStore::new(self.0))
    }

    async fn reopen(&self, store: BrokenStore) -> Result<Option<BrokenStore>, StoreError> {
        if self.0 == Fault::ForgetsOnReopening {
            return Ok(Some(self.make().await?));
        }
        Ok(Some(store))
    }
}
