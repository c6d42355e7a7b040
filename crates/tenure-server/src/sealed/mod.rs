//! Sealed entries: data that the server keeps and cannot read, found by a public key. The interface
//! is that of the storage service which `@toruslabs/session-manager` speaks to.
//!
//! Whoever has the secret key may write (the signature shows it), and whoever knows the public key
//! may read, from the pages that the entry names; only the secret key opens what was read.

mod body;
mod entries;
mod origin;
mod rates;
mod routes;

pub(crate) use self::rates::Rates;
pub(crate) use self::routes::router;
