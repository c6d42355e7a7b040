//! A deterministic simulation of holders, an issuer and everything between them that can fail.
//!
//! The machines are the real ones of `tenure-core`; only time, storage, the network and people
//! are made up, and all of them from one number, the seed. A world that breaks a law prints its
//! seed, and the seed plays the same world again.
//!
//! - [`world`]: what there is and what can happen.
//! - [`laws`]: what must hold after every step, and at the end.
//! - [`play`]: many worlds, the seeds that once found something, and the mutants of core.
//! - [`designs`]: how other designs of refresh tokens fare where the ratchet holds.
//!
//! It does not simulate stores of server-side sessions, and it proves nothing about code that
//! is not in `tenure-core`.

pub mod designs;
pub mod laws;
pub mod play;
pub mod world;
