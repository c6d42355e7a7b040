//! Keeps a Rust program signed in: one [`Session`], an access token that is always fresh, shared
//! by every task and every process that uses the same storage.
//!
//! ```no_run
//! use tenure_client::{Session, issuer::{Issuer, IssuerConfig}, storage::FileStorage};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let issuer = Issuer::new(IssuerConfig::new("https://id.example".parse()?, "my-client"))?;
//! let session = Session::open(issuer, FileStorage::open("state")?);
//! let token = session.access_token().await?;
//! println!("{} characters", token.access_token().expose().len());
//! # Ok(())
//! # }
//! ```
//!
//! The rules are those of [`tenure_core::holder`]; this crate moves them: it reads and writes
//! [`storage`], asks the [`issuer`], waits, and hands out tokens. [`http::Client`] attaches them
//! to requests.
//!
//! It does not decide when to refresh, keep passwords, or check tokens of others.

pub mod dpop;
pub mod error;
pub mod http;
pub mod issuer;
#[cfg(feature = "sealed")]
pub mod sealed;
pub mod storage;

mod clock;
mod driver;
mod elsewhere;
mod endpoint;
mod lock;
mod mailbox;
mod session;

pub use endpoint::Endpoint;
pub use error::{Error, ErrorKind};
pub use session::{Session, Token};
pub use tenure_core::holder::{
    Binding, Event, FailurePolicy, HolderConfig, Renewal, SignOutScope, SignedOutReason, Snapshot,
    TokenSource, Unnamed,
};
