//! Token sessions: tokens together with data that only the session's owner opens. The interface is
//! that of the service which `AuthSessionManager` of `@toruslabs/session-manager` speaks to.
//!
//! A token session is a family of refresh tokens with sealed data beside it. What makes it one is the
//! row of the data: a family without one is refreshed at `/token` alone, where its client has to
//! show its secret.

mod begin;
mod data;
mod routes;

pub(crate) use self::routes::{called, router};
