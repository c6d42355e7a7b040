//! Forms that only the browser they were given to can send back.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::{Parameters, cookie, cookies, pages};
use crate::app::App;
use crate::digest::random_text;

/// A page with a form, and the cookie that its hidden field is bound to.
pub(crate) async fn with_guard(
    app: &App,
    headers: &HeaderMap,
    show: impl FnOnce(&str) -> Response,
) -> Response {
    let ring = match app.keys.ring().await {
        Ok(ring) => ring,
        Err(error) => return pages::failed(&error),
    };
    let name = app.policy.form_cookie();
    let known = cookies(headers, &name)
        .into_iter()
        .find(|value| value.len() == 43);
    let value = known.unwrap_or_else(random_text::<32>);
    let mut response = show(&ring.csrf_field(&value));
    let set: HeaderValue = cookie(app, &name, &value, FORM_LIFE);
    response.headers_mut().append(header::SET_COOKIE, set);
    response
}

/// The fields of a form that this browser was given here (norm 3).
pub(crate) async fn guarded(
    app: &App,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Parameters, Box<Response>> {
    let refused = |what| Box::new(pages::refused(StatusCode::FORBIDDEN, what));
    let fields = Parameters::read(body).map_err(|error| refused(error.description))?;
    guard(app, headers, &fields).await?;
    Ok(fields)
}

/// Whether a form with these fields is one that this browser was given here (norm 3).
pub(crate) async fn guard(
    app: &App,
    headers: &HeaderMap,
    fields: &Parameters,
) -> Result<(), Box<Response>> {
    let refused = |what| Box::new(pages::refused(StatusCode::FORBIDDEN, what));
    let site = headers
        .get("sec-fetch-site")
        .and_then(|site| site.to_str().ok());
    let ring = app
        .keys
        .ring()
        .await
        .map_err(|error| Box::new(pages::failed(&error)))?;
    let given = fields.find("csrf").unwrap_or_default();
    let cookies = cookies(headers, &app.policy.form_cookie());
    let bound = cookies
        .iter()
        .any(|cookie| ring.csrf_matches(cookie, given));
    if site == Some("cross-site") || !bound {
        return Err(refused(
            "This form is from another page or too old. Go back and try again.",
        ));
    }
    Ok(())
}

const FORM_LIFE: u64 = 24 * 60 * 60;
