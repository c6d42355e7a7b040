use crate::http::OAuthError;

/// What is granted of a scope that is asked for: what may be had of it, each once, and all of
/// that if none is named. What is not understood or not allowed is left out, and the answer says
/// so (RFC 6749 §3.3, OpenID Connect Core §3.1.2.1).
///
/// # Errors
///
/// `invalid_scope`, if nothing is left.
pub(crate) fn narrow(asked: Option<&str>, most: &str) -> Result<String, OAuthError> {
    let Some(asked) = asked else {
        return Ok(most.to_owned());
    };
    if asked.len() > LONGEST {
        return Err(OAuthError::request("scope is longer than 2048 bytes"));
    }
    let mut granted: Vec<&str> = Vec::new();
    for scope in asked.split_ascii_whitespace() {
        if has_scope(most, scope) && !granted.contains(&scope) {
            granted.push(scope);
        }
    }
    if granted.is_empty() {
        let what = "none of what was asked for may be had";
        return Err(OAuthError::new("invalid_scope", what));
    }
    Ok(granted.join(" "))
}

pub(crate) fn has_scope(scopes: &str, scope: &str) -> bool {
    scopes.split(' ').any(|one| one == scope)
}

/// Whether a scope is about a person: a client that acts for itself has no use for it.
pub(super) fn is_personal(scope: &str) -> bool {
    PERSONAL.contains(&scope)
}

/// The scopes that have a meaning here; any other is the resource servers'.
pub(crate) const PERSONAL: [&str; 4] = ["openid", "profile", "email", "offline_access"];
const LONGEST: usize = 2048;
