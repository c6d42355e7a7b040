use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use tenure_store::{StoreError, StoreErrorKind};

use crate::schema::{APPLICATION_ID, refuse_foreign, refuse_newer};

/// Creates the file for its owner alone if it is not there, and looks into one that is without
/// changing it: opening a database, even to read, can already write beside it.
pub(crate) fn prepare(path: &Path) -> Result<(), StoreError> {
    match create(path) {
        Ok(()) => sync_folder(path).map_err(|error| cannot_use(path, error)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => examine(path),
        Err(error) => Err(cannot_use(path, error)),
    }
}

fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Makes the new name durable, as SQLite does for the files that it creates itself.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder(path))?.sync_all()
    } else {
        Ok(())
    }
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn examine(path: &Path) -> Result<(), StoreError> {
    let mut header = Vec::new();
    File::open(path)
        .and_then(|file| file.take(HEADER).read_to_end(&mut header))
        .map_err(|error| cannot_use(path, error))?;
    if header.is_empty() || is_unfinished(path) {
        return Ok(());
    }
    if !header.starts_with(MAGIC) || number(&header, 68) != Some(APPLICATION_ID) {
        return Err(refuse_foreign());
    }
    number(&header, 60).map_or_else(|| Err(refuse_foreign()), refuse_newer)
}

/// A journal means that whoever created the database was interrupted: SQLite finishes or undoes
/// that first, and the schema is checked behind it.
fn is_unfinished(path: &Path) -> bool {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    PathBuf::from(journal)
        .metadata()
        .is_ok_and(|file| file.len() > 0)
}

fn number(header: &[u8], at: usize) -> Option<i32> {
    let bytes = header.get(at..at + 4)?;
    Some(i32::from_be_bytes(bytes.try_into().ok()?))
}

fn cannot_use(path: &Path, error: io::Error) -> StoreError {
    let known = ADVICE.iter().find(|(kind, _)| *kind == error.kind());
    let advice = known.map_or("the file cannot be used", |(_, advice)| advice);
    let message = format!("the database {}: {advice}", path.display());
    StoreError::new(StoreErrorKind::Unavailable, message).with_source(error)
}

const ADVICE: &[(ErrorKind, &str)] = &[
    (
        ErrorKind::NotFound,
        "there is no such folder: create it first",
    ),
    (
        ErrorKind::PermissionDenied,
        "this user may not write there: change the permissions or path",
    ),
    (
        ErrorKind::ReadOnlyFilesystem,
        "nothing can be written there: choose another path",
    ),
    (ErrorKind::StorageFull, "the disk is full: make room"),
    (
        ErrorKind::IsADirectory,
        "that is a folder: give the name of a file in it",
    ),
];

// https://www.sqlite.org/fileformat2.html, section 1.3
const MAGIC: &[u8] = b"SQLite format 3\0";
const HEADER: u64 = 100;
