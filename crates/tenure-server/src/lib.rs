//! The service that signs people in, issues their tokens, and lists and ends their sessions.
//!
//! ```
//! use axum::{Router, routing::get};
//! use tenure_server::{ClientConfig, Clock, Policy, Server};
//! use tenure_store::{AnyStore, MemoryStore};
//!
//! # async fn example() -> Result<(), tenure_server::StartError> {
//! let mut policy = Policy::new("https://example.com/auth");
//! let page = "https://example.com/".to_owned();
//! policy.clients = vec![ClientConfig::new("page").with_redirect_uris(vec![page])];
//! let store = AnyStore::new(MemoryStore::new());
//! let server = Server::start(policy, store, Clock::system()).await?;
//! let application: Router = Router::new()
//!     .route("/", get(async || "an application of its own"))
//!     .nest("/auth", server.router());
//! # let _ = application;
//! # Ok(()) }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```
//!
//! `tenure-core` decides what a refresh token gets, a store compares and sets, and this crate is
//! the HTTP around both. [`Policy`] says what the issuer decides, [`Admin`] is for whoever
//! operates it, and the program `tenure` of the crate `tenure-cli` is made of these.
//!
//! Who asks is known by `axum::extract::ConnectInfo` and [`Policy::trusted_proxies`]: serve with
//! `into_make_service_with_connect_info`, or wrong passwords count for names alone. Nothing here
//! deletes expired rows unless [`Server::run`] does; whoever serves otherwise spawns
//! [`Server::sweep`].
//!
//! It serves the operator's own clients: there is no consent page and no dynamic registration.

mod accounts;
mod admin;
mod app;
mod authorize;
mod cache;
mod clients;
mod clock;
mod connections;
mod demo;
mod device;
mod digest;
mod discovery;
mod families;
mod http;
mod keys;
mod metrics;
mod operation;
mod policy;
mod registration;
mod routes;
mod rows;
mod sealed;
mod server;
mod sessions;
mod sign_in;
mod sign_out;
mod token;
mod token_sessions;

pub use admin::{
    Admin, AdminError, Demo, Ended, KeyInfo, RegisteredClient, RemovedClient, TokenSession, User,
    UserEmail, is_reserved_claim,
};
pub use clients::{Compatibility, GrantType, Leniency, Origin as ClientOrigin};
pub use clock::Clock;
pub use connections::Limits;
pub use keys::Algorithm;
pub use policy::{ClientConfig, DEFAULT_SCOPE, Policy, PolicyError};
pub use server::{Server, StartError};
