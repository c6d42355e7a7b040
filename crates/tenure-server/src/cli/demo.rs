use tenure_core::secret::{ClientSecret, Password};
use tenure_store::StoreError;

use crate::accounts::NotMade;
use crate::app::App;
use crate::clients::{Client, Grant, digest_of_secret};
use crate::config::DEFAULT_SCOPE;

/// Makes the demo account and clients that are not there yet.
pub(crate) async fn furnish(app: &App) -> Result<(), StoreError> {
    if app.accounts.named(USERNAME).await?.is_none() {
        match app.accounts.add(USERNAME, Password::new(PASSWORD)).await {
            Ok(_) | Err(NotMade::NameTaken | NotMade::Invalid(_)) => {}
            Err(NotMade::Store(error)) => return Err(error),
        }
    }
    for client in [public("demo-spa"), shell(), service()] {
        app.clients.put(&client).await?;
    }
    Ok(())
}

fn public(id: &str) -> Client {
    let at = |path: &str| HOSTS.map(|host| format!("http://{host}{path}")).to_vec();
    let returns = [at("/"), at("/callback"), at("/signed-out")].concat();
    Client {
        id: id.to_owned(),
        secret_digest: None,
        redirect_uris: at("/callback"),
        post_logout_redirect_uris: returns,
        grants: vec![Grant::AuthorizationCode, Grant::RefreshToken],
        scope: DEFAULT_SCOPE.to_owned(),
        audience: None,
        algorithm: None,
    }
}

fn shell() -> Client {
    let mut client = public("demo-cli");
    client.grants.push(Grant::DeviceCode);
    client
}

fn service() -> Client {
    let mut client = public("demo-service");
    client.secret_digest = Some(digest_of_secret(&ClientSecret::new("demo-secret")));
    client.grants.push(Grant::ClientCredentials);
    client.scope.push_str(" api");
    client
}

const USERNAME: &str = "demo";
const PASSWORD: &str = "correct horse battery staple";
const HOSTS: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];
