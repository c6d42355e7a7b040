use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption};
use http::HeaderValue;
use tenure_core::{
    holder::{Cause, Event, Generation, HolderConfig, SignOutScope, Snapshot, TokenGrant},
    secret::AccessToken,
};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::{
    Endpoint, Error,
    clock::wall_clock,
    dpop::ProofKey,
    driver,
    mailbox::{HandedOut, Message, Reply, Shared},
    storage::{AnyStorage, Storage},
};

/// A session of one person or one client. Clones are handles to the same session.
///
/// Every method settles: with a value, or with an [`Error`] that says what to do.
#[derive(Debug, Clone)]
pub struct Session {
    shared: Arc<Shared>,
    driver: mpsc::UnboundedSender<Message>,
}

/// An access token as it was handed out. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Token(Arc<HandedOut>);

impl Session {
    /// Opens the session that `storage` holds, or an empty one, with the default rules.
    #[must_use]
    pub fn open(endpoint: impl Endpoint, storage: impl Storage) -> Self {
        Self::open_with(endpoint, AnyStorage::new(storage), HolderConfig::default())
    }

    /// Opens a session with rules of your own. Must be called within a tokio runtime.
    #[must_use]
    pub fn open_with(endpoint: impl Endpoint, storage: AnyStorage, config: HolderConfig) -> Self {
        let shared = Arc::new(Shared {
            fresh: ArcSwapOption::empty(),
            snapshot: ArcSwap::from_pointee(Snapshot::Loading),
            loaded: watch::Sender::new(false),
            storage: storage.clone(),
            events: broadcast::Sender::new(64),
            detail: Mutex::new(None),
            not_revoked: Mutex::new(None),
            proof_key: endpoint.proof_key(),
        });
        let driver = driver::start(endpoint, storage, config, shared.clone());
        Self { shared, driver }
    }

    /// An access token that is fresh. While one is, this costs no more than reading the clock;
    /// otherwise all callers wait for the one refresh.
    ///
    /// # Errors
    ///
    /// See [`crate::ErrorKind`].
    pub async fn access_token(&self) -> Result<Token, Error> {
        if let Some(fresh) = self.fresh() {
            return Ok(fresh);
        }
        self.ask(None).await
    }

    /// An access token other than one that a resource server just refused (a 401). If that
    /// one has been replaced meanwhile, no token request is made; if nothing newer can be had,
    /// the answer is the same token again, and retrying with it is no use.
    ///
    /// # Errors
    ///
    /// See [`crate::ErrorKind`].
    pub async fn access_token_after(&self, refused: &Token) -> Result<Token, Error> {
        self.ask(Some(refused.0.generation)).await
    }

    /// Stores the tokens of a sign-in in place of whatever session there was.
    ///
    /// # Errors
    ///
    /// If they could not be stored; then nobody is signed in by them, and they are revoked.
    pub async fn sign_in(&self, grant: TokenGrant) -> Result<(), Error> {
        self.send(|reply| Message::SignIn { grant, reply })
            .await
            .map(drop)
    }

    /// Signs out: when this returns, the session is gone from storage, and nothing that is
    /// under way can bring it back.
    ///
    /// # Errors
    ///
    /// If storage could not be written: other processes may still be signed in.
    pub async fn sign_out(&self, scope: SignOutScope) -> Result<(), Error> {
        self.send(|reply| Message::SignOut { scope, reply })
            .await
            .map(drop)
    }

    /// What is known of the session now, without asking anybody.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.snapshot.load_full()
    }

    /// What is known once storage has been read for the first time. It is tried again where that
    /// may help: a later call may succeed.
    ///
    /// # Errors
    ///
    /// If storage cannot be read ([`ErrorKind::Storage`](crate::ErrorKind::Storage)), or the
    /// session was closed before it was.
    pub async fn loaded(&self) -> Result<Arc<Snapshot>, Error> {
        let mut loaded = self.shared.loaded.subscribe();
        // It cannot fail while this handle lives: the driver tells that it knows, or that it ends.
        let _ = loaded.wait_for(|loaded| *loaded).await;
        let snapshot = self.snapshot();
        match &*snapshot {
            Snapshot::Active { .. } | Snapshot::SignedOut(_) => Ok(snapshot),
            Snapshot::Failed(trouble) => {
                let place = self.shared.storage.describe();
                Err(Error::new(Cause::Storage(*trouble), Some(place)))
            }
            Snapshot::Loading => Err(Error::closed()),
        }
    }

    /// What happens from now on. A listener that falls behind misses the oldest events only.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.shared.events.subscribe()
    }

    /// Says that the machine woke up or the network is back: pauses end, storage is read again.
    pub fn woke_up(&self) {
        // A driver that has ended has nothing to wake.
        let _ = self.driver.send(Message::WokeUp);
    }

    /// Says that the person did something, for an idle limit.
    pub fn user_active(&self) {
        let _ = self.driver.send(Message::UserActive);
    }

    /// Why an issuer could not be told of the end of the last session, if it could not: of a
    /// sign-out, or of a session that a sign-in replaced. Complete once the session is closed.
    #[must_use]
    pub fn not_revoked(&self) -> Option<String> {
        self.shared
            .not_revoked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Finishes what is under way (a save, giving back the lock, telling the issuer) and stops.
    pub async fn close(self) {
        let (reply, done) = oneshot::channel();
        if self.driver.send(Message::Close { reply }).is_ok() {
            // An error means that the driver has stopped: that is what was wanted.
            let _ = done.await;
        }
    }

    pub(crate) fn proof_key(&self) -> Option<&ProofKey> {
        self.shared.proof_key.as_ref()
    }

    fn fresh(&self) -> Option<Token> {
        let fresh = self.shared.fresh.load();
        let fresh = fresh.as_ref()?;
        let now = wall_clock();
        // Before its own time, the clock was set back: the holder decides.
        let good = now >= fresh.handed_out_at && fresh.fresh_until.is_none_or(|at| now < at);
        good.then(|| Token(Arc::clone(fresh)))
    }

    async fn ask(&self, rejected: Option<Generation>) -> Result<Token, Error> {
        match self
            .send(|reply| Message::TokenWanted { rejected, reply })
            .await?
        {
            Reply::Token(token) => Ok(Token(token)),
            Reply::Done => Err(Error::closed()),
        }
    }

    async fn send(
        &self,
        message: impl FnOnce(oneshot::Sender<Result<Reply, Error>>) -> Message,
    ) -> Result<Reply, Error> {
        let (reply, answer) = oneshot::channel();
        self.driver
            .send(message(reply))
            .map_err(|_| Error::closed())?;
        answer.await.map_err(|_| Error::closed())?
    }
}

impl Token {
    /// The token itself.
    #[must_use]
    pub fn access_token(&self) -> &AccessToken {
        &self.0.access_token
    }

    /// How it is presented: `Bearer` or `DPoP`.
    #[must_use]
    pub fn token_type(&self) -> &str {
        &self.0.token_type
    }

    /// True if `other` is no newer than this one.
    #[must_use]
    pub fn is_same_or_older(&self, other: &Self) -> bool {
        self.0.generation <= other.0.generation
    }

    /// True if it is presented with a proof (RFC 9449 §7.1).
    pub(crate) fn is_bound(&self) -> bool {
        self.token_type().eq_ignore_ascii_case("DPoP")
    }

    /// The value of the header `Authorization` (RFC 6750 §2.1).
    pub(crate) fn authorization(&self) -> Option<HeaderValue> {
        let value = self.0.authorization.get_or_init(|| {
            let text = format!("{} {}", self.token_type(), self.access_token().expose());
            let mut value = HeaderValue::try_from(text).ok()?;
            value.set_sensitive(true);
            Some(value)
        });
        value.clone()
    }

    /// True if what was asked with `refused` may be asked again with this one: it is newer, and
    /// nobody signed in between.
    pub(crate) fn can_replace(&self, refused: &Self) -> bool {
        !self.is_same_or_older(refused) && self.0.sign_in == refused.0.sign_in
    }
}
