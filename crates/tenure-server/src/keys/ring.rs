use std::sync::Arc;

use jsonwebtoken::jwk::JwkSet;
use tenure_core::issuer::{RatchetKey, RatchetKeys};
use tenure_core::time::Timestamp;
use tenure_store::{StoreError, StoreErrorKind};

use super::row::{RingRow, secret};
use super::{Algorithm, SigningKey};
use crate::digest::b64;
use crate::digest::{mac, same};

/// The server's secrets as they were at one time, ready for use.
#[derive(Debug)]
pub(crate) struct Ring {
    pub(crate) signing: Vec<Arc<SigningKey>>,
    pub(crate) ratchet: RatchetKeys,
    csrf: zeroize::Zeroizing<[u8; 32]>,
    pub(super) read_at: Timestamp,
}

impl Ring {
    pub(super) fn open(row: &RingRow, now: Timestamp) -> Result<Self, StoreError> {
        let signing = row
            .signing
            .iter()
            .map(|row| SigningKey::open(row).map(Arc::new));
        let signing = signing.collect::<Option<Vec<_>>>().ok_or_else(damaged)?;
        let csrf = secret(&row.csrf).ok_or_else(damaged)?.into();
        Ok(Self {
            signing,
            ratchet: ratchet(row, now)?,
            csrf,
            read_at: now,
        })
    }

    /// The key to sign with: the newest of this algorithm that is in use.
    pub(crate) fn signer(&self, algorithm: Algorithm, now: Timestamp) -> Option<&Arc<SigningKey>> {
        let usable = |key: &&Arc<SigningKey>| key.algorithm == algorithm && key.active_from <= now;
        self.signing
            .iter()
            .filter(usable)
            .max_by_key(|key| key.active_from)
    }

    pub(super) fn find(&self, kid: &str) -> Option<&SigningKey> {
        self.signing
            .iter()
            .find(|key| key.kid == kid)
            .map(AsRef::as_ref)
    }

    pub(crate) fn jwks(&self) -> JwkSet {
        JwkSet {
            keys: self.signing.iter().filter_map(|key| key.jwk()).collect(),
        }
    }

    /// What a form must carry whose browser has this cookie.
    pub(crate) fn csrf_field(&self, cookie: &str) -> String {
        b64(&mac(&self.csrf, &[b"form", cookie.as_bytes()]))
    }

    pub(crate) fn csrf_matches(&self, cookie: &str, field: &str) -> bool {
        same(self.csrf_field(cookie).as_bytes(), field.as_bytes())
    }
}

/// The key that makes comes first; a key that is not in use yet verifies already.
fn ratchet(row: &RingRow, now: Timestamp) -> Result<RatchetKeys, StoreError> {
    let mut rows: Vec<_> = row.ratchet.iter().collect();
    rows.sort_by_key(|row| {
        let later = row.active_from > now.as_millis();
        (later, std::cmp::Reverse(row.active_from))
    });
    let keys = rows.into_iter().map(|row| {
        let (tag, rotation) = (secret(&row.tag)?, secret(&row.rotation)?);
        Some(RatchetKey::new(row.id, tag, rotation))
    });
    keys.collect::<Option<Vec<_>>>()
        .and_then(RatchetKeys::new)
        .ok_or_else(damaged)
}

fn damaged() -> StoreError {
    StoreError::new(
        StoreErrorKind::Corrupt,
        "the server's keys in the store are damaged",
    )
}
