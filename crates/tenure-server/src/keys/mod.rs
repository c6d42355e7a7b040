//! The server's own secrets: what signs tokens, what marks refresh tokens, what guards forms.
//!
//! They are made at the first start and kept in the store, so that several servers share them.

mod ring;
mod row;
mod signing;
mod verify;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tenure_store::{Key, Kind, Replaced, StoreError, StoreErrorKind};

pub(crate) use self::ring::Ring;
use self::row::{RatchetRow, RingRow, SigningRow, first_ring, fresh_ratchet};
pub use self::signing::Algorithm;
pub(crate) use self::signing::{SigningKey, TokenUse};
pub(crate) use self::verify::Unverified;
use crate::cache::is_fresh;
use crate::rows::{Change, Life, Rows, too_busy};

/// The keys, read again every few seconds.
#[derive(Debug)]
pub(crate) struct Keys {
    rows: Rows,
    algorithm: Algorithm,
    current: ArcSwapOption<Ring>,
    reading: tokio::sync::Mutex<()>,
}

impl Keys {
    pub(crate) fn new(rows: Rows, algorithm: Algorithm) -> Self {
        let (current, reading) = (ArcSwapOption::empty(), tokio::sync::Mutex::default());
        Self {
            rows,
            algorithm,
            current,
            reading,
        }
    }

    /// The ring. What was read stays good while the store does not answer.
    pub(crate) async fn ring(&self) -> Result<Arc<Ring>, StoreError> {
        let now = self.rows.now();
        if let Some(ring) = self
            .current
            .load_full()
            .filter(|ring| is_fresh(ring.read_at, now))
        {
            return Ok(ring);
        }
        let known = self.current.load_full();
        match (self.read_again(known.as_ref()).await, known) {
            (Ok(ring), _) => Ok(ring),
            (Err(error), Some(ring)) => {
                tracing::warn!(%error, "the keys could not be read again");
                Ok(ring)
            }
            (Err(error), None) => Err(error),
        }
    }

    /// The ring as it is in the store now.
    async fn newest(&self) -> Result<Arc<Ring>, StoreError> {
        let known = self.current.load_full();
        self.read_again(known.as_ref()).await
    }

    /// The ring, read again unless that was done within the last second: for a token that names
    /// a key which is not in `known`. Forged names cost at most one read a second.
    pub(crate) async fn newer_than(&self, known: Arc<Ring>) -> Result<Arc<Ring>, StoreError> {
        let now = self.rows.now();
        if known.read_at <= now && now.since(known.read_at) < PAUSE {
            return Ok(known);
        }
        self.read_again(Some(&known)).await
    }

    /// A key that signs with this algorithm, made now if there has been no need for it.
    pub(crate) async fn signer(&self, algorithm: Algorithm) -> Result<Arc<SigningKey>, StoreError> {
        let ring = self.ring().await?;
        if let Some(key) = ring.signer(algorithm, self.rows.now()) {
            return Ok(Arc::clone(key));
        }
        let now = self.rows.now().as_millis();
        let made = generate(algorithm, now, now).await?;
        self.change(|row| {
            let usable =
                |key: &SigningRow| key.algorithm == algorithm.into() && key.active_from <= now;
            if !row.signing.iter().any(usable) {
                row.signing.push(made.clone());
            }
        })
        .await?;
        let ring = self.newest().await?;
        ring.signer(algorithm, self.rows.now())
            .cloned()
            .ok_or_else(no_key)
    }

    /// Adds a key of each algorithm in use and a ratchet key; drops those past their time.
    pub(crate) async fn rotate(&self, keep: Duration) -> Result<Arc<Ring>, StoreError> {
        let ring = self.newest().await?;
        let now = self.rows.now();
        let active = now.saturating_add(LEAD).as_millis();
        let mut made = Vec::new();
        for algorithm in Algorithm::ALL {
            if ring.signing.iter().any(|key| key.algorithm == algorithm) {
                made.push(generate(algorithm, now.as_millis(), active).await?);
            }
        }
        let oldest = now.saturating_sub(keep).as_millis();
        self.change(|row| {
            row.signing.extend(made.iter().cloned());
            drop_old_signing_keys(&mut row.signing, oldest);
            let next = row
                .ratchet
                .iter()
                .map(|key| key.id)
                .max()
                .unwrap_or(0)
                .saturating_add(1);
            row.ratchet
                .push(fresh_ratchet(next, now.as_millis(), active));
            drop_old_ratchet_keys(&mut row.ratchet, oldest);
        })
        .await?;
        self.newest().await
    }

    async fn read_again(&self, known: Option<&Arc<Ring>>) -> Result<Arc<Ring>, StoreError> {
        let _one_at_a_time = self.reading.lock().await;
        if let Some(ring) = self.current.load_full()
            && known.is_none_or(|known| !Arc::ptr_eq(known, &ring))
        {
            return Ok(ring);
        }
        let row = match self.rows.read::<RingRow>(&key()).await? {
            Some((row, _)) => row,
            None => self.make_first().await?,
        };
        let ring = Arc::new(Ring::open(&row, self.rows.now())?);
        self.current.store(Some(Arc::clone(&ring)));
        Ok(ring)
    }

    /// Makes the first ring, unless another server was faster.
    async fn make_first(&self) -> Result<RingRow, StoreError> {
        let now = self.rows.now().as_millis();
        let row = first_ring(generate(self.algorithm, now, now).await?, now);
        match self.rows.write(&key(), None, &row, Life::default()).await? {
            Replaced::Done(_) => Ok(row),
            Replaced::Conflict => {
                let found = self.rows.read::<RingRow>(&key()).await?;
                found.map(|(row, _)| row).ok_or_else(too_busy)
            }
        }
    }

    async fn change(&self, change: impl Fn(&mut RingRow)) -> Result<(), StoreError> {
        if self.rows.read::<RingRow>(&key()).await?.is_none() {
            self.make_first().await?;
        }
        let changed = |row: Option<RingRow>| {
            let Some(mut row) = row else {
                return Change::Leave(Err(too_busy()));
            };
            change(&mut row);
            Change::Write(row, Life::default(), Ok(()))
        };
        self.rows.change(&key(), changed).await?
    }
}

/// A ratchet key must outlive every family that it served, so it goes only when its successor
/// has been in use for that long.
fn drop_old_ratchet_keys(keys: &mut Vec<RatchetRow>, oldest: i64) {
    let starts: Vec<i64> = keys.iter().map(|key| key.active_from).collect();
    keys.retain(|key| !is_long_replaced(&starts, key.active_from, oldest));
}

/// The same for signing keys, each algorithm by itself.
fn drop_old_signing_keys(keys: &mut Vec<SigningRow>, oldest: i64) {
    let starts: Vec<_> = keys
        .iter()
        .map(|key| (key.algorithm, key.active_from))
        .collect();
    keys.retain(|key| {
        let same = starts
            .iter()
            .filter(|(algorithm, _)| *algorithm == key.algorithm);
        let starts: Vec<i64> = same.map(|(_, from)| *from).collect();
        !is_long_replaced(&starts, key.active_from, oldest)
    });
}

fn is_long_replaced(starts: &[i64], own: i64, oldest: i64) -> bool {
    starts.iter().any(|&from| from > own && from < oldest)
}

async fn generate(algorithm: Algorithm, now: i64, active: i64) -> Result<SigningRow, StoreError> {
    let made = tokio::task::spawn_blocking(move || signing::generate(algorithm, now, active)).await;
    made.ok().flatten().ok_or_else(no_key)
}

fn no_key() -> StoreError {
    StoreError::new(
        StoreErrorKind::Unavailable,
        "a signing key could not be made",
    )
}

fn key() -> Key {
    Key::new(Kind::Key, *b"ring")
}

/// How long others may keep the published keys without asking again.
pub(crate) const PUBLISHED_FOR: Duration = Duration::from_secs(60);
/// How long a new key is known before it is used: longer than anybody's cached copy lives, since
/// some clients sign a person out whose token has a key that they do not know.
const LEAD: Duration = Duration::from_secs(90);
const _: () = assert!(LEAD.as_secs() > PUBLISHED_FOR.as_secs() + crate::cache::LIFE.as_secs());
const PAUSE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tenure_core::time::Timestamp;
    use tenure_store::{AnyStore, MemoryStore};

    use super::*;
    use crate::Clock;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn clocked(store: &AnyStore) -> (Keys, Arc<Mutex<Timestamp>>) {
        let now = Arc::new(Mutex::new(Timestamp::from_secs(1_800_000_000)));
        let read = Arc::clone(&now);
        let clock = Clock::from_fn(move || *read.lock().unwrap());
        (
            Keys::new(
                Rows {
                    store: store.clone(),
                    clock,
                },
                Algorithm::Es256,
            ),
            now,
        )
    }

    #[tokio::test]
    async fn a_rotation_changes_what_signs_after_a_while_and_forgets_nothing_in_use() {
        let store = AnyStore::new(MemoryStore::new());
        let (keys, now) = clocked(&store);
        let old = keys.signer(Algorithm::Es256).await.unwrap();
        let token = old
            .sign(TokenUse::Access, &serde_json::json!({ "a": 1 }))
            .unwrap();
        let pass = |by| {
            let mut now = now.lock().unwrap();
            *now = now.saturating_add(by);
        };
        pass(DAY * 200);
        keys.rotate(DAY * 90).await.unwrap();
        assert_eq!(keys.signer(Algorithm::Es256).await.unwrap().kid, old.kid);
        pass(LEAD);
        let ring = keys.ring().await.unwrap();
        assert_ne!(keys.signer(Algorithm::Es256).await.unwrap().kid, old.kid);
        assert!(
            ring.verify::<serde_json::Value>(TokenUse::Access, &token)
                .is_ok()
        );
        assert!(
            ring.verify::<serde_json::Value>(TokenUse::Id, &token)
                .is_err()
        );
        pass(DAY * 91);
        keys.rotate(DAY * 90).await.unwrap();
        pass(LEAD);
        let ring = keys.ring().await.unwrap();
        assert!(
            ring.verify::<serde_json::Value>(TokenUse::Access, &token)
                .is_err()
        );
    }

    #[tokio::test]
    async fn every_algorithm_signs_what_its_published_key_verifies() {
        let store = AnyStore::new(MemoryStore::new());
        let (keys, _) = clocked(&store);
        for algorithm in Algorithm::ALL {
            let key = keys.signer(algorithm).await.unwrap();
            let token = key
                .sign(TokenUse::Id, &serde_json::json!({ "a": 1 }))
                .unwrap();
            let ring = keys.ring().await.unwrap();
            let jwks = ring.jwks();
            let jwk = jwks.find(&key.kid).unwrap();
            let public = jsonwebtoken::DecodingKey::from_jwk(jwk).unwrap();
            let mut validation = jsonwebtoken::Validation::new(algorithm.jwt());
            validation.required_spec_claims.clear();
            validation.validate_exp = false;
            let verified = jsonwebtoken::decode::<serde_json::Value>(&token, &public, &validation);
            assert_eq!(verified.unwrap().claims["a"], 1, "{algorithm:?}");
        }
    }

    #[tokio::test]
    async fn two_servers_that_start_at_once_share_their_keys() {
        let store = AnyStore::new(MemoryStore::new());
        let ((one, _), (two, _)) = (clocked(&store), clocked(&store));
        let (first, second) = tokio::join!(one.ring(), two.ring());
        assert_eq!(
            first.unwrap().signing[0].kid,
            second.unwrap().signing[0].kid
        );
    }
}
