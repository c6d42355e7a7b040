use serde_json::{Map, Value};
use tenure_core::issuer::RevokedReason;
use tenure_core::secret::Password;
use tenure_core::time::Timestamp;
use tenure_store::StoreError;

use super::{Admin, AdminError};
use crate::accounts::{Account, Checked, EMAIL, EMAIL_VERIFIED, Email, is_reserved};

/// A person who may sign in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct User {
    /// What tokens call the person; never given twice.
    pub subject: String,
    /// The name to sign in with.
    pub username: String,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Whether the person is kept out.
    pub disabled: bool,
    /// The e-mail address, if one is known.
    pub email: Option<String>,
    /// Whether somebody made sure that the address is the person's own.
    pub email_verified: bool,
    /// What clients may be told about the person, the address included.
    pub claims: Map<String, Value>,
}

/// An e-mail address, and whether somebody made sure that it is the person's own.
#[derive(Debug, Clone)]
pub struct UserEmail {
    address: Email,
    checked: Checked,
}

/// A person whose sessions were ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ended {
    /// The person, as they were left.
    pub user: User,
    /// How many token sessions were alive until then.
    pub sessions: usize,
}

impl UserEmail {
    /// An address that somebody made sure of.
    ///
    /// # Errors
    ///
    /// [`AdminError::Invalid`], if it has not the form of an address.
    pub fn verified(address: &str) -> Result<Self, AdminError> {
        Self::new(address, Checked::Yes)
    }

    /// An address as the person wrote it.
    ///
    /// # Errors
    ///
    /// [`AdminError::Invalid`], if it has not the form of an address.
    pub fn unverified(address: &str) -> Result<Self, AdminError> {
        Self::new(address, Checked::No)
    }

    fn new(address: &str, checked: Checked) -> Result<Self, AdminError> {
        let address = Email::read(address)?;
        Ok(Self { address, checked })
    }
}

impl From<&Account> for User {
    fn from(account: &Account) -> Self {
        let mut told = account.email_claims();
        let email = told.remove(EMAIL);
        Self {
            subject: account.subject.clone(),
            username: account.username.clone(),
            created_at: Timestamp::from_millis(account.created_at),
            disabled: account.disabled,
            email: email.and_then(|email| email.as_str().map(str::to_owned)),
            email_verified: told.remove(EMAIL_VERIFIED) == Some(Value::Bool(true)),
            claims: account.claims.clone(),
        }
    }
}

impl Admin {
    /// Makes an account. Names that differ in case alone are one name.
    ///
    /// # Errors
    ///
    /// [`AdminError::Taken`] if there is one of this name, [`AdminError::Invalid`] for a name
    /// of other than 1 to 128 bytes or a password of other than 12 to 512 characters, or as the
    /// store.
    pub async fn add_user(
        &self,
        username: &str,
        password: Password,
        email: Option<UserEmail>,
    ) -> Result<User, AdminError> {
        let account = self.app.accounts.add(username, password).await?;
        if email.is_none() {
            return Ok(User::from(&account));
        }
        let described = self.set_email(username, email).await?;
        Ok(described.unwrap_or_else(|| User::from(&account)))
    }

    /// The person of this name.
    ///
    /// # Errors
    ///
    /// As the store.
    pub async fn user(&self, username: &str) -> Result<Option<User>, AdminError> {
        let account = self.app.accounts.named(username).await?;
        Ok(account.as_ref().map(User::from))
    }

    /// Everybody, by name.
    ///
    /// # Errors
    ///
    /// As the store.
    pub async fn users(&self) -> Result<Vec<User>, AdminError> {
        let accounts = self.app.accounts.list().await?;
        Ok(accounts.iter().map(User::from).collect())
    }

    /// Writes a person's e-mail address, or removes it.
    ///
    /// # Errors
    ///
    /// As the store.
    pub async fn set_email(
        &self,
        username: &str,
        email: Option<UserEmail>,
    ) -> Result<Option<User>, AdminError> {
        let checked = email.as_ref().map_or(Checked::No, |email| email.checked);
        let address = email.as_ref().map(|email| &email.address);
        let account = self.app.accounts.set_email(username, address, checked);
        Ok(account.await?.as_ref().map(User::from))
    }

    /// Writes what clients may be told about a person, or removes it. Tokens that are signed from
    /// now on have it.
    ///
    /// # Errors
    ///
    /// [`AdminError::Invalid`] for a claim that the server writes itself and for those that
    /// [`set_email`](Self::set_email) writes, or as the store.
    pub async fn set_claim(
        &self,
        username: &str,
        claim: &str,
        value: Option<Value>,
    ) -> Result<Option<User>, AdminError> {
        if is_reserved(claim) {
            let what = format!("the server writes `{claim}` itself; choose another claim");
            return Err(AdminError::Invalid(what));
        }
        if [EMAIL, EMAIL_VERIFIED].contains(&claim) {
            let what = format!("`{claim}` is written with the e-mail address");
            return Err(AdminError::Invalid(what));
        }
        let account = self.app.accounts.set_claim(username, claim, value).await?;
        Ok(account.as_ref().map(User::from))
    }

    /// Sets a password and ends all that was begun with the old one.
    ///
    /// # Errors
    ///
    /// [`AdminError::Invalid`] for a password of other than 12 to 512 characters, or as the store.
    pub async fn set_password(
        &self,
        username: &str,
        password: Password,
    ) -> Result<Option<Ended>, AdminError> {
        let account = self.app.accounts.set_password(username, password).await?;
        self.ended(account, RevokedReason::PasswordChanged).await
    }

    /// Removes an account and ends all its sessions.
    ///
    /// # Errors
    ///
    /// As the store.
    pub async fn remove_user(&self, username: &str) -> Result<Option<Ended>, AdminError> {
        let account = self.app.accounts.remove(username).await?;
        self.ended(account, RevokedReason::AccountRemoved).await
    }

    /// Keeps a person out and ends all their sessions.
    ///
    /// # Errors
    ///
    /// As the store.
    pub async fn disable_user(&self, username: &str) -> Result<Option<Ended>, AdminError> {
        let account = self.app.accounts.disable(username).await?;
        self.ended(account, RevokedReason::Administrator).await
    }

    /// Lets a person sign in again. What was ended stays so.
    ///
    /// # Errors
    ///
    /// As the store.
    pub async fn enable_user(&self, username: &str) -> Result<Option<User>, AdminError> {
        let account = self.app.accounts.enable(username).await?;
        Ok(account.as_ref().map(User::from))
    }

    async fn ended(
        &self,
        account: Option<Account>,
        why: RevokedReason,
    ) -> Result<Option<Ended>, AdminError> {
        let Some(account) = account else {
            return Ok(None);
        };
        let sessions = self.end_all(&account.subject, why).await?;
        let user = User::from(&account);
        Ok(Some(Ended { user, sessions }))
    }

    /// Ends everything a subject has (norms 64 and 66); returns how many families that were.
    pub(super) async fn end_all(
        &self,
        subject: &str,
        why: RevokedReason,
    ) -> Result<usize, StoreError> {
        for (key, _) in self.app.sign_ins_of(subject).await? {
            self.app.rows.remove(&key).await?;
        }
        self.app.families.end_all(subject, why).await
    }
}

/// Whether a claim is one that the server writes itself, so that nobody else may.
#[must_use]
pub fn is_reserved_claim(name: &str) -> bool {
    is_reserved(name)
}
