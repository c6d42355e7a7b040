use clap::{Args, Subcommand};
use serde::de::DeserializeOwned;
use serde_json::json;
use tenure_core::secret::ClientSecret;
use tenure_server::{
    Algorithm, ClientConfig, ClientOrigin, Compatibility, DEFAULT_SCOPE, GrantType, Leniency,
    RegisteredClient, is_reserved_claim,
};

use super::{CliError, DataArgs, out};

#[derive(Subcommand)]
pub(crate) enum Command {
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
pub(crate) struct Add {
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

pub(crate) async fn run(command: Command, at: &DataArgs) -> Result<(), CliError> {
    let admin = at.open().await?;
    match command {
        Command::Add(add) => {
            let secret = add.confidential.then(ClientConfig::draw_secret);
            let client = admin.add_client(&add.config(secret.clone())).await?;
            let secret = secret.as_ref().map(ClientSecret::expose);
            let told = json!({ "client_id": client.id, "client_secret": secret });
            out::done(at.json, &told, secret.unwrap_or("made the client"));
        }
        Command::List => {
            let clients = admin.clients().await?;
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
            let Some(removed) = admin.remove_client(&id).await? else {
                return Err(CliError::Usage(format!("there is no client {id}")));
            };
            let ended = removed.sessions;
            let told = json!({ "removed": id, "ended": ended });
            let again = if removed.client.origin == ClientOrigin::Demo {
                "; `tenure dev` makes it again when it starts"
            } else {
                ""
            };
            let text = format!("removed the client {id} and ended {ended} sessions{again}");
            out::done(at.json, &told, &text);
        }
    }
    Ok(())
}

impl Add {
    fn config(self, secret: Option<ClientSecret>) -> ClientConfig {
        let mut grants = Vec::new();
        if !self.redirect_uris.is_empty() {
            grants.push(GrantType::AuthorizationCode);
        }
        if self.device {
            grants.push(GrantType::DeviceCode);
        }
        if !grants.is_empty() {
            grants.push(GrantType::RefreshToken);
        }
        if secret.is_some() {
            grants.push(GrantType::ClientCredentials);
        }
        let mut compatibility = Compatibility::default();
        compatibility.dangerous_leniency = self.dangerous_leniency.into_iter().collect();
        compatibility.account_claims = self.id_token_claims;
        let mut config = ClientConfig::new(self.id)
            .with_redirect_uris(self.redirect_uris)
            .with_post_logout_redirect_uris(self.post_logout_redirect_uris)
            .with_grants(grants)
            .with_scope(self.scope)
            .with_compatibility(compatibility);
        if let Some(secret) = secret {
            config = config.with_secret(secret);
        }
        if let Some(audience) = self.audience {
            config = config.with_audience(audience);
        }
        if let Some(algorithm) = self.algorithm {
            config = config.with_algorithm(algorithm);
        }
        config
    }
}

/// A value by the name that it has in the configuration.
fn named<T: DeserializeOwned>(name: &str) -> Result<T, String> {
    serde_json::from_value(name.into()).map_err(|error| error.to_string())
}

fn claim(name: &str) -> Result<String, String> {
    if is_reserved_claim(name.trim_end_matches('*')) {
        return Err("the server writes it itself; choose another claim".to_owned());
    }
    Ok(name.to_owned())
}

fn row(client: &RegisteredClient) -> serde_json::Value {
    json!({
        "client_id": client.id,
        "from": client.origin.shown(),
        "confidential": client.is_confidential,
        "grants": client.grants,
        "scope": client.scope,
        "audience": client.audience,
        "algorithm": client.algorithm,
        "redirect_uris": client.redirect_uris,
        "post_logout_redirect_uris": client.post_logout_redirect_uris,
        "compatibility": client.compatibility,
    })
}
