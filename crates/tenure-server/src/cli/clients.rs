use clap::{Args, Subcommand};
use serde::de::DeserializeOwned;
use serde_json::json;
use tenure_core::secret::ClientSecret;

use super::{Failure, Where, out};
use crate::accounts::is_reserved;
use crate::clients::{Client, Compatibility, Grant, Leniency, Origin, digest_of_secret};
use crate::config::{DEFAULT_SCOPE, check_uri};
use crate::digest::random_text;
use crate::keys::Algorithm;

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
    /// How its tokens are signed, if not as the server's others: ES256, RS256 or EdDSA
    #[arg(long, value_parser = named::<Algorithm>)]
    algorithm: Option<Algorithm>,
    /// A claim about a person that its ID tokens have, such as `email`
    #[arg(long = "id-token-claim", value_name = "CLAIM", value_parser = claim)]
    id_token_claims: Vec<String>,
    /// A rule that does not hold for it, such as `sign_in_without_challenge`
    #[arg(long, value_name = "EXCUSE", value_parser = named::<Leniency>)]
    dangerous_leniency: Vec<Leniency>,
}

pub(super) async fn run(command: Command, at: &Where) -> Result<(), Failure> {
    let app = at.open().await?;
    match command {
        Command::Add(add) => {
            let secret = add
                .confidential
                .then(|| ClientSecret::new(random_text::<32>()));
            let client = add.client(secret.as_ref())?;
            if let Some(other) = app.clients.find(&client.id).await? {
                let id = &client.id;
                return Err(Failure::Usage(match &other.origin {
                    Origin::Configuration(at) => stands(id, at, "change"),
                    Origin::Unknown | Origin::CommandLine | Origin::Demo => {
                        format!("there is a client {id} already; remove it first")
                    }
                }));
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
                &[
                    "client_id",
                    "from",
                    "confidential",
                    "scope",
                    "redirect_uris",
                ],
            );
        }
        Command::Remove { id } => {
            let Some(client) = app.clients.find(&id).await? else {
                return Err(Failure::Usage(format!("there is no client {id}")));
            };
            if let Origin::Configuration(at) = &client.origin {
                return Err(Failure::Usage(stands(&id, at, "remove")));
            }
            let ended = app.retire(&[id.clone()].into()).await?;
            let told = json!({ "removed": id, "ended": ended });
            let again = match client.origin {
                Origin::Demo => "; `tenure dev` makes it again when it starts",
                Origin::Unknown | Origin::Configuration(_) | Origin::CommandLine => "",
            };
            let text = format!("removed the client {id} and ended {ended} sessions{again}");
            out::done(at.json, &told, &text);
        }
    }
    Ok(())
}

/// Why a client is not changed here: the next start would change it back.
fn stands(id: &str, at: &str, what: &str) -> String {
    format!("the client {id} stands in {at}: {what} it there and start the server again")
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
            algorithm: self.algorithm,
            compatibility: Compatibility {
                dangerous_leniency: self.dangerous_leniency.into_iter().collect(),
                account_claims: self.id_token_claims,
                ..Compatibility::default()
            },
            origin: Origin::CommandLine,
        })
    }
}

/// A value by the name that it has in the configuration.
fn named<T: DeserializeOwned>(name: &str) -> Result<T, String> {
    serde_json::from_value(name.into()).map_err(|error| error.to_string())
}

fn claim(name: &str) -> Result<String, String> {
    if is_reserved(name.trim_end_matches('*')) {
        return Err("the server writes it itself; choose another claim".to_owned());
    }
    Ok(name.to_owned())
}

fn row(client: &Client) -> serde_json::Value {
    json!({
        "client_id": client.id,
        "from": client.origin.shown(),
        "confidential": client.is_confidential(),
        "grants": client.grants,
        "scope": client.scope,
        "audience": client.audience,
        "algorithm": client.algorithm,
        "redirect_uris": client.redirect_uris,
        "post_logout_redirect_uris": client.post_logout_redirect_uris,
        "compatibility": client.compatibility,
    })
}
