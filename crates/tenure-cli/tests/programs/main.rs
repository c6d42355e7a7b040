//! Whole programs against each other: the binary `tenure` as server and as command line, npm's
//! `openid-client` and `oidc-provider`, applications with other people's libraries, and a person
//! whose browser a test plays.
//!
//! Everything runs as real processes on free loopback ports and is stopped by its process id.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a broken set-up is a failed test"
)]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod accounts;
mod clients;
mod crowd;
mod descriptors;
mod dev;
mod device;
mod dpop;
mod keyring;
mod login;
mod lost_answer;
mod oidc_provider;
mod openid_client;
mod outage;
mod proxies;
mod read_only;
mod relying;
mod sealed;
mod storage_file;
mod support;
mod two_issuers;
mod two_servers;
