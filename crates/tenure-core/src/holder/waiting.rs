use core::time::Duration;

use super::{
    Cause, FailurePolicy, Generation, Holder, Outage, Output, Renewal, Settled, SignedOutReason,
    StorageTrouble, TokenSource, Waiter, phase::AfterLoad, queue::TokenWaiter,
    stored_view::StoredView,
};
use crate::{
    mutant::{Mutant, is_on},
    time::Uptime,
};

impl Holder {
    pub(super) fn token_wanted(&mut self, waiter: Waiter, rejected: Option<Generation>) {
        self.queue.callers.push(TokenWaiter { waiter, rejected });
        if self.phase.is_idle() {
            self.turn_away();
        }
    }

    /// Tells those who ask before the next attempt why there is none now: nothing else would wake
    /// the machine for them.
    pub(super) fn turn_away(&mut self) {
        let Some(cause) = self.backoff.cause(self.clock.uptime) else {
            return;
        };
        if let Some(reason) = self.over_limit() {
            self.settle_all(&Err(Cause::SignedOut(reason)));
            return;
        }
        self.settle_satisfied();
        self.fail_waiters(cause);
    }

    /// Gives every caller that can be helped without the issuer what it wants.
    pub(super) fn settle_satisfied(&mut self) {
        if self.queue.callers.is_empty() {
            return;
        }
        if let Some(reason) = self
            .view
            .signed_out()
            .filter(|_| !self.can_start_from_nothing())
        {
            self.settle_all(&Err(Cause::SignedOut(reason)));
            return;
        }
        let Some(session) = self.view.session() else {
            return;
        };
        let (tokens, now) = (&session.tokens, self.clock.wall);
        if self.over_limit().is_some() {
            return;
        }
        let renewable = self.renewable();
        let due = if renewable {
            tokens.is_due(&self.config, now)
        } else {
            tokens.is_expired(now)
        };
        if due {
            return;
        }
        let answer = self.token_answer();
        let tokens = tokens.clone();
        let mut left = core::mem::take(&mut self.queue.callers);
        left.retain(|w| {
            let unsatisfied = renewable && tokens.is_rejected(w.rejected, now);
            if !unsatisfied {
                self.settle(w.waiter, answer.clone());
            }
            unsatisfied
        });
        self.queue.callers = left;
    }

    /// Settles all that wait, whatever they had been refused: nothing newer can be had.
    pub(super) fn settle_all(&mut self, result: &Result<Settled, Cause>) {
        for w in core::mem::take(&mut self.queue.callers) {
            self.settle(w.waiter, result.clone());
        }
    }

    /// A refresh failed: whoever can live with the token that is there gets it, while it lives.
    pub(super) fn fail_waiters(&mut self, cause: Cause) {
        if is_on(Mutant::WaitersForgotten) {
            self.queue.callers.clear();
            return;
        }
        if let Some(reason) = self.over_limit() {
            // Whether or not it can be written down now.
            self.settle_all(&Err(Cause::SignedOut(reason)));
            return;
        }
        let usable = self
            .view
            .session()
            .filter(|s| !s.tokens.is_expired(self.clock.wall))
            .cloned();
        let answer = self.token_answer();
        for w in core::mem::take(&mut self.queue.callers) {
            let good = usable
                .as_ref()
                .is_some_and(|s| !s.tokens.is_rejected(w.rejected, self.clock.wall));
            self.settle(w.waiter, if good { answer.clone() } else { Err(cause) });
        }
    }

    pub(super) fn settle(&mut self, waiter: Waiter, result: Result<Settled, Cause>) {
        self.outbox.push(Output::Settle { waiter, result });
    }

    /// The token that is there.
    pub(super) fn token_answer(&self) -> Result<Settled, Cause> {
        let Some(session) = self.view.session() else {
            return Err(Cause::SignedOut(
                self.view
                    .signed_out()
                    .unwrap_or(SignedOutReason::NeverSignedIn),
            ));
        };
        let tokens = &session.tokens;
        let fresh_until = if self.renewable() {
            tokens.fresh_until(&self.config)
        } else {
            tokens.expires_at
        };
        Ok(Settled::Token {
            access_token: tokens.access_token.clone(),
            token_type: tokens.token_type.clone(),
            generation: tokens.issued,
            fresh_until: [fresh_until, self.limit_at()].into_iter().flatten().min(),
        })
    }

    /// Whether a new access token can be had without a person.
    pub(super) fn renewable(&self) -> bool {
        match self.config.source {
            TokenSource::RefreshToken => self
                .view
                .session()
                .is_some_and(|s| s.tokens.refresh_token.is_some()),
            TokenSource::ClientCredentials | TokenSource::Callback => true,
        }
    }

    /// Whether a session can begin without a person: its source needs none, and none ended it.
    pub(super) const fn can_start_from_nothing(&self) -> bool {
        match self.config.source {
            TokenSource::RefreshToken => false,
            TokenSource::ClientCredentials | TokenSource::Callback => {
                matches!(self.view, StoredView::Empty)
            }
        }
    }

    /// Whether a refresh should start now.
    pub(super) fn refresh_wanted(&self) -> bool {
        if self.is_pausing() {
            return false;
        }
        !self.queue.callers.is_empty() || self.owed.unsaved.is_some() || self.due_by_itself()
    }

    /// Whether the token is due and the holder may act on its own.
    pub(super) fn due_by_itself(&self) -> bool {
        self.config.renewal == Renewal::Proactive
            && !self.person.hidden
            && self.renewable()
            && self.view.session().is_some_and(|s| {
                s.tokens.renews_by_itself(&self.config)
                    && s.tokens.is_due(&self.config, self.clock.wall)
            })
    }

    /// When to wake up while nothing is under way; no timer while hidden.
    pub(super) fn next_wake(&self) -> Option<Uptime> {
        if self.person.hidden {
            return None;
        }
        if self.may_read_again() {
            return Some(
                self.backoff
                    .until()
                    .max(self.clock.within(Duration::from_millis(1))),
            );
        }
        let session = self.view.session()?;
        let proactive = self.config.renewal == Renewal::Proactive
            && self.renewable()
            && session.tokens.renews_by_itself(&self.config);
        let fresh = session
            .tokens
            .fresh_until(&self.config)
            .filter(|_| proactive);
        let fresh = fresh.map(|at| self.clock.uptime_of(at).max(self.backoff.until()));
        let unsaved = self.owed.unsaved.as_ref().map(|_| self.backoff.until());
        let limit = self
            .limit_at()
            .map(|at| self.clock.uptime_of(at).max(self.backoff.until()));
        let soonest = [fresh, unsaved, limit].into_iter().flatten().min()?;
        // What was due already has been started or waits for its pause: never spin.
        Some(soonest.max(self.clock.within(Duration::from_millis(1))))
    }

    /// Whether it is too early to try again what failed.
    pub(super) fn is_pausing(&self) -> bool {
        self.backoff.is_pausing(self.clock.uptime)
    }

    /// Something failed: whoever asks before the next attempt is told this.
    pub(super) fn pause(&mut self, cause: Cause, retry_after: Option<Duration>) {
        let now = self.clock.uptime;
        self.backoff
            .failed(cause, self.config.backoff, retry_after, now);
    }

    /// A refresh failed for now: callers are told, the next attempt waits.
    pub(super) fn give_up_for_now(&mut self, cause: Cause, retry_after: Option<Duration>) {
        self.pause(cause, retry_after);
        let cause = self.backoff.cause(self.clock.uptime).unwrap_or(cause);
        self.event(super::Event::RefreshFailed(cause));
        self.fail_waiters(cause);
        self.rest();
    }

    pub(super) fn load_failed(&mut self, then: AfterLoad, fault: super::LoadFault) {
        let trouble = match fault {
            super::LoadFault::Failed => StorageTrouble::Read,
            super::LoadFault::Damaged(_) => StorageTrouble::Damaged,
            super::LoadFault::Newer => StorageTrouble::Newer,
            super::LoadFault::OtherForm => StorageTrouble::OtherForm,
        };
        if !self.view.is_known() && !is_on(Mutant::LoadingForEver) {
            self.view = StoredView::Failed(trouble);
        }
        match then {
            AfterLoad::Look | AfterLoad::Refresh | AfterLoad::Refused(_) | AfterLoad::Limit => {
                self.give_up_for_now(Cause::Storage(trouble), None);
            }
            AfterLoad::TimedOut => self.exchange_failed(Outage::TimedOut, None),
            AfterLoad::ResolveConflict(save) => match fault {
                super::LoadFault::Damaged(at) => self.damage_in_the_way(save, at),
                super::LoadFault::Failed
                | super::LoadFault::Newer
                | super::LoadFault::OtherForm => self.save_failed(save, trouble),
            },
        }
    }

    pub(super) fn discards(&self) -> bool {
        self.config.failure_policy == FailurePolicy::DiscardOnFailure
            || is_on(Mutant::OutageEndsSession)
    }
}
