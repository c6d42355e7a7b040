use serde::{Deserialize, Serialize};

use super::Algorithm;
use crate::digest::{b64, random, random_text, unb64};

/// All of the server's own secrets, in one row, so that rotating them is one write.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct RingRow {
    pub(super) signing: Vec<SigningRow>,
    pub(super) ratchet: Vec<RatchetRow>,
    csrf: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SigningRow {
    pub(super) kid: String,
    pub(super) algorithm: Algorithm,
    pub(super) pkcs8: String,
    pub(super) created_at: i64,
    /// Published from the start, used from here on, so that nobody meets a key unprepared.
    pub(super) active_from: i64,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct RatchetRow {
    pub(super) id: u32,
    tag: String,
    rotation: String,
    pub(super) created_at: i64,
    pub(super) active_from: i64,
}

impl RingRow {
    pub(super) fn first(signing: SigningRow, now: i64) -> Self {
        let ratchet = vec![RatchetRow::fresh(1, now, now)];
        Self {
            signing: vec![signing],
            ratchet,
            csrf: random_text::<32>(),
        }
    }

    pub(super) fn csrf(&self) -> Option<[u8; 32]> {
        secret(&self.csrf)
    }
}

impl RatchetRow {
    pub(super) fn fresh(id: u32, created_at: i64, active_from: i64) -> Self {
        let (tag, rotation) = (b64(&random::<32>()), b64(&random::<32>()));
        Self {
            id,
            tag,
            rotation,
            created_at,
            active_from,
        }
    }

    pub(super) fn secrets(&self) -> Option<([u8; 32], [u8; 32])> {
        Some((secret(&self.tag)?, secret(&self.rotation)?))
    }
}

fn secret(text: &str) -> Option<[u8; 32]> {
    unb64(text)?.try_into().ok()
}
