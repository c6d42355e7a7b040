//! What Rust programs and the browser share about OpenID Connect: providers, logins under way,
//! and the claims of an ID token.
//!
//! ```
//! use tenure_core::time::Timestamp;
//! use tenure_oidc::{Callback, Entropy, LoginIntent, Transactions};
//!
//! let now = Timestamp::from_secs(1_700_000_000);
//! let mut logins = Transactions::default();
//! let entropy = Entropy { state: [1; 32], nonce: [2; 32], code_verifier: [3; 32] };
//! let intent = LoginIntent::new("https://id.example", "https://app.example/callback").returning_to("/cards");
//! let state = logins.begin(intent, &entropy, now).state().clone();
//!
//! // … the browser comes back with a code and the state …
//! let callback = Callback::parse([("code", "c"), ("state", state.expose())])?;
//! let login = logins.finish(callback.state(), now)?;
//! assert_eq!(login.return_to(), Some("/cards"));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! - [`provider`]: what discovery does not say about the well-known identity providers.
//! - [`Transactions`]: one record per `state`, each with a lifetime; a state works once.
//! - [`message`]: the requests and answers of the browser. Native programs use a library for them, and
//!   share what an answer without tokens means.
//! - [`Callback`]: what came back in the redirect.
//! - [`IdClaims`], [`IdCheck`]: claims as types, and the checks of OpenID Connect Core §3.1.3.7.
//! - [`RedirectGuard`]: ends a loop of redirects with an error.
//!
//! It reads no clock and draws no random numbers: `now` and random bytes are arguments. It does
//! not parse JSON or URLs, speak HTTP, or check signatures; an ID token's claims mean nothing
//! until its signature was checked by whoever hands them in.
#![no_std]

extern crate alloc;

mod callback;
mod check;
mod claims;
mod fault;
pub mod message;
pub mod pkce;
mod place;
pub mod provider;
mod redirects;
mod transaction;
mod urlencode;

pub use callback::{Callback, CallbackFault, IssuerFault, Refusal, RefusalKind};
pub use check::{IdCheck, IssuerRule, MAX_SKEW};
pub use claims::{ClaimValue, IdClaims};
pub use fault::{Claim, ClaimFault};
pub use redirects::{RedirectGuard, RedirectLoop};
pub use transaction::{
    Entropy, LoginIntent, Record, RecordFate, StateFault, Transaction, TransactionLimits,
    Transactions,
};
