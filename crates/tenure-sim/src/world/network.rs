use tenure_core::{
    holder::{Answer, Input, Op, Outage, Request},
    issuer::{FamilyId, RevokedReason},
    secret::RefreshToken,
    time::Timestamp,
};

use super::{
    World,
    event::{Life, Network},
    issuer::Outcome,
};

/// The network between the machine and the issuer, and the issuer's nodes.
impl World {
    pub(super) fn network(&mut self, event: Network) {
        match event {
            Network::Arrives {
                life,
                op,
                request,
                sent_at,
                answers,
                held,
            } => {
                let question = Question {
                    life,
                    op,
                    sent_at,
                    answers,
                };
                self.arrives(question, request, held);
            }
            Network::Decides {
                life,
                op,
                token,
                read,
                sent_at,
                answers,
                tries,
            } => {
                self.decides(
                    Question {
                        life,
                        op,
                        sent_at,
                        answers,
                    },
                    &token,
                    read,
                    tries,
                );
            }
            Network::Answers { life, op, answer } => {
                let issuer_time = Some(self.issuer_now());
                self.give(
                    life,
                    Input::Exchanged {
                        op,
                        answer: *answer,
                        issuer_time,
                    },
                );
            }
            Network::Revokes { token } => {
                let now = self.issuer_now();
                self.issuer.revoke(&token, now);
            }
            Network::ThiefPresents { token, times } => self.thief_presents(&token, times),
        }
    }

    fn arrives(&mut self, question: Question, request: Request, held: bool) {
        let Request::Refresh {
            refresh_token: token,
        } = request
        else {
            return;
        };
        if !held && self.hold(&question, &token) {
            return;
        }
        if self.outage {
            let outage =
                [Outage::Network, Outage::Overloaded, Outage::Malformed][self.rng.index(3)];
            self.answer(
                &question,
                Answer::Unavailable {
                    outage,
                    retry_after: None,
                },
            );
            return;
        }
        let delay = self.rng.between(0, 20);
        self.reach_a_node(delay, &question, &token);
        if self.trouble() {
            // The network delivers it twice; nobody listens to the second answer.
            let unheard = Question {
                answers: false,
                ..question
            };
            let delay = self.rng.between(1, 1_000);
            self.reach_a_node(delay, &unheard, &token);
        }
    }

    fn reach_a_node(&mut self, delay: u64, question: &Question, token: &RefreshToken) {
        let read = self.issuer.version(token);
        let Question {
            life,
            op,
            sent_at,
            answers,
        } = *question;
        self.schedule(
            delay,
            Network::Decides {
                life,
                op,
                token: token.clone(),
                read,
                sent_at,
                answers,
                tries: 0,
            },
        );
    }

    /// In some worlds a request stays on its way until others have rotated the family so often.
    fn hold(&mut self, question: &Question, token: &RefreshToken) -> bool {
        if !self.plan.late || self.healing || !self.more.chance(150) {
            return false;
        }
        let Some(shown) = self.issuer.generation_of(token) else {
            return false;
        };
        let rotations = [1, 2, 2, 3, 4][self.more.index(5)];
        self.held.push(Held {
            question: *question,
            token: token.clone(),
            until: shown + rotations,
        });
        true
    }

    /// What was held back long enough arrives, within the time for which the issuer bears with
    /// stragglers after the last rotation: beyond it no request does, as its sender has given up
    /// and cut the connection.
    fn let_go(&mut self, id: FamilyId) {
        let generation = self.issuer.family(id).map_or(0, |f| f.generation);
        let held = std::mem::take(&mut self.held);
        for one in held {
            let is_due = one.until <= generation && self.issuer.family_of(&one.token) == Some(id);
            if !is_due {
                self.held.push(one);
                continue;
            }
            let delay = self.more.between(0, 8_000);
            let Question {
                life,
                op,
                sent_at,
                answers,
            } = one.question;
            let request = Request::Refresh {
                refresh_token: one.token,
            };
            self.schedule(
                delay,
                Network::Arrives {
                    life,
                    op,
                    request,
                    sent_at,
                    answers,
                    held: true,
                },
            );
        }
    }

    fn decides(&mut self, question: Question, token: &RefreshToken, read: u64, tries: u8) {
        let (now, life) = (self.issuer_now(), self.plan.token_life);
        let over = self.family_is_over(token);
        let standing = self.standing(token, now);
        self.excuse_what_is_not_keyed(standing);
        let outcome = self.issuer.present(&mut self.rng, token, read, life, now);
        self.judge(standing, &outcome);
        let answer = match outcome {
            Outcome::Granted(mut grant) => {
                if over {
                    self.ledger
                        .break_law(3, "the issuer granted tokens of an ended family");
                }
                grant.requested_at = question.sent_at;
                Answer::Tokens(grant)
            }
            Outcome::Superseded => Answer::Superseded,
            Outcome::Refused => Answer::Refused,
            Outcome::Raced if tries < MOST_RACES => {
                let read = self.issuer.version(token);
                let Question {
                    life,
                    op,
                    sent_at,
                    answers,
                } = question;
                let (token, tries) = (token.clone(), tries + 1);
                self.schedule(
                    1,
                    Network::Decides {
                        life,
                        op,
                        token,
                        read,
                        sent_at,
                        answers,
                        tries,
                    },
                );
                return;
            }
            Outcome::Raced => Answer::Unavailable {
                outage: Outage::Overloaded,
                retry_after: None,
            },
        };
        if question.answers {
            self.answer(&question, answer);
        }
    }

    /// A thief shows what was copied; found, unless nobody has used what came after it, or an
    /// honest request may be as late.
    fn thief_presents(&mut self, token: &RefreshToken, times: u8) {
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
    fn standing(&self, token: &RefreshToken, now: Timestamp) -> Option<Standing> {
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
                    _ => since_rotation > policy.straggler_window,
                },
        })
    }

    /// A family that is not keyed gives a lost answer again for a minute only; who comes later
    /// cannot be told from a thief. That is the price of a holder that does not say who it is.
    fn excuse_what_is_not_keyed(&mut self, standing: Option<Standing>) {
        if let Some(standing) = standing.filter(|standing| standing.not_keyed_price)
            && !self.plan.calm
        {
            self.ledger.stolen.insert(standing.family);
        }
    }

    /// Without a thief no family is ever taken for stolen, and who gets what is decided by how
    /// its family began (laws 1 and 6).
    fn judge(&mut self, standing: Option<Standing>, outcome: &Outcome) {
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

    fn family_is_over(&self, token: &RefreshToken) -> bool {
        let family = self
            .issuer
            .family_of(token)
            .and_then(|id| self.issuer.family(id));
        family.is_some_and(|family| family.revoked.is_some())
    }

    fn answer(&mut self, question: &Question, answer: Answer) {
        let slow = self.trouble();
        let delay = if slow {
            self.rng.between(200, 20_000)
        } else {
            self.rng.between(5, 200)
        };
        let (life, op) = (question.life, question.op);
        self.schedule(
            delay,
            Network::Answers {
                life,
                op,
                answer: Box::new(answer),
            },
        );
    }
}

#[derive(Debug, Clone, Copy)]
struct Question {
    life: Life,
    op: Op,
    sent_at: Timestamp,
    answers: bool,
}

/// A request that the network holds back until its family has reached a generation.
#[derive(Debug)]
pub(super) struct Held {
    question: Question,
    token: RefreshToken,
    until: u32,
}

/// Where a refresh token stands in its family.
#[derive(Debug, Clone, Copy)]
struct Standing {
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

const MOST_RACES: u8 = 5;
