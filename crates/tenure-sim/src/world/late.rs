use tenure_core::{holder::Request, issuer::FamilyId, secret::RefreshToken};

use super::{World, event::Network, network::Question};

/// A request that the network holds back until its family has reached a generation.
#[derive(Debug)]
pub(super) struct Held {
    question: Question,
    token: RefreshToken,
    until: u32,
}

/// Requests that are overtaken on their way.
impl World {
    /// In some worlds a request stays on its way until others have rotated the family so often.
    pub(super) fn hold(&mut self, question: &Question, token: &RefreshToken) -> bool {
        if !self.plan.late || self.healing || !self.more.chance(150) {
            return false;
        }
        let Some(shown) = self.issuer.generation_of(token) else {
            return false;
        };
        // What was overtaken before it was sent, by an old reading, is late enough.
        let family = self.issuer.family_of(token);
        let newest = family.and_then(|id| self.issuer.family(id));
        if newest.is_none_or(|family| family.generation > shown) {
            return false;
        }
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
    pub(super) fn let_go(&mut self, id: FamilyId) {
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
}
