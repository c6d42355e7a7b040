//! How large a database is after many rotations.

use std::path::Path;

use anyhow::Result;
use tenure_store_sqlite::SqliteStore;

use crate::{
    family::{self, Rotating},
    table::Table,
};

/// A family must not grow with its rotations.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let few = after(10).await?;
    let many = after(1000).await?;
    table.judged(
        "store: database size, 10 -> 1 000 rotations of one family",
        format!("{few} -> {many} B"),
        "flat",
        (many <= few).into(),
    );
    Ok(())
}

/// The bytes on disk of a database that was closed after this many rotations of one family.
async fn after(rotations: u32) -> Result<u64> {
    let folder = tempfile::tempdir()?;
    let store = SqliteStore::open(folder.path().join("tenure.db")).await?;
    let mut client = Rotating::begin(&store, &family::ring()?).await?;
    for _ in 0..rotations {
        client.rotate(&store).await?;
    }
    store.close().await;
    size_of(folder.path())
}

fn size_of(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for file in std::fs::read_dir(folder)? {
        bytes += file?.metadata()?.len();
    }
    Ok(bytes)
}
