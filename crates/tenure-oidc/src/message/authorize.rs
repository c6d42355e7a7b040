use alloc::{string::String, vec::Vec};
use core::fmt;

use crate::{Transaction, pkce, urlencode::with_query};

/// Where to send the browser so that a person signs in (RFC 6749 §4.1.1, RFC 7636 §4.3).
#[derive(Debug, Clone, Default)]
#[allow(
    clippy::exhaustive_structs,
    reason = "callers build it with `..Default::default()`"
)]
pub struct AuthorizationRequest<'a> {
    /// `authorization_endpoint` of the discovery document.
    pub endpoint: &'a str,
    /// The client.
    pub client_id: &'a str,
    /// The scopes, separated by spaces.
    pub scope: &'a str,
    /// Further parameters, such as `prompt`, `login_hint` or a provider's `audience`.
    pub more: Vec<(&'a str, &'a str)>,
}

/// A further parameter that would replace one that keeps the login safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForbiddenParameter(String);

impl ForbiddenParameter {
    /// The parameter.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ForbiddenParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the parameter {} is set by Tenure", self.0)
    }
}

impl core::error::Error for ForbiddenParameter {}

impl AuthorizationRequest<'_> {
    /// The address, for one login. `code_challenge` is [`Transaction::code_challenge`], or what
    /// the platform's own digest made of the verifier.
    ///
    /// # Errors
    ///
    /// If a further parameter is one that the login itself sets.
    pub fn url(
        &self,
        login: &Transaction,
        code_challenge: &str,
    ) -> Result<String, ForbiddenParameter> {
        let own = [
            ("response_type", "code"),
            ("client_id", self.client_id),
            ("redirect_uri", login.redirect_uri()),
            ("scope", self.scope),
            ("state", login.state().expose()),
            ("nonce", login.nonce().expose()),
            ("code_challenge", code_challenge),
            ("code_challenge_method", pkce::METHOD),
        ];
        for (name, _) in &self.more {
            if own.iter().any(|(set, _)| set == name) {
                return Err(ForbiddenParameter(String::from(*name)));
            }
        }
        let own = own.into_iter().filter(|(_, value)| !value.is_empty());
        Ok(with_query(
            self.endpoint,
            own.chain(self.more.iter().copied()),
        ))
    }
}

#[cfg(test)]
mod tests {
    use tenure_core::time::Timestamp;

    use super::*;
    use crate::{Entropy, LoginIntent, Transactions};

    fn login() -> Transaction {
        let entropy = Entropy {
            state: [1; 32],
            nonce: [2; 32],
            code_verifier: [3; 32],
        };
        let intent = LoginIntent::new("https://id.example", "https://app.example/cb");
        Transactions::default().begin(intent, &entropy, Timestamp::from_secs(1))
    }

    #[test]
    fn a_login_has_state_nonce_and_challenge() {
        // Norms 1 and 2.
        let login = login();
        let request = AuthorizationRequest {
            endpoint: "https://id.example/authorize?tenant=a",
            client_id: "cards",
            scope: "openid profile",
            more: alloc::vec![("prompt", "login")],
        };
        let url = request.url(&login, &login.code_challenge()).unwrap();
        let wanted = alloc::format!(
            "https://id.example/authorize?tenant=a&response_type=code&client_id=cards\
             &redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid%20profile&state={}&nonce={}\
             &code_challenge={}&code_challenge_method=S256&prompt=login",
            login.state().expose(),
            login.nonce().expose(),
            login.code_challenge(),
        );
        assert_eq!(url, wanted);
    }

    #[test]
    fn a_further_parameter_cannot_replace_what_keeps_the_login_safe() {
        for name in ["state", "nonce", "code_challenge_method", "redirect_uri"] {
            let request = AuthorizationRequest {
                endpoint: "https://id.example/authorize",
                client_id: "cards",
                scope: "openid",
                more: alloc::vec![(name, "x")],
            };
            assert_eq!(
                request.url(&login(), "c"),
                Err(ForbiddenParameter(name.into()))
            );
        }
    }
}
