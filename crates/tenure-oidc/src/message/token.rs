use alloc::{string::String, vec::Vec};
use core::time::Duration;

use tenure_core::{
    holder::{Expiry, Outage, TokenGrant, TokenResponse},
    secret::{AccessToken, AuthorizationCode, IdToken, RefreshToken},
    time::Timestamp,
};

use crate::{Transaction, urlencode::form};

/// What is asked of a token endpoint, or of the revocation endpoint.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_enums, reason = "drivers choose one of these")]
pub enum TokenRequest<'a> {
    /// A code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).
    Code {
        /// What came back in the redirect.
        code: &'a AuthorizationCode,
        /// The login it belongs to.
        login: &'a Transaction,
    },
    /// A refresh token for new tokens (RFC 6749 §6).
    Refresh {
        /// The refresh token.
        refresh_token: &'a RefreshToken,
    },
    /// Tokens for the client itself (RFC 6749 §4.4).
    ClientCredentials {
        /// The scopes, separated by spaces; empty for what the client may have.
        scope: &'a str,
    },
    /// The end of a refresh token (RFC 7009 §2.1).
    Revoke {
        /// The refresh token.
        refresh_token: &'a RefreshToken,
    },
}

impl TokenRequest<'_> {
    /// The body, in the form `application/x-www-form-urlencoded`. A confidential client leaves
    /// `client_id` empty and authenticates in a header (RFC 6749 §2.3.1).
    #[must_use]
    pub fn body(&self, client_id: &str) -> String {
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        match self {
            Self::Code { code, login } => pairs.extend([
                ("grant_type", "authorization_code"),
                ("code", code.expose()),
                ("redirect_uri", login.redirect_uri()),
                ("code_verifier", login.code_verifier().expose()),
            ]),
            Self::Refresh { refresh_token } => pairs.extend([
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh_token.expose()),
            ]),
            Self::ClientCredentials { scope } => {
                pairs.push(("grant_type", "client_credentials"));
                pairs.push(("scope", scope));
            }
            Self::Revoke { refresh_token } => pairs.extend([
                ("token", refresh_token.expose()),
                ("token_type_hint", "refresh_token"),
            ]),
        }
        pairs.push(("client_id", client_id));
        pairs.retain(|(_, value)| !value.is_empty());
        form(pairs)
    }
}

/// What a token endpoint answered, taken apart by the platform. A member that is absent is empty.
#[derive(Debug, Clone, Default)]
#[allow(
    clippy::exhaustive_structs,
    reason = "drivers build it with `..Default::default()`"
)]
pub struct TokenAnswer {
    /// The status; `None` where no answer came.
    pub status: Option<u16>,
    /// Whether no answer came because it took too long.
    pub timed_out: bool,
    /// `Retry-After`, where it was said.
    pub retry_after: Option<Duration>,
    /// `access_token`.
    pub access_token: Option<AccessToken>,
    /// `token_type`.
    pub token_type: Option<String>,
    /// `expires_in`, where it is a number or a text that is one; a negative one is 0.
    pub expires_in: Option<Duration>,
    /// `refresh_token`.
    pub refresh_token: Option<RefreshToken>,
    /// `id_token`.
    pub id_token: Option<IdToken>,
    /// `scope`.
    pub scope: Option<String>,
    /// `error` (RFC 6749 §5.2).
    pub error: Option<String>,
}

/// Why a code brought no tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "drivers must handle every failure")]
pub enum LoginFailure {
    /// The code is not valid any more: the person has to sign in again.
    Refused,
    /// The issuer did not answer, or with something that is no answer.
    Unavailable(Outage),
    /// The client or its configuration is wrong.
    Misconfigured,
}

impl TokenAnswer {
    /// What it means for a session.
    #[must_use]
    pub fn meaning(self, requested_at: Timestamp) -> TokenResponse {
        match (self.status, &self.error) {
            (Some(200..=299), None) => self.granted(requested_at),
            _ => self.without_tokens(),
        }
    }

    /// What it means for a login.
    ///
    /// # Errors
    ///
    /// See [`LoginFailure`].
    pub fn login(self, requested_at: Timestamp) -> Result<TokenGrant, LoginFailure> {
        match self.meaning(requested_at) {
            TokenResponse::Tokens(grant) => Ok(grant),
            TokenResponse::Refused => Err(LoginFailure::Refused),
            TokenResponse::Superseded => Err(LoginFailure::Unavailable(Outage::Malformed)),
            TokenResponse::Unavailable { outage, .. } => Err(LoginFailure::Unavailable(outage)),
            TokenResponse::Misconfigured => Err(LoginFailure::Misconfigured),
        }
    }

    fn granted(self, requested_at: Timestamp) -> TokenResponse {
        let Some(access_token) = self.access_token.clone() else {
            return self.without_tokens();
        };
        let token_type = self.token_type.unwrap_or_default();
        // RFC 6749 §7.1: a client must not use a token of a type that it does not understand.
        let token_type = if token_type.is_empty() || token_type.eq_ignore_ascii_case("bearer") {
            String::from("Bearer")
        } else {
            return TokenResponse::Misconfigured;
        };
        TokenResponse::Tokens(TokenGrant {
            access_token,
            token_type,
            expiry: self.expires_in.map_or(Expiry::Unknown, Expiry::In),
            refresh_token: self.refresh_token,
            id_token: self.id_token,
            scope: self.scope,
            subject: None,
            requested_at,
        })
    }

    fn without_tokens(&self) -> TokenResponse {
        let Some(status) = self.status else {
            let outage = if self.timed_out {
                Outage::TimedOut
            } else {
                Outage::Network
            };
            return TokenResponse::Unavailable {
                outage,
                retry_after: self.retry_after,
            };
        };
        without_tokens(status, self.error.as_deref(), self.retry_after)
    }
}

/// What an answer of a token endpoint means that brings no tokens, by its status and its `error`.
///
/// Only `invalid_grant` ends a session (RFC 6749 §5.2). A 5xx or a 429 says nothing about it,
/// whatever its body claims: a gateway may echo anything.
#[must_use]
pub fn without_tokens(
    status: u16,
    error: Option<&str>,
    retry_after: Option<Duration>,
) -> TokenResponse {
    match (status, error) {
        (409, _) => TokenResponse::Superseded,
        (400..=428 | 430..=499, Some("invalid_grant")) => TokenResponse::Refused,
        (400..=428 | 430..=499, Some(error)) if MISCONFIGURED.contains(&error) => {
            TokenResponse::Misconfigured
        }
        _ => TokenResponse::Unavailable {
            outage: outage_by(status),
            retry_after,
        },
    }
}

/// What was in the way of tokens, where an answer came.
#[must_use]
pub const fn outage_by(status: u16) -> Outage {
    match status {
        429 | 500..=599 => Outage::Overloaded,
        _ => Outage::Malformed,
    }
}

const MISCONFIGURED: [&str; 9] = [
    "invalid_client",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "invalid_request",
    "invalid_target",
    "invalid_dpop_proof",
    "use_dpop_nonce",
    "access_denied",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Timestamp {
        Timestamp::from_secs(1_700_000_000)
    }

    fn answer(status: u16, error: Option<&str>) -> TokenAnswer {
        TokenAnswer {
            status: Some(status),
            error: error.map(Into::into),
            ..TokenAnswer::default()
        }
    }

    #[test]
    fn only_invalid_grant_ends_a_session() {
        // Law 1.
        let refused = answer(400, Some("invalid_grant")).meaning(at());
        assert!(matches!(refused, TokenResponse::Refused));
        assert!(matches!(
            answer(409, None).meaning(at()),
            TokenResponse::Superseded
        ));
        for (status, error) in MISCONFIGURED.iter().flat_map(|e| [(400, e), (401, e)]) {
            let meaning = answer(status, Some(error)).meaning(at());
            assert!(matches!(meaning, TokenResponse::Misconfigured), "{error}");
        }
        for (status, error, wanted) in [
            (500, Some("invalid_grant"), Outage::Overloaded),
            (429, Some("invalid_grant"), Outage::Overloaded),
            (503, None, Outage::Overloaded),
            (200, None, Outage::Malformed),
            (200, Some("invalid_grant"), Outage::Malformed),
            (302, None, Outage::Malformed),
            (400, None, Outage::Malformed),
            (404, Some("something new"), Outage::Malformed),
        ] {
            let meaning = answer(status, error).meaning(at());
            assert!(
                matches!(meaning, TokenResponse::Unavailable { outage, .. } if outage == wanted),
                "{status} {error:?}"
            );
        }
    }

    #[test]
    fn silence_and_a_time_out_are_told_apart() {
        let silent = TokenAnswer::default().meaning(at());
        let late = TokenAnswer {
            timed_out: true,
            retry_after: Some(Duration::from_secs(7)),
            ..TokenAnswer::default()
        };
        let outage = |answer| {
            let TokenResponse::Unavailable {
                outage,
                retry_after,
            } = answer
            else {
                panic!("{answer:?}")
            };
            (outage, retry_after)
        };
        assert_eq!(outage(silent), (Outage::Network, None));
        let seven = Some(Duration::from_secs(7));
        assert_eq!(outage(late.meaning(at())), (Outage::TimedOut, seven));
    }

    #[test]
    fn tokens_of_a_type_that_is_not_understood_are_not_used() {
        for (given, taken) in [
            (None, true),
            (Some("bearer"), true),
            (Some("Bearer"), true),
            (Some("mac"), false),
        ] {
            let answer = TokenAnswer {
                status: Some(200),
                access_token: Some(AccessToken::new("at")),
                token_type: given.map(Into::into),
                ..TokenAnswer::default()
            };
            let granted = matches!(answer.meaning(at()), TokenResponse::Tokens(_));
            assert_eq!(granted, taken, "{given:?}");
        }
    }

    #[test]
    fn a_value_in_a_body_cannot_start_another_parameter() {
        let refresh_token = RefreshToken::new("a&client_id=b c");
        let request = TokenRequest::Refresh {
            refresh_token: &refresh_token,
        };
        assert_eq!(
            request.body("cards"),
            "grant_type=refresh_token&refresh_token=a%26client_id%3Db%20c&client_id=cards"
        );
        let request = TokenRequest::ClientCredentials { scope: "" };
        assert_eq!(request.body(""), "grant_type=client_credentials");
    }
}
