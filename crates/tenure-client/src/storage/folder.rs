use std::{fmt::Debug, future::Future, io, path::PathBuf, time::Duration};

use tenure_core::holder::{Body, Generation, LoadFault, SaveFault, Stored};
use tokio::{task::spawn_blocking, time::sleep};

use super::{
    Lease, Storage,
    register::{Put, Register},
};

/// A session in a folder of its own: `session.<generation>.json` holds the value in a form, the
/// highest generation counts; `lease.<fence>.json` is the lock.
#[derive(Debug, Clone)]
pub(super) struct Folder<F> {
    session: Register,
    lease: Register,
    form: F,
}

/// How a value is written down.
pub(super) trait Form: Debug + Send + Sync + 'static {
    fn write(&self, value: &Stored) -> impl Future<Output = Result<Vec<u8>, SaveFault>> + Send;

    /// Reads what stands in the file of `generation`.
    fn read(
        &self,
        generation: Generation,
        bytes: Vec<u8>,
    ) -> impl Future<Output = Result<Stored, LoadFault>> + Send;
}

impl<F> Folder<F> {
    pub(super) fn open(dir: PathBuf, form: F) -> io::Result<Self> {
        if dir.exists() && !dir.is_dir() {
            let why = format!("{} is not a folder; move it away", dir.display());
            return Err(io::Error::new(io::ErrorKind::NotADirectory, why));
        }
        let session = Register::new(&dir, SESSION);
        let lease = Register::new(dir, "lease");
        Ok(Self {
            session,
            lease,
            form,
        })
    }

    #[cfg(feature = "keyring")]
    pub(super) const fn form(&self) -> &F {
        &self.form
    }

    async fn highest(&self) -> Option<u64> {
        let register = self.session.clone();
        spawn_blocking(move || register.highest().ok())
            .await
            .ok()
            .flatten()
    }
}

impl<F: Form> Storage for Folder<F> {
    async fn load(&self) -> Result<Option<Stored>, LoadFault> {
        let register = self.session.clone();
        let read = spawn_blocking(move || register.latest()).await;
        let Ok(Ok(found)) = read else {
            return Err(LoadFault::Failed);
        };
        let Some((number, bytes)) = found else {
            return Ok(None);
        };
        let generation = Generation::from_u64(number);
        let stored = self.form.read(generation, bytes).await?;
        // The name and the value must agree, or somebody copied files about.
        if stored.generation == generation {
            Ok(Some(stored))
        } else {
            Err(LoadFault::Unreadable)
        }
    }

    async fn save(&self, replaces: Generation, value: Stored) -> Result<(), SaveFault> {
        let register = self.session.clone();
        let bytes = self.form.write(&value).await?;
        let written = spawn_blocking(move || {
            let put = register.put(replaces.as_u64(), &bytes);
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

fn no_room(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

const SESSION: &str = "session";
const LOOK: Duration = Duration::from_millis(500);
