//! A folder that cannot be written to: nothing is lost, and it is said what is wrong.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod numbered;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use numbered::{Numbered, grant};
use tenure_client::{
    ErrorKind, HolderConfig, Renewal, Session,
    storage::{AnyStorage, FileStorage, Storage},
};
use tenure_core::{
    holder::{Body, Generation, SaveFault, SignedOut, SignedOutReason, StorageTrouble, Stored},
    time::Timestamp,
};
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_secs(20);

/// A folder in which nothing can be made or removed while this value lives.
struct Sealed(PathBuf);

impl Sealed {
    /// `None` where neither permissions nor attributes bind this user.
    fn new(dir: &Path) -> Option<Self> {
        fs::set_permissions(dir, fs::Permissions::from_mode(0o500)).unwrap();
        let sealed = Self(dir.to_owned());
        let probe = dir.join("probe");
        if fs::write(&probe, "").is_err() {
            return Some(sealed);
        }
        fs::remove_file(&probe).unwrap();
        // Permissions do not bind the superuser, this attribute does.
        let immutable = chattr("+i", dir) && fs::write(&probe, "").is_err();
        immutable.then_some(sealed)
    }
}

impl Drop for Sealed {
    fn drop(&mut self) {
        chattr("-i", &self.0);
        fs::set_permissions(&self.0, fs::Permissions::from_mode(0o700)).unwrap();
    }
}

fn chattr(change: &str, dir: &Path) -> bool {
    let status = Command::new("chattr").arg(change).arg(dir).output();
    status.is_ok_and(|output| output.status.success())
}

fn skip() {
    eprintln!("SKIPPED: this user can write everywhere here, so no folder can be made read-only");
}

fn mark(generation: u64) -> Stored {
    let body = Body::SignedOut(SignedOut {
        reason: SignedOutReason::User,
        at: Timestamp::from_millis(1),
    });
    Stored {
        generation: Generation::from_u64(generation),
        body,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_a_read_only_folder_stays_and_there_is_no_lock() {
    let dir = tempfile::tempdir().unwrap();
    let storage = FileStorage::open(dir.path()).unwrap();
    storage.save(Generation::NONE, mark(1)).await.unwrap();
    let Some(sealed) = Sealed::new(dir.path()) else {
        return skip();
    };
    let saved = storage.save(Generation::from_u64(1), mark(2)).await;
    assert_eq!(saved, Err(SaveFault::Failed));
    assert_eq!(storage.load().await.unwrap(), Some(mark(1)));
    // It says so at once, and the session goes on without.
    let lock = timeout(LIMIT, storage.lock(Duration::from_secs(1))).await;
    assert!(lock.unwrap().is_none());
    drop(sealed);
    let saved = storage.save(Generation::from_u64(1), mark(2)).await;
    assert_eq!(saved, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_in_a_read_only_folder_is_kept_and_works_again_later() {
    // Laws 1 and 5.
    let dir = tempfile::tempdir().unwrap();
    let issuer = Numbered::default();
    let open = || {
        let storage = AnyStorage::new(FileStorage::open(dir.path()).unwrap());
        let config = HolderConfig {
            renewal: Renewal::OnDemand,
            ..HolderConfig::default()
        };
        Session::open_with(issuer.clone(), storage, config)
    };
    let session = open();
    session.sign_in(grant(0, 0)).await.unwrap();
    let Some(sealed) = Sealed::new(dir.path()) else {
        return skip();
    };
    let asked = timeout(LIMIT, session.access_token()).await.unwrap();
    let error = asked.unwrap_err();
    let cannot_write = ErrorKind::Storage(StorageTrouble::Write);
    assert_eq!(error.kind(), cannot_write);
    let said = error.to_string();
    assert!(said.contains("cannot be written"), "{said}");
    assert!(said.contains(dir.path().to_str().unwrap()), "{said}");
    drop((sealed, session));
    let token = timeout(LIMIT, open().access_token()).await.unwrap();
    let newest = format!("at-{}", issuer.asked());
    assert_eq!(token.unwrap().access_token().expose(), newest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_made_loses_nobody_and_is_named() {
    // Nobody can make a folder below a file, whatever their rights.
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    let place = dir.path().join("file").join("session");
    let session = Session::open(Numbered::default(), FileStorage::open(&place).unwrap());
    let error = timeout(LIMIT, session.sign_in(grant(0, 600)))
        .await
        .unwrap();
    let said = error.unwrap_err().to_string();
    assert!(said.contains(place.to_str().unwrap()), "{said}");
}
