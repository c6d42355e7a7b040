use std::sync::Arc;

use rusqlite::ErrorCode;
use tenure_store::{StoreError, StoreErrorKind};

/// Says what a failure of SQLite means to the caller; the failure itself is the source.
pub(crate) fn explain(error: &Arc<rusqlite::Error>) -> StoreError {
    let (kind, message) = meaning(error.sqlite_error_code());
    StoreError::new(kind, message).with_source(Arc::clone(error))
}

pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

pub(crate) fn unavailable(message: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, message)
}

fn meaning(code: Option<ErrorCode>) -> (StoreErrorKind, &'static str) {
    use StoreErrorKind::{Corrupt, Unavailable};
    let Some(code) = code else {
        return (
            Corrupt,
            "the database has a row that this version cannot read",
        );
    };
    MEANINGS.iter().find(|(known, _)| *known == code).map_or(
        (
            Unavailable,
            "the database could not carry out the operation",
        ),
        |(_, message)| {
            let damaged = matches!(code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase);
            (if damaged { Corrupt } else { Unavailable }, *message)
        },
    )
}

pub(crate) const LOCKED: &str = "the database is locked by another process";

const MEANINGS: &[(ErrorCode, &str)] = &[
    (ErrorCode::DatabaseBusy, LOCKED),
    (ErrorCode::DatabaseLocked, LOCKED),
    (
        ErrorCode::DiskFull,
        "the disk is full, or the database has reached its size limit",
    ),
    (
        ErrorCode::ReadOnly,
        "the database or its folder cannot be written to",
    ),
    (
        ErrorCode::CannotOpen,
        "the database or a file beside it cannot be opened or created",
    ),
    (
        ErrorCode::PermissionDenied,
        "the database may not be accessed",
    ),
    (
        ErrorCode::SystemIoFailure,
        "the database could not be read from or written to disk",
    ),
    (
        ErrorCode::TooBig,
        "the row is larger than the database allows",
    ),
    (
        ErrorCode::DatabaseCorrupt,
        "the database is damaged: restore it from a backup",
    ),
    (
        ErrorCode::NotADatabase,
        "the file is not a database: choose another path",
    ),
];
