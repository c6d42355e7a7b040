use tenure_core::{
    holder::{ExchangeOp, Input, Outage, Request, TokenResponse},
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
                TokenResponse::Unavailable {
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
                TokenResponse::Tokens(grant)
            }
            Outcome::Superseded => TokenResponse::Superseded,
            Outcome::Refused => TokenResponse::Refused,
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
            Outcome::Raced => TokenResponse::Unavailable {
                outage: Outage::Overloaded,
                retry_after: None,
            },
        };
        if question.answers {
            self.answer(&question, answer);
        }
    }

    fn family_is_over(&self, token: &RefreshToken) -> bool {
        let family = self
            .issuer
            .family_of(token)
            .and_then(|id| self.issuer.family(id));
        family.is_some_and(|family| family.revoked.is_some())
    }

    fn answer(&mut self, question: &Question, answer: TokenResponse) {
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
pub(super) struct Question {
    pub(super) life: Life,
    pub(super) op: ExchangeOp,
    pub(super) sent_at: Timestamp,
    pub(super) answers: bool,
}

const MOST_RACES: u8 = 5;
