use std::time::Duration;

use serde::{Deserialize, Serialize};
use tenure_core::time::Timestamp;
use tenure_store::{Key, Kind, Replaced, StoreError};

use crate::digest::sha256;
use crate::rows::{ATTEMPTS, Life, Rows, too_busy};

/// Counts sign-in attempts per name and per address, in the store, so that all servers count
/// together.
#[derive(Debug, Clone)]
pub(crate) struct Attempts {
    rows: Rows,
}

/// Whether one more attempt may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    Granted,
    Refused { retry_after: Duration },
}

#[derive(Serialize, Deserialize)]
struct Count {
    since: i64,
    attempts: u32,
}

impl Attempts {
    pub(crate) fn new(rows: Rows) -> Self {
        Self { rows }
    }

    /// Counts an attempt before the password is looked at, so that parallel ones cannot slip by.
    /// A name is counted whether or not there is such an account.
    pub(crate) async fn admit(&self, name: &str, address: &str) -> Result<Admission, StoreError> {
        let per_address = self.count(&key("address", address), PER_ADDRESS).await?;
        match per_address {
            Admission::Granted => self.count(&key("name", name), PER_NAME).await,
            Admission::Refused { .. } => Ok(per_address),
        }
    }

    /// Forgets the attempts for a name whose owner has just signed in.
    pub(crate) async fn forgive(&self, name: &str) -> Result<(), StoreError> {
        self.rows.remove(&key("name", name)).await
    }

    /// Takes back an attempt that turned out to be right.
    pub(crate) async fn take_back(&self, name: &str, address: &str) -> Result<(), StoreError> {
        self.uncount(&key("name", name)).await?;
        self.uncount(&key("address", address)).await
    }

    async fn uncount(&self, key: &Key) -> Result<(), StoreError> {
        for _ in 0..ATTEMPTS {
            let Some((mut count, version)) = self.rows.read::<Count>(key).await? else {
                return Ok(());
            };
            count.attempts = count.attempts.saturating_sub(1);
            let life = Life::until(Timestamp::from_millis(count.since).saturating_add(WINDOW));
            let written = self.rows.write(key, Some(version), &count, life).await?;
            if let Replaced::Done(_) = written {
                return Ok(());
            }
        }
        Err(too_busy())
    }

    async fn count(&self, key: &Key, limit: u32) -> Result<Admission, StoreError> {
        for _ in 0..ATTEMPTS {
            let now = self.rows.now();
            let found = self.rows.read::<Count>(key).await?;
            let version = found.as_ref().map(|(_, version)| *version);
            let mut count = found.map_or(
                Count {
                    since: now.as_millis(),
                    attempts: 0,
                },
                |(count, _)| count,
            );
            let ends = Timestamp::from_millis(count.since).saturating_add(WINDOW);
            if count.attempts >= limit {
                return Ok(Admission::Refused {
                    retry_after: ends.since(now),
                });
            }
            count.attempts += 1;
            let written = self
                .rows
                .write(key, version, &count, Life::until(ends))
                .await?;
            if let Replaced::Done(_) = written {
                return Ok(Admission::Granted);
            }
        }
        Err(too_busy())
    }
}

fn key(what: &str, name: &str) -> Key {
    Key::new(Kind::Attempts, sha256(format!("{what}:{name}").as_bytes()))
}

const WINDOW: Duration = Duration::from_secs(15 * 60);
const PER_NAME: u32 = 10;
const PER_ADDRESS: u32 = 100;
