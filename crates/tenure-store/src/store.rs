use std::future::Future;

use tenure_core::time::Timestamp;

use crate::{Entry, Key, Kind, Owner, Page, Replaced, StoreError, Stored, Touched, Version};

/// Where everything that must outlive a process is kept: one kind of row for all of it.
///
/// The contract, held by the test of the same name in `tenure-store-testkit`:
///
/// - A row is gone from the moment `now` reaches its `expires_at`, whether or not it was swept.
/// - Every change of a row's bytes gives it a version that this key has never had before, also
///   across removal, so that a stale version can never match.
/// - When a write has returned, it survives the sudden death of the process.
/// - "Not there" and "not what you expected" are values. An error means that the store failed,
///   and that the caller does not know whether a write took place.
/// - Keys hold digests of bearer secrets, never the secrets; a store never logs keys or bytes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a store",
    label = "`tenure_store::Store` is needed here",
    note = "wrap a store chosen at run time in `AnyStore`; implement `Store` with `async fn`s"
)]
pub trait Store: Send + Sync + 'static {
    /// Reads a row that has not expired.
    fn find(
        &self,
        key: &Key,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Stored>, StoreError>> + Send;

    /// Writes a row if its version is `expected`; `None` means that no unexpired row may be there.
    fn replace(
        &self,
        key: &Key,
        expected: Option<Version>,
        entry: Entry,
        now: Timestamp,
    ) -> impl Future<Output = Result<Replaced, StoreError>> + Send;

    /// Moves a row's deadline, never its bytes or version, and never creates one.
    fn touch(
        &self,
        key: &Key,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> impl Future<Output = Result<Touched, StoreError>> + Send;

    /// Removes a row if its version is `expected`; `None` removes whatever is there. Removing
    /// what is not there with `expected` set is a conflict, without it is done.
    fn remove(
        &self,
        key: &Key,
        expected: Option<Version>,
        now: Timestamp,
    ) -> impl Future<Output = Result<Replaced<()>, StoreError>> + Send;

    /// The keys of an owner's unexpired rows of one kind, in a stable order, a page at a time.
    fn owned_by(
        &self,
        owner: &Owner,
        kind: Kind,
        page: Page,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Key>, StoreError>> + Send;

    /// Deletes at most `limit` rows that have expired; returns how many went.
    fn sweep(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<usize, StoreError>> + Send;
}
