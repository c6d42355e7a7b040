//! The rules of a session's life, without I/O: what a holder of tokens does, what an issuer
//! decides, and when things end.
//!
//! - [`holder`]: one state machine per session on the side that uses tokens. [`holder::Holder`]
//!   shows a whole life.
//! - [`issuer`]: families of refresh tokens on the side that grants them.
//! - [`time`], [`secret`]: the two vocabularies that both share.
//!
//! It does not read clocks, draw random numbers, know HTTP, or serialise anything.
#![no_std]

extern crate alloc;

pub mod holder;
pub mod issuer;
pub mod mutant;
pub mod secret;
pub mod time;
