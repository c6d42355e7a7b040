use alloc::boxed::Box;
use core::time::Duration;

use super::{
    Binding, Event, Generation, HolderConfig, Input, LoadFault, LoadOp, LockOp, Login, Output,
    SaveOp, SignedOutReason, Snapshot, Stored,
    attempt::Attempt,
    backoff::Backoff,
    clock::Clock,
    outbox::Outbox,
    owed::Owed,
    person::Person,
    phase::{AfterLoad, Phase, Reads, Save, SaveReason},
    queue::{Command, Queue},
    stored_view::StoredView,
};
use crate::{
    mutant::{Mutant, is_on},
    time::{Now, Uptime},
};

/// One session as its holder sees it.
///
/// It has three kinds of methods:
///
/// - [`handle_input`](Self::handle_input) takes in what happened. It alone moves the machine, and
///   it alone is told the time.
/// - `poll_*` says what follows: [`poll_output`](Self::poll_output) what to do, one thing after the
///   other, and [`poll_timeout`](Self::poll_timeout) how long to wait before
///   [`Input::Elapsed`].
/// - Nouns show what is known and change nothing: [`snapshot`](Self::snapshot),
///   [`foreign`](Self::foreign).
///
/// A driver has one law: **mutate, drain, wait.** One input, then every output until there is none,
/// then the next input or the timeout, whichever comes first. Outputs are carried out beside the
/// machine, in any order and for as long as they take; an answer is an input of its own, which
/// hands back the operation that the output carried. An answer that comes too late or twice does no
/// harm, one that never comes is given up in time, and one to another kind of output does not
/// compile:
///
/// ```compile_fail
/// # use tenure_core::holder::{Input, Output};
/// fn mixed_up(output: Output) -> Option<Input> {
///     match output {
///         Output::Load { op } => Some(Input::LockGranted { op }),
///         _ => None,
///     }
/// }
/// ```
///
/// A session from its sign-in to its first refresh, with a driver that does everything at once:
///
/// ```
/// use std::{collections::VecDeque, time::Duration};
///
/// use tenure_core::{
///     holder::{
///         Cause, Expiry, Holder, HolderConfig, Input, Output, Settled, Stored, TokenGrant,
///         TokenResponse, Waiter,
///     },
///     secret::{AccessToken, RefreshToken},
///     time::{Now, Timestamp, Uptime},
/// };
///
/// #[derive(Default)]
/// struct Driver {
///     stored: Option<Stored>,
///     told: Vec<Result<Settled, Cause>>,
/// }
///
/// impl Driver {
///     fn run(&mut self, holder: &mut Holder, input: Input, now: Now) {
///         let mut inputs = VecDeque::from([input]);
///         while let Some(input) = inputs.pop_front() {
///             holder.handle_input(input, now);
///             while let Some(output) = holder.poll_output() {
///                 inputs.extend(self.act(output, now));
///             }
///         }
///     }
///
///     fn act(&mut self, output: Output, now: Now) -> Option<Input> {
///         Some(match output {
///             Output::Load { op } => Input::Loaded { op, result: Ok(self.stored.clone()) },
///             Output::Save { op, value, .. } => {
///                 self.stored = Some(value);
///                 Input::Saved { op, result: Ok(()) }
///             }
///             Output::Lock { op, .. } => Input::LockGranted { op },
///             Output::Exchange { op, .. } => Input::Exchanged {
///                 op,
///                 answer: TokenResponse::Tokens(grant("second", now)),
///                 issuer_time: None,
///             },
///             Output::Settle { result, .. } => {
///                 self.told.push(result);
///                 return None;
///             }
///             // To unlock, to revoke, to tell peers and applications: nothing comes back.
///             _ => return None,
///         })
///     }
/// }
///
/// fn grant(name: &str, now: Now) -> TokenGrant {
///     TokenGrant {
///         access_token: AccessToken::new(name),
///         token_type: "Bearer".to_owned(),
///         expiry: Expiry::In(Duration::from_secs(600)),
///         refresh_token: Some(RefreshToken::new(format!("after {name}"))),
///         id_token: None,
///         scope: None,
///         subject: Some("ann".to_owned()),
///         requested_at: now.wall,
///     }
/// }
///
/// fn at(secs: u64) -> Now {
///     Now {
///         wall: Timestamp::from_secs(1_700_000_000).saturating_add(Duration::from_secs(secs)),
///         uptime: Uptime::from_millis(secs * 1_000),
///     }
/// }
///
/// let (mut holder, mut driver) = (Holder::new(HolderConfig::default()), Driver::default());
/// driver.run(&mut holder, Input::Opened, at(0));
///
/// let signed_in = Input::SignedIn { waiter: Waiter(1), grant: grant("first", at(0)) };
/// driver.run(&mut holder, signed_in, at(0));
/// assert!(matches!(driver.told[..], [Ok(Settled::SignedIn)]));
///
/// // The token is due a minute before its end, and the machine says when to look again.
/// assert_eq!(holder.poll_timeout(), Some(at(540).uptime));
///
/// let wanted = Input::TokenWanted { waiter: Waiter(2), rejected: None };
/// driver.run(&mut holder, wanted, at(570));
/// let Some(Ok(Settled::Token { access_token, .. })) = driver.told.last() else {
///     panic!("{:?}", driver.told)
/// };
/// assert_eq!(access_token.expose(), "second");
/// ```
#[derive(Debug)]
pub struct Holder {
    /// How the session behaves; nothing changes it.
    pub(super) config: HolderConfig,
    /// What is under way, and when it is given up.
    pub(super) phase: Phase,
    /// What storage is known to hold.
    pub(super) view: StoredView,
    /// What the work under way has been through; forgotten at rest.
    pub(super) attempt: Attempt,
    /// How long nothing is tried again, after failures.
    pub(super) backoff: Backoff,
    /// What is still to be told or stored, whatever else is done meanwhile.
    pub(super) owed: Owed,
    /// What waits until nothing else is under way.
    pub(super) queue: Queue,
    /// Whether a person is there, and when they last did something.
    pub(super) person: Person,
    /// What time it is, here and at the issuer.
    pub(super) clock: Clock,
    /// What the driver has to do.
    pub(super) outbox: Outbox,
}

impl Holder {
    /// Makes a holder; its first input is [`Input::Opened`].
    #[must_use]
    pub const fn new(config: HolderConfig) -> Self {
        Self {
            config,
            phase: Phase::Idle,
            view: StoredView::Unread,
            attempt: Attempt::new(),
            backoff: Backoff::new(),
            owed: Owed::new(),
            queue: Queue::new(),
            person: Person::new(),
            clock: Clock::new(),
            outbox: Outbox::new(),
        }
    }

    /// Takes in what happened.
    pub fn handle_input(&mut self, input: Input, now: Now) {
        self.clock.set(now);
        match input {
            Input::Opened | Input::PeerChanged => self.queue.look = true,
            Input::Loaded { op, result } => self.loaded(op, result),
            Input::TokenWanted { waiter, rejected } => self.token_wanted(waiter, rejected),
            Input::SignedIn { waiter, grant } => self.command(Command::SignIn { waiter, grant }),
            Input::SignOutWanted { waiter, scope } => {
                self.command(Command::SignOut { waiter, scope });
            }
            Input::LockGranted { op } => self.lock_granted(op),
            Input::LockRefused { op } => self.lock_refused(op),
            Input::LockLost { op } => self.lock_lost(op),
            Input::Exchanged {
                op,
                answer,
                issuer_time,
            } => {
                self.clock.measure(issuer_time);
                self.exchanged(op, answer);
            }
            Input::Saved { op, result } => self.saved(op, result),
            Input::UserActive => {
                // Activity after the limit comes too late, whoever slept through it.
                if self.view.session().is_some() && self.over_limit().is_none() {
                    self.person.last_activity = self.person.last_activity.max(now.wall);
                }
            }
            Input::Hidden => self.person.hidden = true,
            Input::WokeUp => {
                self.person.hidden = false;
                self.queue.look = true;
                self.backoff.cut_short();
            }
            Input::Online => self.backoff.cut_short(),
            Input::Elapsed => {}
        }
        self.check_deadline();
        self.move_on();
    }

    /// The next thing to do, until `None`.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outbox.pop()
    }

    /// When [`Input::Elapsed`] is due, if nothing happens before. At most twelve hours ahead: a
    /// timer of a platform may not count further.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Uptime> {
        let ahead = self.clock.within(LONGEST_TIMER);
        self.phase
            .deadline()
            .or_else(|| self.next_wake())
            .map(|at| at.min(ahead))
    }

    /// What is known now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        if let Some(session) = self.view.session() {
            return Snapshot::Active {
                session: session.clone(),
                generation: self.view.generation(),
                fresh_until: session.tokens.fresh_until(&self.config),
            };
        }
        match (self.view.signed_out(), &self.view) {
            (Some(reason), _) => Snapshot::SignedOut(reason),
            (None, StoredView::Failed(trouble)) => Snapshot::Failed(*trouble),
            (
                None,
                StoredView::Unread
                | StoredView::Empty
                | StoredView::Known(_)
                | StoredView::Foreign(_),
            ) => Snapshot::Loading,
        }
    }

    /// Whose the session in storage is, where it is not ours and that is known.
    #[must_use]
    pub fn foreign(&self) -> Option<&Binding> {
        self.view.foreign()?.pair(&self.config)
    }

    // What follows is one step each: it changes the phase and asks for what the phase needs.

    pub(super) fn load(&mut self, then: AfterLoad) {
        self.load_after(Reads::default(), then);
    }

    pub(super) fn load_after(&mut self, before: Reads, then: AfterLoad) {
        let op = LoadOp(self.outbox.next_op());
        let deadline = self.clock.within(self.config.storage_timeout);
        self.phase = Phase::Loading {
            op,
            since: self.clock.uptime,
            deadline,
            then,
            before,
        };
        self.outbox.push(Output::Load { op });
    }

    pub(super) fn save(&mut self, save: Box<Save>) {
        let op = SaveOp(self.outbox.next_op());
        let deadline = self.clock.within(self.config.storage_timeout);
        let (replaces, value) = (save.replaces, save.value.clone());
        self.outbox.push(if save.over_damage {
            Output::Replace {
                op,
                replaces,
                value,
            }
        } else {
            Output::Save {
                op,
                replaces,
                value,
            }
        });
        self.phase = Phase::Saving { op, deadline, save };
    }

    pub(super) fn rest(&mut self) {
        if let Some(op) = core::mem::take(&mut self.attempt).lock {
            self.release(op);
        }
        self.phase = Phase::Idle;
    }

    pub(super) fn release(&mut self, op: LockOp) {
        if !is_on(Mutant::LockKept) {
            self.outbox.push(Output::Unlock { op });
        }
    }

    pub(super) fn event(&mut self, event: Event) {
        self.outbox.push(Output::Event(event));
    }

    pub(super) fn login(&self) -> Option<Login> {
        self.view.session().map(|session| session.login)
    }

    /// Takes over what storage holds, and says what that means. A value older than the one
    /// that is known is a stale read and changes nothing.
    pub(super) fn adopt(&mut self, found: Option<Stored>) {
        let stale = found
            .as_ref()
            .is_some_and(|f| f.generation < self.view.generation());
        if stale && !is_on(Mutant::OldReadBelieved) {
            return;
        }
        let found = StoredView::of(found, &self.config);
        let before = core::mem::replace(&mut self.view, found);
        if matches!(before, StoredView::Failed(_)) {
            // What failed works again.
            self.backoff.succeeded();
            self.backoff.cut_short();
        }
        if let Some(session) = self.view.session() {
            self.person.last_activity = self
                .person
                .last_activity
                .max(session.last_active)
                .min(self.clock.wall);
        }
        let event = match (before.session(), self.view.session()) {
            (Some(old), Some(new)) if old.login == new.login => {
                (old.tokens.issued != new.tokens.issued).then_some(Event::Refreshed)
            }
            (Some(old), Some(new)) if old.tokens.subject != new.tokens.subject => {
                Some(Event::UserChanged)
            }
            (_, Some(_)) => Some(Event::SignedIn),
            (Some(_), None) => {
                // Storage that was cleared by hand is a sign-out by hand.
                let reason = match self.view.signed_out() {
                    Some(SignedOutReason::NeverSignedIn) | None => SignedOutReason::User,
                    Some(reason) => reason,
                };
                Some(Event::SignedOut(reason))
            }
            (None, None) => None,
        };
        if let Some(event) = event {
            self.event(event);
        }
        if self
            .owed
            .unsaved
            .as_ref()
            .is_some_and(|u| Some(u.session.login) != self.login())
        {
            self.drop_unsaved();
        }
    }

    fn check_deadline(&mut self) {
        if self
            .phase
            .deadline()
            .is_none_or(|at| self.clock.uptime < at)
        {
            return;
        }
        match core::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Idle => {}
            Phase::Loading { then, .. } => self.load_failed(then, LoadFault::Failed),
            Phase::Locking { op, .. } => {
                self.release(op);
                self.load(AfterLoad::Refresh);
            }
            Phase::Exchanging { op, asked, .. } => {
                self.owed.abandon_exchange(op, asked);
                self.load(AfterLoad::TimedOut);
            }
            Phase::Saving { mut save, .. } => {
                save.unanswered = true;
                self.load(AfterLoad::ResolveConflict(save));
            }
            Phase::Pausing { then, .. } => self.load(then),
        }
    }

    /// Starts whatever is due while nothing is under way.
    fn move_on(&mut self) {
        while self.phase.is_idle() {
            if let Some(command) = self.queue.commands.pop_front() {
                self.command(command);
            } else if core::mem::take(&mut self.queue.look)
                || (!self.view.is_known() && !self.queue.callers.is_empty())
                || self.reads_again()
            {
                self.load(AfterLoad::Look);
            } else if self.over_limit().is_some() && !self.is_pausing() {
                self.load(AfterLoad::Limit);
            } else {
                self.settle_satisfied();
                if self.refresh_wanted() {
                    self.start_refresh();
                } else if self.activity_to_save() {
                    self.save_activity();
                } else {
                    self.turn_away();
                }
                return;
            }
        }
    }

    /// Whether a save is under way that a person waits for.
    pub(super) fn is_signing(&self) -> bool {
        self.is_signing_in()
            || self
                .phase
                .save()
                .is_some_and(|save| matches!(save.reason, SaveReason::SignOut { .. }))
    }

    pub(super) fn is_signing_in(&self) -> bool {
        self.phase
            .save()
            .is_some_and(|save| matches!(save.reason, SaveReason::SignIn { .. }))
    }

    pub(super) fn generation(&self) -> Generation {
        self.view.generation()
    }
}

const LONGEST_TIMER: Duration = Duration::from_secs(12 * 60 * 60);
