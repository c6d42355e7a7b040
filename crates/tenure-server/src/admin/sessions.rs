use serde::{Serialize, Serializer};
use tenure_core::issuer::{Family, RevokedReason};
use tenure_core::time::Timestamp;

use super::{Admin, AdminError};

/// A session that lives by tokens: one sign-in at one client. As JSON it is what
/// `GET /v1/sessions` tells, with times in seconds since 1970.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct TokenSession {
    /// What it is called; no secret.
    pub id: String,
    /// The client that holds the tokens.
    pub client_id: String,
    /// What was granted.
    pub scope: String,
    /// When it began.
    #[serde(serialize_with = "secs")]
    pub created_at: Timestamp,
    /// When its tokens were last renewed or shown here.
    #[serde(serialize_with = "secs")]
    pub last_seen: Timestamp,
    /// When it ends if nothing is done with it.
    #[serde(serialize_with = "secs")]
    pub expires_at: Timestamp,
    /// Where it began, as far as that is known.
    pub address: Option<String>,
    /// What the client called itself when it began.
    pub user_agent: Option<String>,
}

impl From<&Family> for TokenSession {
    fn from(family: &Family) -> Self {
        Self {
            id: family.id.to_string(),
            client_id: family.client_id.clone(),
            scope: family.scope.clone(),
            created_at: family.created_at,
            last_seen: family.last_seen,
            expires_at: family.absolute_deadline.min(family.idle_deadline),
            address: family.address.clone(),
            user_agent: family.user_agent.clone(),
        }
    }
}

impl Admin {
    /// A person's sessions that are alive; `None` if there is no such person.
    ///
    /// # Errors
    ///
    /// As the store.
    pub async fn sessions(&self, username: &str) -> Result<Option<Vec<TokenSession>>, AdminError> {
        let Some(account) = self.app.accounts.named(username).await? else {
            return Ok(None);
        };
        let families = self.app.families.of(&account.subject).await?;
        Ok(Some(families.iter().map(TokenSession::from).collect()))
    }

    /// Ends a session; false if none of this id is alive.
    ///
    /// # Errors
    ///
    /// As the store.
    pub async fn end_session(&self, id: &str) -> Result<bool, AdminError> {
        let Ok(id) = id.parse() else {
            return Ok(false);
        };
        let why = RevokedReason::Administrator;
        Ok(self.app.families.end(id, why).await?)
    }

    /// Ends all sessions of a person, those of browsers too; returns how many token sessions were
    /// alive, or `None` if there is no such person.
    ///
    /// # Errors
    ///
    /// As the store.
    pub async fn end_sessions(&self, username: &str) -> Result<Option<usize>, AdminError> {
        let Some(account) = self.app.accounts.named(username).await? else {
            return Ok(None);
        };
        let why = RevokedReason::Administrator;
        Ok(Some(self.end_all(&account.subject, why).await?))
    }
}

fn secs<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_i64(at.as_secs())
}
