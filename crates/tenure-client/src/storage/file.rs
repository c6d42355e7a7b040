use std::{io, path::PathBuf, time::Duration};

use tenure_core::holder::{Generation, LoadFault, SaveFault, Stored};
use tenure_wire::{
    DecodeError, envelope,
    session::{decode, encode},
};

use super::{
    Lease, Storage,
    folder::{Folder, Form},
};
use crate::dpop::ProofKey;

/// A session in a folder of its own, shared by every process that opens the same folder.
///
/// `session.<generation>.json` holds the value in the form of [`tenure_wire::session`], readable
/// by its owner only; the highest generation counts. `lease.<fence>.json` is the lock. Both are
/// registers whose numbers only grow, so that a process which was stopped at any point, or
/// killed between any two system calls, loses nothing and undoes nothing.
#[derive(Debug, Clone)]
pub struct FileStorage(Folder<Plain>);

/// As it is; the folder's permissions keep it.
#[derive(Debug, Clone)]
struct Plain;

impl FileStorage {
    /// Opens a folder; it is made when something is stored.
    ///
    /// # Errors
    ///
    /// If the path is something else than a folder.
    pub fn open(dir: impl Into<PathBuf>) -> io::Result<Self> {
        Folder::open(dir.into(), Plain).map(Self)
    }

    /// The key to bind this folder's tokens to, for
    /// [`IssuerConfig::with_dpop`](crate::issuer::IssuerConfig::with_dpop); made by whoever asks
    /// first, the same for every process, and kept over sign-outs.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read or written, or what is there is no such key.
    pub async fn proof_key(&self) -> io::Result<ProofKey> {
        self.0.proof_key().await
    }
}

impl Form for Plain {
    async fn write(&self, value: &Stored) -> Result<Vec<u8>, SaveFault> {
        Ok(encode(value))
    }

    async fn read(&self, generation: Generation, bytes: Vec<u8>) -> Result<Stored, LoadFault> {
        decode(&bytes).map_err(|error| match error {
            DecodeError::Newer { .. } => LoadFault::Newer,
            DecodeError::Damaged { .. } if envelope::is_sealed(&bytes) => LoadFault::OtherForm,
            DecodeError::Damaged { .. } => LoadFault::Damaged(generation),
        })
    }

    async fn write_key(&self, key: &ProofKey) -> io::Result<Vec<u8>> {
        Ok(key.expose())
    }

    async fn read_key(&self, bytes: Vec<u8>) -> io::Result<ProofKey> {
        ProofKey::from_exposed(&bytes).map_err(io::Error::other)
    }
}

impl Storage for FileStorage {
    async fn load(&self) -> Result<Option<Stored>, LoadFault> {
        self.0.load().await
    }

    async fn save(&self, replaces: Generation, value: Stored) -> Result<(), SaveFault> {
        self.0.save(replaces, value).await
    }

    async fn replace_damaged(&self, replaces: Generation, value: Stored) -> Result<(), SaveFault> {
        self.0.replace_damaged(replaces, value).await
    }

    async fn lock(&self, lease: Duration) -> Option<Lease> {
        self.0.lock(lease).await
    }

    async fn changed(&self) {
        self.0.changed().await;
    }

    fn describe(&self) -> String {
        self.0.describe()
    }
}
