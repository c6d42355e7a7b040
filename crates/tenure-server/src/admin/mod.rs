//! What an operator does: to people, clients, sessions and keys.

mod clients;
mod demo;
mod keys;
mod sessions;
mod users;

use std::sync::Arc;

use tenure_store::{AnyStore, StoreError};

pub use self::clients::{RegisteredClient, RemovedClient};
pub use self::demo::Demo;
pub use self::keys::KeyInfo;
pub use self::sessions::TokenSession;
pub use self::users::{Ended, User, UserEmail, is_reserved_claim};
use crate::accounts::NotMade;
use crate::app::App;
use crate::{Clock, Policy, PolicyError};

/// An operator's hand on a server's data, whether or not a server runs on it.
///
/// ```
/// use tenure_core::secret::Password;
/// use tenure_server::{Admin, Clock, Policy};
/// use tenure_store::{AnyStore, MemoryStore};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let store = AnyStore::new(MemoryStore::new());
/// let admin = Admin::open(Policy::default(), store, Clock::system())?;
/// let password = Password::new("correct horse battery staple");
/// let ada = admin.add_user("ada", password, None).await?;
/// assert_eq!(admin.user("Ada").await?.map(|user| user.subject), Some(ada.subject));
/// assert_eq!(admin.end_sessions("ada").await?, Some(0));
/// assert_eq!(admin.end_sessions("bob").await?, None);
/// # Ok(()) }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
///
/// Who or what is not there is `None`; an error means that something could not be done. Servers
/// on the same store notice a change within seconds.
#[derive(Debug, Clone)]
pub struct Admin {
    pub(crate) app: Arc<App>,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdminError {
    /// Another has this name or id already; one sentence that says so.
    #[error("{0}")]
    Taken(String),
    /// It stands in a configuration, which the next start would follow again; one sentence that
    /// says where.
    #[error("{0}")]
    Configured(String),
    /// It cannot be written like that; one sentence that says what to write instead.
    #[error("{0}")]
    Invalid(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Admin {
    /// Opens a server's data without starting a server. Nothing is written yet.
    ///
    /// # Errors
    ///
    /// [`PolicyError`], for the first thing in the configuration that is not right.
    pub fn open(policy: Policy, store: AnyStore, clock: Clock) -> Result<Self, PolicyError> {
        policy.check()?;
        let app = App::new(policy, store, clock);
        Ok(Self { app })
    }
}

impl From<PolicyError> for AdminError {
    fn from(error: PolicyError) -> Self {
        Self::Invalid(error.to_string())
    }
}

impl From<NotMade> for AdminError {
    fn from(error: NotMade) -> Self {
        match error {
            NotMade::NameTaken => Self::Taken(error.to_string()),
            NotMade::Invalid(what) => Self::Invalid(what.to_owned()),
            NotMade::Store(error) => Self::Store(error),
        }
    }
}
