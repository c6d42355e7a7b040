//! The browser's own session at the server: who signed in here, and when.

mod row;

use axum::http::HeaderMap;
use tenure_core::secret::SessionId;
use tenure_core::time::Timestamp;
use tenure_store::{Key, Kind, Owner, StoreError};

use crate::accounts::Account;
use crate::app::App;
use crate::digest::{random_text, sha256};
use crate::http::{ClientInfo, cookies};
use crate::rows::Life;

/// A browser's sign-in. Its row is found by the digest of the cookie's value alone.
#[derive(Debug, Clone)]
pub(crate) struct SignIn {
    /// What lists and links call it; no secret.
    pub(crate) id: String,
    pub(crate) subject: String,
    auth_time: i64,
    last_seen: i64,
    absolute_deadline: i64,
    pub(crate) address: Option<String>,
    pub(crate) user_agent: Option<String>,
}

impl SignIn {
    pub(crate) fn auth_time(&self) -> Timestamp {
        Timestamp::from_millis(self.auth_time)
    }

    pub(crate) fn last_seen(&self) -> Timestamp {
        Timestamp::from_millis(self.last_seen)
    }
}

impl App {
    /// Signs a browser in under a new secret (norms 60, 61 and 79). If the same person was signed
    /// in there, the sign-in goes on under its old name, so that a later sign-out ends all of it.
    pub(crate) async fn sign_in(
        &self,
        account: &Account,
        client_info: &ClientInfo,
        before: Option<&SignIn>,
    ) -> Result<(SignIn, SessionId), StoreError> {
        let now = self.rows.now();
        let secret = SessionId::new(random_text::<32>());
        let deadline = now.saturating_add(self.policy.session_absolute());
        let before = before.filter(|before| before.subject == account.subject);
        let sign_in = SignIn {
            id: before.map_or_else(random_text::<16>, |before| before.id.clone()),
            subject: account.subject.clone(),
            // Whoever has just shown the password is welcome, also if the clock went back.
            auth_time: now.max(account.not_before()).as_millis(),
            last_seen: now.as_millis(),
            absolute_deadline: deadline.as_millis(),
            address: client_info.address.clone(),
            user_agent: client_info.user_agent.clone(),
        };
        if let Some(before) = before {
            self.forget_sign_in(before).await?;
        }
        let life = self.sign_in_life(&sign_in, now);
        self.rows.write(&key(&secret), None, &sign_in, life).await?;
        Ok((sign_in, secret))
    }

    /// The sign-in that a request's cookies name, if it is alive.
    pub(crate) async fn signed_in(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<SignIn>, StoreError> {
        for value in cookies(headers, &self.policy.session_cookie()) {
            if let Some(sign_in) = self.sign_in_at(&key(&SessionId::new(value))).await? {
                return Ok(Some(sign_in));
            }
        }
        Ok(None)
    }

    /// The sign-in of a row, its idle limit moved at most once a minute.
    pub(crate) async fn sign_in_at(&self, key: &Key) -> Result<Option<SignIn>, StoreError> {
        let Some((mut sign_in, version)) = self.rows.read::<SignIn>(key).await? else {
            return Ok(None);
        };
        let account = self.accounts.of(&sign_in.subject).await?;
        if account.is_none_or(|account| !account.honours(sign_in.auth_time())) {
            return Ok(None);
        }
        let now = self.rows.now();
        if now.since(sign_in.last_seen()).as_secs() >= 60 {
            sign_in.last_seen = now.as_millis();
            let life = self.sign_in_life(&sign_in, now);
            // A conflict means that another request moved it, or ended it: both stand.
            let _ = self.rows.write(key, Some(version), &sign_in, life).await?;
        }
        Ok(Some(sign_in))
    }

    /// A subject's browser sign-ins, with the keys of their rows.
    pub(crate) async fn sign_ins_of(
        &self,
        subject: &str,
    ) -> Result<Vec<(Key, SignIn)>, StoreError> {
        let mut found = Vec::new();
        for key in self
            .rows
            .owned(&Owner(subject.to_owned()), Kind::Session)
            .await?
        {
            if let Some((sign_in, _)) = self.rows.read::<SignIn>(&key).await? {
                found.push((key, sign_in));
            }
        }
        Ok(found)
    }

    /// Ends a browser's sign-in and every family that came from it. The row goes first: a code
    /// that is exchanged meanwhile finds it gone (law 3).
    pub(crate) async fn sign_out(&self, sign_in: &SignIn) -> Result<(), StoreError> {
        self.forget_sign_in(sign_in).await?;
        self.families.end_linked(&sign_in.id).await
    }

    async fn forget_sign_in(&self, sign_in: &SignIn) -> Result<(), StoreError> {
        for (key, other) in self.sign_ins_of(&sign_in.subject).await? {
            if other.id == sign_in.id {
                self.rows.remove(&key).await?;
            }
        }
        Ok(())
    }

    fn sign_in_life(&self, sign_in: &SignIn, now: Timestamp) -> Life {
        let absolute = Timestamp::from_millis(sign_in.absolute_deadline);
        let idle = now.saturating_add(self.policy.session_idle());
        Life::until(absolute.min(idle)).owned_by(sign_in.subject.clone())
    }
}

fn key(secret: &SessionId) -> Key {
    Key::new(Kind::Session, sha256(secret.expose().as_bytes()))
}
