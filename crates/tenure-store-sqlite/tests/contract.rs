//! The contract of every store, on a file.

#![allow(clippy::expect_used, reason = "a test without a folder cannot go on")]

use std::path::PathBuf;

use tempfile::TempDir;
use tenure_store::StoreError;
use tenure_store_sqlite::SqliteStore;
use tenure_store_testkit::Factory;

struct OnDisk {
    folder: TempDir,
}

impl OnDisk {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("tenure.db")
    }
}

impl Factory for OnDisk {
    type Store = SqliteStore;

    async fn make(&self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(self.path()).await
    }

    async fn reopen(&self, store: SqliteStore) -> Result<Option<SqliteStore>, StoreError> {
        store.close().await;
        Ok(Some(SqliteStore::open(self.path()).await?))
    }
}

tenure_store_testkit::contract!(OnDisk::new());
