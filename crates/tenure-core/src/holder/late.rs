use super::{
    ExchangeOp, Holder, TokenResponse,
    phase::{AfterLoad, Phase},
};
use crate::mutant::{Mutant, is_on};

/// Answers that come when nobody awaits them any more.
impl Holder {
    /// An answer that was given up. If its session is still here unchanged, it is as good as any;
    /// if somebody signed out or in meanwhile, its refresh token is revoked (laws 3 and 4).
    pub(super) fn late_answer(&mut self, op: ExchangeOp, answer: TokenResponse) {
        let Some(asked) = self.owed.take_abandoned(op) else {
            return;
        };
        let TokenResponse::Tokens(grant) = answer else {
            return;
        };
        if is_on(Mutant::AnswerOutlivesSignIn) && self.login().is_some() {
            self.abandon();
            self.granted(grant, &asked);
            return;
        }
        if self.is_signing() {
            // Void once that is in storage; until then the old session may have to go on.
            self.owed.to_revoke.extend(grant.refresh_token);
            return;
        }
        if self.login() != asked.login {
            self.revoke(grant.refresh_token);
            return;
        }
        if !self.still_asked(&asked) || self.owed.unsaved.is_some() {
            return;
        }
        match &self.phase {
            Phase::Idle
            | Phase::Exchanging { .. }
            | Phase::Loading {
                then: AfterLoad::TimedOut,
                ..
            } => {
                self.abandon();
                self.granted(grant, &asked);
            }
            Phase::Loading { .. }
            | Phase::Locking { .. }
            | Phase::Saving { .. }
            | Phase::Pausing { .. } => {}
        }
    }
}
