//! The pages to sign in and to make an account, and the browser sessions that begin there.

mod page;
mod sign_ins;

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawQuery, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tenure_core::secret::Password;

use self::page::Form;
pub(crate) use self::sign_ins::SignIn;
use crate::accounts::{Account, Door, MAX_PASSWORD, NotMade};
use crate::app::App;
use crate::authorize::{self, Request, Sent};
use crate::device;
use crate::http::form::{GuardedForm, with_guard};
use crate::http::{ClientInfo, PageError, Parameters, Query, cookie, pages, see_other};

/// `GET /login`.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    Query(parameters): Query,
) -> Result<Response, PageError> {
    match authorize::sent_to_login(&app, parameters).await? {
        Sent::Fields(fields) => form(&app, &headers, &fields, Form::sign_in()).await,
        Sent::Request(request) => {
            let form = Form::sign_in().going_on(query.unwrap_or_default());
            filled(&app, &headers, Some(&request), form).await
        }
    }
}

/// `GET /signup`.
pub(crate) async fn show_signup(
    _: SignUp,
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Query(query): Query,
) -> Result<Response, PageError> {
    form(&app, &headers, &query, Form::sign_up()).await
}

/// That people may make accounts themselves.
pub(crate) struct SignUp;

impl FromRequestParts<Arc<App>> for SignUp {
    type Rejection = PageError;

    async fn from_request_parts(_: &mut Parts, app: &Arc<App>) -> Result<Self, PageError> {
        if app.policy.signup {
            return Ok(Self);
        }
        let what = "Accounts are made by the operator here.";
        Err(PageError::refused(StatusCode::NOT_FOUND, what))
    }
}

/// `POST /login`.
pub(crate) async fn submit(
    State(app): State<Arc<App>>,
    client_info: ClientInfo,
    headers: HeaderMap,
    GuardedForm(fields): GuardedForm,
) -> Result<Response, PageError> {
    sign_in(&app, &client_info, &headers, &fields).await
}

async fn sign_in(
    app: &App,
    client_info: &ClientInfo,
    headers: &HeaderMap,
    fields: &Parameters,
) -> Result<Response, PageError> {
    let username = fields.find("username").unwrap_or_default().trim();
    let password = Password::new(fields.find("password").unwrap_or_default());
    let name = username.to_lowercase();
    // What is too long to be a password is not worth hashing.
    if password.expose().len() > 4 * MAX_PASSWORD {
        return again(app, headers, fields, "That name or password is not right.").await;
    }
    let attempts = &app.accounts.attempts;
    let attempt = attempts.begin(Door::SignIn, Some(&name), client_info.neighbourhood);
    let attempt = match attempt.await {
        Ok(attempt) => attempt,
        Err(limited) => {
            app.metrics.sign_in_limited.increment(1);
            tracing::info!(
                address = client_info.address,
                "a sign-in was not looked at: too many failed"
            );
            return Ok(pages::limited(limited.retry_after));
        }
    };
    let Some(account) = app.accounts.check(username, password).await? else {
        attempt.failed();
        app.metrics.sign_in_refused.increment(1);
        tracing::info!(address = client_info.address, "a sign-in failed");
        return again(app, headers, fields, "That name or password is not right.").await;
    };
    attempt.succeeded();
    complete_sign_in(app, client_info, headers, fields, &account).await
}

/// `POST /signup`.
pub(crate) async fn submit_signup(
    _: SignUp,
    State(app): State<Arc<App>>,
    client_info: ClientInfo,
    headers: HeaderMap,
    GuardedForm(fields): GuardedForm,
) -> Result<Response, PageError> {
    sign_up(&app, &client_info, &headers, &fields).await
}

async fn sign_up(
    app: &App,
    client_info: &ClientInfo,
    headers: &HeaderMap,
    fields: &Parameters,
) -> Result<Response, PageError> {
    let attempts = &app.accounts.attempts;
    match attempts
        .begin(Door::SignUp, None, client_info.neighbourhood)
        .await
    {
        // Each counts, since each that is right is a new account.
        Ok(attempt) => attempt.failed(),
        Err(limited) => return Ok(pages::limited(limited.retry_after)),
    }
    let username = fields.find("username").unwrap_or_default();
    let password = Password::new(fields.find("password").unwrap_or_default());
    let problem = match app.accounts.add(username, password).await {
        Ok(account) => return complete_sign_in(app, client_info, headers, fields, &account).await,
        Err(NotMade::Store(error)) => return Err(error.into()),
        Err(NotMade::NameTaken) => "There is an account of this name already.",
        Err(NotMade::Invalid(_)) => "Choose a simple name and a password of 12 characters or more.",
    };
    form(app, headers, fields, Form::sign_up().with_problem(problem)).await
}

/// Signs the browser in under a new id and goes on to where it was going.
async fn complete_sign_in(
    app: &App,
    client_info: &ClientInfo,
    headers: &HeaderMap,
    fields: &Parameters,
    account: &Account,
) -> Result<Response, PageError> {
    let old = app.signed_in(headers).await?;
    let (sign_in, secret) = app.sign_in(account, client_info, old.as_ref()).await?;
    if let Some(old) = old.filter(|old| old.subject != sign_in.subject) {
        app.sign_out(&old).await?;
    }
    app.metrics.signed_in.increment(1);
    tracing::info!(subject = %account.subject, sign_in = %sign_in.id, "signed in");
    let mut response = match fields.find("continue") {
        None => {
            let path = fields
                .find("device")
                .map_or_else(home, device::routes::page_of);
            see_other(&app.policy.link(&path))
        }
        Some(query) => match authorize::read(app, query).await {
            Ok(request) => authorize::grant(app, &request, &sign_in).await?,
            // The person is signed in all the same.
            Err(page) => page.into_response(),
        },
    };
    let life = app.policy.session_absolute_secs;
    let value = cookie(
        &app.policy,
        &app.policy.session_cookie(),
        secret.expose(),
        life,
    );
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(response)
}

async fn again(
    app: &App,
    headers: &HeaderMap,
    fields: &Parameters,
    problem: &'static str,
) -> Result<Response, PageError> {
    form(app, headers, fields, Form::sign_in().with_problem(problem)).await
}

/// A form that only the browser it was given to can send back.
async fn form(
    app: &App,
    headers: &HeaderMap,
    from: &Parameters,
    mut form: Form,
) -> Result<Response, PageError> {
    let request = match from.find("continue") {
        None => None,
        Some(query) => Some(authorize::read(app, query).await?),
    };
    form.username = from.find("username").unwrap_or_default().to_owned();
    form.going_on = from.find("continue").map(str::to_owned);
    form.device = from.find("device").map(str::to_owned);
    filled(app, headers, request.as_ref(), form).await
}

/// The form, with what it is for.
async fn filled(
    app: &App,
    headers: &HeaderMap,
    request: Option<&Request>,
    mut form: Form,
) -> Result<Response, PageError> {
    if form.username.is_empty() {
        let hint = request.and_then(Request::login_hint);
        form.username = hint.unwrap_or_default().to_owned();
    }
    form.leads_to = request.map(|request| request.redirect_uri.clone());
    form.may_sign_up = app.policy.signup;
    let page = |guard: &str| page::form(&app.policy, &form, guard);
    Ok(with_guard(app, headers, page).await?)
}

fn home() -> String {
    "/".to_owned()
}
