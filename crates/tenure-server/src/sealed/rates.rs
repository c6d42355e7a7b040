//! How much one address may ask for. Counted in the memory of this process: reading must not write.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// The requests and the new bytes of each address.
pub(crate) struct Rates {
    requests: DefaultKeyedRateLimiter<IpAddr>,
    bytes: DefaultKeyedRateLimiter<IpAddr>,
}

/// Too much was asked for: when to come back.
#[derive(Debug, Clone, Copy)]
pub(super) struct TooMuch(pub(super) Duration);

impl Rates {
    pub(crate) fn new(requests_per_minute: NonZeroU32, bytes_per_hour: NonZeroU32) -> Self {
        // A quota of so many bytes a second would forget the remainder of a division.
        let per_byte = Duration::from_secs(3600) / bytes_per_hour.get();
        let bytes = Quota::with_period(per_byte.max(Duration::from_nanos(1)));
        let bytes = bytes.map(|quota| quota.allow_burst(bytes_per_hour));
        Self {
            requests: RateLimiter::keyed(Quota::per_minute(requests_per_minute)),
            bytes: RateLimiter::keyed(bytes.unwrap_or(Quota::per_second(bytes_per_hour))),
        }
    }

    /// Counts a request. Who cannot be told from others is not limited.
    pub(super) fn request(&self, from: Option<IpAddr>) -> Result<(), TooMuch> {
        let Some(from) = from else { return Ok(()) };
        self.requests
            .check_key(&from)
            .map_err(|until| TooMuch(until.wait_time_from(DefaultClock::default().now())))
    }

    /// Counts bytes that are to be kept.
    pub(super) fn bytes(&self, from: Option<IpAddr>, count: usize) -> Result<(), TooMuch> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let (Some(from), Some(count)) = (from, NonZeroU32::new(count)) else {
            return Ok(());
        };
        match self.bytes.check_key_n(&from, count) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(until)) => Err(TooMuch(until.wait_time_from(DefaultClock::default().now()))),
            // One request alone is more than an hour's: waiting does not help.
            Err(_) => Err(TooMuch(Duration::from_secs(3600))),
        }
    }

    /// Forgets addresses that asked for nothing lately.
    pub(crate) fn sweep(&self) {
        self.requests.retain_recent();
        self.bytes.retain_recent();
    }
}

impl fmt::Debug for Rates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rates")
    }
}
