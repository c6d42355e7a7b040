use std::sync::Arc;

use axum::extract::{RawForm, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tenure_store::StoreError;
use url::form_urlencoded::Serializer;

use crate::app::App;
use crate::clients::{Client, Grant, Leniency};
use crate::pages;
use crate::signin::SignIn;
use crate::token::{Code, Parameters, issue_code, narrow};
use crate::web::no_store;

/// An authorization request whose client and redirect URI are known to belong together.
pub(super) struct Request {
    client: Arc<Client>,
    redirect_uri: String,
    parameters: Parameters,
}

/// `GET /oauth2/authorize` (RFC 6749 §4.1.1).
pub(super) async fn show(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    begin(&app, &headers, &query.unwrap_or_default()).await
}

/// `POST /oauth2/authorize` (OpenID Connect Core §3.1.2.1).
pub(super) async fn posted(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Response {
    begin(&app, &headers, &String::from_utf8_lossy(&form)).await
}

async fn begin(app: &App, headers: &HeaderMap, query: &str) -> Response {
    let request = match read(app, query).await {
        Ok(request) => request,
        Err(page) => return *page,
    };
    match decide(app, headers, query, &request).await {
        Ok(response) => response,
        Err(error) => pages::failed(&error),
    }
}

async fn decide(
    app: &App,
    headers: &HeaderMap,
    query: &str,
    request: &Request,
) -> Result<Response, StoreError> {
    if let Err((error, what)) = check(request) {
        return Ok(refuse(app, request, error, what));
    }
    let sign_in = app.signed_in(headers).await?;
    let fresh = sign_in.filter(|sign_in| is_fresh(app, request, sign_in));
    match fresh {
        _ if request.prompts("login") => Ok(to_login(query)),
        Some(sign_in) => grant(app, request, &sign_in).await,
        // Norm 40: nothing is shown.
        None if request.prompts("none") => Ok(refuse(
            app,
            request,
            "login_required",
            "nobody is signed in",
        )),
        None => Ok(to_login(query)),
    }
}

/// Whether the sign-in is as recent as `max_age` asks.
fn is_fresh(app: &App, request: &Request, sign_in: &SignIn) -> bool {
    let Some(max_age) = request.parameters.find("max_age") else {
        return true;
    };
    let age = app.rows.now().since(sign_in.auth_time()).as_secs();
    max_age.parse().is_ok_and(|most: u64| age < most)
}

/// Finds the client and checks its redirect URI. Only if both are right may an error be sent
/// anywhere (RFC 6749 §4.1.2.1, norm 2).
pub(super) async fn read(app: &App, query: &str) -> Result<Request, Box<Response>> {
    let refused = |what| Box::new(pages::refused(StatusCode::BAD_REQUEST, what));
    let parameters = Parameters::read(query.as_bytes()).map_err(|e| refused(e.description))?;
    let id = parameters
        .find("client_id")
        .ok_or_else(|| refused("No client was named."))?;
    let client = app
        .clients
        .find(id)
        .await
        .map_err(|error| Box::new(pages::failed(&error)))?;
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

/// Whether the login page was sent an authorization request by a client that may do so. The error
/// is the page that refuses it.
pub(super) async fn is_sent_to_login(
    app: &App,
    query: &str,
    parameters: &Parameters,
) -> Result<bool, Box<Response>> {
    let Some(id) = parameters.find("client_id") else {
        return Ok(false);
    };
    let client = app.clients.find(id).await;
    let client = client.map_err(|error| Box::new(pages::failed(&error)))?;
    if !client.is_some_and(|client| client.permits(Leniency::SignInAtLogin)) {
        return Ok(false);
    }
    let request = read(app, query).await?;
    match check(&request) {
        Ok(()) => Ok(true),
        Err((error, what)) => Err(Box::new(refuse(app, &request, error, what))),
    }
}

fn check(request: &Request) -> Result<(), (&'static str, &'static str)> {
    let find = |name| request.parameters.find(name);
    if find("request").is_some() {
        return Err(("request_not_supported", "send plain parameters"));
    }
    if find("request_uri").is_some() {
        return Err(("request_uri_not_supported", "send plain parameters"));
    }
    match find("response_type") {
        Some("code") => {}
        None => return Err(("invalid_request", "response_type is missing")),
        // Norm 7: no tokens in URLs.
        Some(_) => return Err(("unsupported_response_type", "only code is supported")),
    }
    if !request.client.may(Grant::AuthorizationCode) {
        return Err(("unauthorized_client", "this client may not sign people in"));
    }
    if find("response_mode").is_some_and(|mode| mode != "query") {
        return Err(("invalid_request", "only response_mode query is supported"));
    }
    // Norm 5: PKCE with S256, always.
    let s256 = find("code_challenge_method") == Some("S256");
    let challenged = s256 && find("code_challenge").is_some_and(|given| given.len() == 43);
    let silent = find("code_challenge")
        .or(find("code_challenge_method"))
        .is_none();
    let excused = silent && request.client.permits(Leniency::SignInWithoutChallenge);
    if !challenged && !excused {
        return Err((
            "invalid_request",
            "send a code_challenge with the method S256",
        ));
    }
    if request.prompts("none") && find("prompt") != Some("none") {
        return Err(("invalid_request", "prompt none excludes the others"));
    }
    if find("max_age").is_some_and(|age| age.parse::<u64>().is_err()) {
        return Err(("invalid_request", "max_age is not a number of seconds"));
    }
    if narrow(find("scope"), &request.client.scope).is_err() {
        return Err(("invalid_scope", "more was asked for than may be had"));
    }
    Ok(())
}

/// Sends the browser back with a code.
pub(super) async fn grant(
    app: &App,
    request: &Request,
    sign_in: &SignIn,
) -> Result<Response, StoreError> {
    if let Err((error, what)) = check(request) {
        return Ok(refuse(app, request, error, what));
    }
    let find = |name| request.parameters.find(name);
    let mut code = Code::new(&request.client.id, &request.redirect_uri, sign_in);
    code.challenge = find("code_challenge").map(str::to_owned);
    code.nonce = find("nonce").map(str::to_owned);
    code.scope = narrow(find("scope"), &request.client.scope).unwrap_or_default();
    let code = issue_code(app, code).await?;
    Ok(back(app, request, &[("code", code.expose())]))
}

fn refuse(app: &App, request: &Request, error: &str, what: &str) -> Response {
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
    if let Some(state) = request.parameters.find("state") {
        query.append_pair("state", state);
    }
    if !request.client.permits(Leniency::AnswerWithoutIssuer) {
        query.append_pair("iss", app.config.issuer());
    }
    let glue = if request.redirect_uri.contains('?') {
        '&'
    } else {
        '?'
    };
    see_other(&format!("{}{glue}{}", request.redirect_uri, query.finish()))
}

fn to_login(query: &str) -> Response {
    let query = Serializer::new(String::new())
        .append_pair("continue", query)
        .finish();
    see_other(&format!("/login?{query}"))
}

pub(super) fn see_other(location: &str) -> Response {
    (
        StatusCode::SEE_OTHER,
        no_store(),
        [(header::LOCATION, location)],
    )
        .into_response()
}

impl Request {
    /// What the login form may lead to, for its content security policy.
    pub(super) fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    fn prompts(&self, wanted: &str) -> bool {
        let prompts = self.parameters.find("prompt").unwrap_or_default();
        prompts.split(' ').any(|prompt| prompt == wanted)
    }

    pub(super) fn login_hint(&self) -> Option<&str> {
        self.parameters.find("login_hint")
    }
}
