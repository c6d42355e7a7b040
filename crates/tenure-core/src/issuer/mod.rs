//! The side that grants tokens: families of refresh tokens, their rotation, and how a stolen one
//! is found.
//!
//! A family is one sign-in of one client. Its refresh token is a ratchet: the next one is derived
//! from the present one, which only its holder has, so a family is a row of constant size that
//! holds digests alone, and the answer to a repeated question is the same answer.
//!
//! - [`begin`] makes a family and its first refresh token.
//! - [`parse`] tells a refresh token of this service from a forged one, without the row.
//! - [`present`] decides what a refresh token gets, given the row it names.
//! - [`confirm`] notes that a client really has what was granted last.
//! - [`revoke`] ends a family.
//!
//! Nothing here changes a row: each function returns the row to write, and the caller compares
//! and sets. Who loses that race reads the row again and calls [`present`] again.

mod decide;
mod decision;
mod family;
mod keys;
mod policy;
#[cfg(test)]
mod tests;
mod token;

pub use decide::{begin, confirm, present, revoke};
pub use decision::{Decision, NewFamily, Presentation, Refusal};
pub use family::{Family, FamilyId, FamilyIdError, Revoked, RevokedReason};
pub use keys::{RatchetKey, RatchetKeys};
pub use policy::{PolicyFault, RatchetPolicy};
pub use token::{Forged, Presented, parse};
