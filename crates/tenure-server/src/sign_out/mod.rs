//! Sign-out at the issuer (OpenID Connect RP-Initiated Logout).

mod page;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{RawForm, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use tenure_core::issuer::{FamilyId, RevokedReason};
use tenure_store::StoreError;

use crate::app::App;
use crate::clients::redirect::origin;
use crate::clients::{Client, Leniency};
use crate::http::form::{guard, with_guard};
use crate::http::{OAuthError, PageError, Parameters, cookie, see_other, with_query};
use crate::token::{IdClaims, hinted};

/// `GET /logout` (OpenID Connect RP-Initiated Logout §2).
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let read = Parameters::read(query.unwrap_or_default().as_bytes());
    respond(&app, &headers, read).await
}

/// `POST /logout`: the same from a client, or this server's own question answered.
pub(crate) async fn submit(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Result<Response, PageError> {
    let fields = match Parameters::read(&body) {
        Ok(fields) if fields.find("csrf").is_some() => fields,
        read => return respond(&app, &headers, read).await,
    };
    guard(&app, &headers, &fields).await?;
    let back = destination(&app, &fields, None).await?;
    if let Some(sign_in) = app.signed_in(&headers).await? {
        app.sign_out(&sign_in).await?;
    }
    Ok(goodbye(&app, back))
}

async fn respond(
    app: &App,
    headers: &HeaderMap,
    parameters: Result<Parameters, OAuthError>,
) -> Result<Response, PageError> {
    let parameters = parameters.map_err(|error| refused(error.description))?;
    end(app, headers, &parameters).await
}

async fn end(
    app: &App,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Response, PageError> {
    let hint = match parameters.find("id_token_hint") {
        None => None,
        Some(token) => match hint(app, token).await? {
            Some(hint) => Some(hint),
            None => return Err(refused("The ID token that was sent is not from here.")),
        },
    };
    if let Some(client) = excused(app, parameters).await? {
        return end_unasked(app, headers, parameters, &client).await;
    }
    let back = destination(app, parameters, hint.as_ref()).await?;
    if parameters.find("post_logout_redirect_uri").is_some() && back.is_none() {
        return Err(refused(UNREGISTERED));
    }
    let sign_in = app.signed_in(headers).await?;
    match (hint, sign_in) {
        (None, None) => Ok(goodbye(app, back)),
        (Some((_, family)), None) => {
            app.families.end(family, RevokedReason::SignedOut).await?;
            Ok(goodbye(app, back))
        }
        // Norm 44: the hint is about this very sign-in.
        (Some((claims, family)), Some(sign_in)) if claims.sub == sign_in.subject => {
            app.families.end(family, RevokedReason::SignedOut).await?;
            app.sign_out(&sign_in).await?;
            Ok(goodbye(app, back))
        }
        (_, Some(_)) => {
            let page = |guard: &str| page::confirm_logout(&app.policy, parameters, guard);
            Ok(with_guard(app, headers, page).await?)
        }
    }
}

/// The client that this sign-out is from, if it may sign people out without a question.
async fn excused(app: &App, parameters: &Parameters) -> Result<Option<Arc<Client>>, StoreError> {
    let (Some(id), Some(_)) = (parameters.find("client_id"), parameters.find("logout_uri")) else {
        return Ok(None);
    };
    let client = app.clients.find(id).await?;
    Ok(client.filter(|client| client.permits(Leniency::SignOutWithoutQuestion)))
}

async fn end_unasked(
    app: &App,
    headers: &HeaderMap,
    parameters: &Parameters,
    client: &Client,
) -> Result<Response, PageError> {
    let uri = parameters.find("logout_uri").unwrap_or_default();
    let Some(back) = logout_uri(client, uri, headers) else {
        return Err(refused(UNREGISTERED));
    };
    if let Some(sign_in) = app.signed_in(headers).await? {
        app.sign_out(&sign_in).await?;
    }
    Ok(goodbye(app, Some(back)))
}

/// A registered address (norm 45), also if its path alone was sent by a client that may do so.
fn logout_uri(client: &Client, uri: &str, headers: &HeaderMap) -> Option<String> {
    let relative = uri.starts_with('/') && client.permits(Leniency::RelativeLogoutUri);
    if !relative {
        return client.returns_to(uri).then(|| uri.to_owned());
    }
    let own: BTreeSet<_> = client
        .post_logout_redirect_uris
        .iter()
        .filter_map(|uri| origin(uri))
        .collect();
    let referer = headers
        .get(header::REFERER)
        .and_then(|referer| referer.to_str().ok());
    // The page that sent the browser, or the only one there is.
    let only = own.first().filter(|_| own.len() == 1).cloned();
    let base = referer.and_then(origin).or(only)?;
    Some(format!("{base}{uri}")).filter(|uri| client.returns_to(uri))
}

/// What an ID token says that is ours, expired or not.
async fn hint(app: &App, token: &str) -> Result<Option<(IdClaims, FamilyId)>, StoreError> {
    Ok(hinted(app, token).await?.and_then(|claims| {
        let family = claims.sid.parse().ok()?;
        Some((claims, family))
    }))
}

/// Where the client wants the browser to go, if that is registered (norm 45).
async fn destination(
    app: &App,
    parameters: &Parameters,
    hint: Option<&(IdClaims, FamilyId)>,
) -> Result<Option<String>, StoreError> {
    let Some(uri) = parameters.find("post_logout_redirect_uri") else {
        return Ok(None);
    };
    let named = parameters.find("client_id");
    let hinted = hint.map(|(claims, _)| claims.aud.as_str());
    let id = match (named, hinted) {
        (Some(named), Some(hinted)) if named != hinted => return Ok(None),
        (Some(id), _) | (None, Some(id)) => id,
        (None, None) => return Ok(None),
    };
    let client = app.clients.find(id).await?;
    if !client.is_some_and(|client| client.returns_to(uri)) {
        return Ok(None);
    }
    let Some(state) = parameters.find("state") else {
        return Ok(Some(uri.to_owned()));
    };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let query = query.append_pair("state", state).finish();
    Ok(Some(with_query(uri, &query)))
}

fn refused(what: &str) -> PageError {
    PageError::refused(StatusCode::BAD_REQUEST, what)
}

fn goodbye(app: &App, back: Option<String>) -> Response {
    let mut response = match back {
        Some(uri) => see_other(&uri),
        None => page::signed_out(&app.policy),
    };
    let gone: HeaderValue = cookie(&app.policy, &app.policy.session_cookie(), "", 0);
    response.headers_mut().append(header::SET_COOKIE, gone);
    response
}

const UNREGISTERED: &str = "The client asks to return to an address that is not registered.";
