use core::time::Duration;

use super::{
    Body, Cause, Holder, Output, SignedOut, SignedOutReason, Stored,
    phase::{Save, SaveReason},
};
use crate::{
    mutant::{Mutant, is_on},
    time::Timestamp,
};

/// How a session comes to its end without a person: limits, refusal, expiry.
impl Holder {
    /// Which limit has passed.
    pub(super) fn over_limit(&self) -> Option<SignedOutReason> {
        let now = self.clock.wall;
        if self.absolute_limit_at().is_some_and(|at| now >= at) {
            return Some(SignedOutReason::AbsoluteLimit);
        }
        if self.idle_limit_at().is_some_and(|at| now >= at) && !is_on(Mutant::IdleNotNoticed) {
            return Some(SignedOutReason::Idle);
        }
        None
    }

    /// The nearest limit.
    pub(super) fn limit_at(&self) -> Option<Timestamp> {
        [self.absolute_limit_at(), self.idle_limit_at()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Storage was read again: a peer may have seen activity, or ended the session.
    pub(super) fn end_if_over_limit(&mut self) {
        match self.over_limit() {
            Some(reason) => self.end(reason),
            None => self.rest(),
        }
    }

    /// Ends the session: the mark is written, then callers are told.
    pub(super) fn end(&mut self, reason: SignedOutReason) {
        if self.view.session().is_none() {
            let reason = self.view.signed_out().unwrap_or(reason);
            self.settle_all(&Err(Cause::SignedOut(reason)));
            self.rest();
            return;
        }
        let mark = Body::SignedOut(SignedOut {
            reason,
            at: self.clock.wall,
        });
        let reason = SaveReason::End { reason };
        self.save(Save::new(self.generation(), mark, reason));
    }

    /// The mark is in storage. Only now is the refresh token revoked: had a peer noted activity
    /// first, the session would have gone on with it.
    pub(super) fn ended(&mut self, value: Stored, reason: SignedOutReason) {
        let token = self
            .view
            .session()
            .filter(|_| reason != SignedOutReason::Refused)
            .and_then(|s| s.tokens.refresh_token.clone());
        let generation = value.generation;
        self.adopt(Some(value));
        self.revoke(token);
        self.outbox.push(Output::Publish { generation });
        self.settle_satisfied();
        self.rest();
    }

    /// Activity is worth a write when peers would otherwise count far less of it.
    pub(super) fn activity_to_save(&self) -> bool {
        let Some(limit) = self.config.idle_limit else {
            return false;
        };
        let step = (limit / 20).min(LONGEST_ACTIVITY_STEP);
        self.view
            .session()
            .is_some_and(|s| self.person.last_activity.since(s.last_active) >= step)
            && !self.is_pausing()
    }

    pub(super) fn save_activity(&mut self) {
        let Some(session) = self.view.session() else {
            return;
        };
        let mut session = session.clone();
        session.last_active = self.person.last_activity;
        session.binding.clone_from(&self.config.binding);
        let body = Body::Active(session);
        self.save(Save::new(self.generation(), body, SaveReason::Activity));
    }

    fn absolute_limit_at(&self) -> Option<Timestamp> {
        let session = self.view.session()?;
        Some(session.login.at.saturating_add(self.config.absolute_limit?))
    }

    fn idle_limit_at(&self) -> Option<Timestamp> {
        let session = self.view.session()?;
        let last = self.person.last_activity.max(session.last_active);
        Some(last.saturating_add(self.config.idle_limit?))
    }
}

const LONGEST_ACTIVITY_STEP: Duration = Duration::from_secs(60);
