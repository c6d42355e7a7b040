//! Shared by the tests of the issuer: one family and a clock that is an argument.

use alloc::{string::String, vec, vec::Vec};
use core::time::Duration;

use super::*;
use crate::{secret::RefreshToken, time::Timestamp};

mod cases;
mod clocks;
mod forgeries;
mod properties;
mod stragglers;

const T0: Timestamp = Timestamp::from_secs(1_800_000_000);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const ABSOLUTE: Duration = Duration::from_secs(90 * 24 * 60 * 60);
const MS: Duration = Duration::from_millis(1);

/// One service with one family.
struct Bench {
    keys: RatchetKeys,
    policy: RatchetPolicy,
    row: Family,
    draws: u8,
}

impl Bench {
    /// The family, and its first refresh token.
    fn signed_in() -> (Self, RefreshToken) {
        Self::bound_to(None)
    }

    fn bound_to(jkt: Option<&str>) -> (Self, RefreshToken) {
        Self::begun_by(new_family(jkt))
    }

    /// The family of a holder that knows 409.
    fn keyed() -> (Self, RefreshToken) {
        Self::begun_by(NewFamily {
            keyed: true,
            ..new_family(None)
        })
    }

    fn begun_by(new: NewFamily) -> (Self, RefreshToken) {
        let keys = ring(&[1]);
        let policy = RatchetPolicy::default();
        let (row, token) = begin(new, &keys, &policy, T0);
        let bench = Self {
            keys,
            policy,
            row,
            draws: 0,
        };
        (bench, token)
    }

    /// What the token gets; the row is not written.
    fn ask(&mut self, token: &RefreshToken, now: Timestamp) -> Decision {
        let presented = parse(token, &self.keys).unwrap();
        self.draws += 1;
        let how = Presentation {
            nonce: [self.draws; 16],
            ..by("app")
        };
        present(&self.row, &presented, &how, &self.keys, &self.policy, now)
    }

    /// Presents a current token, writes the row, and returns the next token.
    fn rotate(&mut self, token: &RefreshToken, now: Timestamp) -> RefreshToken {
        let Decision::Rotated { family, token } = self.ask(token, now) else {
            panic!("not rotated");
        };
        self.row = family;
        token
    }

    fn confirm(&mut self, now: Timestamp) {
        self.row = confirm(&self.row, self.row.generation, now).unwrap();
    }
}

fn key(id: u8) -> RatchetKey {
    RatchetKey::new(id.into(), [id; 32], [id ^ 0x80; 32])
}

fn ring(newest_first: &[u8]) -> RatchetKeys {
    RatchetKeys::new(newest_first.iter().copied().map(key).collect()).unwrap()
}

fn by(client_id: &str) -> Presentation<'_> {
    Presentation {
        client_id,
        jkt: None,
        nonce: [0xee; 16],
        address: None,
        user_agent: None,
    }
}

fn new_family(jkt: Option<&str>) -> NewFamily {
    NewFamily {
        id: FamilyId([7; 16]),
        tenant: "default".into(),
        subject: "user".into(),
        client_id: "app".into(),
        scope: "openid".into(),
        keyed: false,
        jkt: jkt.map(Into::into),
        auth_time: T0,
        acr: None,
        amr: vec!["pwd".into()],
        nonce: None,
        address: None,
        user_agent: None,
        seed: [9; 32],
        absolute_limit: ABSOLUTE,
    }
}

fn at(after: Duration) -> Timestamp {
    T0.saturating_add(after)
}

/// The kind of a decision, for tables.
fn kind(decision: &Decision) -> &'static str {
    match decision {
        Decision::Rotated { .. } => "rotated",
        Decision::Repeated { .. } => "repeated",
        Decision::Superseded { .. } => "superseded",
        Decision::Reused { .. } => "reused",
        Decision::Refused(_) => "refused",
    }
}
