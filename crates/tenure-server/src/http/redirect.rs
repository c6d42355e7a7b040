use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::no_store;

/// Sends the browser on. 303, so that a form that was posted here is never posted there (norm 17).
pub(crate) fn see_other(location: &str) -> Response {
    (
        StatusCode::SEE_OTHER,
        no_store(),
        [(header::LOCATION, location)],
    )
        .into_response()
}

/// An address with more in its query.
pub(crate) fn with_query(uri: &str, query: &str) -> String {
    let glue = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{glue}{query}")
}
