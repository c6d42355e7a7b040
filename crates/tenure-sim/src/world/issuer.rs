use std::collections::BTreeMap;

use tenure_core::{
    holder::{Expiry, TokenGrant},
    issuer::{
        self, Decision, Family, FamilyId, NewFamily, Presentation, RatchetKey, RatchetKeys,
        RatchetPolicy, RevokedReason,
    },
    secret::{AccessToken, RefreshToken},
    time::Timestamp,
};

use super::rng::Rng;

/// The issuer: the real decisions over rows with versions. Several nodes share the rows.
#[derive(Debug)]
pub(crate) struct Issuer {
    keys: RatchetKeys,
    policy: RatchetPolicy,
    strict: bool,
    rows: BTreeMap<FamilyId, Row>,
    /// When each access token really expires, by the issuer's clock.
    pub(crate) access_tokens: BTreeMap<String, Granted>,
    next_access: u64,
    pub(crate) rotations: u64,
}

#[derive(Debug)]
struct Row {
    version: u64,
    family: Family,
}

/// What the world knows of an access token.
#[derive(Debug, Clone)]
pub(crate) struct Granted {
    pub(crate) family: FamilyId,
    pub(crate) generation: u32,
    pub(crate) expires_at: Timestamp,
}

/// What became of one presentation.
#[derive(Debug)]
pub(crate) enum Outcome {
    Granted(TokenGrant),
    Superseded,
    Refused,
    /// Another node was faster: read again.
    Raced,
}

impl Issuer {
    pub(crate) fn new(strict: bool) -> Self {
        Self {
            keys: RatchetKeys::of(RatchetKey::new(1, [1; 32], [2; 32])),
            policy: RatchetPolicy::default(),
            strict,
            rows: BTreeMap::new(),
            access_tokens: BTreeMap::new(),
            next_access: 0,
            rotations: 0,
        }
    }

    pub(crate) fn sign_in(
        &mut self,
        rng: &mut Rng,
        subject: &str,
        keyed: bool,
        life: u64,
        now: Timestamp,
    ) -> TokenGrant {
        let id = FamilyId(rng.bytes());
        let new = NewFamily {
            id,
            tenant: String::new(),
            subject: subject.to_owned(),
            client_id: CLIENT.to_owned(),
            scope: String::new(),
            keyed,
            seed: rng.bytes(),
            absolute_limit: std::time::Duration::from_secs(90 * 24 * 3600),
            auth_time: now,
            acr: None,
            amr: Vec::new(),
            nonce: None,
            jkt: None,
            address: None,
            user_agent: None,
        };
        let (family, token) = issuer::begin(new, &self.keys, &self.policy, now);
        let grant = self.grant(&family, token, life, now);
        self.rows.insert(id, Row { version: 1, family });
        grant
    }

    pub(crate) fn version(&self, token: &RefreshToken) -> u64 {
        self.row_of(token).map_or(0, |row| row.version)
    }

    /// One node decides on the row as it is now, if that still is the version it read.
    pub(crate) fn present(
        &mut self,
        rng: &mut Rng,
        token: &RefreshToken,
        read: u64,
        life: u64,
        now: Timestamp,
    ) -> Outcome {
        let Ok(presented) = issuer::parse(token, &self.keys) else {
            return Outcome::Refused;
        };
        let how = Presentation {
            client_id: CLIENT,
            jkt: None,
            nonce: rng.bytes(),
            address: None,
            user_agent: None,
        };
        let Some(row) = self.rows.get_mut(&presented.family()) else {
            return Outcome::Refused;
        };
        if row.version != read {
            return Outcome::Raced;
        }
        if self.strict && presented.generation() != row.family.generation {
            return Outcome::Refused;
        }
        match issuer::present(&row.family, &presented, &how, &self.keys, &self.policy, now) {
            Decision::Rotated { family, token } => {
                self.rotations += 1;
                row.version += 1;
                row.family = family.clone();
                Outcome::Granted(self.grant(&family, token, life, now))
            }
            Decision::Repeated { family, token } => {
                row.version += 1;
                row.family = family.clone();
                Outcome::Granted(self.grant(&family, token, life, now))
            }
            Decision::Superseded { .. } => Outcome::Superseded,
            Decision::Reused { family } => {
                row.version += 1;
                row.family = family;
                Outcome::Refused
            }
            Decision::Refused(_) => Outcome::Refused,
        }
    }

    pub(crate) fn revoke(&mut self, token: &RefreshToken, now: Timestamp) {
        let Ok(presented) = issuer::parse(token, &self.keys) else {
            return;
        };
        let Some(row) = self.rows.get_mut(&presented.family()) else {
            return;
        };
        if let Some(family) = issuer::revoke(&row.family, RevokedReason::SignedOut, now) {
            row.family = family;
            row.version += 1;
        }
    }

    pub(crate) fn confirm(&mut self, id: FamilyId, generation: u32, now: Timestamp) {
        let Some(row) = self.rows.get_mut(&id) else {
            return;
        };
        if let Some(family) = issuer::confirm(&row.family, generation, now) {
            row.family = family;
            row.version += 1;
        }
    }

    pub(crate) fn family(&self, id: FamilyId) -> Option<&Family> {
        self.rows.get(&id).map(|row| &row.family)
    }

    pub(crate) fn family_of(&self, token: &RefreshToken) -> Option<FamilyId> {
        issuer::parse(token, &self.keys)
            .ok()
            .map(|presented| presented.family())
    }

    pub(crate) fn generation_of(&self, token: &RefreshToken) -> Option<u32> {
        issuer::parse(token, &self.keys)
            .ok()
            .map(|presented| presented.generation())
    }

    pub(crate) const fn policy(&self) -> &RatchetPolicy {
        &self.policy
    }

    fn row_of(&self, token: &RefreshToken) -> Option<&Row> {
        self.rows.get(&self.family_of(token)?)
    }

    fn grant(
        &mut self,
        family: &Family,
        token: RefreshToken,
        life: u64,
        now: Timestamp,
    ) -> TokenGrant {
        self.next_access += 1;
        let text = format!("at.{}", self.next_access);
        let life = std::time::Duration::from_millis(life);
        self.access_tokens.insert(
            text.clone(),
            Granted {
                family: family.id,
                generation: family.generation,
                expires_at: now.saturating_add(life),
            },
        );
        TokenGrant {
            access_token: AccessToken::new(text),
            token_type: "Bearer".to_owned(),
            expiry: Expiry::In(life),
            refresh_token: Some(token),
            id_token: None,
            scope: None,
            subject: Some(family.subject.clone()),
            requested_at: now,
        }
    }
}

const CLIENT: &str = "client";
