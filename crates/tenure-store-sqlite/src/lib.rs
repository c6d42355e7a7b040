//! Rows in one SQLite file: durable, shared by the processes of one machine.
//!
//! ```
//! use tenure_core::time::Timestamp;
//! use tenure_store::{Entry, Key, Kind, Replaced, Store};
//! use tenure_store_sqlite::SqliteStore;
//!
//! # async fn example(path: std::path::PathBuf) -> Result<(), tenure_store::StoreError> {
//! let store = SqliteStore::open(path).await?;
//! let (key, now) = (Key::new(Kind::Session, *b"digest of an id"), Timestamp::from_secs(1));
//! let entry = Entry { bytes: b"kept".to_vec(), expires_at: None, owner: None };
//! // When this returns, the row survives the death of the process and a loss of power.
//! assert!(matches!(store.replace(&key, None, entry, now).await?, Replaced::Done(_)));
//! store.close().await;
//! # Ok(()) }
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("tenure.db");
//! # tokio::runtime::Runtime::new().unwrap().block_on(example(path)).unwrap();
//! ```
//!
//! One thread writes. It takes everything that waits in its queue, carries it out in one
//! transaction, and answers when that is on disk, so that many concurrent writes share one
//! `fsync`. Reads run beside it on connections of their own. Several stores, also in several
//! processes, may use one file; every call has a deadline.
//!
//! It needs a tokio runtime with time enabled. It does not work on network file systems, does
//! not encrypt the file (which only its owner may read), and does not sweep by itself.

mod fault;
mod file;
mod options;
mod readers;
mod schema;
mod store;
mod writer;

pub use options::Options;
pub use store::SqliteStore;
