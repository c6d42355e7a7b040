use std::{error::Error, fmt, time::Duration};

use tenure_core::holder::{Outage, TokenResponse};

use super::{
    Exchanged,
    http_adapter::Heard,
    meaning::{meaning, outage},
};

/// Why the issuer did not do what was asked. It holds no secret.
#[derive(Debug)]
pub struct IssuerError {
    kind: IssuerErrorKind,
    outage: Outage,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What an [`IssuerError`] means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssuerErrorKind {
    /// It cannot be reached, or does not answer sensibly: try again.
    Unavailable {
        /// When, if it said so.
        retry_after: Option<Duration>,
    },
    /// The person or the issuer said no.
    Refused,
    /// The client, its secret or the issuer's address is wrong.
    Misconfigured,
    /// What came back does not belong to what was asked: another state, nonce or issuer, or an
    /// ID token that does not hold.
    InvalidAnswer,
}

impl IssuerError {
    /// What it means.
    #[must_use]
    pub const fn kind(&self) -> IssuerErrorKind {
        self.kind
    }

    pub(super) fn new(kind: IssuerErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            outage: Outage::Network,
            message: message.into(),
            source: None,
        }
    }

    pub(super) fn misconfigured(message: impl Into<String>) -> Self {
        Self::new(IssuerErrorKind::Misconfigured, message)
    }

    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self::new(IssuerErrorKind::Refused, message)
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(IssuerErrorKind::InvalidAnswer, message)
    }

    /// No answer, or one that says nothing.
    pub(super) fn unavailable(heard: &Heard, message: impl Into<String>) -> Self {
        let retry_after = heard.retry_after;
        Self {
            outage: outage(heard),
            ..Self::new(IssuerErrorKind::Unavailable { retry_after }, message)
        }
    }

    pub(super) fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What an answer means that a person waits for.
    pub(super) fn of_answer(heard: &Heard) -> Self {
        let said = heard
            .said
            .as_ref()
            .map(|said| format!(" ({said})"))
            .unwrap_or_default();
        match meaning(heard) {
            TokenResponse::Refused => Self::refused(format!("the issuer said no{said}")),
            TokenResponse::Misconfigured if heard.error.as_deref() == Some("access_denied") => {
                Self::refused(format!("the issuer said no{said}"))
            }
            TokenResponse::Misconfigured => {
                Self::misconfigured(format!("the issuer refuses this client{said}"))
            }
            TokenResponse::Unavailable { .. } => Self::unavailable(
                heard,
                format!("the issuer cannot be asked now, try again later{said}"),
            ),
            TokenResponse::Tokens(_) | TokenResponse::Superseded => {
                Self::invalid(format!("an unexpected answer{said}"))
            }
        }
    }

    pub(super) fn into_exchanged(self) -> Exchanged {
        let answer = match self.kind {
            IssuerErrorKind::Misconfigured => TokenResponse::Misconfigured,
            IssuerErrorKind::Unavailable { retry_after } => TokenResponse::Unavailable {
                outage: self.outage,
                retry_after,
            },
            IssuerErrorKind::Refused | IssuerErrorKind::InvalidAnswer => {
                TokenResponse::Unavailable {
                    outage: Outage::Malformed,
                    retry_after: None,
                }
            }
        };
        Exchanged {
            answer,
            issuer_time: None,
            detail: Some(self.to_string()),
        }
    }
}

impl fmt::Display for IssuerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for IssuerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_ref()
            .map(|source| &**source as &(dyn Error + 'static))
    }
}
