//! The wall clock: no other file of this crate may read it (`clippy.toml`).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tenure_core::time::Timestamp;

/// Now, as sessions and leases count.
pub(crate) fn wall_clock() -> Timestamp {
    let since = now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// How long ago that was; `None` if it is ahead.
pub(crate) fn age_of(at: SystemTime) -> Option<Duration> {
    now().duration_since(at).ok()
}

/// How long it is until then; nothing if it has passed.
pub(crate) fn until(at: SystemTime) -> Duration {
    at.duration_since(now()).unwrap_or_default()
}

#[allow(clippy::disallowed_methods, reason = "this is where it is read")]
fn now() -> SystemTime {
    SystemTime::now()
}
