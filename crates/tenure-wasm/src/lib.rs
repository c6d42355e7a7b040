//! `tenure-core` and `tenure-oidc` for JavaScript: translation, and nothing else.
//!
//! A message is a text of fields with a NUL between them; the first names what it is. A field
//! that is absent is empty. JavaScript has its own JSON, so none is read or written here, which
//! keeps the module small; no field may hold a NUL, and a message with a field too many or too
//! few is refused. `messages` (where there is an operating system) describes each.
//!
//! ```
//! use tenure_wasm::Holder;
//!
//! let mut holder = Holder::new("refresh_token\0\0proactive\0keep\0\0\0\0\0\0\0https://id.example\0cards").unwrap();
//! holder.handle_input("opened", 1_700_000_000_000.0, 0.0).unwrap();
//! assert_eq!(holder.poll_output().as_deref(), Some("load\01"));
//! assert_eq!(holder.poll_output(), None);
//! ```
//!
//! It reads no clock, draws no random numbers and does no I/O: the module imports nothing from
//! its surroundings.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

#[cfg(target_family = "wasm")]
mod bare;

mod config;
mod fields;
mod holder;
mod input;
#[cfg(not(target_family = "wasm"))]
pub mod messages;
mod output;
mod protocol;
mod stored;

pub use holder::Holder;
pub use protocol::oidc;
