//! What the tests are made of.

use tenure_core::time::Timestamp;
use tenure_store::{Entry, Key, Kind, Owner, Page, Replaced, Store, Stored, Version};

use crate::Violation;
use crate::violation::ensure;

pub(super) const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_123);

pub(super) const fn at(millis_from_now: i64) -> Timestamp {
    Timestamp::from_millis(NOW.as_millis() + millis_from_now)
}

pub(super) fn key(name: &str) -> Key {
    Key::new(Kind::Session, name.as_bytes())
}

pub(super) fn entry(bytes: &str) -> Entry {
    Entry {
        bytes: bytes.as_bytes().to_vec(),
        expires_at: None,
        owner: None,
    }
}

pub(super) fn expiring(bytes: &str, expires_at: Timestamp) -> Entry {
    Entry {
        expires_at: Some(expires_at),
        ..entry(bytes)
    }
}

pub(super) fn owned(owner: &Owner) -> Entry {
    Entry {
        owner: Some(owner.clone()),
        ..entry("of an owner")
    }
}

/// Writes, and takes a conflict for a violation.
pub(super) async fn put(
    store: &impl Store,
    key: &Key,
    expected: Option<Version>,
    entry: Entry,
) -> Result<Version, Violation> {
    match store.replace(key, expected, entry, NOW).await? {
        Replaced::Done(version) => Ok(version),
        Replaced::Conflict => Err(Violation::new(
            "a write conflicts that nothing stands against",
        )),
    }
}

/// Reads, and takes absence for a violation.
pub(super) async fn read(
    store: &impl Store,
    key: &Key,
    now: Timestamp,
) -> Result<Stored, Violation> {
    let found = store.find(key, now).await?;
    found.ok_or_else(|| Violation::new("a row is not there that should be"))
}

pub(super) async fn ensure_absent(
    store: &impl Store,
    key: &Key,
    now: Timestamp,
) -> Result<(), Violation> {
    ensure!(
        store.find(key, now).await?.is_none(),
        "a row is there that should not be"
    );
    Ok(())
}

/// All keys of an owner, on one page that is large enough.
pub(super) async fn all_of(
    store: &impl Store,
    owner: &Owner,
    kind: Kind,
) -> Result<Vec<Key>, Violation> {
    let page = Page {
        after: None,
        limit: 1000,
    };
    let mut keys = store.owned_by(owner, kind, page, NOW).await?;
    keys.sort();
    Ok(keys)
}
