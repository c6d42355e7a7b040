//! Where a session is kept between requests, between runs, and between processes.

mod file;
mod folder;
#[cfg(feature = "keyring")]
mod keyring;
mod lease;
mod memory;
mod register;

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use tenure_core::holder::{Generation, LoadFault, SaveFault, Stored};

#[cfg(feature = "keyring")]
pub use self::keyring::KeyringStorage;
pub use self::{file::FileStorage, lease::Lease, memory::MemoryStorage};

/// A place for one session. All processes that use the same place share the session.
pub trait Storage: Send + Sync + 'static {
    /// Reads what is there; `None` where nothing was ever stored.
    ///
    /// What cannot be understood stays as it is: it is [`LoadFault::Damaged`], with the
    /// generation if storage itself counts, [`LoadFault::Newer`] or [`LoadFault::OtherForm`].
    fn load(&self) -> impl Future<Output = Result<Option<Stored>, LoadFault>> + Send;

    /// Writes `value` if the generation that is there is `replaces` ([`Generation::NONE`]: if
    /// nothing is there). When it returns, the value survives the sudden death of the process.
    /// When it fails, what was there is still there.
    ///
    /// A caller that stood still between reading and writing must get
    /// [`SaveFault::Conflict`], whatever happened meanwhile, and must not undo it.
    fn save(
        &self,
        replaces: Generation,
        value: Stored,
    ) -> impl Future<Output = Result<(), SaveFault>> + Send;

    /// Keeps what [`Self::load`] says is damaged aside, for its owner only and in the place of
    /// what was kept so before, and writes `value` where it was; `replaces` is the generation that
    /// `load` named. What can be understood meanwhile is a [`SaveFault::Conflict`].
    ///
    /// By default it fails: a storage whose values are never damaged needs none.
    fn replace_damaged(
        &self,
        _replaces: Generation,
        _value: Stored,
    ) -> impl Future<Output = Result<(), SaveFault>> + Send {
        async { Err(SaveFault::Failed) }
    }

    /// Waits until the lock is held; dropping the future gives up. `None`: no lock here.
    ///
    /// It only saves requests: a session is correct without it.
    fn lock(&self, lease: Duration) -> impl Future<Output = Option<Lease>> + Send;

    /// Completes when a peer may have changed what is stored.
    fn changed(&self) -> impl Future<Output = ()> + Send;

    /// Where it is, for messages to people.
    fn describe(&self) -> String;
}

/// A storage chosen at run time. Clones share it.
#[derive(Clone)]
pub struct AnyStorage(Arc<dyn Erased>);

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

trait Erased: Send + Sync {
    fn load(&self) -> Boxed<'_, Result<Option<Stored>, LoadFault>>;
    fn save(&self, replaces: Generation, value: Stored) -> Boxed<'_, Result<(), SaveFault>>;
    fn replace_damaged(
        &self,
        replaces: Generation,
        value: Stored,
    ) -> Boxed<'_, Result<(), SaveFault>>;
    fn lock(&self, lease: Duration) -> Boxed<'_, Option<Lease>>;
    fn changed(&self) -> Boxed<'_, ()>;
    fn describe(&self) -> String;
}

impl<S: Storage> Erased for S {
    fn load(&self) -> Boxed<'_, Result<Option<Stored>, LoadFault>> {
        Box::pin(Storage::load(self))
    }

    fn save(&self, replaces: Generation, value: Stored) -> Boxed<'_, Result<(), SaveFault>> {
        Box::pin(Storage::save(self, replaces, value))
    }

    fn replace_damaged(
        &self,
        replaces: Generation,
        value: Stored,
    ) -> Boxed<'_, Result<(), SaveFault>> {
        Box::pin(Storage::replace_damaged(self, replaces, value))
    }

    fn lock(&self, lease: Duration) -> Boxed<'_, Option<Lease>> {
        Box::pin(Storage::lock(self, lease))
    }

    fn changed(&self) -> Boxed<'_, ()> {
        Box::pin(Storage::changed(self))
    }

    fn describe(&self) -> String {
        Storage::describe(self)
    }
}

impl AnyStorage {
    /// Wraps a storage.
    #[must_use]
    pub fn new(storage: impl Storage) -> Self {
        Self(Arc::new(storage))
    }

    /// Reads what is there, as [`Storage::load`] does.
    ///
    /// # Errors
    ///
    /// If it cannot be read or understood.
    pub async fn load(&self) -> Result<Option<Stored>, LoadFault> {
        self.0.load().await
    }

    pub(crate) async fn save(&self, replaces: Generation, value: Stored) -> Result<(), SaveFault> {
        self.0.save(replaces, value).await
    }

    pub(crate) async fn replace_damaged(
        &self,
        replaces: Generation,
        value: Stored,
    ) -> Result<(), SaveFault> {
        self.0.replace_damaged(replaces, value).await
    }

    pub(crate) async fn lock(&self, lease: Duration) -> Option<Lease> {
        self.0.lock(lease).await
    }

    pub(crate) async fn changed(&self) {
        self.0.changed().await;
    }

    /// Where it is, for messages to people.
    #[must_use]
    pub fn describe(&self) -> String {
        self.0.describe()
    }
}

impl fmt::Debug for AnyStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnyStorage")
            .field(&self.0.describe())
            .finish()
    }
}
