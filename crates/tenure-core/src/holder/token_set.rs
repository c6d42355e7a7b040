use core::time::Duration;

use super::{Expiry, Generation, HolderConfig, TokenGrant, TokenSet, clock::Clock};
use crate::{
    mutant::{Mutant, is_on},
    time::Timestamp,
};

/// When a token is fresh, due, over or refused, and what a grant makes of the one before.
impl TokenSet {
    /// The tokens a grant makes of what was there before (RFC 6749 §5.1, §6: what an answer to a
    /// refresh leaves out stays as it was).
    pub(super) fn from_grant(
        grant: TokenGrant,
        before: Option<&Self>,
        issued: Generation,
        forced: bool,
        clock: &Clock,
    ) -> Self {
        let obtained_at = grant.requested_at;
        let expires_at = match grant.expiry {
            Expiry::In(life) => Some(obtained_at.saturating_add(life)),
            Expiry::AtIssuer(at) => Some(clock.local(at)),
            Expiry::Unknown => None,
        };
        let kept =
            |pick: fn(&Self) -> Option<&alloc::string::String>| before.and_then(pick).cloned();
        Self {
            access_token: grant.access_token,
            token_type: grant.token_type,
            obtained_at,
            expires_at,
            issued,
            forced,
            refresh_token: grant
                .refresh_token
                .or_else(|| before.and_then(|t| t.refresh_token.clone())),
            id_token: grant
                .id_token
                .or_else(|| before.and_then(|t| t.id_token.clone())),
            scope: grant.scope.or_else(|| kept(|t| t.scope.as_ref())),
            subject: grant.subject.or_else(|| kept(|t| t.subject.as_ref())),
        }
    }

    /// Until when the access token counts as fresh; `None` where its end is not known.
    pub(super) fn fresh_until(&self, config: &HolderConfig) -> Option<Timestamp> {
        let expires_at = self.expires_at?;
        Some(expires_at.saturating_sub(self.margin(config, expires_at)))
    }

    /// Whether it should be replaced. A clock that went back behind the token's own beginning
    /// says nothing about its age, so it is replaced (law 10); that happens once, because the
    /// new one begins at the new time.
    pub(super) fn is_due(&self, config: &HolderConfig, now: Timestamp) -> bool {
        if is_on(Mutant::ExpiredIsFresh) {
            return false;
        }
        let (Some(expires_at), Some(fresh_until)) = (self.expires_at, self.fresh_until(config))
        else {
            return false;
        };
        let margin = self.margin(config, expires_at);
        now >= fresh_until || now.saturating_add(margin) < self.obtained_at
    }

    /// Whether it may be replaced before anybody asks. Where an issuer grants hardly any life,
    /// each answer would cause the next request.
    pub(super) fn renews_by_itself(&self, config: &HolderConfig) -> bool {
        self.fresh_until(config)
            .is_some_and(|until| until.since(self.obtained_at) >= SHORTEST_RENEWED)
    }

    /// Whether its life is over.
    pub(super) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| now >= at) && !is_on(Mutant::ExpiredIsFresh)
    }

    /// Whether it died while it was being stored. A token that an issuer grants for no time at
    /// all is still an answer.
    pub(super) fn outlived(&self, now: Timestamp) -> bool {
        self.is_expired(now) && self.expires_at.is_some_and(|at| at > self.obtained_at)
    }

    /// Whether a refusal by a resource server is about this token, and worth another request.
    pub(super) fn is_rejected(&self, rejected: Option<Generation>, now: Timestamp) -> bool {
        let Some(rejected) = rejected else {
            return false;
        };
        let about_this = rejected >= self.issued || is_on(Mutant::LateRejectionRefreshes);
        about_this && !(self.forced && now.since(self.obtained_at) < FORCED_REST)
    }

    fn margin(&self, config: &HolderConfig, expires_at: Timestamp) -> Duration {
        config.skew.min(expires_at.since(self.obtained_at) / 3)
    }
}

/// A token that replaced a refused one is not replaced again so soon: a resource server that
/// refuses every token must not cause a token request per call.
const FORCED_REST: Duration = Duration::from_secs(30);

/// A token that is fresh for less than this is only replaced when somebody asks for one.
const SHORTEST_RENEWED: Duration = Duration::from_secs(1);
