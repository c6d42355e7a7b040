use std::time::Duration;

use tenure_core::time::Timestamp;

use super::{Admin, AdminError};
use crate::keys::{Algorithm, Ring};

/// A key that signs tokens; its public half is published.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct KeyInfo {
    /// What tokens call it.
    pub kid: String,
    /// How it signs.
    pub algorithm: Algorithm,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it signs.
    pub active_from: Timestamp,
}

impl Admin {
    /// The keys that sign tokens, old and new. The first are made now if there are none.
    ///
    /// # Errors
    ///
    /// As the store.
    pub async fn keys(&self) -> Result<Vec<KeyInfo>, AdminError> {
        let ring = self.app.keys.ring().await?;
        Ok(listed(&ring))
    }

    /// Makes new keys and returns all. Tokens of the old ones stay good.
    ///
    /// # Errors
    ///
    /// As the store.
    pub async fn rotate_keys(&self) -> Result<Vec<KeyInfo>, AdminError> {
        // A family must find the key that made its tokens for as long as it may live.
        let keep = self.app.policy.refresh_absolute() + DAY;
        let ring = self.app.keys.rotate(keep).await?;
        Ok(listed(&ring))
    }
}

fn listed(ring: &Ring) -> Vec<KeyInfo> {
    let keys = ring.signing.iter();
    keys.map(|key| KeyInfo {
        kid: key.kid.clone(),
        algorithm: key.algorithm,
        created_at: key.created_at,
        active_from: key.active_from,
    })
    .collect()
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
