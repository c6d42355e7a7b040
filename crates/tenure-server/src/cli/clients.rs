use clap::{Args, Subcommand};
use serde_json::json;
use tenure_core::secret::ClientSecret;

use super::{Failure, Where, out};
use crate::clients::{Client, Compatibility, Grant, digest_of_secret};
use crate::config::{DEFAULT_SCOPE, check_uri};
use crate::digest::random_text;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Register a client; a confidential one's secret is printed once
    Add(Add),
    /// List the clients
    List,
    /// Remove a client
    Remove {
        /// The client's id
        id: String,
    },
}

#[derive(Args)]
pub(super) struct Add {
    /// The client's id
    id: String,
    /// Where sign-ins return to
    #[arg(long = "redirect-uri")]
    redirect_uris: Vec<String>,
    /// Where sign-outs return to
    #[arg(long = "post-logout-redirect-uri")]
    post_logout_redirect_uris: Vec<String>,
    /// Let people sign in to it by a code that they enter on another device
    #[arg(long)]
    device: bool,
    /// Give it a secret
    #[arg(long)]
    confidential: bool,
    /// What it may ask for at most
    #[arg(long, default_value = DEFAULT_SCOPE)]
    scope: String,
    /// Who else its access tokens are for
    #[arg(long)]
    audience: Option<String>,
}

pub(super) async fn run(command: Command, at: &Where) -> Result<(), Failure> {
    let app = at.open().await?;
    match command {
        Command::Add(add) => {
            let secret = add
                .confidential
                .then(|| ClientSecret::new(random_text::<32>()));
            let client = add.client(secret.as_ref())?;
            if app.clients.find(&client.id).await?.is_some() {
                let what = format!("there is a client {} already; remove it first", client.id);
                return Err(Failure::Usage(what));
            }
            app.clients.put(&client).await?;
            let secret = secret.as_ref().map(ClientSecret::expose);
            let told = json!({ "client_id": client.id, "client_secret": secret });
            out::done(at.json, &told, secret.unwrap_or("made the client"));
        }
        Command::List => {
            let clients = app.clients.list().await?;
            let rows: Vec<_> = clients.iter().map(row).collect();
            out::list(
                at.json,
                &rows,
                &["client_id", "confidential", "scope", "redirect_uris"],
            );
        }
        Command::Remove { id } => {
            if !app.clients.remove(&id).await? {
                return Err(Failure::Usage(format!("there is no client {id}")));
            }
            out::done(
                at.json,
                &json!({ "removed": id }),
                &format!("removed the client {id}"),
            );
        }
    }
    Ok(())
}

impl Add {
    fn client(self, secret: Option<&ClientSecret>) -> Result<Client, Failure> {
        let uris = self
            .redirect_uris
            .iter()
            .chain(&self.post_logout_redirect_uris);
        uris.into_iter()
            .try_for_each(|uri| check_uri(&self.id, uri))?;
        let mut grants = Vec::new();
        if !self.redirect_uris.is_empty() {
            grants.push(Grant::AuthorizationCode);
        }
        if self.device {
            grants.push(Grant::DeviceCode);
        }
        if !grants.is_empty() {
            grants.push(Grant::RefreshToken);
        }
        if secret.is_some() {
            grants.push(Grant::ClientCredentials);
        }
        Ok(Client {
            id: self.id,
            secret_digest: secret.map(digest_of_secret),
            redirect_uris: self.redirect_uris,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            grants,
            scope: self.scope,
            audience: self.audience,
            algorithm: None,
            compatibility: Compatibility::default(),
        })
    }
}

fn row(client: &Client) -> serde_json::Value {
    json!({
        "client_id": client.id,
        "confidential": client.is_confidential(),
        "grants": client.grants,
        "scope": client.scope,
        "redirect_uris": client.redirect_uris,
        "post_logout_redirect_uris": client.post_logout_redirect_uris,
        "compatibility": client.compatibility,
    })
}
