use std::{fmt::Debug, future::Future, io, path::PathBuf, time::Duration};

use tenure_core::holder::{Body, Generation, LoadFault, SaveFault, Stored};
use tokio::{task::spawn_blocking, time::sleep};

use super::{
    Lease, Storage,
    register::{Put, Register},
};
use crate::dpop::ProofKey;

/// A session in a folder of its own: `session.<generation>.json` holds the value in a form, the
/// highest generation counts; `lease.<fence>.json` is the lock, `dpop.<n>.json` the key for proofs.
#[derive(Debug, Clone)]
pub(super) struct Folder<F> {
    session: Register,
    lease: Register,
    proof_key: Register,
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

    /// Writes down a key for proofs.
    fn write_key(&self, key: &ProofKey) -> impl Future<Output = io::Result<Vec<u8>>> + Send;

    /// Reads one.
    fn read_key(&self, bytes: Vec<u8>) -> impl Future<Output = io::Result<ProofKey>> + Send;
}

impl<F> Folder<F> {
    pub(super) fn open(dir: PathBuf, form: F) -> io::Result<Self> {
        if dir.exists() && !dir.is_dir() {
            let why = format!("{} is not a folder; move it away", dir.display());
            return Err(io::Error::new(io::ErrorKind::NotADirectory, why));
        }
        let session = Register::new(&dir, SESSION);
        let lease = Register::new(&dir, "lease");
        let proof_key = Register::new(dir, "dpop");
        Ok(Self {
            session,
            lease,
            proof_key,
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

impl<F: Form> Folder<F> {
    /// The key of this folder; whoever asks first makes it.
    pub(super) async fn proof_key(&self) -> io::Result<ProofKey> {
        loop {
            let register = self.proof_key.clone();
            let found = spawn_blocking(move || register.latest()).await??;
            if let Some((number, bytes)) = found {
                let key = self.form.read_key(bytes).await;
                return key.map_err(|error| {
                    let path = self.proof_key.path(number);
                    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
                });
            }
            let key = ProofKey::generate();
            let bytes = self.form.write_key(&key).await?;
            let register = self.proof_key.clone();
            match spawn_blocking(move || register.put(0, &bytes)).await?? {
                Put::Done => return Ok(key),
                // Then there is one now.
                Put::Lost => {}
            }
        }
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
            Err(LoadFault::Damaged(generation))
        }
    }

    /// The number is compared as always; damage has the number that its file has.
    async fn replace_damaged(&self, replaces: Generation, value: Stored) -> Result<(), SaveFault> {
        let register = self.session.clone();
        let kept = spawn_blocking(move || register.keep_aside(replaces.as_u64())).await;
        match kept {
            Ok(Ok(Put::Done)) => self.save(replaces, value).await,
            Ok(Ok(Put::Lost)) => Err(SaveFault::Conflict),
            Ok(Err(_)) | Err(_) => Err(SaveFault::Failed),
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
