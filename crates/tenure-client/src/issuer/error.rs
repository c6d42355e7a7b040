use std::{error::Error, fmt, time::Duration};

use tenure_core::holder::{Answer, Outage};

use super::{Exchanged, meaning::meaning, wire::Heard};

/// Why the issuer did not do what was asked. It holds no secret.
#[derive(Debug)]
pub struct IssuerError {
    kind: IssuerErrorKind,
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
            message: message.into(),
            source: None,
        }
    }

    pub(super) fn misconfigured(message: impl Into<String>) -> Self {
        Self::new(IssuerErrorKind::Misconfigured, message)
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
            Answer::Refused => Self::new(
                IssuerErrorKind::Refused,
                format!("the issuer said no{said}"),
            ),
            Answer::Misconfigured => {
                Self::misconfigured(format!("the issuer refuses this client{said}"))
            }
            Answer::Unavailable { retry_after, .. } => Self::new(
                IssuerErrorKind::Unavailable { retry_after },
                format!("the issuer cannot be asked now{said}"),
            ),
            Answer::Tokens(_) | Answer::Superseded => Self::new(
                IssuerErrorKind::InvalidAnswer,
                format!("an unexpected answer{said}"),
            ),
        }
    }

    pub(super) fn into_exchanged(self) -> Exchanged {
        let answer = match self.kind {
            IssuerErrorKind::Misconfigured => Answer::Misconfigured,
            IssuerErrorKind::Unavailable { retry_after } => Answer::Unavailable {
                outage: Outage::Network,
                retry_after,
            },
            IssuerErrorKind::Refused | IssuerErrorKind::InvalidAnswer => Answer::Unavailable {
                outage: Outage::Malformed,
                retry_after: None,
            },
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
