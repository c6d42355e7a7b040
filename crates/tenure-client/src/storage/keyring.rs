//! A session sealed in a folder, with its key in the system's keyring.

mod envelope;
mod keys;
mod system;

use std::{io, path::PathBuf, time::Duration};

use tenure_core::holder::{Body, Generation, LoadFault, SaveFault, Stored};
use tenure_wire::{
    DecodeError,
    session::{decode, encode},
};
use zeroize::Zeroizing;

use self::{
    envelope::Envelope,
    keys::{Fault, Keys},
};
use super::{
    Lease, Storage,
    folder::{Folder, Form},
};
use crate::dpop::{InvalidProofKey, ProofKey};

/// A session in a folder like that of [`FileStorage`](super::FileStorage), but sealed with a key
/// that the system's keyring holds: Secret Service, macOS Keychain or Windows Credential Manager.
///
/// A copy of the folder, a backup for instance, is of no use without the keyring. `key.<n>.json`
/// names the keyring's entry and holds no secret; processes that start at once agree on one.
///
/// A keyring that is locked or away makes a load or save fail, and never signs anybody out; a
/// keyring whose entry is gone makes the session unreadable, and the next sign-in keeps the
/// unreadable file aside and makes a new entry. The mark of a sign-out holds no secret: it is
/// not sealed and needs no keyring, so that a sign-out succeeds without one.
///
/// Whoever runs programs as the same person may ask the keyring as well: it does not protect from
/// them.
#[derive(Debug, Clone)]
pub struct KeyringStorage(Folder<Sealed>);

#[derive(Debug, Clone)]
struct Sealed(Keys);

impl KeyringStorage {
    /// Opens a folder; it and its keyring entry, filed under `service`, are made when a session
    /// is stored. Every process that shares the folder gives the same service.
    ///
    /// # Errors
    ///
    /// If the path is something else than a folder.
    pub fn open(dir: impl Into<PathBuf>, service: impl Into<String>) -> io::Result<Self> {
        let dir = dir.into();
        let keys = Keys::new(&dir, service.into());
        Folder::open(dir, Sealed(keys)).map(Self)
    }

    /// The key to bind this folder's tokens to, sealed like them; see
    /// [`FileStorage::proof_key`](super::FileStorage::proof_key).
    ///
    /// # Errors
    ///
    /// If the folder or the keyring cannot be used, or what is there is no such key.
    pub async fn proof_key(&self) -> io::Result<ProofKey> {
        self.0.proof_key().await
    }
}

impl Form for Sealed {
    async fn write(&self, value: &Stored) -> Result<Vec<u8>, SaveFault> {
        if matches!(value.body, Body::SignedOut(_)) {
            return Ok(encode(value));
        }
        let text = Zeroizing::new(encode(value));
        let key = self.0.to_seal().await.map_err(|_| SaveFault::Failed)?;
        let name = session(value.generation);
        Envelope::seal(&key, name, text).ok_or(SaveFault::Failed)
    }

    async fn read(&self, generation: Generation, bytes: Vec<u8>) -> Result<Stored, LoadFault> {
        let envelope = match Envelope::parse(&bytes) {
            Ok(envelope) => envelope,
            Err(DecodeError::Newer { .. }) => return Err(LoadFault::Newer),
            Err(DecodeError::Damaged { .. }) => return unsealed(generation, &bytes),
        };
        let key = self.0.to_open(envelope.key()).await.map_err(|f| match f {
            Fault::Gone => LoadFault::Damaged(generation),
            Fault::Newer => LoadFault::Newer,
            Fault::Failed => LoadFault::Failed,
        })?;
        let text = envelope.open(&key, session(generation));
        let text = text.ok_or(LoadFault::Damaged(generation))?;
        decode(&text).map_err(|error| unreadable(generation, error))
    }

    async fn write_key(&self, proof_key: &ProofKey) -> io::Result<Vec<u8>> {
        let text = Zeroizing::new(proof_key.expose());
        let key = self.0.to_seal().await.map_err(|_| self.trouble())?;
        Envelope::seal(&key, PROOF_KEY.to_owned(), text).ok_or_else(|| self.trouble())
    }

    async fn read_key(&self, bytes: Vec<u8>) -> io::Result<ProofKey> {
        let envelope = Envelope::parse(&bytes).map_err(InvalidProofKey::of);
        let envelope = envelope.map_err(io::Error::other)?;
        let key = self.0.to_open(envelope.key()).await;
        let key = key.map_err(|_| self.trouble())?;
        let text = envelope.open(&key, PROOF_KEY.to_owned());
        let text = text.ok_or(InvalidProofKey::Damaged);
        text.and_then(|text| ProofKey::from_exposed(&text))
            .map_err(io::Error::other)
    }
}

impl Sealed {
    fn trouble(&self) -> io::Error {
        let trouble = self.0.trouble();
        io::Error::other(trouble.unwrap_or_else(|| "the key cannot be sealed".to_owned()))
    }
}

/// What the file of a session is sealed for.
fn session(generation: Generation) -> String {
    format!("tenure session {:020}", generation.as_u64())
}

/// A mark is taken as it is. A session that is not sealed was put there by somebody else.
fn unsealed(generation: Generation, bytes: &[u8]) -> Result<Stored, LoadFault> {
    match decode(bytes) {
        Ok(stored) if matches!(stored.body, Body::SignedOut(_)) => Ok(stored),
        Ok(_) => Err(LoadFault::OtherForm),
        Err(error) => Err(unreadable(generation, error)),
    }
}

const fn unreadable(generation: Generation, error: DecodeError) -> LoadFault {
    match error {
        DecodeError::Newer { .. } => LoadFault::Newer,
        DecodeError::Damaged { .. } => LoadFault::Damaged(generation),
    }
}

impl Storage for KeyringStorage {
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
        let place = self.0.describe();
        match self.0.form().0.trouble() {
            Some(trouble) => format!("{place}; {trouble}"),
            None => place,
        }
    }
}

const PROOF_KEY: &str = "tenure proof key";
