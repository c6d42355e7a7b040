use std::time::{SystemTime, UNIX_EPOCH};

use tenure_core::time::Timestamp;

/// The one place of this crate that reads the wall clock.
pub(crate) fn wall_clock() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
