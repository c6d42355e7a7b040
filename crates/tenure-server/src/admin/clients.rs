use super::{Admin, AdminError};
use crate::clients::{Client, Compatibility, GrantType, Origin as ClientOrigin};
use crate::keys::Algorithm;
use crate::policy::ClientConfig;

/// A program that may ask for tokens.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RegisteredClient {
    /// What it is called.
    pub id: String,
    /// Where it was registered.
    pub origin: ClientOrigin,
    /// Whether it has a secret.
    pub is_confidential: bool,
    /// How it may get tokens.
    pub grants: Vec<GrantType>,
    /// What it may ask for at most.
    pub scope: String,
    /// Who else its access tokens are for.
    pub audience: Option<String>,
    /// How its tokens are signed, if not as the server's others.
    pub algorithm: Option<Algorithm>,
    /// Where sign-ins return to.
    pub redirect_uris: Vec<String>,
    /// Where sign-outs return to.
    pub post_logout_redirect_uris: Vec<String>,
    /// How it is treated otherwise than others.
    pub compatibility: Compatibility,
}

/// A client that was removed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RemovedClient {
    /// What it was.
    pub client: RegisteredClient,
    /// How many of its sessions were alive until then.
    pub sessions: usize,
}

impl From<&Client> for RegisteredClient {
    fn from(client: &Client) -> Self {
        Self {
            id: client.id.clone(),
            origin: client.origin.clone(),
            is_confidential: client.is_confidential(),
            grants: client.grants.clone(),
            scope: client.scope.clone(),
            audience: client.audience.clone(),
            algorithm: client.algorithm,
            redirect_uris: client.redirect_uris.clone(),
            post_logout_redirect_uris: client.post_logout_redirect_uris.clone(),
            compatibility: client.compatibility.clone(),
        }
    }
}

impl Admin {
    /// Registers a client.
    ///
    /// # Errors
    ///
    /// [`AdminError::Invalid`] if something about it is not right, [`AdminError::Taken`] or
    /// [`AdminError::Configured`] if there is one of this id, or as the store.
    pub async fn add_client(&self, config: &ClientConfig) -> Result<RegisteredClient, AdminError> {
        config.check()?;
        let client = config.client(ClientOrigin::CommandLine);
        if let Some(other) = self.app.clients.find(&client.id).await? {
            let id = &client.id;
            return Err(match &other.origin {
                ClientOrigin::Configuration(at) => configured(id, at, "change"),
                ClientOrigin::Unknown | ClientOrigin::CommandLine | ClientOrigin::Demo => {
                    let what = format!("there is a client {id} already; remove it first");
                    AdminError::Taken(what)
                }
            });
        }
        self.app.clients.put(&client).await?;
        Ok(RegisteredClient::from(&client))
    }

    /// The client of this id.
    ///
    /// # Errors
    ///
    /// As the store.
    pub async fn client(&self, id: &str) -> Result<Option<RegisteredClient>, AdminError> {
        let client = self.app.clients.find(id).await?;
        Ok(client.as_deref().map(RegisteredClient::from))
    }

    /// All clients, by id.
    ///
    /// # Errors
    ///
    /// As the store.
    pub async fn clients(&self) -> Result<Vec<RegisteredClient>, AdminError> {
        let clients = self.app.clients.list().await?;
        Ok(clients.iter().map(RegisteredClient::from).collect())
    }

    /// Removes a client and ends its sessions.
    ///
    /// # Errors
    ///
    /// [`AdminError::Configured`] if it stands in a configuration, or as the store.
    pub async fn remove_client(&self, id: &str) -> Result<Option<RemovedClient>, AdminError> {
        let Some(client) = self.app.clients.find(id).await? else {
            return Ok(None);
        };
        if let ClientOrigin::Configuration(at) = &client.origin {
            return Err(configured(id, at, "remove"));
        }
        let sessions = self.app.retire(&[id.to_owned()].into()).await?;
        let client = RegisteredClient::from(&*client);
        Ok(Some(RemovedClient { client, sessions }))
    }
}

/// The next start would change it back.
fn configured(id: &str, at: &str, what: &str) -> AdminError {
    AdminError::Configured(format!(
        "the client {id} stands in {at}: {what} it there and start the server again"
    ))
}
