use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use tenure_core::issuer::Family;
use tenure_core::time::Timestamp;

use crate::Policy;
use crate::http::pages::page;

pub(crate) fn nobody(policy: &Policy) -> Response {
    let body = html! {
        p { "Nobody is signed in in this browser." }
        a.act href=(policy.link("/login")) { "Sign in" }
        (to_demo(policy))
    };
    page(StatusCode::OK, "Tenure", None, &body)
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
