//! The bytes and texts in which Tenure's values are kept and sent, each with its version.

pub mod family;
pub mod session;
