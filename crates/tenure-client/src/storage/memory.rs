use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use tenure_core::holder::{Generation, LoadFault, SaveFault, Stored};
use tokio::sync::{Semaphore, watch};

use super::{Lease, Storage};
use crate::dpop::ProofKey;

/// A session that lives as long as the process. Clones are the same place.
#[derive(Debug, Clone)]
pub struct MemoryStorage(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    value: Mutex<Option<Stored>>,
    changed: watch::Sender<()>,
    lock: Arc<Semaphore>,
    proof_key: OnceLock<ProofKey>,
}

impl Default for MemoryStorage {
    fn default() -> Self {
        Self(Arc::new(Inner {
            value: Mutex::new(None),
            changed: watch::Sender::new(()),
            lock: Arc::new(Semaphore::new(1)),
            proof_key: OnceLock::new(),
        }))
    }
}

impl MemoryStorage {
    /// The key to bind its tokens to; see
    /// [`FileStorage::proof_key`](super::FileStorage::proof_key).
    #[must_use]
    pub fn proof_key(&self) -> ProofKey {
        self.0.proof_key.get_or_init(ProofKey::generate).clone()
    }
}

impl Storage for MemoryStorage {
    async fn load(&self) -> Result<Option<Stored>, LoadFault> {
        Ok(self
            .0
            .value
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone())
    }

    async fn save(&self, replaces: Generation, value: Stored) -> Result<(), SaveFault> {
        let mut there = self.0.value.lock().unwrap_or_else(PoisonError::into_inner);
        if there.as_ref().map_or(Generation::NONE, |t| t.generation) != replaces {
            return Err(SaveFault::Conflict);
        }
        *there = Some(value);
        drop(there);
        self.0.changed.send_replace(());
        Ok(())
    }

    async fn lock(&self, _: Duration) -> Option<Lease> {
        // Nobody can stand still alone within one process, so this lease needs no end.
        let permit = Arc::clone(&self.0.lock).acquire_owned().await.ok()?;
        Some(Lease::of_memory(permit))
    }

    async fn changed(&self) {
        let mut changed = self.0.changed.subscribe();
        // It fails only if the place is gone, and with it whoever could change it.
        if changed.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    fn describe(&self) -> String {
        "memory".to_owned()
    }
}
