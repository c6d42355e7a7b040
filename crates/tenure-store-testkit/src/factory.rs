use std::future::Future;

use tenure_store::{Store, StoreError};

/// Makes the stores under test.
pub trait Factory: Send + Sync + 'static {
    /// What is made.
    type Store: Store;

    /// Makes a store that holds nothing yet and shares nothing with another test.
    ///
    /// # Errors
    ///
    /// What the store says when it cannot be opened; the test fails with it.
    fn make(&self) -> impl Future<Output = Result<Self::Store, StoreError>> + Send;

    /// Ends this store and opens what it held again, as a restarted process or a client that lost
    /// its connection would. `None` if nothing outlives the store.
    ///
    /// # Errors
    ///
    /// What the store says when it cannot be opened; the test fails with it.
    fn reopen(
        &self,
        store: Self::Store,
    ) -> impl Future<Output = Result<Option<Self::Store>, StoreError>> + Send {
        drop(store);
        async { Ok(None) }
    }
}
