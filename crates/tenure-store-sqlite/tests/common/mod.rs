//! What the tests of the SQLite store share.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each file with tests uses some of it"
)]

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tenure_core::time::Timestamp;
use tenure_store::{Entry, Key, Kind, Replaced, Store, StoreError};
use tenure_store_sqlite::SqliteStore;

pub const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

pub async fn create(path: &Path) {
    let store = SqliteStore::open(path).await.unwrap();
    put(&store, "a").await.unwrap();
    store.close().await;
}

pub async fn put(store: &SqliteStore, name: &str) -> Result<(), StoreError> {
    put_bytes(store, name, b"bytes".to_vec()).await
}

pub async fn put_bytes(store: &SqliteStore, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
    let entry = Entry {
        bytes,
        expires_at: None,
        owner: None,
    };
    let written = store.replace(&key(name), None, entry, NOW).await?;
    assert_ne!(written, Replaced::Conflict);
    Ok(())
}

pub fn key(name: &str) -> Key {
    Key::new(Kind::Account, name.as_bytes())
}

pub fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenure.db");
    (folder, path)
}

/// Journals and the like that SQLite keeps beside a database.
pub fn beside(path: &Path) -> Vec<PathBuf> {
    ["db-wal", "db-shm", "db-journal"]
        .map(|extension| path.with_extension(extension))
        .into_iter()
        .filter(|file| file.exists())
        .collect()
}
