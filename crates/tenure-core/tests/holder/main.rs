//! Stories of a holder, driven by hand, with time by hand. Each names the law it tells of.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::exhaustive_enums,
    reason = "helpers of tests"
)]

mod binding;
mod loading;
mod refreshing;
mod signing;
mod story;
mod timing;
