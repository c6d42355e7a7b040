use tenure_core::{
    issuer::{FamilyId, RatchetPolicy, RevokedReason},
    secret::RefreshToken,
    time::Timestamp,
};

use super::{World, event::Network, issuer::Outcome, people::RECOVERY};

/// Where a refresh token stands in its family.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    family: FamilyId,
    /// How many rotations overtook it.
    behind: u32,
    /// Whether the successor of the one before the current is in use.
    confirmed: bool,
    /// Whether only a keyed family would get an answer again that was lost so long ago.
    not_keyed_price: bool,
    /// Whether it must be taken for stolen, whoever shows it.
    is_theft: bool,
}

/// Who is a thief, and what the issuer makes of it.
impl World {
    /// A thief shows what was copied; found, unless nobody has used what came after it, or an
    /// honest request may be as late.
    pub(super) fn thief_presents(&mut self, token: &RefreshToken, times: u8) {
        let (now, life) = (self.issuer_now(), self.plan.token_life);
        let Some(standing) = self.standing(token, now) else {
            return;
        };
        let id = standing.family;
        self.ledger.stolen.insert(id);
        let read = self.issuer.version(token);
        let outcome = self.issuer.present(&mut self.rng, token, read, life, now);
        self.judge(Some(standing), &outcome);
        let found = self
            .issuer
            .family(id)
            .is_some_and(|family| family.revoked.is_some());
        if standing.is_theft && !found {
            self.ledger.break_law(
                6,
                "a superseded refresh token came back and nothing happened",
            );
        }
        if standing.behind == 0 && matches!(outcome, Outcome::Granted(_)) {
            self.ledger.thief_rotated_at = Some(self.at);
        }
        if let Outcome::Granted(grant) = outcome
            && let Some(next) = grant.refresh_token
            && times > 0
        {
            let delay = self.rng.between(1_000, self.plan.token_life);
            self.schedule(
                delay,
                Network::ThiefPresents {
                    token: next,
                    times: times - 1,
                },
            );
        }
    }

    /// Where a refresh token stands before the issuer looks at it.
    pub(super) fn standing(&self, token: &RefreshToken, now: Timestamp) -> Option<Standing> {
        let id = self.issuer.family_of(token)?;
        let generation = self.issuer.generation_of(token)?;
        let family = self.issuer.family(id)?;
        let policy = self.issuer.policy();
        let since_rotation = now.since(family.rotated_at);
        let since_use = now.since(family.rotated_at.max(family.last_seen));
        let alive = family.revoked.is_none() && now < family.idle_deadline;
        let behind = family.generation.saturating_sub(generation);
        let unanswered = since_use > policy.straggler_window
            && !family.confirmed
            && since_rotation > policy.lost_window;
        Some(Standing {
            family: id,
            behind,
            confirmed: family.confirmed,
            not_keyed_price: alive && behind == 1 && !family.keyed && unanswered,
            is_theft: alive
                && match behind {
                    0 => false,
                    1 => family.confirmed && since_use > policy.straggler_window,
                    late => {
                        late > RatchetPolicy::MOST_ROTATIONS_LATE
                            || since_rotation > policy.straggler_window
                    }
                },
        })
    }

    /// A family that is not keyed gives a lost answer again for a minute only; who comes later
    /// cannot be told from a thief. That is the price of a holder that does not say who it is.
    pub(super) fn excuse_what_is_not_keyed(&mut self, standing: Option<Standing>) {
        if let Some(standing) = standing.filter(|standing| standing.not_keyed_price)
            && !self.plan.calm
        {
            self.ledger.stolen.insert(standing.family);
        }
    }

    /// Without a thief no family is ever taken for stolen, and who gets what is decided by how
    /// its family began (laws 1 and 6).
    pub(super) fn judge(&mut self, standing: Option<Standing>, outcome: &Outcome) {
        let Some(Standing {
            family: id,
            behind,
            confirmed,
            ..
        }) = standing
        else {
            return;
        };
        let keyed = self.plan.keyed;
        let family = self.issuer.family(id);
        let reused = family
            .and_then(|f| f.revoked)
            .is_some_and(|revoked| revoked.reason == RevokedReason::Reused);
        if family.is_some_and(|f| f.keyed != keyed) {
            self.ledger
                .break_law(6, "a later request decided whether a family is keyed");
        }
        if reused && !self.ledger.stolen.contains(&id) {
            self.ledger
                .break_law(6, "a family was taken for stolen, and there was no thief");
        }
        let wrong = match outcome {
            Outcome::Granted(_) if behind > 1 => "an old refresh token brought tokens",
            Outcome::Granted(_) if behind == 1 && keyed && confirmed => {
                "a superseded refresh token of a keyed family brought tokens"
            }
            Outcome::Superseded if behind < 2 && !keyed => {
                "a client that does not know 409 was told 409"
            }
            Outcome::Granted(_) | Outcome::Superseded | Outcome::Refused | Outcome::Raced => {
                self.let_go(id);
                return;
            }
        };
        self.ledger.break_law(6, wrong);
    }

    /// Whether a thief has rotated the family so shortly before that its owner was told to come
    /// back, and may not have done so yet.
    pub(super) fn thief_is_ahead(&self, at: u64) -> bool {
        let window = self.issuer.policy().straggler_window.as_millis() + u128::from(RECOVERY);
        let rotated_at = self.ledger.thief_rotated_at;
        rotated_at.is_some_and(|then| u128::from(at.saturating_sub(then)) <= window)
    }
}
