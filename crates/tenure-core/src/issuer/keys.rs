use alloc::{sync::Arc, vec::Vec};
use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::FamilyId;

/// One key of the ring: what marks refresh tokens as this service's, and what derives the next
/// from the present one. `Debug` shows its id alone; it is wiped when dropped.
#[derive(Clone)]
pub struct RatchetKey {
    id: u32,
    tag: Zeroizing<[u8; 32]>,
    rotation: Zeroizing<[u8; 32]>,
}

impl RatchetKey {
    /// Takes two independent random secrets; `id` is never used again for other secrets.
    #[must_use]
    pub fn new(id: u32, tag: [u8; 32], rotation: [u8; 32]) -> Self {
        Self {
            id,
            tag: Zeroizing::new(tag),
            rotation: Zeroizing::new(rotation),
        }
    }

    /// What refresh tokens call it.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    pub(super) fn tag(&self, prefix: &str, body: &[u8]) -> [u8; 16] {
        let full = mac(&self.tag, &[prefix.as_bytes(), body]);
        let mut tag = [0; 16];
        tag.copy_from_slice(&full[..16]);
        tag
    }

    /// The secret after `present`. One field alone has no fixed length, so no two different
    /// inputs are the same bytes.
    pub(super) fn derive(&self, next: &Step<'_>, present: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        let generation = next.generation.to_be_bytes();
        let parts: [&[u8]; 6] = [
            b"next",
            next.tenant.as_bytes(),
            &next.family.0,
            &generation,
            &next.nonce,
            present,
        ];
        mac(&self.rotation, &parts)
    }
}

impl fmt::Debug for RatchetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RatchetKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What distinguishes one derivation from all others.
pub(super) struct Step<'a> {
    pub(super) tenant: &'a str,
    pub(super) family: FamilyId,
    pub(super) generation: u32,
    pub(super) nonce: [u8; 16],
}

/// The keys in use, newest first: the first makes, all verify. Cloning shares them.
///
/// Where several processes serve, a new key is first added to all of them at the end, and only then
/// moved to the front: nobody makes what another cannot read.
///
/// A key that is taken out makes the refresh tokens it marked worthless. Keep one for as long as
/// families live that it served.
#[derive(Debug, Clone)]
pub struct RatchetKeys {
    newest: RatchetKey,
    older: Arc<Vec<RatchetKey>>,
}

impl RatchetKeys {
    /// Makes a ring; `None` if there is no key in it.
    #[must_use]
    pub fn new(newest_first: Vec<RatchetKey>) -> Option<Self> {
        let mut keys = newest_first.into_iter();
        let newest = keys.next()?;
        Some(Self {
            newest,
            older: Arc::new(keys.collect()),
        })
    }

    /// Makes a ring of one key.
    #[must_use]
    pub fn of(key: RatchetKey) -> Self {
        Self {
            newest: key,
            older: Arc::default(),
        }
    }

    /// The key that new refresh tokens are made with.
    #[must_use]
    pub const fn newest(&self) -> &RatchetKey {
        &self.newest
    }

    /// The key of this id, if it is in the ring.
    #[must_use]
    pub fn find(&self, id: u32) -> Option<&RatchetKey> {
        core::iter::once(&self.newest)
            .chain(self.older.iter())
            .find(|key| key.id == id)
    }
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    // A key shorter than the block is filled up with zeros (RFC 2104 §2); doing so here leaves
    // nothing that could fail.
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    for part in parts {
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}
