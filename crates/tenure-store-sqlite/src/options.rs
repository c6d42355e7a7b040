use std::path::PathBuf;
use std::time::Duration;

use tenure_store::StoreError;

use crate::SqliteStore;

/// How a database is opened and used.
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) path: PathBuf,
    pub(crate) timeout: Duration,
    pub(crate) queue: usize,
    pub(crate) max_size_bytes: Option<u64>,
}

impl Options {
    /// Starts from the defaults; the file is created if it is not there, its folder is not.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            timeout: Duration::from_secs(5),
            queue: 1024,
            max_size_bytes: None,
        }
    }

    /// How long any call may take before it fails as unavailable; five seconds by default.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How many writes may wait in the queue; more wait outside. 1024 by default, at least 1.
    #[must_use]
    pub const fn queue(mut self, writes: usize) -> Self {
        self.queue = if writes == 0 { 1 } else { writes };
        self
    }

    /// How large the database may grow. Without it, until the disk is full.
    #[must_use]
    pub const fn max_size_bytes(mut self, bytes: u64) -> Self {
        self.max_size_bytes = Some(bytes);
        self
    }

    /// Opens the database.
    ///
    /// # Errors
    ///
    /// `NewerVersion` if a newer Tenure made the file, `Corrupt` if it is damaged or not a Tenure
    /// database (it is left as it is), `Unavailable` if it cannot be used for now.
    pub async fn open(self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open_with(self).await
    }
}
