use axum::http::{HeaderMap, HeaderValue, header};

use crate::Policy;

/// A cookie of the server (norms 52 and 70): no domain, no script, only to this site.
pub(crate) fn cookie(policy: &Policy, name: &str, value: &str, max_age: u64) -> HeaderValue {
    let secure = if policy.is_secure() { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The values of all cookies of this very name (norm 53).
pub(crate) fn cookies(headers: &HeaderMap, name: &str) -> Vec<String> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.split_once('='));
    pairs
        .filter(|(given, _)| given.trim() == name)
        .map(|(_, value)| value.trim().to_owned())
        .take(MAX_COOKIES)
        .collect()
}

const MAX_COOKIES: usize = 8;
