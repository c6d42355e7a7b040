use alloc::boxed::Box;

use super::{
    Body, Cause, Generation, Holder, Login, Output, Settled, SignOutScope, SignedOut,
    SignedOutReason, StorageTrouble, Stored, StoredSession, TokenGrant, TokenSet, Waiter,
    phase::{AfterLoad, Phase, Save, SaveReason},
    queue::Command,
};
use crate::{
    mutant::{Mutant, is_on},
    secret::RefreshToken,
};

/// What a person does: signing in and out. Both end whatever else is under way.
impl Holder {
    pub(super) fn command(&mut self, command: Command) {
        if self.is_signing() {
            self.queue.commands.push_back(command);
            return;
        }
        match command {
            Command::SignIn { waiter, grant } => self.sign_in(waiter, grant),
            Command::SignOut { waiter, scope } => self.sign_out(waiter, scope),
        }
    }

    /// Gives up what is under way; its answers are recognised when they come. The lock is kept
    /// for the write that follows, so that no peer asks for what is just being replaced.
    pub(super) fn abandon(&mut self) {
        match core::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Exchanging { op, asked, .. } => self.owed.abandon_exchange(op, asked),
            Phase::Locking { op, .. } => self.release(op),
            Phase::Idle | Phase::Loading { .. } | Phase::Saving { .. } | Phase::Pausing { .. } => {}
        }
    }

    /// Tells the issuer that a refresh token is no longer wanted.
    pub(super) fn revoke(&mut self, refresh_token: Option<RefreshToken>) {
        if is_on(Mutant::LateTokenNotRevoked) {
            return;
        }
        if let Some(refresh_token) = refresh_token {
            self.outbox.push(Output::Revoke { refresh_token });
        }
    }

    /// What a person has just left is written down: its issuer may hear of it.
    fn revoke_owed(&mut self) {
        for token in core::mem::take(&mut self.owed.to_revoke) {
            self.revoke(Some(token));
        }
    }

    pub(super) fn save_done(&mut self, save: Box<Save>) {
        let generation = save.value.generation;
        match save.reason {
            SaveReason::Refresh => self.refresh_saved(save.value),
            SaveReason::Activity => {
                self.adopt(Some(save.value));
                self.rest();
            }
            SaveReason::SignIn { waiter, .. } => {
                let before = self
                    .view
                    .session()
                    .and_then(|s| s.tokens.refresh_token.clone());
                self.backoff.succeeded();
                self.backoff.cut_short();
                self.revoke_replaced();
                self.adopt(Some(save.value));
                self.revoke(before);
                self.revoke_owed();
                self.outbox.push(Output::Publish { generation });
                self.settle(waiter, Ok(Settled::SignedIn));
                self.rest();
            }
            SaveReason::SignOut { waiter, scope } => {
                let unsaved = self.owed.unsaved.take();
                self.adopt(Some(save.value));
                if scope == SignOutScope::Issuer {
                    self.revoke(unsaved.and_then(|u| u.session.tokens.refresh_token));
                }
                self.revoke_owed();
                self.outbox.push(Output::Publish { generation });
                if !is_on(Mutant::SignOutBeforeSave) {
                    self.settle(waiter, Ok(Settled::SignedOut));
                }
                self.rest();
            }
            SaveReason::End { reason } => self.ended(save.value, reason),
        }
    }

    /// The session of another pair that a sign-in took the place of is over where it came from.
    fn revoke_replaced(&mut self) {
        let Some(session) = self.view.foreign() else {
            return;
        };
        if let Some(refresh_token) = session.tokens.refresh_token.clone() {
            let binding = session.pair(&self.config).cloned();
            self.outbox.push(Output::RevokeElsewhere {
                refresh_token,
                binding,
            });
        }
    }

    pub(super) fn save_failed(&mut self, save: Box<Save>, trouble: StorageTrouble) {
        let token = save.refresh_token();
        match save.reason {
            SaveReason::Refresh => self.refresh_not_saved(save, trouble),
            SaveReason::Activity => self.rest(),
            SaveReason::SignIn { waiter, .. } => {
                self.owed.to_revoke.clear();
                // A write that was not answered may still arrive: then its session is good.
                if trouble == StorageTrouble::Write && save.lost == 0 && !save.unanswered {
                    self.revoke(token);
                }
                self.settle(waiter, Err(Cause::Storage(trouble)));
                self.rest();
            }
            SaveReason::SignOut { waiter, .. } => {
                // The session goes on, so its issuer hears nothing, unless a write that was not
                // answered may still arrive: then the person is out.
                if save.unanswered {
                    self.revoke_owed();
                }
                self.owed.to_revoke.clear();
                self.settle(waiter, Err(Cause::Storage(trouble)));
                self.rest();
            }
            SaveReason::End { reason } => {
                // The session is over whether or not it could be written down.
                let cause = Cause::SignedOut(reason);
                self.settle_all(&Err(cause));
                self.pause(cause, None);
                self.rest();
            }
        }
    }

    /// A save lost a race, or nobody knows whether it took place: what is there decides.
    pub(super) fn settle_race(&mut self, save: Box<Save>, found: Option<Stored>) {
        if found.as_ref() == Some(&save.value) {
            self.save_done(save);
            return;
        }
        match &save.reason {
            SaveReason::Refresh => self.refresh_lost_race(save, found),
            SaveReason::Activity => {
                self.adopt(found);
                self.rest();
            }
            SaveReason::End { reason } => {
                let reason = *reason;
                self.adopt(found);
                self.settle_satisfied();
                self.rest();
                if reason == SignedOutReason::RefreshFailed && self.view.session().is_some() {
                    self.end(reason);
                }
            }
            SaveReason::SignIn { .. } | SaveReason::SignOut { .. } => self.again(save, found),
        }
    }

    fn sign_in(&mut self, waiter: Waiter, grant: TokenGrant) {
        self.owed.to_revoke.extend(self.token_being_ended());
        self.abandon();
        self.owed.unsaved = None;
        let login = Login {
            generation: Generation::NONE,
            at: self.clock.wall,
        };
        let tokens = TokenSet::from_grant(grant, None, Generation::NONE, false, &self.clock);
        let session = StoredSession {
            login,
            tokens,
            last_active: self.clock.wall,
            binding: self.config.binding.clone(),
        };
        let (body, reason) = (Body::Active(session), SaveReason::SignIn { waiter });
        self.write_over(Save::new(self.generation(), body, reason));
    }

    /// The refresh token of a session whose end is being written, and which nobody revokes if
    /// that write is no longer waited for.
    fn token_being_ended(&self) -> Option<RefreshToken> {
        let save = self.phase.save()?;
        let ending = matches!(save.reason, SaveReason::End { .. });
        let session = self.view.session().filter(|_| ending)?;
        session.tokens.refresh_token.clone()
    }

    fn sign_out(&mut self, waiter: Waiter, scope: SignOutScope) {
        let pending = self.phase.save().and_then(Save::refresh_token);
        self.abandon();
        let current = self
            .view
            .session()
            .and_then(|s| s.tokens.refresh_token.clone());
        if scope == SignOutScope::Issuer {
            self.owed
                .to_revoke
                .extend([pending, current].into_iter().flatten());
        }
        self.settle_all(&Err(Cause::SignedOut(SignedOutReason::User)));
        if is_on(Mutant::SignOutBeforeSave) {
            self.settle(waiter, Ok(Settled::SignedOut));
        }
        let mark = Body::SignedOut(SignedOut {
            reason: SignedOutReason::User,
            at: self.clock.wall,
        });
        let reason = SaveReason::SignOut { waiter, scope };
        self.write_over(Save::new(self.generation(), mark, reason));
    }

    /// Writes what a person wants over whatever is there.
    fn write_over(&mut self, mut save: Box<Save>) {
        if self.leaves_alone(&save.reason) {
            return;
        }
        save.over_damage = false;
        save.replaces = self.generation();
        save.begin_at(save.replaces.next());
        if !self.view.is_known() && save.lost == 0 {
            self.load(AfterLoad::ResolveConflict(save));
        } else {
            self.save(save);
        }
    }

    fn again(&mut self, mut save: Box<Save>, found: Option<Stored>) {
        // What a peer stored meanwhile is signed out as well.
        let newer = found.as_ref().and_then(|f| match &f.body {
            Body::Active(session) if session.is_of(&self.config) => {
                session.tokens.refresh_token.clone()
            }
            Body::Active(_) | Body::SignedOut(_) => None,
        });
        let known = self
            .view
            .session()
            .and_then(|s| s.tokens.refresh_token.clone());
        self.adopt(found);
        let tell = matches!(
            save.reason,
            SaveReason::SignOut {
                scope: SignOutScope::Issuer,
                ..
            }
        );
        if tell && newer != known {
            self.owed.to_revoke.extend(newer);
        }
        // The sign-in may have been in storage, and a later one have taken its place and revoked
        // its tokens: nobody can tell, so the person is asked again.
        let overtaken = save.unanswered
            && matches!(save.reason, SaveReason::SignIn { .. })
            && self.generation() > save.replaces;
        if overtaken || save.lost == MOST_LOST_RACES {
            self.save_failed(save, StorageTrouble::Write);
            return;
        }
        save.lost += 1;
        self.write_over(save);
    }

    /// Whether what storage holds is none of a sign-out's business: the caller is told.
    fn leaves_alone(&mut self, reason: &SaveReason) -> bool {
        let SaveReason::SignOut { waiter, .. } = reason else {
            return false;
        };
        let foreign = self.view.foreign().is_some();
        if foreign {
            let cause = Cause::SignedOut(SignedOutReason::Foreign);
            self.settle(*waiter, Err(cause));
            self.rest();
        }
        foreign
    }
}

/// So many lost races in a row mean that storage, not a peer, is in the way.
pub(super) const MOST_LOST_RACES: u8 = 8;
