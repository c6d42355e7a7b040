use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use crate::Policy;
use crate::http::Parameters;
use crate::http::pages::page;

pub(crate) fn signed_out(policy: &Policy) -> Response {
    let body = html! { p { "You are signed out." } p { a href=(policy.link("/login")) { "Sign in again" } } };
    page(StatusCode::OK, "Goodbye", None, &body)
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
