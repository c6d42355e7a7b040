//! What the identity provider sends back in the redirect.

use alloc::string::{String, ToString};
use core::fmt;

use tenure_core::secret::{AuthorizationCode, LoginState};

/// The parameters of one redirect back to the application (RFC 6749 §4.1.2).
///
/// Made from decoded name and value pairs: the platform's own URL parser has taken the query
/// apart. Parameters that are not part of the protocol are ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    answer: Result<AuthorizationCode, Refusal>,
    state: Option<LoginState>,
    iss: Option<String>,
}

impl Callback {
    /// The names of the parameters that an answer can have. A driver hands these in and nothing
    /// else that an address may carry.
    pub const NAMES: [&'static str; 6] = NAMES;

    /// Reads the pairs of a query or a form.
    ///
    /// # Errors
    /// If this is no callback at all, or one that says two things at once.
    pub fn parse<N: AsRef<str>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, CallbackFault> {
        let mut found: [Option<String>; NAMES.len()] = Default::default();
        for (name, value) in pairs {
            let Some(index) = NAMES.iter().position(|known| *known == name.as_ref()) else {
                continue;
            };
            // RFC 6749 §3.1: a parameter without a value counts as absent, and none comes twice.
            if value.as_ref().is_empty() {
                continue;
            }
            if found[index].replace(value.as_ref().to_string()).is_some() {
                return Err(CallbackFault::Repeated(NAMES[index]));
            }
        }
        let [code, state, error, error_description, error_uri, iss] = found;
        let answer = match (code, error) {
            (Some(code), None) => Ok(AuthorizationCode::new(code)),
            (None, Some(error)) => Err(Refusal {
                error,
                error_description,
                error_uri,
            }),
            (Some(_), Some(_)) => return Err(CallbackFault::CodeAndError),
            (None, None) => return Err(CallbackFault::NotACallback),
        };
        Ok(Self {
            answer,
            state: state.map(LoginState::new),
            iss,
        })
    }

    /// The `state`, which says whose answer this is. Finish that login before reading the code.
    #[must_use]
    pub fn state(&self) -> Option<&LoginState> {
        self.state.as_ref()
    }

    /// The code to exchange.
    ///
    /// # Errors
    /// The provider's refusal, if that is what it sent.
    pub fn code(&self) -> Result<&AuthorizationCode, &Refusal> {
        self.answer.as_ref()
    }

    /// The issuer that says it sent this (RFC 9207).
    #[must_use]
    pub fn iss(&self) -> Option<&str> {
        self.iss.as_deref()
    }

    /// Checks who sent this (RFC 9207 §2.4): `expected` is the issuer of the login, `announced`
    /// is `authorization_response_iss_parameter_supported` of its metadata.
    ///
    /// # Errors
    /// If another issuer sent it, or an issuer that always names itself did not.
    pub fn check_issuer(&self, expected: &str, announced: Option<bool>) -> Result<(), IssuerFault> {
        match self.iss.as_deref() {
            Some(iss) if iss == expected => Ok(()),
            Some(_) => Err(IssuerFault::Mismatch),
            None if announced == Some(true) => Err(IssuerFault::Missing),
            None => Ok(()),
        }
    }
}

/// The provider's refusal (RFC 6749 §4.1.2.1). Its texts come from outside: show them as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    error: String,
    error_description: Option<String>,
    error_uri: Option<String>,
}

impl Refusal {
    /// The `error` code as sent.
    #[must_use]
    pub fn error(&self) -> &str {
        &self.error
    }

    /// The `error_description`, for a developer.
    #[must_use]
    pub fn error_description(&self) -> Option<&str> {
        self.error_description.as_deref()
    }

    /// The `error_uri`, a page for a developer.
    #[must_use]
    pub fn error_uri(&self) -> Option<&str> {
        self.error_uri.as_deref()
    }

    /// What to do about it.
    #[must_use]
    pub fn kind(&self) -> RefusalKind {
        match self.error.as_str() {
            "access_denied" => RefusalKind::Denied,
            "login_required"
            | "interaction_required"
            | "consent_required"
            | "account_selection_required" => RefusalKind::InteractionRequired,
            "temporarily_unavailable" | "server_error" => RefusalKind::Unavailable,
            _ => RefusalKind::Misconfigured,
        }
    }
}

/// What a refusal means for the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalKind {
    /// The person or the provider said no.
    Denied,
    /// It cannot be done silently (OpenID Connect Core §3.1.2.6): show the provider's pages.
    InteractionRequired,
    /// The provider cannot answer now; a session that exists stays.
    Unavailable,
    /// The request itself was wrong: someone has to change a configuration.
    Misconfigured,
}

/// Why parameters are not an answer to a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackFault {
    /// Neither `code` nor `error`: an ordinary visit to the page.
    NotACallback,
    /// Both `code` and `error`.
    CodeAndError,
    /// This parameter came twice.
    Repeated(&'static str),
}

impl fmt::Display for CallbackFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotACallback => f.write_str("the address has neither a code nor an error"),
            Self::CodeAndError => f.write_str("the address has both a code and an error"),
            Self::Repeated(name) => write!(f, "the parameter {name} came twice"),
        }
    }
}

impl core::error::Error for CallbackFault {}

/// Why the sender of a callback is not the one that was asked (RFC 9207).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssuerFault {
    /// Another issuer answered: a mix-up attack, or two providers share one redirect address.
    Mismatch,
    /// The issuer announces that it names itself, and this answer does not.
    Missing,
}

impl fmt::Display for IssuerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mismatch => "another issuer answered than the one that was asked",
            Self::Missing => "the answer does not say which issuer sent it",
        })
    }
}

impl core::error::Error for IssuerFault {}

const NAMES: [&str; 6] = [
    "code",
    "state",
    "error",
    "error_description",
    "error_uri",
    "iss",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> Result<Callback, CallbackFault> {
        Callback::parse(pairs.iter().copied())
    }

    #[test]
    fn a_code_is_read_with_its_state() {
        let callback = parse(&[("state", "s"), ("utm", "x"), ("code", "c")]).unwrap();
        assert_eq!(callback.code(), Ok(&AuthorizationCode::new("c")));
        assert_eq!(callback.state(), Some(&LoginState::new("s")));
        assert_eq!(callback.iss(), None);
    }

    #[test]
    fn what_is_no_clear_answer_is_refused() {
        let cases: [(&[(&str, &str)], CallbackFault); 6] = [
            (&[], CallbackFault::NotACallback),
            (&[("state", "s")], CallbackFault::NotACallback),
            (&[("code", ""), ("state", "s")], CallbackFault::NotACallback),
            (
                &[("code", "c"), ("error", "access_denied")],
                CallbackFault::CodeAndError,
            ),
            (
                &[("code", "a"), ("code", "b")],
                CallbackFault::Repeated("code"),
            ),
            (
                &[("code", "a"), ("state", "s"), ("state", "t")],
                CallbackFault::Repeated("state"),
            ),
        ];
        for (pairs, fault) in cases {
            assert_eq!(parse(pairs), Err(fault), "{pairs:?}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let cases = [
            ("access_denied", RefusalKind::Denied),
            ("login_required", RefusalKind::InteractionRequired),
            ("interaction_required", RefusalKind::InteractionRequired),
            ("temporarily_unavailable", RefusalKind::Unavailable),
            ("server_error", RefusalKind::Unavailable),
            ("invalid_scope", RefusalKind::Misconfigured),
        ];
        for (error, kind) in cases {
            let pairs = [
                ("error", error),
                ("error_description", "AADB2C90118"),
                ("state", "s"),
            ];
            let callback = parse(&pairs).unwrap();
            let refusal = callback.code().unwrap_err();
            assert_eq!((refusal.error(), refusal.kind()), (error, kind));
            assert_eq!(refusal.error_description(), Some("AADB2C90118"));
            assert_eq!(callback.state(), Some(&LoginState::new("s")));
        }
    }

    // Norm 4; RFC 9207 §2.4.
    #[test]
    fn an_answer_of_another_issuer_is_refused() {
        let ours = "https://id.example";
        let cases = [
            (Some(ours), None, Ok(())),
            (Some(ours), Some(true), Ok(())),
            (None, None, Ok(())),
            (None, Some(false), Ok(())),
            (None, Some(true), Err(IssuerFault::Missing)),
            (
                Some("https://id.example/"),
                None,
                Err(IssuerFault::Mismatch),
            ),
            (
                Some("https://evil.example"),
                Some(false),
                Err(IssuerFault::Mismatch),
            ),
        ];
        for (iss, announced, outcome) in cases {
            let pairs = iss
                .map(|iss| ("iss", iss))
                .into_iter()
                .chain([("code", "c")]);
            let callback = Callback::parse(pairs).unwrap();
            assert_eq!(
                callback.check_issuer(ours, announced),
                outcome,
                "{iss:?} {announced:?}"
            );
        }
    }
}
