//! What the service keeps its data in. Who adds another store chooses it here.

use tenure_store::{AnyStore, StoreError};
use tenure_store_sqlite::SqliteStore;

use crate::CliError;
use crate::settings::Installation;

/// An open store.
pub(crate) struct Opened {
    pub(crate) store: AnyStore,
    sqlite: SqliteStore,
}

impl Opened {
    /// Opens the store of an installation, or makes it.
    pub(crate) async fn open(installation: &Installation) -> Result<Self, StoreError> {
        let sqlite = SqliteStore::open(installation.database()).await?;
        let store = AnyStore::new(sqlite.clone());
        Ok(Self { store, sqlite })
    }

    /// Opens the store of an installation that was started before.
    pub(crate) async fn open_existing(installation: &Installation) -> Result<Self, CliError> {
        if !installation.database().is_file() {
            let path = installation.data_dir.display();
            let what = format!(
                "there is no data in {path}: start the server there once, or name the directory \
                 of one that runs with --data or --config"
            );
            return Err(CliError::Usage(what));
        }
        Ok(Self::open(installation).await?)
    }

    /// Waits until everything is written.
    pub(crate) async fn close(self) {
        self.sqlite.close().await;
    }
}
