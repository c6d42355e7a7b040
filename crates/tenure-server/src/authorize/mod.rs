//! The authorization endpoint: who asks for whom, and what goes back (RFC 6749 §4.1).

mod person;
mod request;

use std::sync::Arc;

use axum::extract::{RawForm, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use tenure_store::StoreError;
use url::form_urlencoded::Serializer;

use self::person::Wanted;
use self::request::Refusal;
pub(crate) use self::request::Request;
use crate::app::App;
use crate::clients::Leniency;
use crate::http::{PageError, Parameters, see_other, with_query};
use crate::sign_in::SignIn;
use crate::token::{Code, issue_code};

/// `GET /oauth2/authorize` (RFC 6749 §4.1.1).
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    begin(&app, &headers, &query.unwrap_or_default()).await
}

/// `POST /oauth2/authorize` (OpenID Connect Core §3.1.2.1).
pub(crate) async fn posted(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Result<Response, PageError> {
    begin(&app, &headers, &String::from_utf8_lossy(&form)).await
}

async fn begin(app: &App, headers: &HeaderMap, query: &str) -> Result<Response, PageError> {
    let request = read(app, query).await?;
    Ok(decide(app, headers, query, &request).await?)
}

async fn decide(
    app: &App,
    headers: &HeaderMap,
    query: &str,
    request: &Request,
) -> Result<Response, StoreError> {
    let wanted = match understand(app, request).await? {
        Ok(wanted) => wanted,
        Err(refusal) => return Ok(refuse(app, request, refusal)),
    };
    if request.prompts("create") {
        return Ok(to_form(app, "/signup", query));
    }
    let sign_in = app.signed_in(headers).await?;
    let right = sign_in.filter(|known| wanted.fits(known) && is_fresh(app, request, known));
    match right {
        // Another account is chosen by signing in with it.
        _ if request.prompts("login") || request.prompts("select_account") => {
            Ok(to_form(app, "/login", query))
        }
        Some(sign_in) => send_code(app, request, wanted, &sign_in).await,
        // Norm 40: nothing is shown.
        None if request.prompts("none") => Ok(refuse(app, request, NOBODY)),
        None => Ok(to_form(app, "/login", query)),
    }
}

/// Whether the sign-in is as recent as `max_age` asks.
fn is_fresh(app: &App, request: &Request, sign_in: &SignIn) -> bool {
    let Some(max_age) = request.find("max_age") else {
        return true;
    };
    let age = app.rows.now().since(sign_in.auth_time()).as_secs();
    max_age.parse().is_ok_and(|most: u64| age < most)
}

/// Finds the client and checks its redirect URI. Only if both are right may an error be sent
/// anywhere (RFC 6749 §4.1.2.1, norm 2).
pub(crate) async fn read(app: &App, query: &str) -> Result<Request, PageError> {
    let parameters = Parameters::read(query.as_bytes());
    let parameters = parameters.map_err(|error| refused(error.description))?;
    of_client(app, parameters).await
}

/// As [`read`], from parameters that were read already.
async fn of_client(app: &App, parameters: Parameters) -> Result<Request, PageError> {
    let id = parameters
        .find("client_id")
        .ok_or_else(|| refused("No client was named."))?;
    let client = app.clients.find(id).await?;
    let client = client.ok_or_else(|| refused("This client is not known here."))?;
    let uri = parameters.find("redirect_uri");
    let uri = uri.ok_or_else(|| refused("The client did not say where to return to."))?;
    if !client.redirects_to(uri) {
        return Err(refused(
            "The client asks to return to an address that is not registered.",
        ));
    }
    let redirect_uri = uri.to_owned();
    Ok(Request {
        client,
        redirect_uri,
        parameters,
    })
}

fn refused(what: &str) -> PageError {
    PageError::refused(StatusCode::BAD_REQUEST, what)
}

/// What the login page can be sent.
pub(crate) enum Sent {
    Fields(Parameters),
    /// By a client that may do so.
    Request(Request),
}

/// What the login page was sent. The error is the page that refuses it.
pub(crate) async fn sent_to_login(app: &App, parameters: Parameters) -> Result<Sent, PageError> {
    let id = parameters.find("client_id").unwrap_or_default();
    let client = app.clients.find(id).await?;
    if !client.is_some_and(|client| client.permits(Leniency::SignInAtLogin)) {
        return Ok(Sent::Fields(parameters));
    }
    let request = of_client(app, parameters).await?;
    match request.check(app) {
        Ok(()) => Ok(Sent::Request(request)),
        Err(refusal) => Err(refuse(app, &request, refusal).into()),
    }
}

/// What a request asks for, if all of it is right.
async fn understand(app: &App, request: &Request) -> Result<Result<Wanted, Refusal>, StoreError> {
    match request.check(app) {
        Ok(()) => Wanted::read(app, request).await,
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// Sends the browser of whoever has just signed in back: with a code, unless the client asked for
/// another person.
pub(crate) async fn grant(
    app: &App,
    request: &Request,
    sign_in: &SignIn,
) -> Result<Response, StoreError> {
    match understand(app, request).await? {
        Err(refusal) => Ok(refuse(app, request, refusal)),
        Ok(wanted) if !wanted.fits(sign_in) => Ok(refuse(app, request, NOBODY)),
        Ok(wanted) => send_code(app, request, wanted, sign_in).await,
    }
}

async fn send_code(
    app: &App,
    request: &Request,
    wanted: Wanted,
    sign_in: &SignIn,
) -> Result<Response, StoreError> {
    let find = |name| request.find(name).map(str::to_owned);
    let mut code = Code::new(&request.client.id, &request.redirect_uri, sign_in);
    code.challenge = find("code_challenge");
    code.nonce = find("nonce");
    code.id_token_claims = wanted.id_token_claims;
    code.scope = request.scope().unwrap_or_default();
    let code = issue_code(app, code).await?;
    Ok(back(app, request, &[("code", code.expose())]))
}

fn refuse(app: &App, request: &Request, (error, what): Refusal) -> Response {
    back(
        app,
        request,
        &[("error", error), ("error_description", what)],
    )
}

/// Back to the client, with its state and our name (RFC 9207). 303, so that a form that was
/// posted here is never posted there (norm 17).
fn back(app: &App, request: &Request, pairs: &[(&str, &str)]) -> Response {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(pairs);
    if let Some(state) = request.find("state") {
        query.append_pair("state", state);
    }
    if !request.client.permits(Leniency::AnswerWithoutIssuer) {
        query.append_pair("iss", &app.policy.issuer);
    }
    see_other(&with_query(&request.redirect_uri, &query.finish()))
}

fn to_form(app: &App, path: &str, query: &str) -> Response {
    let query = Serializer::new(String::new())
        .append_pair("continue", query)
        .finish();
    see_other(&format!("{}?{query}", app.policy.link(path)))
}

/// The same whether nobody is signed in or somebody else: that is not for a client to learn.
const NOBODY: Refusal = (
    "login_required",
    "nobody is signed in who fits this request",
);
