use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tenure_store::StoreError;
use url::form_urlencoded::Serializer;

use super::page::{self, DeviceQuestion};
use crate::accounts::{Door, Limited};
use crate::app::App;
use crate::clients::GrantType;
use crate::device::{Asked, Decision, INTERVAL, LIFE, UserCode};
use crate::http::form::{GuardedForm, with_guard};
use crate::http::pages;
use crate::http::{
    ClientInfo, OAuthError, PageError, Query, is_from_elsewhere, no_store, see_other,
};
use crate::sign_in::SignIn;
use crate::token::{AuthenticatedClient, narrow};

/// `POST /device_authorization` (RFC 8628 §3.1).
pub(crate) async fn authorization(
    State(app): State<Arc<App>>,
    client_info: ClientInfo,
    AuthenticatedClient { client, form }: AuthenticatedClient,
) -> Result<Response, OAuthError> {
    if !client.may(GrantType::DeviceCode) {
        let what = "this client may not use this grant";
        return Err(OAuthError::new("unauthorized_client", what));
    }
    let scope = narrow(form.find("scope"), &client.scope)?;
    let attempts = &app.accounts.attempts;
    let attempt = attempts.begin(Door::DeviceRequest, None, client_info.neighbourhood);
    // Each counts, since each is kept for a while and needs no secret.
    attempt.await.map_err(too_many)?.failed();
    let (code, user_code) = app.devices.start(&client, scope, &client_info).await?;
    let uri = format!("{}/device", app.policy.issuer);
    let shown = user_code.shown();
    let told = json!({
        "device_code": code.expose(),
        "user_code": shown,
        "verification_uri": uri,
        "verification_uri_complete": format!("{uri}?user_code={shown}"),
        "expires_in": LIFE.as_secs(),
        "interval": INTERVAL.as_secs(),
    });
    Ok((no_store(), Json(told)).into_response())
}

fn too_many(limited: Limited) -> OAuthError {
    let what = "too many devices asked from this address; try again later";
    let mut error = OAuthError::new("temporarily_unavailable", what);
    error.status = StatusCode::TOO_MANY_REQUESTS;
    error.retry_after_secs = Some(limited.retry_after.as_secs().max(1));
    error
}

/// `GET /device`: where a person enters the code that a device shows.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    client_info: ClientInfo,
    headers: HeaderMap,
    Query(query): Query,
) -> Result<Response, PageError> {
    // What an address says is no answer: a link would give it.
    let typed = query.find("user_code");
    if let Some(typed) = typed.filter(|_| is_from_elsewhere(&headers)) {
        return Ok(offer(&app, &headers, typed).await?);
    }
    Ok(respond(&app, &client_info, &headers, typed, None).await?)
}

/// `POST /device`: the code, or what the person says to the device.
pub(crate) async fn submit(
    State(app): State<Arc<App>>,
    client_info: ClientInfo,
    headers: HeaderMap,
    GuardedForm(fields): GuardedForm,
) -> Result<Response, PageError> {
    let typed = fields.find("user_code");
    let said = fields.find("answer").and_then(answer);
    Ok(respond(&app, &client_info, &headers, typed, said).await?)
}

async fn respond(
    app: &App,
    client_info: &ClientInfo,
    headers: &HeaderMap,
    typed: Option<&str>,
    said: Option<Decision>,
) -> Result<Response, StoreError> {
    let Some(sign_in) = app.signed_in(headers).await? else {
        return Ok(to_login(app, typed));
    };
    let Some(typed) = typed else {
        return enter_code(app, headers, None, "").await;
    };
    match look_up(app, client_info, &sign_in, typed).await? {
        Found::Limited(retry_after) => {
            app.metrics.sign_in_limited.increment(1);
            Ok(pages::limited(retry_after))
        }
        Found::Nobody => enter_code(app, headers, Some(NOBODY), "").await,
        Found::Waits(code, asked) => match said {
            Some(answer) => decide(app, headers, &sign_in, &code, answer).await,
            None => question(app, headers, &sign_in, &code, &asked).await,
        },
    }
}

/// Fills the form in. Another site may have sent the browser here, which must not use up the
/// person's wrong codes.
async fn offer(app: &App, headers: &HeaderMap, typed: &str) -> Result<Response, StoreError> {
    if app.signed_in(headers).await?.is_none() {
        return Ok(to_login(app, Some(typed)));
    }
    let code = UserCode::read(typed).map(|code| code.shown());
    enter_code(app, headers, None, &code.unwrap_or_default()).await
}

async fn enter_code(
    app: &App,
    headers: &HeaderMap,
    problem: Option<&str>,
    code: &str,
) -> Result<Response, StoreError> {
    let page = |guard: &str| page::enter_code(&app.policy, problem, code, guard);
    with_guard(app, headers, page).await
}

enum Found {
    Waits(UserCode, Asked),
    Nobody,
    Limited(Duration),
}

/// Finds the device that shows a code. A wrong one counts against the account and the address
/// (RFC 8628 §5.1).
async fn look_up(
    app: &App,
    client_info: &ClientInfo,
    sign_in: &SignIn,
    typed: &str,
) -> Result<Found, StoreError> {
    let attempts = &app.accounts.attempts;
    let attempt = attempts.begin(
        Door::Device,
        Some(&sign_in.subject),
        client_info.neighbourhood,
    );
    let attempt = match attempt.await {
        Ok(attempt) => attempt,
        Err(limited) => return Ok(Found::Limited(limited.retry_after)),
    };
    let waiting = match UserCode::read(typed) {
        Some(code) => app
            .devices
            .find_pending(&code)
            .await?
            .map(|asked| (code, asked)),
        None => None,
    };
    // A right one takes nothing back: whoever guesses can have as many right ones as they like.
    let Some((code, asked)) = waiting else {
        attempt.failed();
        return Ok(Found::Nobody);
    };
    Ok(Found::Waits(code, asked))
}

/// Says what a yes would do, so that nobody gives one to a stranger (RFC 8628 §5.4).
async fn question(
    app: &App,
    headers: &HeaderMap,
    sign_in: &SignIn,
    code: &UserCode,
    asked: &Asked,
) -> Result<Response, StoreError> {
    let account = app.accounts.of(&sign_in.subject).await?;
    let question = DeviceQuestion {
        code: code.shown(),
        client: &asked.client_id,
        scope: &asked.scope,
        address: asked.address.as_deref(),
        minutes: asked.age(app.rows.now()).as_secs() / 60,
        username: account.map_or_else(String::new, |account| account.username.clone()),
    };
    let page = |guard: &str| page::ask_about_device(&app.policy, &question, guard);
    with_guard(app, headers, page).await
}

async fn decide(
    app: &App,
    headers: &HeaderMap,
    sign_in: &SignIn,
    code: &UserCode,
    answer: Decision,
) -> Result<Response, StoreError> {
    let by = (sign_in.subject.as_str(), sign_in.auth_time());
    if !app.devices.decide(code, answer, by).await? {
        return enter_code(app, headers, Some(NOBODY), "").await;
    }
    tracing::info!(subject = %sign_in.subject, ?answer, "answered a device");
    Ok(page::device_answered(&app.policy, answer))
}

fn answer(text: &str) -> Option<Decision> {
    match text {
        "yes" => Some(Decision::Yes),
        "no" => Some(Decision::No),
        _ => None,
    }
}

fn to_login(app: &App, typed: Option<&str>) -> Response {
    let query = Serializer::new(String::new())
        .append_pair("device", typed.unwrap_or(NO_CODE_YET))
        .finish();
    see_other(&format!("{}?{query}", app.policy.link("/login")))
}

/// Where a sign-in goes on that began at this page.
pub(crate) fn page_of(typed: &str) -> String {
    match UserCode::read(typed) {
        Some(code) => format!("/device?user_code={}", code.shown()),
        None => "/device".to_owned(),
    }
}

const NO_CODE_YET: &str = "-";
const NOBODY: &str =
    "No device waits with this code. Look at it again, or ask the device for another.";
