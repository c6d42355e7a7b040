use std::collections::BTreeSet;
use std::convert::Infallible;

use axum::extract::{FromRequest, FromRequestParts, RawForm, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::OAuthError;
use super::bounds::check_count;

/// The parameters of a form or a query, each at most once (RFC 6749 §3.2).
#[derive(Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, OAuthError> {
        check_count(bytes)?;
        Self(url::form_urlencoded::parse(bytes).into_owned().collect()).unique()
    }

    /// These and others, each name still at most once.
    pub(crate) fn and(mut self, others: Self) -> Result<Self, OAuthError> {
        self.0.extend(others.0);
        self.unique()
    }

    fn unique(self) -> Result<Self, OAuthError> {
        let names: BTreeSet<_> = self.0.iter().map(|(name, _)| name).collect();
        if names.len() == self.0.len() {
            Ok(self)
        } else {
            Err(OAuthError::request("a parameter was sent twice"))
        }
    }

    /// A parameter; one without a value counts as absent (RFC 6749 §3.1).
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(given, _)| given == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }
}

/// A form as programs send it. What cannot be read is refused with an error that they can read.
pub(crate) struct Form(pub(crate) Parameters);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let form = RawForm::from_request(request, state).await;
        let RawForm(form) = form.map_err(IntoResponse::into_response)?;
        let read = Parameters::read(&form).map_err(IntoResponse::into_response)?;
        Ok(Self(read))
    }
}

/// A query of a page that has something to show without it, too: none, if it cannot be read.
pub(crate) struct Query(pub(crate) Parameters);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(Parameters::read(query.as_bytes()).unwrap_or_default()))
    }
}
