use std::time::Duration;

use tenure_core::issuer::{self, Family, FamilyId, RevokedReason};
use tenure_core::time::Timestamp;
use tenure_store::{Entry, Key, Kind, Owner, Replaced, Store as _, StoreError, Version};
use tenure_wire::family::{decode, encode};
use tenure_wire::sign_in::FamilyLink;

use crate::rows::{ATTEMPTS, Life, Rows, too_busy, unreadable};

/// The families of refresh tokens in the store.
#[derive(Debug)]
pub(crate) struct Families {
    rows: Rows,
}

impl Families {
    pub(crate) fn new(rows: Rows) -> Self {
        Self { rows }
    }

    pub(crate) async fn find(&self, id: FamilyId) -> Result<Option<(Family, Version)>, StoreError> {
        let Some(stored) = self.rows.store.find(&key(id), self.rows.now()).await? else {
            return Ok(None);
        };
        let family = decode(&stored.bytes).map_err(unreadable)?;
        Ok(Some((family, stored.version)))
    }

    pub(crate) async fn write(
        &self,
        family: &Family,
        expected: Option<Version>,
    ) -> Result<Replaced, StoreError> {
        let entry = Entry {
            bytes: encode(family),
            expires_at: Some(family.absolute_deadline.min(family.idle_deadline)),
            owner: Some(Owner(family.subject.clone())),
        };
        self.rows
            .store
            .replace(&key(family.id), expected, entry, self.rows.now())
            .await
    }

    /// Ends a family; false if it had ended before.
    pub(crate) async fn end(&self, id: FamilyId, why: RevokedReason) -> Result<bool, StoreError> {
        for _ in 0..ATTEMPTS {
            let Some((family, version)) = self.find(id).await? else {
                return Ok(false);
            };
            let Some(ended) = issuer::revoke(&family, why, self.rows.now()) else {
                return Ok(false);
            };
            if let Replaced::Done(_) = self.write(&ended, Some(version)).await? {
                return Ok(true);
            }
        }
        Err(too_busy())
    }

    /// Notes that a client has the newest generation; losing a race means that others noted it.
    pub(crate) async fn confirm(
        &self,
        family: &Family,
        version: Version,
        generation: u32,
    ) -> Result<(), StoreError> {
        match issuer::confirm(family, generation, self.rows.now()) {
            Some(confirmed) => self.write(&confirmed, Some(version)).await.map(drop),
            None => Ok(()),
        }
    }

    /// A subject's families that are alive.
    pub(crate) async fn of(&self, subject: &str) -> Result<Vec<Family>, StoreError> {
        let mut families = Vec::new();
        for key in self
            .rows
            .owned(&Owner(subject.to_owned()), Kind::Family)
            .await?
        {
            let Ok(id) = <[u8; 16]>::try_from(key.name()) else {
                continue;
            };
            let found = self.find(FamilyId(id)).await?.map(|(family, _)| family);
            families.extend(found.filter(|family| is_alive(family, self.rows.now())));
        }
        Ok(families)
    }

    pub(crate) async fn end_all(
        &self,
        subject: &str,
        why: RevokedReason,
    ) -> Result<usize, StoreError> {
        let mut ended = 0;
        for family in self.of(subject).await? {
            ended += usize::from(self.end(family.id, why).await?);
        }
        Ok(ended)
    }

    /// Notes which browser sign-in a family came from, before the family itself is written.
    pub(crate) async fn link(
        &self,
        id: FamilyId,
        sign_in: &str,
        life: Duration,
    ) -> Result<(), StoreError> {
        let life = Life::until(self.rows.now().saturating_add(life)).owned_by(link_owner(sign_in));
        self.rows
            .write(&link_key(id), None, &FamilyLink(sign_in.to_owned()), life)
            .await
            .map(drop)
    }

    /// The browser sign-in that a family came from.
    pub(crate) async fn sign_in_of(&self, id: FamilyId) -> Result<Option<String>, StoreError> {
        Ok(self
            .rows
            .read::<FamilyLink>(&link_key(id))
            .await?
            .map(|(FamilyLink(sign_in), _)| sign_in))
    }

    /// Ends every family that came from a browser sign-in.
    pub(crate) async fn end_linked(&self, sign_in: &str) -> Result<(), StoreError> {
        let owner = Owner(link_owner(sign_in));
        for key in self.rows.owned(&owner, Kind::Transaction).await? {
            let Ok(id) = <[u8; 16]>::try_from(key.name()) else {
                continue;
            };
            self.end(FamilyId(id), RevokedReason::SignedOut).await?;
        }
        Ok(())
    }
}

pub(crate) fn is_alive(family: &Family, now: Timestamp) -> bool {
    family.revoked.is_none() && now < family.absolute_deadline && now < family.idle_deadline
}

fn key(id: FamilyId) -> Key {
    Key::new(Kind::Family, id.0)
}

fn link_key(id: FamilyId) -> Key {
    Key::new(Kind::Transaction, id.0)
}

fn link_owner(sign_in: &str) -> String {
    format!("sign-in:{sign_in}")
}
