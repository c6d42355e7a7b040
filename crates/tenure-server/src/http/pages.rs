//! What people see: a page without scripts, in light and dark, and what any page may have to say.

use std::sync::LazyLock;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64, Encoding as _};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use tenure_store::StoreError;

use super::no_store;
use crate::clients::redirect::origin;
use crate::digest::sha256;

/// A page without scripts that nobody may frame (norm 20). Forms on it go to this server, and
/// from there to `leads_to` alone.
pub(crate) fn page(
    status: StatusCode,
    title: &str,
    leads_to: Option<&str>,
    body: &Markup,
) -> Response {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Tenure" }
                style { (PreEscaped(STYLE)) }
            }
            body { main { h1 { (title) } (body) } }
        }
    };
    let mut response = (status, no_store(), markup).into_response();
    let headers = response.headers_mut();
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    if let Ok(policy) = HeaderValue::from_str(&policy(leads_to)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
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

fn policy(leads_to: Option<&str>) -> String {
    // Browsers check this list for redirects after a form, too.
    let after = leads_to.map(|uri| match origin(uri) {
        // An address in brackets cannot be written in a policy.
        Some(origin) if origin.contains('[') => "http:".to_owned(),
        Some(origin) => origin,
        // What is not a URI must not write the policy.
        None => url::Url::parse(uri)
            .map(|url| format!("{}:", url.scheme()))
            .unwrap_or_default(),
    });
    format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action 'self' {}; \
         frame-ancestors 'none'; base-uri 'none'",
        *STYLE_DIGEST,
        after.unwrap_or_default()
    )
}

static STYLE_DIGEST: LazyLock<String> =
    LazyLock::new(|| Base64::encode_string(&sha256(STYLE.as_bytes())));

const STYLE: &str = "\
:root{--paper:#f6f5f1;--card:#fff;--ink:#1d1c1a;--quiet:#605c55;--line:#d8d4ca;--act:#1f5f4a;\
--on-act:#fff;--bad:#9c2b1e}\
@media(prefers-color-scheme:dark){:root{--paper:#161614;--card:#201f1d;--ink:#eceae4;\
--quiet:#a9a49a;--line:#3b3935;--act:#7fc8ac;--on-act:#10231c;--bad:#f0917f}}\
*{box-sizing:border-box}\
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--paper);\
color:var(--ink);font:1rem/1.5 system-ui,sans-serif;padding:1rem}\
main{width:100%;max-width:26rem;background:var(--card);border:1px solid var(--line);\
border-radius:.75rem;padding:2rem}\
h1{font-size:1.4rem;line-height:1.2;margin:0 0 1.25rem}\
h2{font-size:1rem;margin:1.75rem 0 .5rem}\
label{display:block;font-weight:600;margin:1rem 0 .25rem}\
input{width:100%;font:inherit;color:inherit;background:var(--paper);padding:.6rem .7rem;\
border:1px solid var(--quiet);border-radius:.4rem}\
button,.act{display:inline-block;font:inherit;font-weight:600;color:var(--on-act);\
background:var(--act);border:0;border-radius:.4rem;padding:.65rem 1.1rem;margin-top:1.5rem;\
cursor:pointer;text-decoration:none}\
li button{margin:0;padding:.25rem .7rem}\
:focus-visible{outline:3px solid var(--act);outline-offset:2px}\
a{color:var(--act)}p{margin:.5rem 0}.quiet{color:var(--quiet);font-size:.9rem}\
.bad{color:var(--bad);font-weight:600}\
ul{list-style:none;margin:0;padding:0}\
li{display:flex;justify-content:space-between;align-items:center;gap:1rem;padding:.6rem 0;\
border-top:1px solid var(--line)}";
