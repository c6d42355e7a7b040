use std::{
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
};

use tenure_client::{
    Error, ErrorKind,
    issuer::{IssuerError, IssuerErrorKind},
};
use tenure_core::holder::StorageTrouble;

use super::place::Kind;

/// Why a command did not do what was asked: one sentence and an exit code.
#[derive(Debug)]
pub(super) struct Failure {
    code: u8,
    message: String,
}

const USAGE: u8 = 2;
const SIGNED_OUT: u8 = 3;
const UNAVAILABLE: u8 = 4;

impl Failure {
    pub(super) fn usage(message: impl Display) -> Self {
        Self {
            code: USAGE,
            message: message.to_string(),
        }
    }

    pub(super) fn unavailable(message: impl Display) -> Self {
        Self {
            code: UNAVAILABLE,
            message: message.to_string(),
        }
    }

    /// What was asked for is not there.
    pub(super) fn absent(message: impl Display) -> Self {
        Self {
            code: SIGNED_OUT,
            message: message.to_string(),
        }
    }

    /// A sign-out that failed: who believes to be signed out must learn that.
    pub(super) fn not_signed_out(error: Error) -> Self {
        let failure = Self::from(error);
        Self {
            message: format!("you are still signed in: {}", failure.message),
            ..failure
        }
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn report(self) -> ExitCode {
        warn(&self.message);
        ExitCode::from(self.code)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match error.kind() {
            ErrorKind::SignedOut(_) => SIGNED_OUT,
            ErrorKind::Misconfigured => USAGE,
            ErrorKind::Unavailable { .. } | ErrorKind::Storage(_) | ErrorKind::Closed | _ => {
                UNAVAILABLE
            }
        };
        let how = match error.kind() {
            ErrorKind::SignedOut(_) | ErrorKind::Storage(StorageTrouble::Damaged) => {
                ": run `tenure login`"
            }
            ErrorKind::Storage(StorageTrouble::OtherForm) => Kind::advice(),
            ErrorKind::Misconfigured
            | ErrorKind::Unavailable { .. }
            | ErrorKind::Storage(_)
            | ErrorKind::Closed
            | _ => "",
        };
        Self {
            code,
            message: format!("{error}{how}"),
        }
    }
}

impl From<IssuerError> for Failure {
    fn from(error: IssuerError) -> Self {
        let code = match error.kind() {
            IssuerErrorKind::Unavailable { .. } => UNAVAILABLE,
            IssuerErrorKind::Misconfigured => USAGE,
            IssuerErrorKind::Refused | IssuerErrorKind::InvalidAnswer | _ => SIGNED_OUT,
        };
        Self {
            code,
            message: error.to_string(),
        }
    }
}

/// A line for people; scripts read standard output only.
pub(super) fn warn(message: &str) {
    // Where nobody can read it, there is nothing more to do.
    let _ = writeln!(io::stderr(), "tenure: {message}");
}

/// A line for scripts.
pub(super) fn print(line: impl Display) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(Failure::unavailable)
}
