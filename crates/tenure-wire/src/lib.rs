//! The bytes and texts in which Tenure's values are kept and sent, each with its version.
//!
//! A value that cannot be read is told apart from one that a newer release wrote:
//!
//! ```
//! use tenure_wire::{DecodeError, account::AccountName, row};
//!
//! let bytes = row::encode(&AccountName { subject: "c3ViamVjdA".to_owned() });
//! assert_eq!(row::decode::<AccountName>(&bytes)?.subject, "c3ViamVjdA");
//!
//! let newer = [[9].as_slice(), &bytes[1..]].concat();
//! let error = row::decode::<AccountName>(&newer).unwrap_err();
//! assert!(matches!(error, DecodeError::Newer { version: 9, reads: 1, .. }));
//! # Ok::<(), DecodeError>(())
//! ```
//!
//! Each form has its bytes in a test, so renaming a member is a failure and not a loss. It decides
//! nothing and does no I/O: rooms translate between these forms and their own types.

#![allow(
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    reason = "plain data, which is read and built where it is used"
)]

pub mod account;
pub mod client;
pub mod code;
pub mod device;
pub mod document;
pub mod envelope;
mod error;
pub mod family;
mod family_id;
mod form;
pub mod keyring;
pub mod keys;
pub mod lease;
pub mod profile;
pub mod proof_key;
pub mod row;
pub mod sealed;
pub mod session;
pub mod sign_in;

#[cfg(test)]
mod any_bytes;
#[cfg(test)]
mod golden;

pub use error::DecodeError;
pub use form::Form;
