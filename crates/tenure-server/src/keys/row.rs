use tenure_wire::keys;
pub(super) use tenure_wire::keys::{
    KeyRing as RingRow, RatchetKey as RatchetRow, SigningKey as SigningRow,
};

use super::Algorithm;
use crate::digest::{b64, random, random_text, unb64};

/// All of the server's own secrets, in one row, so that rotating them is one write.
pub(super) fn first_ring(signing: SigningRow, now: i64) -> RingRow {
    RingRow {
        signing: vec![signing],
        ratchet: vec![fresh_ratchet(1, now, now)],
        csrf: random_text::<32>(),
    }
}

pub(super) fn fresh_ratchet(id: u32, created_at: i64, active_from: i64) -> RatchetRow {
    let (tag, rotation) = (b64(&random::<32>()), b64(&random::<32>()));
    RatchetRow {
        id,
        tag,
        rotation,
        created_at,
        active_from,
    }
}

/// 32 bytes, as a row has them.
pub(super) fn secret(text: &str) -> Option<[u8; 32]> {
    unb64(text)?.try_into().ok()
}

impl From<Algorithm> for keys::Algorithm {
    fn from(from: Algorithm) -> Self {
        match from {
            Algorithm::Es256 => Self::Es256,
            Algorithm::Rs256 => Self::Rs256,
            Algorithm::EdDsa => Self::EdDsa,
        }
    }
}

impl From<keys::Algorithm> for Algorithm {
    fn from(from: keys::Algorithm) -> Self {
        match from {
            keys::Algorithm::Es256 => Self::Es256,
            keys::Algorithm::Rs256 => Self::Rs256,
            keys::Algorithm::EdDsa => Self::EdDsa,
        }
    }
}
