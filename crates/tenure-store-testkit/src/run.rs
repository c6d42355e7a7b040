use std::future::Future;
use std::time::Duration;

use crate::{Factory, Violation, contract};

/// Defines the list of tests once: as test functions, as names, and as what runs by name.
macro_rules! tests {
    ($($file:ident: $($name:ident)+;)+) => {
        /// The names of all tests.
        #[must_use]
        pub fn names() -> &'static [&'static str] {
            &[$($(stringify!($name)),+),+]
        }

        /// Runs one test by its name, on a runtime of its own.
        ///
        /// # Errors
        ///
        /// How the store broke the contract; also if there is no such test, or if it has not
        /// ended after two minutes.
        pub fn run<F: Factory>(name: &str, factory: F) -> Result<(), Violation> {
            match name {
                $($(stringify!($name) => block_on(contract::$file::$name(&factory)),)+)+
                _ => Err(Violation::new(format!("there is no test {name}"))),
            }
        }
    };
}

tests! {
    rows:
        rows_read_back_as_written
        absent_rows_are_values_not_errors
        stale_versions_conflict
        present_rows_are_not_created_again
        removal_obeys_the_version
        touch_moves_the_deadline_and_nothing_else
        touch_never_creates_a_row;
    expiry:
        rows_are_gone_at_their_deadline
        expired_rows_count_as_absent
        far_deadlines_are_kept
        sweep_deletes_expired_rows_only
        sweep_deletes_at_most_its_limit
        sweep_obeys_a_moved_deadline;
    versions:
        every_write_has_a_new_version
        versions_do_not_return_after_removal
        versions_do_not_return_after_expiry;
    races:
        one_of_many_creators_wins
        one_of_many_writers_wins_each_version
        a_thousand_racing_increments_all_count
        a_removal_and_a_write_do_not_both_win
        sweeping_while_writing_loses_nothing;
    owners:
        owners_see_their_own_rows
        owners_do_not_see_expired_or_removed_rows
        rows_change_owners_with_their_bytes
        pages_cover_every_key_once;
    sizes:
        names_of_all_kinds_are_told_apart
        large_rows_read_back
        ten_thousand_rows_read_back;
    reopening:
        rows_survive_reopening;
}

/// Makes a test function for each line of the contract.
///
/// The argument is an expression that makes a [`Factory`]; it is evaluated once for each test.
#[macro_export]
macro_rules! contract {
    ($factory:expr) => {
        $crate::contract!(@ $factory;
            rows_read_back_as_written
            absent_rows_are_values_not_errors
            stale_versions_conflict
            present_rows_are_not_created_again
            removal_obeys_the_version
            touch_moves_the_deadline_and_nothing_else
            touch_never_creates_a_row
            rows_are_gone_at_their_deadline
            expired_rows_count_as_absent
            far_deadlines_are_kept
            sweep_deletes_expired_rows_only
            sweep_deletes_at_most_its_limit
            sweep_obeys_a_moved_deadline
            every_write_has_a_new_version
            versions_do_not_return_after_removal
            versions_do_not_return_after_expiry
            one_of_many_creators_wins
            one_of_many_writers_wins_each_version
            a_thousand_racing_increments_all_count
            a_removal_and_a_write_do_not_both_win
            sweeping_while_writing_loses_nothing
            owners_see_their_own_rows
            owners_do_not_see_expired_or_removed_rows
            rows_change_owners_with_their_bytes
            pages_cover_every_key_once
            names_of_all_kinds_are_told_apart
            large_rows_read_back
            ten_thousand_rows_read_back
            rows_survive_reopening);
    };
    (@ $factory:expr; $($name:ident)+) => {
        $(
            #[test]
            fn $name() {
                if let Err(violation) = $crate::run(stringify!($name), $factory) {
                    panic!("{violation}");
                }
            }
        )+

        #[test]
        fn no_test_of_the_contract_is_left_out() {
            assert_eq!($crate::names(), [$(stringify!($name)),+]);
        }
    };
}

fn block_on(check: impl Future<Output = Result<(), Violation>> + Send) -> Result<(), Violation> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .map_err(|error| Violation::new(format!("there is no runtime: {error}")))?;
    runtime
        .block_on(async { tokio::time::timeout(TOO_LONG, check).await })
        .unwrap_or_else(|_| Err(Violation::new("the store did not answer for two minutes")))
}

const TOO_LONG: Duration = Duration::from_secs(120);
