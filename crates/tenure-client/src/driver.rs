use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, PoisonError},
    time::Duration,
};

use tenure_core::{
    holder::{
        Binding, Cause, Event, ExchangeOp, Holder, HolderConfig, Input, LockOp, Output, Settled,
        SignedOutReason, Snapshot, Waiter,
    },
    secret::RefreshToken,
    time::{Now, Uptime},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};

use crate::{
    Endpoint, Error,
    clock::wall_clock,
    elsewhere, lock,
    mailbox::{HandedOut, Message, Reply, ReplySender, Shared},
    storage::AnyStorage,
};

/// Moves one holder: mutate, drain, wait.
struct Driver<E> {
    holder: Holder,
    endpoint: Arc<E>,
    storage: AnyStorage,
    shared: Arc<Shared>,
    own: mpsc::WeakUnboundedSender<Message>,
    tasks: JoinSet<()>,
    waiting: HashMap<u64, ReplySender>,
    next_waiter: u64,
    locks: HashMap<LockOp, oneshot::Sender<()>>,
    begun: Instant,
    sign_ins: u64,
    closing: Option<oneshot::Sender<()>>,
}

pub(crate) fn start(
    endpoint: impl Endpoint,
    storage: AnyStorage,
    config: HolderConfig,
    shared: Arc<Shared>,
) -> mpsc::UnboundedSender<Message> {
    let (sender, inbox) = mpsc::unbounded_channel();
    let driver = Driver {
        holder: Holder::new(HolderConfig {
            binding: config.binding.or_else(|| endpoint.binding()),
            ..config
        }),
        endpoint: Arc::new(endpoint),
        storage: storage.clone(),
        shared,
        own: sender.downgrade(),
        tasks: JoinSet::new(),
        waiting: HashMap::new(),
        next_waiter: 0,
        locks: HashMap::new(),
        begun: Instant::now(),
        sign_ins: 0,
        closing: None,
    };
    let watcher = tokio::spawn(watch(storage, sender.downgrade()));
    let told = driver.shared.clone();
    tokio::spawn(async move {
        driver.run(inbox).await;
        watcher.abort();
        // Nothing more will be known: whoever waits for it is told.
        told.loaded.send_replace(true);
    });
    sender
}

/// Tells the driver when a peer may have changed storage.
async fn watch(storage: AnyStorage, driver: mpsc::WeakUnboundedSender<Message>) {
    loop {
        storage.changed().await;
        let Some(driver) = driver.upgrade() else {
            return;
        };
        if driver.send(Message::Input(Input::PeerChanged)).is_err() {
            return;
        }
    }
}

impl<E: Endpoint> Driver<E> {
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Message>) {
        self.input(Input::Opened);
        loop {
            if self.closing.is_some() && self.tasks.is_empty() {
                break;
            }
            let wake = self.holder.poll_timeout().map(|at| self.instant(at));
            tokio::select! {
                message = inbox.recv() => match message {
                    Some(message) => self.message(message),
                    None => break,
                },
                Some(_) = self.tasks.join_next(), if !self.tasks.is_empty() => {}
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {
                    self.input(Input::Elapsed);
                }
            }
        }
        // Handles are gone, or wait for this: what is under way gets a moment to finish.
        self.locks.clear();
        let _ = timeout(FAREWELL, async {
            while self.tasks.join_next().await.is_some() {}
        })
        .await;
        if let Some(reply) = self.closing {
            let _ = reply.send(());
        }
    }

    fn message(&mut self, message: Message) {
        match message {
            Message::Input(input) => self.input(input),
            Message::TokenWanted { rejected, reply } => {
                let fresh = self.shared.fresh.load();
                let refused = fresh
                    .as_ref()
                    .is_some_and(|f| rejected >= Some(f.generation));
                if refused {
                    self.shared.fresh.store(None);
                }
                let waiter = self.wait(reply);
                self.input(Input::TokenWanted { waiter, rejected });
            }
            Message::SignIn { grant, reply } => {
                let waiter = self.wait(reply);
                self.input(Input::SignedIn { waiter, grant });
            }
            Message::SignOut { scope, reply } => {
                self.shared.fresh.store(None);
                let waiter = self.wait(reply);
                self.input(Input::SignOutWanted { waiter, scope });
            }
            Message::UserActive => self.input(Input::UserActive),
            Message::WokeUp => self.input(Input::WokeUp),
            Message::Close { reply } => self.closing = Some(reply),
        }
    }

    fn wait(&mut self, reply: ReplySender) -> Waiter {
        self.next_waiter += 1;
        self.waiting.insert(self.next_waiter, reply);
        Waiter(self.next_waiter)
    }

    fn input(&mut self, input: Input) {
        let now = self.now();
        self.holder.handle_input(input, now);
        // Before anybody is told: whoever was told finds it in the snapshot.
        let snapshot = self.holder.snapshot();
        let loaded = !matches!(snapshot, Snapshot::Loading);
        self.shared.snapshot.store(Arc::new(snapshot));
        if loaded {
            self.shared
                .loaded
                .send_if_modified(|known| !core::mem::replace(known, true));
        }
        while let Some(output) = self.holder.poll_output() {
            self.act(output);
        }
    }

    fn act(&mut self, output: Output) {
        match output {
            Output::Load { op } => {
                let storage = self.storage.clone();
                self.spawn(async move {
                    let result = storage.load().await;
                    Some(Input::Loaded { op, result })
                });
            }
            Output::Save {
                op,
                replaces,
                value,
            } => {
                let storage = self.storage.clone();
                self.spawn(async move {
                    let result = storage.save(replaces, value).await;
                    Some(Input::Saved { op, result })
                });
            }
            Output::Replace {
                op,
                replaces,
                value,
            } => {
                let storage = self.storage.clone();
                self.spawn(async move {
                    let result = storage.replace_damaged(replaces, value).await;
                    Some(Input::Saved { op, result })
                });
            }
            Output::Lock { op, lease } => self.lock(op, lease),
            Output::Unlock { op } => {
                // Dropping it is the sign to give the lock back.
                self.locks.remove(&op);
            }
            Output::Exchange { op, request } => self.exchange(op, request),
            Output::Revoke { refresh_token } => self.revoke(refresh_token),
            Output::RevokeElsewhere {
                refresh_token,
                binding,
            } => self.revoke_elsewhere(refresh_token, binding),
            // Peers of this process and of others watch storage itself.
            Output::Publish { .. } => {}
            Output::Settle { waiter, result } => self.settle(waiter, result),
            Output::Event(event) => self.event(event),
        }
    }

    fn lock(&mut self, op: LockOp, lease: Duration) {
        let Some(own) = self.own.upgrade() else {
            return;
        };
        let (keep, wanted_back) = oneshot::channel();
        self.locks.insert(op, keep);
        self.tasks.spawn(lock::hold(
            self.storage.clone(),
            op,
            lease,
            own,
            wanted_back,
        ));
    }

    fn exchange(&mut self, op: ExchangeOp, request: tenure_core::holder::Request) {
        let (endpoint, shared) = (self.endpoint.clone(), self.shared.clone());
        self.spawn(async move {
            let exchanged = endpoint.exchange(request).await;
            *shared.detail.lock().unwrap_or_else(PoisonError::into_inner) = exchanged.detail;
            let (answer, issuer_time) = (exchanged.answer, exchanged.issuer_time);
            Some(Input::Exchanged {
                op,
                answer,
                issuer_time,
            })
        });
    }

    fn revoke(&mut self, refresh_token: RefreshToken) {
        let (endpoint, shared) = (self.endpoint.clone(), self.shared.clone());
        self.spawn(async move {
            let told = endpoint.revoke(refresh_token).await;
            shared.told_issuer(told.err().map(|error| error.to_string()));
            None
        });
    }

    /// The session that a sign-in here took the place of is over at its own issuer, too.
    fn revoke_elsewhere(&mut self, refresh_token: RefreshToken, binding: Option<Binding>) {
        let shared = self.shared.clone();
        self.spawn(async move {
            let failed = match binding {
                Some(home) => elsewhere::revoke(&home, &refresh_token).await.err(),
                None => Some("the session before did not say whose it is".to_owned()),
            };
            shared.told_issuer(failed);
            None
        });
    }

    /// Runs work beside the driver and feeds what comes of it back in.
    fn spawn(&mut self, work: impl Future<Output = Option<Input>> + Send + 'static) {
        let Some(own) = self.own.upgrade() else {
            return;
        };
        self.tasks.spawn(async move {
            if let Some(input) = work.await {
                // It fails only when nobody is left who could want it.
                let _ = own.send(Message::Input(input));
            }
        });
    }

    fn settle(&mut self, waiter: Waiter, result: Result<Settled, Cause>) {
        let answer = match result {
            Ok(Settled::Token {
                access_token,
                token_type,
                generation,
                fresh_until,
            }) => {
                let handed_out_at = wall_clock();
                let token = HandedOut {
                    access_token,
                    token_type,
                    generation,
                    sign_in: self.sign_ins,
                    fresh_until,
                    handed_out_at,
                    authorization: OnceLock::new(),
                };
                let token = Arc::new(token);
                self.shared.fresh.store(Some(token.clone()));
                Ok(Reply::Token(token))
            }
            Ok(Settled::SignedIn | Settled::SignedOut) => Ok(Reply::Done),
            Err(cause) => {
                let detail = match cause {
                    Cause::Storage(_) => Some(self.storage.describe()),
                    Cause::SignedOut(SignedOutReason::Foreign) => Some(self.whose()),
                    Cause::SignedOut(_) | Cause::Unavailable { .. } | Cause::Misconfigured => {
                        let said = self.shared.detail.lock();
                        said.unwrap_or_else(PoisonError::into_inner).clone()
                    }
                };
                Err(Error::new(cause, detail))
            }
        };
        if let Some(reply) = self.waiting.remove(&waiter.0) {
            // A caller that went away is no concern of the session.
            let _ = reply.send(answer);
        }
    }

    /// Whose the session in storage is, for people.
    fn whose(&self) -> String {
        let place = self.storage.describe();
        match self.holder.foreign() {
            Some(pair) => {
                let (issuer, client) = (pair.issuer(), pair.client_id());
                format!("{place} belongs to {issuer}, client {client}")
            }
            None => format!("{place} does not say whose it is"),
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::SignedIn | Event::UserChanged => {
                self.sign_ins += 1;
                self.shared.fresh.store(None);
            }
            Event::Refreshed | Event::SignedOut(_) => self.shared.fresh.store(None),
            Event::RefreshFailed(_) => {}
        }
        tracing::debug!(?event, "session");
        // Nobody has to listen.
        let _ = self.shared.events.send(event);
    }

    fn now(&self) -> Now {
        let uptime = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        Now {
            wall: wall_clock(),
            uptime: Uptime::from_millis(uptime),
        }
    }

    fn instant(&self, at: Uptime) -> Instant {
        // A millisecond more than said: the clock for waits is read in whole milliseconds.
        self.begun + Duration::from_millis(at.as_millis().saturating_add(1))
    }
}

/// How long a session that is closed waits for the issuer and for storage.
const FAREWELL: Duration = Duration::from_secs(10);
