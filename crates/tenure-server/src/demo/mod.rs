//! The account and the clients of a demonstration.

pub(crate) mod page;

use serde_json::{Value, json};
use tenure_core::secret::{ClientSecret, Password};
use tenure_store::StoreError;

use crate::accounts::NotMade;
use crate::app::App;
use crate::clients::{Client, Compatibility, GrantType, Leniency, Origin, digest_of_secret};
use crate::keys::Algorithm;
use crate::policy::DEFAULT_SCOPE;

/// Makes the demo account and clients that are not there yet.
pub(crate) async fn seed(app: &App) -> Result<(), StoreError> {
    if app.accounts.named(USERNAME).await?.is_none() {
        match app.accounts.add(USERNAME, Password::new(PASSWORD)).await {
            Ok(_) | Err(NotMade::NameTaken | NotMade::Invalid(_)) => {}
            Err(NotMade::Store(error)) => return Err(error),
        }
    }
    describe(app).await?;
    let connect = [
        connect("connect-demo", None),
        connect("connect-demo-3", Some(POOL)),
        connect_service(),
    ];
    let clients = [public("demo-spa"), shell(), service()];
    let clients: Vec<_> = clients.iter().chain(&connect).collect();
    for client in &clients {
        let before = app.clients.find(&client.id).await?;
        // What the operator wrote under such a name is the operator's.
        let taken = before.is_some_and(|before| matches!(before.origin, Origin::Configuration(_)));
        if !taken {
            app.clients.put(client).await?;
        }
    }
    let standing = clients.iter().map(|client| client.id.as_str()).collect();
    let from_here = |origin: &Origin| *origin == Origin::Demo;
    app.retire_others(&standing, from_here).await
}

/// What the clients that ask for it are told about the demo account.
async fn describe(app: &App) -> Result<(), StoreError> {
    let account = app.accounts.named(USERNAME).await?;
    if account.is_none_or(|account| !account.claims.is_empty()) {
        return Ok(());
    }
    let claims = CLAIMS.map(|(name, value)| (name, Value::from(value)));
    let groups = ("cognito:groups", json!(["DemoAdmin", "DemoUser"]));
    for (name, value) in claims.into_iter().chain([groups]) {
        app.accounts.set_claim(USERNAME, name, Some(value)).await?;
    }
    Ok(())
}

fn public(id: &str) -> Client {
    let at = |path: &str| HOSTS.map(|host| format!("http://{host}{path}")).to_vec();
    let returns = [at("/"), at("/callback"), at("/signed-out")].concat();
    Client {
        id: id.to_owned(),
        secret_digest: None,
        redirect_uris: [at("/"), at("/callback")].concat(),
        post_logout_redirect_uris: returns,
        grants: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        scope: DEFAULT_SCOPE.to_owned(),
        audience: None,
        algorithm: None,
        compatibility: Compatibility::default(),
        origin: Origin::Demo,
    }
}

fn shell() -> Client {
    let mut client = public("demo-cli");
    client.grants.push(GrantType::DeviceCode);
    client
}

fn service() -> Client {
    let mut client = public("demo-service");
    client.secret_digest = Some(digest_of_secret(&ClientSecret::new(SERVICE_SECRET)));
    client.grants.push(GrantType::ClientCredentials);
    client.scope.push_str(" api");
    client
}

/// For the package `@reapit/connect-session` as it is. Version 3 expects the name of a user pool
/// as the issuer of its ID tokens.
fn connect(id: &str, issuer: Option<&str>) -> Client {
    let at = |path: &&str| HOSTS.map(|host| format!("http://{host}{path}"));
    let returns: Vec<_> = CONNECT_PATHS.iter().flat_map(at).collect();
    Client {
        redirect_uris: returns.clone(),
        post_logout_redirect_uris: returns,
        algorithm: Some(Algorithm::Rs256),
        compatibility: Compatibility {
            dangerous_leniency: [
                Leniency::SignInWithoutChallenge,
                Leniency::VerifierWithoutChallenge,
                Leniency::SignInAtLogin,
                Leniency::AnswerWithoutIssuer,
                Leniency::TokenParametersInQuery,
                Leniency::SignOutWithoutQuestion,
                Leniency::RelativeLogoutUri,
            ]
            .into(),
            id_token_on_refresh: true,
            token_use_claim: true,
            account_claims: CONNECT_CLAIMS.map(str::to_owned).to_vec(),
            dangerous_id_token_issuer: issuer.map(str::to_owned),
        },
        ..public(id)
    }
}

/// For the same package in Node, versions 3 and 4.
fn connect_service() -> Client {
    Client {
        redirect_uris: Vec::new(),
        post_logout_redirect_uris: Vec::new(),
        grants: vec![GrantType::ClientCredentials],
        scope: "api".to_owned(),
        compatibility: Compatibility {
            dangerous_leniency: [
                Leniency::TokenParametersInQuery,
                Leniency::UnencodedBasicSecret,
            ]
            .into(),
            token_use_claim: true,
            ..Compatibility::default()
        },
        algorithm: Some(Algorithm::Rs256),
        secret_digest: service().secret_digest,
        ..public("connect-demo-service")
    }
}

pub(crate) const USERNAME: &str = "demo";
pub(crate) const PASSWORD: &str = "correct horse battery staple";
pub(crate) const SERVICE_SECRET: &str = "demo-secret";
const HOSTS: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];
/// Where applications of that package come from and go to, as its documentation writes them; ""
/// is the application's origin, which is the package's default.
const CONNECT_PATHS: [&str; 9] = [
    "",
    "/",
    "/cb",
    "/callback",
    "/login",
    "/logged-out",
    "/logout",
    "/signed-out",
    "/custom",
];
const CONNECT_CLAIMS: [&str; 5] = [
    "name",
    "email",
    "cognito:groups",
    "cognito:username",
    "custom:*",
];
const POOL: &str = "https://cognito-idp.eu-west-2.amazonaws.com/eu-west-2_tenure";
const CLAIMS: [(&str, &str); 15] = [
    ("name", "Demo Person"),
    ("email", "demo@example.com"),
    ("cognito:username", USERNAME),
    ("custom:reapit:agencyCloudId", "DEMO"),
    ("custom:reapit:developerId", "demo-developer"),
    ("custom:reapit:clientCode", "DMO"),
    ("custom:reapit:marketAdmin", "demo-admin"),
    ("custom:reapit:userCode", "DP"),
    ("custom:reapit:orgName", "Demo Estates"),
    ("custom:reapit:orgId", "demo-organisation"),
    ("custom:reapit:offGroupIds", "DMO,OTH"),
    ("custom:reapit:offGrouping", "true"),
    ("custom:reapit:offGroupName", "Demo Offices"),
    ("custom:reapit:officeId", "DMO1"),
    ("custom:reapit:orgProduct", "AgencyCloud"),
];
