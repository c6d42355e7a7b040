//! Where everything that must outlive a process is kept: one trait, one kind of row.
//!
//! It does not know what the bytes mean, and it does not know HTTP.

mod error;
mod row;
mod store;

pub use error::{StoreError, StoreErrorKind};
pub use row::{Entry, Key, Kind, Owner, Page, Replaced, Stored, Touched, Version};
pub use store::Store;
