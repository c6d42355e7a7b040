use std::{io, path::PathBuf, time::Duration};

use tenure_core::holder::{Generation, LoadFault, SaveFault, Stored};
use tenure_wire::session::{decode, encode};

use super::{
    Lease, Storage,
    folder::{Folder, Form},
};

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
}

impl Form for Plain {
    async fn write(&self, value: &Stored) -> Result<Vec<u8>, SaveFault> {
        Ok(encode(value))
    }

    async fn read(&self, _: Generation, bytes: Vec<u8>) -> Result<Stored, LoadFault> {
        decode(&bytes).map_err(|_| LoadFault::Unreadable)
    }
}

impl Storage for FileStorage {
    async fn load(&self) -> Result<Option<Stored>, LoadFault> {
        self.0.load().await
    }

    async fn save(&self, replaces: Generation, value: Stored) -> Result<(), SaveFault> {
        self.0.save(replaces, value).await
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
