//! The bytes and texts in which Tenure's values are kept and sent, each with its version.

#![allow(
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    reason = "plain data, which is read and built where it is used"
)]

mod error;
pub mod family;
pub mod session;

pub use error::DecodeError;
