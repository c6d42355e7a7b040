use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenure_core::issuer::{Family, FamilyId};
use tenure_core::time::Timestamp;
use tenure_store::StoreError;

use crate::app::App;
use crate::clients::Client;
use crate::digest::random_text;
use crate::http::OAuthError;
use crate::keys::TokenUse;

/// The claims of an access token (RFC 9068).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccessClaims {
    pub(crate) iss: String,
    pub(crate) aud: Audience,
    pub(crate) sub: String,
    pub(crate) client_id: String,
    pub(crate) scope: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) jti: String,
    /// The family, unless the client acts for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<String>,
    #[serde(rename = "gen", skip_serializing_if = "Option::is_none")]
    pub(crate) generation: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) auth_time: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token_use: Option<String>,
}

/// One audience or several (RFC 7519 §4.1.3).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    pub(crate) fn has(&self, wanted: &str) -> bool {
        match self {
            Self::One(one) => one == wanted,
            Self::Many(many) => many.iter().any(|one| one == wanted),
        }
    }
}

/// The claims of an ID token (OpenID Connect Core §2).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct IdClaims {
    pub(crate) iss: String,
    pub(crate) aud: String,
    pub(crate) sub: String,
    iat: i64,
    exp: i64,
    auth_time: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    pub(crate) sid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preferred_username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token_use: Option<String>,
    /// What the client is told about the account beyond that.
    #[serde(flatten)]
    account: Map<String, Value>,
}

/// What an access token is about.
pub(super) struct Grantee<'a> {
    pub(super) subject: &'a str,
    pub(super) scope: &'a str,
    pub(super) family: Option<&'a Family>,
}

pub(super) async fn access_token(
    app: &App,
    client: &Client,
    to: Grantee<'_>,
    now: Timestamp,
) -> Result<String, OAuthError> {
    let ttl = app.policy.access_token_ttl();
    // A token never outlives the family it belongs to.
    let ends = now.saturating_add(ttl);
    let ends = to
        .family
        .map_or(ends, |family| ends.min(family.absolute_deadline));
    let issuer = app.policy.issuer.clone();
    let claims = AccessClaims {
        aud: match &client.audience {
            None => Audience::One(issuer.clone()),
            Some(audience) => Audience::Many(vec![audience.clone(), issuer.clone()]),
        },
        iss: issuer,
        sub: to.subject.to_owned(),
        client_id: client.id.clone(),
        scope: to.scope.to_owned(),
        iat: now.as_secs(),
        exp: ends.as_secs(),
        jti: random_text::<12>(),
        sid: to.family.map(|family| family.id.to_string()),
        generation: to.family.map(|family| family.generation),
        auth_time: to.family.map(|family| family.auth_time.as_secs()),
        token_use: token_use(client, "access"),
    };
    sign(app, client, TokenUse::Access, &claims).await
}

/// The ID token of a refresh: what a request asked for by name was for its first one alone.
pub(super) async fn id_token(
    app: &App,
    client: &Client,
    family: &Family,
    now: Timestamp,
) -> Result<String, OAuthError> {
    first_id_token(app, client, family, &[], now).await
}

/// The ID token of a sign-in, with the claims that were `asked` for by name.
pub(super) async fn first_id_token(
    app: &App,
    client: &Client,
    family: &Family,
    asked: &[String],
    now: Timestamp,
) -> Result<String, OAuthError> {
    let account = app.accounts.of(&family.subject).await?;
    let compatibility = &client.compatibility;
    let mut told = Map::new();
    if let Some(account) = account.as_deref() {
        told = compatibility.claims_of(account);
        let may = super::has_scope(&family.scope, "email");
        let email = account.email_claims().into_iter();
        told.extend(email.filter(|(name, _)| may && asked.contains(name)));
    }
    let own_name = told
        .remove("name")
        .and_then(|name| name.as_str().map(str::to_owned));
    let account = account.filter(|_| super::has_scope(&family.scope, "profile"));
    let username = account.map(|account| account.username.clone());
    let issuer = compatibility.dangerous_id_token_issuer.as_deref();
    let claims = IdClaims {
        iss: issuer.unwrap_or(&app.policy.issuer).to_owned(),
        aud: client.id.clone(),
        sub: family.subject.clone(),
        iat: now.as_secs(),
        exp: now.saturating_add(app.policy.access_token_ttl()).as_secs(),
        auth_time: family.auth_time.as_secs(),
        nonce: family.nonce.clone(),
        sid: family.id.to_string(),
        name: own_name.or_else(|| username.clone()),
        preferred_username: username,
        token_use: token_use(client, "id"),
        account: told,
    };
    sign(app, client, TokenUse::Id, &claims).await
}

fn token_use(client: &Client, usage: &str) -> Option<String> {
    let told = client.compatibility.token_use_claim;
    told.then(|| usage.to_owned())
}

/// How many seconds an access token made now lives.
pub(super) fn expires_in(app: &App, family: Option<&Family>, now: Timestamp) -> u64 {
    let ttl = app.policy.access_token_ttl();
    family
        .map_or(ttl, |family| family.absolute_deadline.since(now).min(ttl))
        .as_secs()
}

pub(crate) fn family_id(sid: &str) -> Option<FamilyId> {
    sid.parse().ok()
}

async fn sign<T: Serialize + Sync>(
    app: &App,
    client: &Client,
    usage: TokenUse,
    claims: &T,
) -> Result<String, OAuthError> {
    let key = app
        .keys
        .signer(client.algorithm.unwrap_or(app.policy.algorithm))
        .await?;
    let failed = || {
        use tenure_store::StoreErrorKind::Corrupt;
        StoreError::new(Corrupt, "a key does not sign")
    };
    Ok(key.sign(usage, claims).ok_or_else(failed)?)
}
