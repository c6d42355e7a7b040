//! The service that signs people in, issues their tokens, and lists and ends their sessions; and
//! the program `tenure` around it.
//!
//! ```
//! use tenure_server::{Clock, Policy, Server};
//! use tenure_store::{AnyStore, MemoryStore};
//!
//! # async fn example() -> Result<(), tenure_server::StartError> {
//! let store = AnyStore::new(MemoryStore::new());
//! let server = Server::start(Policy::new("https://id.example.com"), store, Clock::system()).await?;
//! let router: axum::Router = server.router();
//! # let _ = router;
//! # Ok(()) }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```
//!
//! `tenure-core` decides what a refresh token gets, a store compares and sets, and this crate is
//! the HTTP around both. It serves the operator's own clients: there is no consent page and no
//! dynamic registration.

mod accounts;
mod admin;
mod app;
mod asker;
mod bounds;
mod cache;
mod clients;
mod clock;
mod connections;
mod demo;
mod device;
mod digest;
mod families;
mod keys;
mod metrics;
mod pages;
mod policy;
mod routes;
mod rows;
mod server;
mod signin;
mod token;
mod web;

pub use admin::{
    Admin, AdminError, Demo, Ended, KeyInfo, RegisteredClient, RemovedClient, TokenSession, User,
    UserEmail, is_reserved_claim,
};
pub use clients::{Compatibility, Grant, Leniency, Origin as ClientOrigin};
pub use clock::Clock;
pub use connections::Limits;
pub use keys::Algorithm;
pub use policy::{ClientConfig, DEFAULT_SCOPE, Policy, PolicyError};
pub use server::{Server, StartError};
