//! The suite that every store must pass: the contract of [`Store`](tenure_store::Store), a test
//! for each line.
//!
//! ```
//! use tenure_store::{MemoryStore, StoreError};
//! use tenure_store_testkit::Factory;
//!
//! struct InMemory;
//!
//! impl Factory for InMemory {
//!     type Store = MemoryStore;
//!
//!     async fn make(&self) -> Result<MemoryStore, StoreError> {
//!         Ok(MemoryStore::new())
//!     }
//! }
//!
//! // In a file under `tests/`: one test function for each line of the contract.
//! tenure_store_testkit::contract!(InMemory);
//! # let checked = tenure_store_testkit::run("stale_versions_conflict", InMemory);
//! # assert!(checked.is_ok());
//! ```
//!
//! Each test makes a factory and an empty store of its own. A store that outlives its process
//! also implements [`Factory::reopen`]; without it, the test of reopening has nothing to say.
//!
//! The kit proves what a caller can see. That a write survives `kill -9` or a loss of power needs
//! a test of the store's own.

mod contract;
mod factory;
mod run;
mod violation;

pub use factory::Factory;
pub use run::{names, run};
pub use violation::Violation;
