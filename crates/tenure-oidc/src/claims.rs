//! Claims as types, with room for a provider's own.

use alloc::{string::String, vec::Vec};

use tenure_core::time::Timestamp;

use crate::fault::{Claim, ClaimFault};

/// One JSON value of a claim, as a parser of the platform hands it in.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_enums, reason = "JSON has these six")]
pub enum ClaimValue {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number; integers are exact up to 2^53, as in JavaScript.
    Number(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<ClaimValue>),
    /// An object.
    Map(Vec<(String, ClaimValue)>),
}

impl ClaimValue {
    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The texts of an array of texts, or the one text that stands for such an array.
    #[must_use]
    pub fn as_texts(&self) -> Option<Vec<&str>> {
        match self {
            Self::Text(text) => Some(Vec::from([text.as_str()])),
            Self::List(values) => values.iter().map(Self::as_text).collect(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Map(_) => None,
        }
    }

    /// The NumericDate (RFC 7519 §2), if it is a number that a timestamp can hold.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the range is checked first"
    )]
    pub fn as_date(&self) -> Option<Timestamp> {
        match self {
            // Anything beyond the year 9999 is no date but a mistake in the unit.
            Self::Number(secs) if (0.0..=253_402_300_799.0).contains(secs) => {
                Some(Timestamp::from_millis((*secs * 1000.0) as i64))
            }
            Self::Number(_) => None,
            Self::Null | Self::Bool(_) | Self::Text(_) | Self::List(_) | Self::Map(_) => None,
        }
    }
}

impl From<&str> for ClaimValue {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<f64> for ClaimValue {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

/// The claims of an ID token (OpenID Connect Core §2), read but not yet checked.
///
/// The five required ones are there and well formed; whether they are right says
/// [`IdCheck`](crate::IdCheck). A person is identified by `iss` and `sub` together, never by an
/// address or a name.
///
/// ```
/// use tenure_oidc::{ClaimValue, IdClaims};
///
/// let claims = IdClaims::from_pairs([
///     ("iss", ClaimValue::from("https://id.example")),
///     ("sub", "ada".into()),
///     ("aud", "cards".into()),
///     ("exp", 1_700_000_300.0.into()),
///     ("iat", 1_700_000_000.0.into()),
///     ("cognito:groups", ClaimValue::List(vec!["readers".into()])),
/// ])?;
/// assert_eq!(claims.sub(), "ada");
/// assert_eq!(claims.texts("cognito:groups"), ["readers"]);
/// # Ok::<(), tenure_oidc::ClaimFault>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct IdClaims {
    all: Vec<(String, ClaimValue)>,
    iss: String,
    sub: String,
    aud: Vec<String>,
    exp: Timestamp,
    iat: Timestamp,
}

impl IdClaims {
    /// Reads the members of the token's payload.
    ///
    /// # Errors
    /// If a required claim is missing, or one that the checks read has the wrong form.
    pub fn from_pairs<N: Into<String>>(
        pairs: impl IntoIterator<Item = (N, ClaimValue)>,
    ) -> Result<Self, ClaimFault> {
        let mut all: Vec<(String, ClaimValue)> = Vec::new();
        for (name, value) in pairs {
            let name = name.into();
            // Of a name that comes twice, the last value counts, as in most JSON parsers.
            all.retain(|(known, _)| *known != name);
            if !matches!(value, ClaimValue::Null) {
                all.push((name, value));
            }
        }
        let this = Self {
            iss: required(&all, Claim::Iss, non_empty)?,
            sub: required(&all, Claim::Sub, non_empty)?,
            aud: required(&all, Claim::Aud, audience)?,
            exp: required(&all, Claim::Exp, ClaimValue::as_date)?,
            iat: required(&all, Claim::Iat, ClaimValue::as_date)?,
            all,
        };
        for (claim, well_formed) in OPTIONAL {
            if this
                .value(claim.name())
                .is_some_and(|value| !well_formed(value))
            {
                return Err(ClaimFault::Malformed(claim));
            }
        }
        Ok(this)
    }

    /// `iss`: the issuer.
    #[must_use]
    pub fn iss(&self) -> &str {
        &self.iss
    }

    /// `sub`: the person, within this issuer.
    #[must_use]
    pub fn sub(&self) -> &str {
        &self.sub
    }

    /// `aud`: the clients this token is for; at least one.
    #[must_use]
    pub fn aud(&self) -> &[String] {
        &self.aud
    }

    /// `exp`: when the token ends.
    #[must_use]
    pub fn exp(&self) -> Timestamp {
        self.exp
    }

    /// `iat`: when the token was issued, by the issuer's clock.
    #[must_use]
    pub fn iat(&self) -> Timestamp {
        self.iat
    }

    /// `nbf`: when the token begins.
    #[must_use]
    pub fn nbf(&self) -> Option<Timestamp> {
        self.date("nbf")
    }

    /// `auth_time`: when the person signed in.
    #[must_use]
    pub fn auth_time(&self) -> Option<Timestamp> {
        self.date("auth_time")
    }

    /// `azp`: the client the token was issued to.
    #[must_use]
    pub fn azp(&self) -> Option<&str> {
        self.text("azp")
    }

    /// `nonce`: which login the token belongs to.
    #[must_use]
    pub fn nonce(&self) -> Option<&str> {
        self.text("nonce")
    }

    /// `acr`: how strongly the person signed in.
    #[must_use]
    pub fn acr(&self) -> Option<&str> {
        self.text("acr")
    }

    /// `amr`: by which methods the person signed in.
    #[must_use]
    pub fn amr(&self) -> Vec<&str> {
        self.texts("amr")
    }

    /// `sid`: the provider's session, as back-channel logout names it.
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        self.text("sid")
    }

    /// Any claim by its name. `null` counts as absent.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&ClaimValue> {
        find(&self.all, name)
    }

    /// A claim that is a text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.value(name)?.as_text()
    }

    /// A claim that is an array of texts, or one text; empty if it is neither.
    #[must_use]
    pub fn texts(&self, name: &str) -> Vec<&str> {
        self.value(name)
            .and_then(ClaimValue::as_texts)
            .unwrap_or_default()
    }

    /// A claim that is a NumericDate.
    #[must_use]
    pub fn date(&self, name: &str) -> Option<Timestamp> {
        self.value(name)?.as_date()
    }

    /// All claims.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ClaimValue)> {
        self.all.iter().map(|(name, value)| (name.as_str(), value))
    }
}

fn find<'a>(all: &'a [(String, ClaimValue)], name: &str) -> Option<&'a ClaimValue> {
    let found = all.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value)
}

fn required<T>(
    all: &[(String, ClaimValue)],
    claim: Claim,
    read: fn(&ClaimValue) -> Option<T>,
) -> Result<T, ClaimFault> {
    let value = find(all, claim.name()).ok_or(ClaimFault::Missing(claim))?;
    read(value).ok_or(ClaimFault::Malformed(claim))
}

fn non_empty(value: &ClaimValue) -> Option<String> {
    value
        .as_text()
        .filter(|text| !text.is_empty())
        .map(Into::into)
}

fn audience(value: &ClaimValue) -> Option<Vec<String>> {
    let texts = value.as_texts().filter(|texts| !texts.is_empty())?;
    Some(texts.into_iter().map(Into::into).collect())
}

type Form = fn(&ClaimValue) -> bool;

const OPTIONAL: [(Claim, Form); 7] = [
    (Claim::Azp, |it| it.as_text().is_some()),
    (Claim::Nonce, |it| it.as_text().is_some()),
    (Claim::Acr, |it| it.as_text().is_some()),
    (Claim::Sid, |it| it.as_text().is_some()),
    (Claim::Amr, |it| it.as_texts().is_some()),
    (Claim::Nbf, |it| it.as_date().is_some()),
    (Claim::AuthTime, |it| it.as_date().is_some()),
];
