use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use crate::Policy;
use crate::http::pages::page;

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
