//! The published designs. Tokens are numbers in the order of their making, 0 from signing in.

use std::{collections::BTreeMap, time::Duration};

use tenure_core::time::Timestamp;

use super::issuer::{Issuer, TokenGrant, TokenResponse};

fn granted(number: u32) -> TokenResponse {
    TokenResponse::Granted(grant(number))
}

fn grant(number: u32) -> TokenGrant {
    TokenGrant {
        refresh: number.to_string(),
        access: number,
    }
}

fn number(token: &str) -> u32 {
    token.parse().unwrap_or(u32::MAX)
}

/// A refresh token works once; the second time ends the session.
#[derive(Default)]
pub(super) struct Strict {
    current: u32,
    ended: bool,
}

impl Issuer for Strict {
    fn first(&self) -> TokenGrant {
        grant(0)
    }

    fn refresh(&mut self, token: &str, _now: Timestamp) -> TokenResponse {
        self.ended |= number(token) != self.current;
        if self.ended {
            return TokenResponse::Refused;
        }
        self.current += 1;
        granted(self.current)
    }

    fn used(&mut self, _access: u32, _now: Timestamp) {}

    fn ended(&self) -> bool {
        self.ended
    }
}

/// For 30 s after its first use a refresh token makes further, independent successors; later it
/// ends the session.
#[derive(Default)]
pub(super) struct Hydra {
    made: u32,
    first_used: BTreeMap<u32, Timestamp>,
    ended: bool,
}

impl Issuer for Hydra {
    fn first(&self) -> TokenGrant {
        grant(0)
    }

    fn refresh(&mut self, token: &str, now: Timestamp) -> TokenResponse {
        let first_used = *self.first_used.entry(number(token)).or_insert(now);
        self.ended |= now.since(first_used) > THIRTY_SECONDS;
        if self.ended {
            return TokenResponse::Refused;
        }
        self.made += 1;
        granted(self.made)
    }

    fn used(&mut self, _access: u32, _now: Timestamp) {}

    fn ended(&self) -> bool {
        self.ended
    }
}

/// For 30 s after its first use a refresh token gets the kept answer of that use; later it ends
/// the session.
#[derive(Default)]
pub(super) struct BetterAuth {
    made: u32,
    answers: BTreeMap<u32, (Timestamp, u32)>,
    ended: bool,
}

impl Issuer for BetterAuth {
    fn first(&self) -> TokenGrant {
        grant(0)
    }

    fn refresh(&mut self, token: &str, now: Timestamp) -> TokenResponse {
        let next = self.made + 1;
        let (at, successor) = *self.answers.entry(number(token)).or_insert((now, next));
        self.made = self.made.max(successor);
        self.ended |= now.since(at) > THIRTY_SECONDS;
        if self.ended {
            TokenResponse::Refused
        } else {
            granted(successor)
        }
    }

    fn used(&mut self, _access: u32, _now: Timestamp) {}

    fn ended(&self) -> bool {
        self.ended
    }
}

/// A refresh token makes successors until one of these is used, as an access token or to
/// refresh; what is neither the current one nor a successor of it ends the session.
#[derive(Default)]
pub(super) struct SuperTokensLegacy {
    made: u32,
    parent: BTreeMap<u32, u32>,
    current: u32,
    ended: bool,
}

impl SuperTokensLegacy {
    fn promote(&mut self, number: u32) {
        if self.parent.get(&number) == Some(&self.current) {
            self.current = number;
        }
    }
}

impl Issuer for SuperTokensLegacy {
    fn first(&self) -> TokenGrant {
        grant(0)
    }

    fn refresh(&mut self, token: &str, _now: Timestamp) -> TokenResponse {
        let presented = number(token);
        self.promote(presented);
        self.ended |= presented != self.current;
        if self.ended {
            return TokenResponse::Refused;
        }
        self.made += 1;
        self.parent.insert(self.made, presented);
        granted(self.made)
    }

    fn used(&mut self, access: u32, _now: Timestamp) {
        self.promote(access);
    }

    fn ended(&self) -> bool {
        self.ended
    }
}

/// For 30 s after a rotation the one before gets another successor, which takes the place of
/// the first; everything else ends the session.
#[derive(Default)]
pub(super) struct SuperTokens {
    made: u32,
    current: u32,
    previous: Option<(u32, Timestamp)>,
    ended: bool,
}

impl Issuer for SuperTokens {
    fn first(&self) -> TokenGrant {
        grant(0)
    }

    fn refresh(&mut self, token: &str, now: Timestamp) -> TokenResponse {
        let presented = number(token);
        let again = self
            .previous
            .is_some_and(|(number, at)| number == presented && now.since(at) <= THIRTY_SECONDS);
        self.ended |= presented != self.current && !again;
        if self.ended {
            return TokenResponse::Refused;
        }
        if !again {
            self.previous = Some((presented, now));
        }
        self.made += 1;
        self.current = self.made;
        granted(self.current)
    }

    fn used(&mut self, _access: u32, _now: Timestamp) {}

    fn ended(&self) -> bool {
        self.ended
    }
}

/// The one before the current always gets the current; an older one does so for 10 s after the
/// last rotation, then ends the session.
#[derive(Default)]
pub(super) struct GoTrue {
    current: u32,
    rotated_at: Timestamp,
    ended: bool,
}

impl Issuer for GoTrue {
    fn first(&self) -> TokenGrant {
        grant(0)
    }

    fn refresh(&mut self, token: &str, now: Timestamp) -> TokenResponse {
        let presented = number(token);
        let behind = self.current.saturating_sub(presented);
        self.ended |= behind > 1 && now.since(self.rotated_at) > TEN_SECONDS;
        if self.ended {
            return TokenResponse::Refused;
        }
        if behind == 0 {
            self.current += 1;
            self.rotated_at = now;
        }
        granted(self.current)
    }

    fn used(&mut self, _access: u32, _now: Timestamp) {}

    fn ended(&self) -> bool {
        self.ended
    }
}

const TEN_SECONDS: Duration = Duration::from_secs(10);
const THIRTY_SECONDS: Duration = Duration::from_secs(30);
