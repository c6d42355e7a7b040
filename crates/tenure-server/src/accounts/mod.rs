//! The people who may sign in.

mod attempts;
mod email;
mod password;
mod row;
mod tally;

use std::sync::Arc;

use serde_json::{Map, Value};
use tenure_core::issuer::Family;
use tenure_core::secret::Password;
use tenure_core::time::Timestamp;
use tenure_store::{Key, Kind, Owner, Replaced, StoreError, StoreErrorKind, Version};
use tenure_wire::account::AccountName;

pub(crate) use self::attempts::{Attempts, Door, Limited};
pub(crate) use self::email::{Checked, EMAIL, EMAIL_VERIFIED, Email};
pub(crate) use self::password::Hasher;
use crate::cache::Cache;
use crate::digest::{random_text, sha256};
use crate::rows::{Change, Life, Rows};

/// A person who may sign in.
#[derive(Clone)]
pub(crate) struct Account {
    /// What tokens call the account; random, never given twice.
    pub(crate) subject: String,
    pub(crate) username: String,
    password_hash: String,
    pub(crate) created_at: i64,
    /// Whoever authenticated before this is signed out.
    not_before: i64,
    pub(crate) disabled: bool,
    /// What the operator wrote about the person; told to clients that ask for it by name.
    pub(crate) claims: Map<String, Value>,
}

impl Account {
    pub(crate) fn not_before(&self) -> Timestamp {
        Timestamp::from_millis(self.not_before)
    }

    /// Whether a sign-in at that time still counts.
    pub(crate) fn honours(&self, auth_time: Timestamp) -> bool {
        !self.disabled && auth_time.as_millis() >= self.not_before
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

/// Why an account was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotMade {
    #[error("there is an account of this name already; choose another name")]
    NameTaken,
    #[error("{0}")]
    Invalid(&'static str),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The accounts in the store, with those lately asked for at hand.
#[derive(Debug)]
pub(crate) struct Accounts {
    rows: Rows,
    hasher: Hasher,
    pub(crate) attempts: Attempts,
    cache: Cache<Option<Arc<Account>>>,
}

impl Accounts {
    pub(crate) fn new(rows: Rows) -> Self {
        let attempts = Attempts::new(rows.clock.clone());
        Self {
            rows,
            hasher: Hasher::new(),
            attempts,
            cache: Cache::new(),
        }
    }

    /// The account of a subject; what is known may be a few seconds old.
    pub(crate) async fn of(&self, subject: &str) -> Result<Option<Arc<Account>>, StoreError> {
        let now = self.rows.now();
        if let Some(account) = self.cache.find(subject, now) {
            return Ok(account);
        }
        let account = self
            .read(subject)
            .await?
            .map(|(account, _)| Arc::new(account));
        self.cache.insert(subject, account.clone(), now);
        Ok(account)
    }

    /// Whether the person of a family may go on with it.
    pub(crate) async fn allows(&self, family: &Family) -> Result<bool, StoreError> {
        let account = self.of(&family.subject).await?;
        Ok(account.is_some_and(|account| account.honours(family.auth_time)))
    }

    /// Whether a subject's account is disabled, as it is in the store now.
    pub(crate) async fn is_disabled(&self, subject: &str) -> Result<bool, StoreError> {
        let found = self.read(subject).await?;
        Ok(found.is_some_and(|(account, _)| account.disabled))
    }

    /// The account of a name, as it is in the store now.
    pub(crate) async fn named(&self, username: &str) -> Result<Option<Account>, StoreError> {
        let Some((name, _)) = self.rows.read::<AccountName>(&name_key(username)).await? else {
            return Ok(None);
        };
        Ok(self.read(&name.subject).await?.map(|(account, _)| account))
    }

    /// The account that this name and password belong to. Takes as long when there is none.
    pub(crate) async fn check(
        &self,
        username: &str,
        password: Password,
    ) -> Result<Option<Account>, StoreError> {
        let account = self.named(username).await?;
        let hash = account
            .as_ref()
            .map(|account| account.password_hash.clone());
        let right = self.hasher.verify(password, hash).await;
        // Whoever is not welcome learns no more than a stranger does, and no sooner.
        Ok(account.filter(|account| right && !account.disabled))
    }

    /// Makes an account.
    pub(crate) async fn add(&self, username: &str, password: Password) -> Result<Account, NotMade> {
        check_name(username)?;
        check_password(&password)?;
        let password_hash = self.hash(password).await?;
        let now = self.rows.now().as_millis();
        let account = Account {
            subject: random_text::<16>(),
            username: username.to_owned(),
            password_hash,
            created_at: now,
            not_before: now,
            disabled: false,
            claims: Map::new(),
        };
        let life = Life::default().owned_by(OWNER);
        self.rows
            .write(&subject_key(&account.subject), None, &account, life)
            .await?;
        let name = AccountName {
            subject: account.subject.clone(),
        };
        match self
            .rows
            .write(&name_key(username), None, &name, Life::default())
            .await?
        {
            Replaced::Done(_) => Ok(account),
            Replaced::Conflict => {
                self.rows.remove(&subject_key(&account.subject)).await?;
                Err(NotMade::NameTaken)
            }
        }
    }

    /// Sets a password; everyone signed in with the old one is signed out from now on.
    pub(crate) async fn set_password(
        &self,
        username: &str,
        password: Password,
    ) -> Result<Option<Account>, NotMade> {
        check_password(&password)?;
        let hash = self.hash(password).await?;
        let change = |account: &mut Account| {
            account.password_hash.clone_from(&hash);
            self.sign_out(account);
        };
        Ok(self.change(username, change).await?)
    }

    /// Keeps a person out, and signs them out everywhere, until the account is enabled again.
    pub(crate) async fn disable(&self, username: &str) -> Result<Option<Account>, StoreError> {
        let change = |account: &mut Account| {
            account.disabled = true;
            self.sign_out(account);
        };
        self.change(username, change).await
    }

    /// Lets a person sign in again. What was ended stays so.
    pub(crate) async fn enable(&self, username: &str) -> Result<Option<Account>, StoreError> {
        self.change(username, |account| account.disabled = false)
            .await
    }

    /// Writes a claim of a person, or removes it; what is signed from now on has it.
    pub(crate) async fn set_claim(
        &self,
        username: &str,
        name: &str,
        value: Option<Value>,
    ) -> Result<Option<Account>, StoreError> {
        let change = |account: &mut Account| {
            match value.clone() {
                Some(value) => account.claims.insert(name.to_owned(), value),
                None => account.claims.remove(name),
            };
        };
        self.change(username, change).await
    }

    /// Also what is on its way now, such as a code, comes too late.
    fn sign_out(&self, account: &mut Account) {
        account.not_before = self.rows.now().as_millis().max(account.not_before + 1);
    }

    async fn change(
        &self,
        username: &str,
        change: impl Fn(&mut Account) + Send + Sync,
    ) -> Result<Option<Account>, StoreError> {
        let Some(named) = self.named(username).await? else {
            return Ok(None);
        };
        let changed = |account: Option<Account>| {
            let Some(mut account) = account else {
                return Change::Leave(None);
            };
            change(&mut account);
            let life = Life::default().owned_by(OWNER);
            Change::Write(account.clone(), life, Some(account))
        };
        let key = subject_key(&named.subject);
        let account = self.rows.change(&key, changed).await?;
        self.cache.forget(&named.subject);
        Ok(account)
    }

    /// Removes an account and returns what it was.
    pub(crate) async fn remove(&self, username: &str) -> Result<Option<Account>, StoreError> {
        let Some(account) = self.named(username).await? else {
            return Ok(None);
        };
        // The account first: a name without an account is nobody.
        self.rows.remove(&subject_key(&account.subject)).await?;
        self.rows.remove(&name_key(username)).await?;
        self.cache.forget(&account.subject);
        Ok(Some(account))
    }

    pub(crate) async fn list(&self) -> Result<Vec<Account>, StoreError> {
        let mut accounts = Vec::new();
        for key in self
            .rows
            .owned(&Owner(OWNER.to_owned()), Kind::Account)
            .await?
        {
            accounts.extend(
                self.rows
                    .read::<Account>(&key)
                    .await?
                    .map(|(account, _)| account),
            );
        }
        accounts.sort_by(|left, right| left.username.cmp(&right.username));
        Ok(accounts)
    }

    /// Some of the accounts, and after which key to ask for more.
    pub(crate) async fn some(
        &self,
        after: Option<Key>,
    ) -> Result<(Vec<Account>, Option<Key>), StoreError> {
        let owner = Owner(OWNER.to_owned());
        let (keys, last) = self.rows.some_owned(&owner, Kind::Account, after).await?;
        let mut accounts = Vec::new();
        for key in keys {
            let found = self.rows.read::<Account>(&key).await?;
            accounts.extend(found.map(|(account, _)| account));
        }
        Ok((accounts, last))
    }

    async fn read(&self, subject: &str) -> Result<Option<(Account, Version)>, StoreError> {
        self.rows.read(&subject_key(subject)).await
    }

    async fn hash(&self, password: Password) -> Result<String, StoreError> {
        let failed = || StoreError::new(StoreErrorKind::Unavailable, "no password hash was made");
        self.hasher.hash(password).await.ok_or_else(failed)
    }
}

/// Whether a claim is one that the server writes itself.
pub(crate) fn is_reserved(claim: &str) -> bool {
    claim.is_empty() || RESERVED.contains(&claim)
}

fn check_name(username: &str) -> Result<(), NotMade> {
    let fine = |c: char| c.is_alphanumeric() || "@._+- ".contains(c);
    if username.trim() != username || username.is_empty() || username.len() > MAX_NAME {
        return Err(NotMade::Invalid(
            "write a name of 1 to 128 bytes without spaces around it",
        ));
    }
    if !username.chars().all(fine) {
        return Err(NotMade::Invalid(
            "write a name of letters, digits, spaces and @ . _ + -",
        ));
    }
    Ok(())
}

fn check_password(password: &Password) -> Result<(), NotMade> {
    match password.expose().chars().count() {
        0..MIN_PASSWORD => Err(NotMade::Invalid(
            "write a password of at least 12 characters",
        )),
        MIN_PASSWORD..=MAX_PASSWORD => Ok(()),
        _ => Err(NotMade::Invalid(
            "write a password of at most 512 characters",
        )),
    }
}

fn subject_key(subject: &str) -> Key {
    Key::new(
        Kind::Account,
        sha256(format!("subject:{subject}").as_bytes()),
    )
}

/// Names that differ in case alone are one name.
fn name_key(username: &str) -> Key {
    let name = username.to_lowercase();
    Key::new(Kind::Account, sha256(format!("name:{name}").as_bytes()))
}

const RESERVED: [&str; 16] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "sid",
    "token_use",
    "at_hash",
    "preferred_username",
];
const OWNER: &str = "tenure:accounts";
const MAX_NAME: usize = 128;
const MIN_PASSWORD: usize = 12;
pub(crate) const MAX_PASSWORD: usize = 512;
