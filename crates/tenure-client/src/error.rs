//! Why there is no token, and what to do about it.

use std::{fmt, time::Duration};

use tenure_core::holder::{Cause, Outage, SignedOutReason, StorageTrouble};

/// Why a session could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    outage: Option<Outage>,
    detail: Option<String>,
}

/// What an [`Error`] means for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no session any more, or none yet: sign in.
    SignedOut(SignedOutReason),
    /// The issuer cannot be reached or answers nothing sensible. The session is kept: ask again
    /// after this long.
    Unavailable {
        /// When asking again makes sense.
        retry_after: Duration,
    },
    /// Storage cannot be read or written. The session is kept, also where it is damaged: a
    /// sign-in puts that aside.
    Storage(StorageTrouble),
    /// The client, its secret or the issuer's address is wrong. The session is kept.
    Misconfigured,
    /// The session was closed by [`crate::Session::close`].
    Closed,
}

impl Error {
    /// What it means.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// True if asking again later may help without anybody doing anything.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Unavailable { .. }
                | ErrorKind::Storage(StorageTrouble::Read | StorageTrouble::Write)
        )
    }

    pub(crate) const fn closed() -> Self {
        Self {
            kind: ErrorKind::Closed,
            outage: None,
            detail: None,
        }
    }

    pub(crate) fn new(cause: Cause, detail: Option<String>) -> Self {
        let (kind, outage) = match cause {
            Cause::SignedOut(reason) => (ErrorKind::SignedOut(reason), None),
            Cause::Unavailable {
                outage,
                retry_after,
            } => (ErrorKind::Unavailable { retry_after }, Some(outage)),
            Cause::Storage(trouble) => (ErrorKind::Storage(trouble), None),
            Cause::Misconfigured => (ErrorKind::Misconfigured, None),
        };
        Self {
            kind,
            outage,
            detail,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ErrorKind::SignedOut(reason) => write!(f, "signed out: {}", why(reason))?,
            ErrorKind::Unavailable { retry_after } => {
                let what = self.outage.map_or("the issuer cannot be asked", outage);
                let secs = retry_after.as_secs().max(1);
                write!(
                    f,
                    "unavailable: {what}; the session is kept, try again in {secs} s"
                )?;
            }
            ErrorKind::Storage(trouble) => f.write_str(storage(trouble))?,
            ErrorKind::Misconfigured => f.write_str(
                "misconfigured: the issuer refuses this client; check the issuer's address, the \
                 client id and the client secret",
            )?,
            ErrorKind::Closed => f.write_str("the session was closed")?,
        }
        match &self.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

const fn why(reason: SignedOutReason) -> &'static str {
    match reason {
        SignedOutReason::NeverSignedIn => "nobody has signed in yet; sign in first",
        SignedOutReason::User => "you signed out; sign in again",
        SignedOutReason::Refused => {
            "the issuer ended the session (it was revoked, it expired, or an old refresh token \
             was used again); sign in again"
        }
        SignedOutReason::Expired => {
            "the access token expired and the issuer gave no refresh token; sign in again"
        }
        SignedOutReason::Idle => "the session was idle for too long; sign in again",
        SignedOutReason::AbsoluteLimit => "the session reached its longest life; sign in again",
        SignedOutReason::RefreshFailed => "a refresh failed; sign in again",
        SignedOutReason::Foreign => {
            "the session that is stored is of another issuer or client, and was left as it is; \
             sign in again to replace it, or choose another folder"
        }
    }
}

const fn outage(outage: Outage) -> &'static str {
    match outage {
        Outage::Network => "the issuer cannot be reached",
        Outage::TimedOut => "the issuer did not answer in time",
        Outage::Overloaded => "the issuer is overloaded or out of order",
        Outage::Malformed => "the issuer's answer is not that of a token endpoint",
    }
}

const fn storage(trouble: StorageTrouble) -> &'static str {
    match trouble {
        StorageTrouble::Read => "storage cannot be read; check that it is there and permitted",
        StorageTrouble::Damaged => {
            "the stored session is damaged; it was left as it is: sign in again, which keeps it \
             aside"
        }
        StorageTrouble::Newer => {
            "the stored session was written by a newer version; it was left as it is: update this \
             program"
        }
        StorageTrouble::OtherForm => {
            "the stored session is kept in the other way (sealed with a key of the system's \
             keyring, or not sealed); it was left as it is: open it the way it was stored"
        }
        StorageTrouble::Write => {
            "storage cannot be written; check space and permissions, nothing was lost"
        }
    }
}
