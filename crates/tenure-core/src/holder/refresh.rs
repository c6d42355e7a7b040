use alloc::boxed::Box;
use core::time::Duration;

use super::{
    Body, Cause, ExchangeOp, Generation, Holder, LockOp, Login, Outage, Output, Request, SaveFault,
    SaveOp, SignedOutReason, StorageTrouble, Stored, StoredSession, TokenGrant, TokenResponse,
    TokenSet, TokenSource,
    attempt::MOST_LOOKS,
    owed::Unsaved,
    phase::{AfterLoad, Asked, Op, Phase, Save, SaveReason},
};
use crate::mutant::{Mutant, is_on};

/// A refresh: lock, read storage again, ask, save, hand out.
impl Holder {
    pub(super) fn start_refresh(&mut self) {
        if !self.renewable() && !self.can_start_from_nothing() {
            self.expire();
            return;
        }
        if is_on(Mutant::NoLock) {
            self.load(AfterLoad::Refresh);
            return;
        }
        let op = LockOp(self.outbox.next_op());
        let deadline = self.clock.within(self.config.lock_wait);
        self.phase = Phase::Locking { op, deadline };
        self.outbox.push(Output::Lock {
            op,
            lease: self.config.lock_lease,
        });
    }

    pub(super) fn lock_granted(&mut self, op: LockOp) {
        if self.phase.take_awaited(Op::Lock(op)).is_none() {
            self.release(op);
            return;
        }
        self.attempt.lock = Some(op);
        if is_on(Mutant::NoReloadUnderLock) {
            self.ask();
        } else {
            self.load(AfterLoad::Refresh);
        }
    }

    pub(super) fn lock_refused(&mut self, op: LockOp) {
        if self.phase.take_awaited(Op::Lock(op)).is_some() {
            self.load(AfterLoad::Refresh);
        }
    }

    /// Somebody else has the lock now; the generation check decides what becomes of our answer.
    pub(super) fn lock_lost(&mut self, op: LockOp) {
        if self.attempt.lock == Some(op) {
            self.attempt.lock = None;
        }
    }

    /// Storage was read under the lock: a peer may have done the work already.
    pub(super) fn refresh_unless_done(&mut self) {
        if self.save_what_was_not_saved() {
            return;
        }
        if self.over_limit().is_some() {
            self.rest();
            return;
        }
        self.settle_satisfied();
        let wanted = !self.queue.callers.is_empty() || self.due_by_itself();
        if !wanted {
            self.rest();
        } else if self.renewable() || self.can_start_from_nothing() {
            self.ask();
        } else {
            self.expire();
        }
    }

    pub(super) fn exchanged(&mut self, op: ExchangeOp, answer: TokenResponse) {
        let Some(Phase::Exchanging { asked, .. }) = self.phase.take_awaited(Op::Exchange(op))
        else {
            self.late_answer(op, answer);
            return;
        };
        match answer {
            TokenResponse::Tokens(grant) => self.granted(grant, &asked),
            TokenResponse::Refused if is_on(Mutant::RefusalWithoutReload) => {
                self.end(SignedOutReason::Refused);
            }
            TokenResponse::Refused if self.attempt.lock.is_some() => {
                self.load(AfterLoad::Refused(asked))
            }
            TokenResponse::Refused => self.pause_then(PEER_SAVES, AfterLoad::Refused(asked)),
            TokenResponse::Superseded if self.attempt.looks_again() => {
                self.pause_then(PEER_STORES, AfterLoad::Refresh);
            }
            TokenResponse::Superseded => self.exchange_failed(Outage::Overloaded, None),
            TokenResponse::Unavailable {
                outage: Outage::Network,
                retry_after: None,
            } if !self.attempt.retried && !self.discards() => {
                // The answer may have been lost on its way: the same question once more, unless
                // a peer has moved on meanwhile.
                self.attempt.retried = true;
                self.load(AfterLoad::Refresh);
            }
            // A transport may notice the silence before this machine does: as at its deadline.
            TokenResponse::Unavailable {
                outage: Outage::TimedOut,
                retry_after: None,
            } => self.load(AfterLoad::TimedOut),
            TokenResponse::Unavailable {
                outage,
                retry_after,
            } => {
                self.exchange_failed(outage, retry_after);
            }
            TokenResponse::Misconfigured => self.failed_with(Cause::Misconfigured, None),
        }
    }

    pub(super) fn exchange_failed(&mut self, outage: Outage, retry_after: Option<Duration>) {
        let cause = Cause::Unavailable {
            outage,
            // How long that is, the pause knows.
            retry_after: Duration::ZERO,
        };
        self.failed_with(cause, retry_after);
    }

    /// Storage was read again after the issuer had been silent for too long. A process that was
    /// frozen finds what its peers did meanwhile.
    pub(super) fn timed_out(&mut self) {
        self.settle_satisfied();
        if self.queue.callers.is_empty() && !self.due_by_itself() {
            self.rest();
        } else {
            self.exchange_failed(Outage::TimedOut, None);
        }
    }

    /// Storage was read again after a refusal: only if it has nothing newer, the session is over.
    pub(super) fn refused_for_good(&mut self, asked: &Asked) {
        if self.login() != asked.login || !self.still_asked(asked) {
            self.settle_satisfied();
            self.rest();
            return;
        }
        self.end(SignedOutReason::Refused);
    }

    /// The refresh's outcome is in storage.
    pub(super) fn refresh_saved(&mut self, value: Stored) {
        self.owed.unsaved = None;
        self.backoff.succeeded();
        self.attempt.caught_up();
        let generation = value.generation;
        self.adopt(Some(value));
        self.outbox.push(Output::Publish { generation });
        if self
            .view
            .session()
            .is_some_and(|s| s.tokens.outlived(self.clock.wall))
        {
            if !self.attempt.retried {
                // Storing it took its whole life, or its answer had been on its way for that long.
                self.attempt.retried = true;
                self.load(AfterLoad::Refresh);
                return;
            }
            self.give_up_for_now(Cause::Storage(StorageTrouble::Write), None);
            return;
        }
        if self.over_limit().is_none() {
            self.settle_all(&self.token_answer());
        }
        self.rest();
    }

    /// Storage has something else than what this refresh was to replace.
    pub(super) fn refresh_lost_race(&mut self, save: Box<Save>, found: Option<Stored>) {
        let there = found.as_ref().map_or(Generation::NONE, |f| f.generation);
        if there == save.replaces {
            self.refresh_not_saved(save, StorageTrouble::Write);
            return;
        }
        if let Some(save) = self.on_top_of(&save, found.as_ref()) {
            self.adopt(found);
            self.save(save);
            return;
        }
        let ours = save.login();
        self.owed.unsaved = None;
        self.adopt(found);
        if self.login() != ours {
            self.revoke(save.refresh_token());
        }
        self.settle_satisfied();
        self.rest();
    }

    /// A peer wrote, but not other tokens: it noted activity. Ours still are the newest, and an
    /// issuer may give them only once.
    fn on_top_of(&self, save: &Save, found: Option<&Stored>) -> Option<Box<Save>> {
        let (found, Body::Active(ours)) = (found?, &save.value.body) else {
            return None;
        };
        let Body::Active(there) = &found.body else {
            return None;
        };
        let same = self
            .view
            .session()
            .is_some_and(|known| known.tokens == there.tokens);
        if !same
            || !there.is_of(&self.config)
            || there.login != ours.login
            || save.lost == MOST_LOOKS
        {
            return None;
        }
        let mut session = ours.clone();
        session.tokens.issued = found.generation.next();
        session.last_active = ours.last_active.max(there.last_active);
        let body = Body::Active(session);
        let mut new = Save::new(found.generation, body, SaveReason::Refresh);
        new.lost = save.lost + 1;
        new.unanswered = save.unanswered;
        Some(new)
    }

    /// Storage did not take the new tokens: they wait here, and nobody gets them (law 5).
    pub(super) fn refresh_not_saved(&mut self, save: Box<Save>, trouble: StorageTrouble) {
        if let Body::Active(session) = save.value.body {
            self.owed.unsaved = Some(Unsaved {
                replaces: save.replaces,
                session,
            });
        }
        self.give_up_for_now(Cause::Storage(trouble), None);
    }

    pub(super) fn drop_unsaved(&mut self) {
        if let Some(unsaved) = self.owed.unsaved.take() {
            self.revoke(unsaved.session.tokens.refresh_token);
        }
    }

    pub(super) fn saved(&mut self, op: SaveOp, result: Result<(), SaveFault>) {
        let Some(Phase::Saving { save, .. }) = self.phase.take_awaited(Op::Save(op)) else {
            return;
        };
        match result {
            Ok(()) => self.save_done(save),
            Err(SaveFault::Conflict) if is_on(Mutant::ConflictIgnored) => self.save_done(save),
            Err(SaveFault::Conflict) => self.load(AfterLoad::ResolveConflict(save)),
            Err(SaveFault::Failed) => self.save_failed(save, StorageTrouble::Write),
        }
    }

    /// The access token's life is over and there is no way to another one.
    fn expire(&mut self) {
        let over = self
            .view
            .session()
            .is_some_and(|s| s.tokens.is_expired(self.clock.wall));
        if over {
            self.end(SignedOutReason::Expired);
        } else {
            self.settle_all(&self.token_answer());
            self.rest();
        }
    }

    fn ask(&mut self) {
        let request = match self.config.source {
            TokenSource::ClientCredentials => Request::ClientCredentials,
            TokenSource::Callback => Request::Callback,
            TokenSource::RefreshToken => {
                let refresh_token = self
                    .view
                    .session()
                    .and_then(|s| s.tokens.refresh_token.clone());
                let Some(refresh_token) = refresh_token else {
                    self.settle_satisfied();
                    self.rest();
                    return;
                };
                Request::Refresh { refresh_token }
            }
        };
        let issued = self
            .view
            .session()
            .map_or(Generation::NONE, |s| s.tokens.issued);
        let forced = self
            .view
            .session()
            .is_some_and(|s| !s.tokens.is_due(&self.config, self.clock.wall));
        let asked = Asked {
            login: self.login(),
            issued,
            forced,
        };
        let op = ExchangeOp(self.outbox.next_op());
        let deadline = self.clock.within(self.config.exchange_timeout);
        self.phase = Phase::Exchanging {
            op,
            deadline,
            asked,
        };
        self.outbox.push(Output::Exchange { op, request });
    }

    pub(super) fn granted(&mut self, grant: TokenGrant, asked: &Asked) {
        let replaces = self.generation();
        let generation = replaces.next();
        let session = self.view.session();
        let now = self.clock.wall;
        let login = session.map_or(
            Login {
                generation,
                at: now,
            },
            |s| s.login,
        );
        let last_active = session.map_or(now, |_| self.person.last_activity);
        let tokens = TokenSet::from_grant(
            grant,
            session.map(|s| &s.tokens),
            generation,
            asked.forced,
            &self.clock,
        );
        let body = Body::Active(StoredSession {
            login,
            tokens,
            last_active,
            binding: self.config.binding.clone(),
        });
        let save = Save::new(replaces, body, SaveReason::Refresh);
        if is_on(Mutant::HandOutBeforeSave) {
            let before = core::mem::replace(
                &mut self.view,
                super::stored_view::StoredView::Known(save.value.clone()),
            );
            self.settle_all(&self.token_answer());
            self.view = before;
        }
        self.save(save);
    }

    /// New tokens that storage did not take before are tried again, if they still fit.
    fn save_what_was_not_saved(&mut self) -> bool {
        let Some(unsaved) = self.owed.unsaved.take() else {
            return false;
        };
        if unsaved.replaces != self.generation() {
            return false;
        }
        let body = Body::Active(unsaved.session);
        self.save(Save::new(unsaved.replaces, body, SaveReason::Refresh));
        true
    }

    /// Whether the tokens that were there when the question was asked still are.
    pub(super) fn still_asked(&self, asked: &Asked) -> bool {
        self.view
            .session()
            .map_or(Generation::NONE, |s| s.tokens.issued)
            == asked.issued
    }

    fn failed_with(&mut self, cause: Cause, retry_after: Option<Duration>) {
        if self.discards() {
            self.end(SignedOutReason::RefreshFailed);
            return;
        }
        self.give_up_for_now(cause, retry_after);
    }

    fn pause_then(&mut self, pause: Duration, then: AfterLoad) {
        let deadline = self.clock.within(pause);
        self.phase = Phase::Pausing { deadline, then };
    }
}

impl Save {
    fn login(&self) -> Option<Login> {
        match &self.value.body {
            Body::Active(session) => Some(session.login),
            Body::SignedOut(_) => None,
        }
    }
}

/// Without the lock, a peer may have been granted what we were refused: it gets time to save.
const PEER_SAVES: Duration = Duration::from_secs(3);
/// The issuer says that a newer token is in use: its holder has it, or is just storing it.
const PEER_STORES: Duration = Duration::from_millis(500);
