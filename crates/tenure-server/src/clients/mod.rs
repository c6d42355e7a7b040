//! The operator's own clients.

mod compatibility;
mod origin;
pub(crate) mod redirect;
mod row;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tenure_core::secret::ClientSecret;
use tenure_store::{Key, Kind, Owner, StoreError};

pub use self::compatibility::{Compatibility, Leniency};
pub use self::origin::Origin;
use crate::cache::Cache;
use crate::digest::{b64, same, sha256};
use crate::keys::Algorithm;
use crate::rows::{Change, Life, Rows};

/// A registered client (RFC 6749 §2). Clients are the operator's own: nobody asks for consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) id: String,
    /// The digest of its secret; a public client has none.
    pub(crate) secret_digest: Option<String>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) post_logout_redirect_uris: Vec<String>,
    pub(crate) grants: Vec<GrantType>,
    pub(crate) scope: String,
    pub(crate) audience: Option<String>,
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) compatibility: Compatibility,
    pub(crate) origin: Origin,
}

/// A way to get tokens that a client may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GrantType {
    /// A person signs in (RFC 6749 §4.1).
    AuthorizationCode,
    /// A session goes on (RFC 6749 §6).
    RefreshToken,
    /// The client acts for itself (RFC 6749 §4.4).
    ClientCredentials,
    /// A person signs in on another device by a code (RFC 8628).
    DeviceCode,
    /// The client begins token sessions of anybody it names, without their password. Only for a
    /// backend that knows by itself who somebody is.
    DangerousNamedSubject,
}

impl Client {
    pub(crate) fn is_confidential(&self) -> bool {
        self.secret_digest.is_some()
    }

    pub(crate) fn may(&self, grant: GrantType) -> bool {
        self.grants.contains(&grant)
    }

    pub(crate) fn permits(&self, leniency: Leniency) -> bool {
        self.compatibility.dangerous_leniency.contains(&leniency)
    }

    pub(crate) fn redirects_to(&self, uri: &str) -> bool {
        self.redirect_uris
            .iter()
            .any(|registered| redirect::matches(registered, uri))
    }

    pub(crate) fn returns_to(&self, uri: &str) -> bool {
        self.post_logout_redirect_uris
            .iter()
            .any(|registered| redirect::matches(registered, uri))
    }

    pub(crate) fn has_secret(&self, given: &ClientSecret) -> bool {
        let given = digest_of_secret(given);
        self.secret_digest
            .as_ref()
            .is_some_and(|kept| same(kept.as_bytes(), given.as_bytes()))
    }
}

/// What is kept of a client's secret. Client secrets are random, so a plain digest is enough.
pub(crate) fn digest_of_secret(secret: &ClientSecret) -> String {
    b64(&sha256(secret.expose().as_bytes()))
}

/// The clients in the store, with those lately asked for at hand.
#[derive(Debug)]
pub(crate) struct Clients {
    rows: Rows,
    cache: Cache<Option<Arc<Client>>>,
    origins: Cache<Arc<BTreeSet<String>>>,
    scopes: Cache<Arc<BTreeSet<String>>>,
}

impl Clients {
    pub(crate) fn new(rows: Rows) -> Self {
        Self {
            rows,
            cache: Cache::new(),
            origins: Cache::new(),
            scopes: Cache::new(),
        }
    }

    pub(crate) async fn find(&self, id: &str) -> Result<Option<Arc<Client>>, StoreError> {
        if id.is_empty() || id.len() > MAX_ID {
            return Ok(None);
        }
        let now = self.rows.now();
        if let Some(client) = self.cache.find(id, now) {
            return Ok(client);
        }
        let row = self.rows.read::<Client>(&key(id)).await?;
        let client = row.map(|(client, _)| Arc::new(client));
        self.cache.insert(id, client.clone(), now);
        Ok(client)
    }

    /// Writes a client; one of the same id is replaced.
    pub(crate) async fn put(&self, client: &Client) -> Result<(), StoreError> {
        let replaced = |old: Option<Client>| {
            if old.as_ref() == Some(client) {
                return Change::Leave(());
            }
            let life = Life::default().owned_by(OWNER);
            Change::Write(client.clone(), life, ())
        };
        self.rows.change(&key(&client.id), replaced).await?;
        self.cache.forget(&client.id);
        Ok(())
    }

    /// Removes a client; false if there was none.
    pub(crate) async fn remove(&self, id: &str) -> Result<bool, StoreError> {
        let was_there = self.rows.read::<Client>(&key(id)).await?.is_some();
        self.rows.remove(&key(id)).await?;
        self.cache.forget(id);
        Ok(was_there)
    }

    pub(crate) async fn list(&self) -> Result<Vec<Client>, StoreError> {
        let mut clients = Vec::new();
        for key in self
            .rows
            .owned(&Owner(OWNER.to_owned()), Kind::Client)
            .await?
        {
            clients.extend(
                self.rows
                    .read::<Client>(&key)
                    .await?
                    .map(|(client, _)| client),
            );
        }
        clients.sort_by(|left, right| left.id.cmp(&right.id));
        Ok(clients)
    }

    /// The origins that clients' pages have, as far as their redirect URIs tell.
    pub(crate) async fn origins(&self) -> Result<Arc<BTreeSet<String>>, StoreError> {
        let now = self.rows.now();
        if let Some(origins) = self.origins.find("", now) {
            return Ok(origins);
        }
        let clients = self.list().await?;
        let uris = clients.iter().flat_map(|client| &client.redirect_uris);
        let origins = Arc::new(uris.filter_map(|uri| redirect::origin(uri)).collect());
        self.origins.insert("", Arc::clone(&origins), now);
        Ok(origins)
    }

    /// The scopes that one client or another may have.
    pub(crate) async fn scopes(&self) -> Result<Arc<BTreeSet<String>>, StoreError> {
        let now = self.rows.now();
        if let Some(scopes) = self.scopes.find("", now) {
            return Ok(scopes);
        }
        let clients = self.list().await?;
        let all = clients.iter().flat_map(|client| client.scope.split(' '));
        let named = all.filter(|scope| !scope.is_empty());
        let scopes = Arc::new(named.map(str::to_owned).collect());
        self.scopes.insert("", Arc::clone(&scopes), now);
        Ok(scopes)
    }
}

fn key(id: &str) -> Key {
    Key::new(Kind::Client, sha256(id.as_bytes()))
}

const OWNER: &str = "tenure:clients";
pub(crate) const MAX_ID: usize = 256;
