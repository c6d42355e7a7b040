//! The in-memory store, as itself and chosen at run time.

use tenure_store::{AnyStore, MemoryStore, StoreError};
use tenure_store_testkit::Factory;

struct InMemory;

impl Factory for InMemory {
    type Store = MemoryStore;

    async fn make(&self) -> Result<MemoryStore, StoreError> {
        Ok(MemoryStore::new())
    }
}

struct Chosen;

impl Factory for Chosen {
    type Store = AnyStore;

    async fn make(&self) -> Result<AnyStore, StoreError> {
        Ok(AnyStore::new(MemoryStore::new()))
    }
}

tenure_store_testkit::contract!(InMemory);

mod chosen_at_run_time {
    use super::Chosen;

    tenure_store_testkit::contract!(Chosen);
}
