use std::{io, path::PathBuf, time::Duration};

use tenure_core::holder::{Body, Generation, LoadFault, SaveFault, Stored};
use tenure_wire::session::{decode, encode};
use tokio::{task::spawn_blocking, time::sleep};

use super::{
    Lease, Storage,
    register::{Put, Register},
};

/// A session in a folder of its own, shared by every process that opens the same folder.
///
/// `session.<generation>.json` holds the value in the form of [`tenure_wire::session`], readable
/// by its owner only; the highest generation counts. `lease.<fence>.json` is the lock. Both are
/// registers whose numbers only grow, so that a process which was stopped at any point, or
/// killed between any two system calls, loses nothing and undoes nothing.
#[derive(Debug, Clone)]
pub struct FileStorage {
    session: Register,
    lease: Register,
}

impl FileStorage {
    /// Opens a folder; it is made when something is stored.
    ///
    /// # Errors
    ///
    /// If the path is something else than a folder.
    pub fn open(dir: impl Into<PathBuf>) -> io::Result<Self> {
        let dir = dir.into();
        if dir.exists() && !dir.is_dir() {
            let why = format!("{} is not a folder; move it away", dir.display());
            return Err(io::Error::new(io::ErrorKind::NotADirectory, why));
        }
        let session = Register::new(&dir, "session");
        let lease = Register::new(dir, "lease");
        Ok(Self { session, lease })
    }
}

impl Storage for FileStorage {
    async fn load(&self) -> Result<Option<Stored>, LoadFault> {
        let register = self.session.clone();
        let read = spawn_blocking(move || register.latest()).await;
        let Ok(Ok(found)) = read else {
            return Err(LoadFault::Failed);
        };
        found
            .map(|(number, bytes)| understand(number, &bytes))
            .transpose()
    }

    async fn save(&self, replaces: Generation, value: Stored) -> Result<(), SaveFault> {
        let register = self.session.clone();
        let written = spawn_blocking(move || {
            let put = register.put(replaces.as_u64(), &encode(&value));
            match (&value.body, put) {
                // A sign-out must win: where there is no room for its mark, nothing may stay.
                (Body::SignedOut(_), Err(error)) if no_room(&error) => {
                    register.clear().map(|()| Put::Done)
                }
                (Body::SignedOut(_) | Body::Active(_), put) => put,
            }
        });
        match written.await {
            Ok(Ok(Put::Done)) => Ok(()),
            Ok(Ok(Put::Lost)) => Err(SaveFault::Conflict),
            Ok(Err(_)) | Err(_) => Err(SaveFault::Failed),
        }
    }

    async fn lock(&self, lease: Duration) -> Option<Lease> {
        Lease::acquire(self.lease.clone(), lease).await
    }

    /// Looks twice a second while it is awaited: works on every file system, network ones
    /// included, and costs one listing of a folder with a handful of files.
    async fn changed(&self) {
        let first = self.highest().await;
        loop {
            sleep(LOOK).await;
            if self.highest().await != first {
                return;
            }
        }
    }

    fn describe(&self) -> String {
        match self.session.highest() {
            Ok(number) if number > 0 => self.session.path(number).display().to_string(),
            Ok(_) | Err(_) => self.session.dir().display().to_string(),
        }
    }
}

impl FileStorage {
    async fn highest(&self) -> Option<u64> {
        let register = self.session.clone();
        spawn_blocking(move || register.highest().ok())
            .await
            .ok()
            .flatten()
    }
}

fn understand(number: u64, bytes: &[u8]) -> Result<Stored, LoadFault> {
    let stored = decode(bytes).map_err(|_| LoadFault::Unreadable)?;
    // The name and the value must agree, or somebody copied files about.
    if stored.generation.as_u64() == number {
        Ok(stored)
    } else {
        Err(LoadFault::Unreadable)
    }
}

fn no_room(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

const LOOK: Duration = Duration::from_millis(500);
