use tenure_core::{
    holder::{Answer, Input, Op, Outage, Request},
    issuer::RevokedReason,
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
            } => {
                self.arrives(life, op, request, sent_at, answers);
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

    fn arrives(&mut self, life: Life, op: Op, request: Request, sent_at: Timestamp, answers: bool) {
        let Request::Refresh {
            refresh_token: token,
        } = request
        else {
            return;
        };
        let question = Question {
            life,
            op,
            sent_at,
            answers,
        };
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
        let read = self.issuer.version(&token);
        let delay = self.rng.between(0, 20);
        let Question {
            life,
            op,
            sent_at,
            answers,
        } = question;
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
        if self.trouble() {
            // The network delivers it twice; nobody listens to the second answer.
            let read = self.issuer.version(&token);
            let delay = self.rng.between(1, 1_000);
            self.schedule(
                delay,
                Network::Decides {
                    life,
                    op,
                    token,
                    read,
                    sent_at,
                    answers: false,
                    tries: 0,
                },
            );
        }
    }

    fn decides(&mut self, question: Question, token: &RefreshToken, read: u64, tries: u8) {
        let (now, life) = (self.issuer_now(), self.plan.token_life);
        let over = self.family_is_over(token);
        self.excuse_overtaken(token);
        let outcome = self.issuer.present(&mut self.rng, token, read, life, now);
        self.judge_family(token);
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

    /// A thief shows what was copied; found, unless nobody has used what came after it.
    fn thief_presents(&mut self, token: &RefreshToken, times: u8) {
        let (Some(id), Some(generation)) = (
            self.issuer.family_of(token),
            self.issuer.generation_of(token),
        ) else {
            return;
        };
        self.ledger.stolen.insert(id);
        let (now, life) = (self.issuer_now(), self.plan.token_life);
        let must_be_found = self.issuer.family(id).is_some_and(|family| {
            let age = now.since(family.rotated_at.max(family.last_seen));
            let superseded = family.generation == generation + 1
                && family.confirmed
                && age > self.issuer.straggler_window();
            family.revoked.is_none()
                && now < family.idle_deadline
                && (family.generation > generation + 1 || superseded)
        });
        let read = self.issuer.version(token);
        let outcome = self.issuer.present(&mut self.rng, token, read, life, now);
        let found = self
            .issuer
            .family(id)
            .is_some_and(|family| family.revoked.is_some());
        if must_be_found && !found {
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

    /// A request that two rotations overtook looks like theft, and by design is taken for it: it
    /// cannot be told from one (case C of the ratchet). The lock keeps that from happening; where
    /// it may fail, this is the price, and only then it is excused.
    fn excuse_overtaken(&mut self, token: &RefreshToken) {
        let (Some(id), Some(shown)) = (
            self.issuer.family_of(token),
            self.issuer.generation_of(token),
        ) else {
            return;
        };
        let overtaken = self
            .issuer
            .family(id)
            .is_some_and(|f| f.generation >= shown + 2);
        if overtaken && !self.plan.calm {
            self.ledger.stolen.insert(id);
        }
    }

    /// Without a thief no family is ever taken for stolen (law 6).
    fn judge_family(&mut self, token: &RefreshToken) {
        let Some(id) = self.issuer.family_of(token) else {
            return;
        };
        let reused = self
            .issuer
            .family(id)
            .and_then(|f| f.revoked)
            .is_some_and(|revoked| revoked.reason == RevokedReason::Reused);
        if reused && !self.ledger.stolen.contains(&id) {
            self.ledger
                .break_law(6, "a family was taken for stolen, and there was no thief");
        }
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

const MOST_RACES: u8 = 5;
