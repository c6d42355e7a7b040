use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::Decision;
use crate::Policy;
use crate::http::pages::page;

/// What a person has to know before they say yes to a device.
pub(crate) struct DeviceQuestion<'a> {
    pub(crate) code: String,
    pub(crate) client: &'a str,
    pub(crate) scope: &'a str,
    pub(crate) address: Option<&'a str>,
    pub(crate) minutes: u64,
    pub(crate) username: String,
}

pub(crate) fn enter_code(
    policy: &Policy,
    problem: Option<&str>,
    code: &str,
    guard: &str,
) -> Response {
    let body = html! {
        @if let Some(problem) = problem { p.bad role="alert" id="problem" { (problem) } }
        form method="post" action=(policy.link("/device")) {
            input type="hidden" name="csrf" value=(guard);
            label for="user_code" { "The code that your device shows" }
            input #user_code name="user_code" autocomplete="off" autocapitalize="characters"
                spellcheck="false" maxlength="32" required autofocus value=(code);
            button type="submit" { "Go on" }
        }
    };
    let status = if problem.is_some() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    page(status, "Sign in on a device", None, &body)
}

pub(crate) fn ask_about_device(
    policy: &Policy,
    question: &DeviceQuestion<'_>,
    guard: &str,
) -> Response {
    let body = html! {
        p {
            strong { (question.client) } " asks to be signed in as "
            strong { (question.username) } " on the device that shows the code "
            strong { (question.code) } "."
        }
        p.quiet {
            "It asked " (question.minutes) " min ago"
            @if let Some(address) = question.address { " from " (address) }
            ", for: " (question.scope)
        }
        p {
            "Say yes only if you began this yourself and see this code on that device. If "
            "somebody sent you the code or this link, say no: that device would be signed in as "
            "you, and could do what you can do."
        }
        form method="post" action=(policy.link("/device")) {
            input type="hidden" name="csrf" value=(guard);
            input type="hidden" name="user_code" value=(question.code);
            button type="submit" name="answer" value="yes" { "Yes, sign it in" }
            " "
            button type="submit" name="answer" value="no" { "No" }
        }
    };
    page(StatusCode::OK, "Sign in this device?", None, &body)
}

pub(crate) fn device_answered(policy: &Policy, answer: Decision) -> Response {
    let (title, what) = match answer {
        Decision::Yes => (
            "Done",
            "Go back to your device: it is signed in within a few seconds.",
        ),
        Decision::No => ("Refused", "The device is not signed in, and is told so."),
    };
    let body = html! { p { (what) } p { a href=(policy.link("/")) { "Where you are signed in" } } };
    page(StatusCode::OK, title, None, &body)
}
