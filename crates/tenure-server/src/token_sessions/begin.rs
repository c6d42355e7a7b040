//! How a token session begins: a backend says for whom, or a person who is signed in asks.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::Value;
use tenure_core::issuer::{Family, FamilyId};
use tenure_seal::{SealKey, Sealed, seal};
use tenure_store::Replaced;

use super::data;
use crate::app::App;
use crate::clients::{Client, GrantType};
use crate::digest::random;
use crate::http::{ClientInfo, OAuthError, Parameters};
use crate::rows::too_busy;
use crate::token::begin::{self, Start};
use crate::token::{TokenResponse, authenticate, bearer};

/// `POST /v1/auth/sessions`.
#[derive(Deserialize)]
pub(super) struct Body {
    /// Whose session it is, if a backend asks.
    subject: Option<String>,
    /// Sealed by the caller, to a key that stays with the caller.
    session_data: Option<String>,
    /// Data that the server seals; it keeps neither them nor the key.
    data: Option<Value>,
}

/// What a session begins with: the key, if the server made it, and the tokens.
pub(super) struct Begun {
    pub(super) session_id: Option<String>,
    pub(super) session_data: String,
    pub(super) tokens: TokenResponse,
}

/// Who may begin a session: known by the request's head, before its body is read.
pub(super) enum Caller {
    /// A client that names whose session it is to be.
    Backend(Arc<Client>),
    /// A person, by an access token of a sign-in at this client.
    Person(Arc<Client>, Box<Family>),
}

impl Caller {
    pub(super) async fn of(app: &App, headers: &HeaderMap) -> Result<Self, OAuthError> {
        let scheme = headers.get(header::AUTHORIZATION);
        let scheme = scheme.and_then(|value| value.to_str().ok()?.split_once(' '));
        if scheme.is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) {
            return Self::person(app, headers).await;
        }
        let client = authenticate(app, headers, &Parameters::default()).await?;
        if !client.is_confidential() {
            return Err(OAuthError::client());
        }
        if !client.may(GrantType::DangerousNamedSubject) {
            let what = "dangerous_named_subject is not among this client's grants";
            return Err(OAuthError::new("unauthorized_client", what));
        }
        Ok(Self::Backend(client))
    }

    async fn person(app: &App, headers: &HeaderMap) -> Result<Self, OAuthError> {
        let family = bearer(app, headers).await?.family;
        let family = family.ok_or_else(OAuthError::token)?;
        if data::of(&app.rows, family.id).await?.is_some() {
            let what = "a token session begins no other: show an access token of a sign-in";
            return Err(OAuthError::request(what));
        }
        let client = app.clients.find(&family.client_id).await?;
        let client = client.ok_or_else(OAuthError::client)?;
        Ok(Self::Person(client, Box::new(family)))
    }

    /// What the session is to be.
    async fn start(&self, app: &App, subject: Option<&str>) -> Result<Start, OAuthError> {
        let (subject, scope, auth_time) = match self {
            Self::Backend(client) => {
                let subject = subject.ok_or(OAuthError::request("subject is missing"))?;
                let account = app.accounts.of(subject).await?;
                if account.is_none_or(|account| account.disabled) {
                    let what = "subject is not the `sub` of an account that may sign in";
                    return Err(OAuthError::request(what));
                }
                (subject, &client.scope, app.rows.now())
            }
            Self::Person(_, family) => {
                if subject.is_some_and(|other| other != family.subject) {
                    let what = "a person begins sessions of their own";
                    return Err(OAuthError::request(what));
                }
                (family.subject.as_str(), &family.scope, family.auth_time)
            }
        };
        Ok(Start {
            id: FamilyId(random()),
            subject: subject.to_owned(),
            scope: scope.clone(),
            nonce: None,
            auth_time,
            keyed: false,
        })
    }
}

pub(super) async fn session(
    app: &App,
    caller: &Caller,
    client_info: &ClientInfo,
    body: Body,
) -> Result<Begun, OAuthError> {
    let (Caller::Backend(client) | Caller::Person(client, _)) = caller;
    let start = caller.start(app, body.subject.as_deref()).await?;
    let (session_id, session_data) = sealed(body)?;
    let now = app.rows.now();
    let (mut family, token) = begin::family(app, client, start, client_info, now).await?;
    if let Caller::Person(_, parent) = caller {
        // It goes with the sign-in that it came from, and lives no longer.
        family.absolute_deadline = family.absolute_deadline.min(parent.absolute_deadline);
        if let Some(sign_in) = app.families.sign_in_of(parent.id).await? {
            let life = family.absolute_deadline.since(now);
            app.families.link(family.id, &sign_in, life).await?;
        }
    }
    // A family that stands without its data could not be refreshed by whoever has its token.
    data::keep(&app.rows, &family, &session_data).await?;
    if let Replaced::Conflict = app.families.write(&family, None).await? {
        return Err(too_busy().into());
    }
    let tokens = begin::tokens(app, client, (&family, &token), &[], now).await?;
    Ok(Begun {
        session_id,
        session_data,
        tokens,
    })
}

/// The sealed data and, if the server had to seal them, the key.
fn sealed(body: Body) -> Result<(Option<String>, String), OAuthError> {
    match (body.session_data, body.data) {
        (Some(_), Some(_)) | (None, None) => {
            let what = "send session_data, which is sealed, or data, which the server seals";
            Err(OAuthError::request(what))
        }
        (Some(text), None) => Ok((None, checked(text)?)),
        (None, Some(data)) => {
            let key = SealKey::generate(random);
            let ephemeral = SealKey::generate(random);
            let text = seal(
                &key.public(),
                data.to_string().as_bytes(),
                &ephemeral,
                random(),
            );
            Ok((Some(format!("0x{}", *key.expose_hex())), text.to_string()))
        }
    }
}

/// Text that is sealed; nothing is kept that anybody could read.
pub(super) fn checked(text: String) -> Result<String, OAuthError> {
    match text.parse::<Sealed>() {
        Ok(_) => Ok(text),
        Err(_) => Err(OAuthError::request(
            "session_data is sealed text: JSON with iv, ephemPublicKey, ciphertext and mac",
        )),
    }
}
