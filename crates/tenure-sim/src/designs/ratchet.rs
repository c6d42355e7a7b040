use std::time::Duration;

use tenure_core::{
    issuer::{
        Decision, Family, FamilyId, NewFamily, Presentation, RatchetKey, RatchetKeys,
        RatchetPolicy, begin, confirm, parse, present,
    },
    secret::RefreshToken,
    time::Timestamp,
};

use super::issuer::{Issuer, TokenGrant, TokenResponse};

/// Tenure's own issuer over one row.
pub(super) struct Ratchet {
    keys: RatchetKeys,
    policy: RatchetPolicy,
    family: Family,
    first: TokenGrant,
    nonce: u128,
}

impl Ratchet {
    /// One whose holder knows 409.
    pub(super) fn keyed() -> Self {
        Self::new(true)
    }

    pub(super) fn not_keyed() -> Self {
        Self::new(false)
    }

    fn new(keyed: bool) -> Self {
        let keys = RatchetKeys::of(RatchetKey::new(1, [1; 32], [2; 32]));
        let policy = RatchetPolicy::default();
        let new = NewFamily {
            id: FamilyId([3; 16]),
            tenant: "t".into(),
            subject: "s".into(),
            client_id: CLIENT.into(),
            scope: String::new(),
            keyed,
            jkt: None,
            auth_time: Timestamp::EPOCH,
            acr: None,
            amr: Vec::new(),
            nonce: None,
            address: None,
            user_agent: None,
            seed: [4; 32],
            absolute_limit: Duration::from_secs(30 * 24 * 60 * 60),
        };
        let (family, token) = begin(new, &keys, &policy, Timestamp::EPOCH);
        let first = TokenGrant {
            refresh: token.expose().to_owned(),
            access: 0,
        };
        Self {
            keys,
            policy,
            family,
            first,
            nonce: 0,
        }
    }

    fn keep(&mut self, family: Family, token: &RefreshToken) -> TokenResponse {
        self.family = family;
        let refresh = token.expose().to_owned();
        TokenResponse::Granted(TokenGrant {
            refresh,
            access: self.family.generation,
        })
    }
}

impl Issuer for Ratchet {
    fn first(&self) -> TokenGrant {
        self.first.clone()
    }

    fn refresh(&mut self, token: &str, now: Timestamp) -> TokenResponse {
        let Ok(presented) = parse(&RefreshToken::new(token), &self.keys) else {
            return TokenResponse::Refused;
        };
        self.nonce += 1;
        let how = Presentation {
            client_id: CLIENT,
            jkt: None,
            nonce: self.nonce.to_be_bytes(),
            address: None,
            user_agent: None,
        };
        match present(
            &self.family,
            &presented,
            &how,
            &self.keys,
            &self.policy,
            now,
        ) {
            Decision::Rotated { family, token } | Decision::Repeated { family, token } => {
                self.keep(family, &token)
            }
            Decision::Superseded { .. } => TokenResponse::Conflict,
            Decision::Reused { family } => {
                self.family = family;
                TokenResponse::Refused
            }
            Decision::Refused(_) => TokenResponse::Refused,
        }
    }

    fn used(&mut self, access: u32, now: Timestamp) {
        if let Some(family) = confirm(&self.family, access, now) {
            self.family = family;
        }
    }

    fn ended(&self) -> bool {
        self.family.revoked.is_some()
    }
}

const CLIENT: &str = "c";
