//! Forms that only the browser they were given to can send back.

use std::sync::Arc;

use axum::extract::{FromRequest, RawForm, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tenure_store::StoreError;

use super::{PageError, Parameters, cookie, cookies};
use crate::app::App;
use crate::digest::random_text;

/// A page with a form, and the cookie that its hidden field is bound to.
pub(crate) async fn with_guard(
    app: &App,
    headers: &HeaderMap,
    show: impl FnOnce(&str) -> Response,
) -> Result<Response, StoreError> {
    let ring = app.keys.ring().await?;
    let name = app.policy.form_cookie();
    let known = cookies(headers, &name)
        .into_iter()
        .find(|value| value.len() == 43);
    let value = known.unwrap_or_else(random_text::<32>);
    let mut response = show(&ring.csrf_field(&value));
    let set: HeaderValue = cookie(&app.policy, &name, &value, FORM_LIFE);
    response.headers_mut().append(header::SET_COOKIE, set);
    Ok(response)
}

/// The fields of a form that this browser was given here (norm 3).
pub(crate) struct GuardedForm(pub(crate) Parameters);

impl FromRequest<Arc<App>> for GuardedForm {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, PageError> {
        let headers = request.headers().clone();
        let form = RawForm::from_request(request, app).await;
        let RawForm(form) = form.map_err(IntoResponse::into_response)?;
        let fields = Parameters::read(&form)
            .map_err(|error| PageError::refused(StatusCode::FORBIDDEN, error.description))?;
        guard(app, &headers, &fields).await?;
        Ok(Self(fields))
    }
}

/// Whether a form with these fields is one that this browser was given here (norm 3).
pub(crate) async fn guard(
    app: &App,
    headers: &HeaderMap,
    fields: &Parameters,
) -> Result<(), PageError> {
    let site = headers
        .get("sec-fetch-site")
        .and_then(|site| site.to_str().ok());
    let ring = app.keys.ring().await?;
    let given = fields.find("csrf").unwrap_or_default();
    let cookies = cookies(headers, &app.policy.form_cookie());
    let bound = cookies
        .iter()
        .any(|cookie| ring.csrf_matches(cookie, given));
    if site == Some("cross-site") || !bound {
        let what = "This form is from another page or too old. Go back and try again.";
        return Err(PageError::refused(StatusCode::FORBIDDEN, what));
    }
    Ok(())
}

const FORM_LIFE: u64 = 24 * 60 * 60;
