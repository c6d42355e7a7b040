//! The few pages that people see. They work without scripts, and in light and dark.

mod layout;

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use maud::{Markup, html};
use tenure_core::issuer::Family;
use tenure_core::time::Timestamp;
use tenure_store::StoreError;

pub(crate) use self::layout::page;
use crate::Policy;
use crate::token::Parameters;

/// The form to sign in or up.
pub(crate) struct Form {
    title: &'static str,
    action: &'static str,
    autocomplete: &'static str,
    problem: Option<&'static str>,
    pub(crate) username: String,
    /// The authorization request that it is for, as a query.
    pub(crate) going_on: Option<String>,
    /// The code of the device that it is for, as it was typed.
    pub(crate) device: Option<String>,
    pub(crate) leads_to: Option<String>,
    pub(crate) may_sign_up: bool,
}

impl Form {
    pub(crate) fn sign_in() -> Self {
        Self::to("Sign in", "/login", "current-password")
    }

    pub(crate) fn sign_up() -> Self {
        Self::to("Make an account", "/signup", "new-password")
    }

    pub(crate) fn with_problem(mut self, problem: &'static str) -> Self {
        self.problem = Some(problem);
        self
    }

    /// For an authorization request.
    pub(crate) fn going_on(mut self, query: String) -> Self {
        self.going_on = Some(query);
        self
    }

    fn to(title: &'static str, action: &'static str, autocomplete: &'static str) -> Self {
        let (username, going_on, leads_to) = (String::new(), None, None);
        let device = None;
        let (problem, may_sign_up) = (None, false);
        Self {
            title,
            action,
            autocomplete,
            problem,
            username,
            going_on,
            device,
            leads_to,
            may_sign_up,
        }
    }
}

pub(crate) fn form(policy: &Policy, form: &Form, guard: &str) -> Response {
    let body = html! {
        @if let Some(problem) = form.problem { p.bad role="alert" id="problem" { (problem) } }
        form method="post" action=(policy.link(form.action)) {
            input type="hidden" name="csrf" value=(guard);
            @if let Some(going_on) = &form.going_on {
                input type="hidden" name="continue" value=(going_on);
            }
            @if let Some(device) = &form.device {
                input type="hidden" name="device" value=(device);
            }
            label for="username" { "User name" }
            input #username name="username" autocomplete="username" autocapitalize="none"
                spellcheck="false" required value=(form.username)
                autofocus[form.username.is_empty()];
            label for="password" { "Password" }
            input #password name="password" type="password" required
                autocomplete=(form.autocomplete) autofocus[!form.username.is_empty()];
            button type="submit" { (form.title) }
        }
        @if form.action == "/signup" {
            p.quiet { "You have an account? " a href=(other(policy, form, "/login")) { "Sign in" } "." }
        } @else if form.may_sign_up {
            p.quiet { "No account yet? " a href=(other(policy, form, "/signup")) { "Make one" } "." }
        }
    };
    let status = if form.problem.is_some() {
        StatusCode::UNAUTHORIZED
    } else {
        StatusCode::OK
    };
    page(status, form.title, form.leads_to.as_deref(), &body)
}

fn other(policy: &Policy, form: &Form, path: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(going_on) = &form.going_on {
        query.append_pair("continue", going_on);
    }
    if let Some(device) = &form.device {
        query.append_pair("device", device);
    }
    format!("{}?{}", policy.link(path), query.finish())
}

/// Too many attempts. It looks the same whether or not there is such an account.
pub(crate) fn limited(retry_after: Duration) -> Response {
    let retry_after_secs = retry_after.as_secs().max(1);
    let minutes = retry_after_secs.div_ceil(60);
    let body = html! {
        p { "There were too many attempts. Try again in " (minutes) " min." }
    };
    let mut response = page(StatusCode::TOO_MANY_REQUESTS, "Wait a little", None, &body);
    let secs = HeaderValue::from(retry_after_secs);
    response.headers_mut().insert(header::RETRY_AFTER, secs);
    response
}

pub(crate) fn refused(status: StatusCode, what: &str) -> Response {
    page(status, "That did not work", None, &html! { p { (what) } })
}

pub(crate) fn failed(error: &StoreError) -> Response {
    tracing::error!(%error, kind = ?error.kind(), "the store failed");
    let body = html! { p { "The server cannot reach its data. Nothing is lost; try again." } };
    let mut response = page(StatusCode::SERVICE_UNAVAILABLE, "Try again", None, &body);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

pub(crate) fn signed_out(policy: &Policy) -> Response {
    let body = html! { p { "You are signed out." } p { a href=(policy.link("/login")) { "Sign in again" } } };
    page(StatusCode::OK, "Goodbye", None, &body)
}

pub(crate) fn welcome(policy: &Policy) -> Response {
    let body = html! {
        p { "Nobody is signed in in this browser." }
        a.act href=(policy.link("/login")) { "Sign in" }
        (to_demo(policy))
    };
    page(StatusCode::OK, "Tenure", None, &body)
}

/// Asks before a sign-out that another site may have started.
pub(crate) fn confirm_logout(policy: &Policy, parameters: &Parameters, guard: &str) -> Response {
    let names = ["client_id", "post_logout_redirect_uri", "state"];
    let kept = names
        .into_iter()
        .filter_map(|name| Some((name, parameters.find(name)?)));
    let body = html! {
        p { "Do you want to sign out of everything you opened from this browser?" }
        form method="post" action=(policy.link("/logout")) {
            input type="hidden" name="csrf" value=(guard);
            @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
            button type="submit" { "Sign out" }
        }
    };
    page(
        StatusCode::OK,
        "Sign out",
        parameters.find("post_logout_redirect_uri"),
        &body,
    )
}

fn to_demo(policy: &Policy) -> Markup {
    html! {
        @if policy.demo_page { p { a href="/demo" { "See a session at work" } } }
    }
}

pub(crate) fn home(
    policy: &Policy,
    name: &str,
    families: &[Family],
    now: Timestamp,
    guard: &str,
) -> Response {
    let body = html! {
        p { "You are signed in as " strong { (name) } "." }
        h2 { "Where you are signed in" }
        @if families.is_empty() { p.quiet { "In this browser only." } }
        ul { @for family in families { (session(policy, family, now, guard)) } }
        form method="post" action=(policy.link("/logout")) {
            input type="hidden" name="csrf" value=(guard);
            button type="submit" { "Sign out" }
        }
        (to_demo(policy))
    };
    page(StatusCode::OK, "Your sessions", None, &body)
}

fn session(policy: &Policy, family: &Family, now: Timestamp, guard: &str) -> Markup {
    let minutes = now.since(family.last_seen).as_secs() / 60;
    html! {
        li {
            span {
                (family.client_id)
                br;
                span.quiet { "used " (minutes) " min ago" }
            }
            form method="post" action=(policy.link("/sessions/end")) {
                input type="hidden" name="csrf" value=(guard);
                input type="hidden" name="id" value=(family.id.to_string());
                button type="submit" aria-label={ "End the session of " (family.client_id) } { "End" }
            }
        }
    }
}
