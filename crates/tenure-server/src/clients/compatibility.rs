//! What a client may do here that was written for another server.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::accounts::{Account, is_reserved};

/// How a client is treated that cannot be changed. Everything is off unless it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Compatibility {
    /// The rules that do not hold for it.
    pub dangerous_leniency: BTreeSet<Leniency>,
    /// Whether a refresh brings an ID token, too.
    pub id_token_on_refresh: bool,
    /// Whether tokens say what they are for in the claim `token_use`, as those of Cognito do.
    pub token_use_claim: bool,
    /// Which claims of an account its ID tokens have; a `*` at the end stands for any rest.
    pub account_claims: Vec<String>,
    /// The `iss` of its ID tokens, if the client expects another than this server. Its keys have
    /// to be found there.
    pub dangerous_id_token_issuer: Option<String>,
}

/// A rule that does not hold for a client. Each is named after what it permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Leniency {
    /// To sign people in without PKCE: a stolen code is enough for its thief. A request that has
    /// a `code_challenge` is held to it.
    SignInWithoutChallenge,
    /// To send a `code_verifier` for a code that was asked for without a challenge; it is ignored.
    VerifierWithoutChallenge,
    /// To send an authorization request to `/login`, which always asks for the password.
    SignInAtLogin,
    /// To be answered without `iss` (RFC 9207) beside `code` and `state`.
    AnswerWithoutIssuer,
    /// To send the token endpoint's parameters in its query, where proxies may log them.
    TokenParametersInQuery,
    /// To send its secret in a Basic header without encoding it first (RFC 6749 §2.3.1).
    UnencodedBasicSecret,
    /// To sign people out by sending them to `/logout` with `client_id` and `logout_uri`: nobody
    /// is asked, so that any page can do it.
    SignOutWithoutQuestion,
    /// To name a path as `logout_uri`: on the page that sent the browser, else on the one origin
    /// that is registered. The whole must be registered, too.
    RelativeLogoutUri,
}

impl Compatibility {
    /// The claims that this client's ID tokens have about a person.
    pub(crate) fn claims_of(&self, account: &Account) -> Map<String, Value> {
        let wanted = |name: &String| {
            self.account_claims.iter().any(|own| {
                own.strip_suffix('*')
                    .map_or(own == name, |start| name.starts_with(start))
            })
        };
        let claims = account.claims.clone().into_iter();
        let claims = claims.chain(account.email_claims());
        claims
            .filter(|(name, _)| wanted(name) && !is_reserved(name))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lenient_unless_it_is_written() {
        let none: Compatibility = serde_json::from_str("{}").unwrap();
        assert_eq!(none, Compatibility::default());
        assert!(none.dangerous_leniency.is_empty());
    }
}
