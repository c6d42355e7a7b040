//! Where everything that must outlive a process is kept: one trait, one kind of row.
//!
//! ```
//! use tenure_core::time::Timestamp;
//! use tenure_store::{Entry, Key, Kind, MemoryStore, Replaced, Store};
//!
//! # async fn example() -> Result<(), tenure_store::StoreError> {
//! let (store, now) = (MemoryStore::new(), Timestamp::from_secs(1));
//! let key = Key::new(Kind::Session, *b"digest of an id");
//! let entry = Entry { bytes: b"first".to_vec(), expires_at: None, owner: None };
//! let first = store.replace(&key, None, entry.clone(), now).await?;
//! let Replaced::Done(version) = first else { panic!("the store was empty") };
//! store.replace(&key, Some(version), entry.clone(), now).await?;
//! // Whoever still holds the first version is told, and has changed nothing.
//! assert_eq!(store.replace(&key, Some(version), entry, now).await?, Replaced::Conflict);
//! # Ok(()) }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```
//!
//! [`Store`] is the contract, and `tenure-store-testkit` is its test. [`MemoryStore`] lives as
//! long as its process; `tenure-store-sqlite` keeps rows in a file. [`AnyStore`] wraps whichever
//! store was chosen when the program started.
//!
//! This crate does not know what the bytes mean, it reads no clock, and it does not know HTTP.

mod any;
mod error;
mod memory;
mod row;
mod store;

pub use any::AnyStore;
pub use error::{StoreError, StoreErrorKind};
pub use memory::MemoryStore;
pub use row::{Entry, Key, Kind, Owner, Page, Replaced, Stored, Touched, Version};
pub use store::Store;
