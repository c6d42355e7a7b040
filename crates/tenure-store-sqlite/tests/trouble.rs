//! Files that are not ours, locks, full disks, folders that may not be written to.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that cannot do its part fails the test"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::Command;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::TempDir;
use tenure_store::{Store, StoreErrorKind};
use tenure_store_sqlite::{Options, SqliteStore};
use tokio::time::timeout;

mod common;

use common::{NOW, beside, create, key, place, put, put_bytes};

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let (_folder, path) = place();
    create(&path).await;
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 7)
        .unwrap();
    let before = fs::read(&path).unwrap();
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::NewerVersion);
    assert!(
        error.to_string().contains("use the version that made it"),
        "{error}"
    );
    assert!(fs::read(&path).unwrap() == before, "the file was changed");
}

#[tokio::test]
async fn foreign_files_are_refused_and_left_alone() {
    let (folder, path) = place();
    let database = folder.path().join("foreign.db");
    Connection::open(&database)
        .unwrap()
        .execute_batch(
            "PRAGMA journal_mode = wal; CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1);",
        )
        .unwrap();
    let foreign: [&[u8]; 3] = [
        b"x",
        b"# a text that somebody keeps\n",
        &fs::read(&database).unwrap(),
    ];
    for bytes in foreign {
        fs::write(&path, bytes).unwrap();
        let error = SqliteStore::open(&path).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{error}");
        assert!(fs::read(&path).unwrap() == bytes, "the file was changed");
        assert_eq!(
            beside(&path),
            Vec::<PathBuf>::new(),
            "files were made beside it"
        );
    }
}

#[tokio::test]
async fn a_truncated_database_is_corrupt() {
    let (_folder, path) = place();
    create(&path).await;
    let whole = fs::read(&path).unwrap();
    for kept in [50, 4096, whole.len() - 4096] {
        fs::write(&path, &whole[..kept]).unwrap();
        let error = SqliteStore::open(&path).await.unwrap_err();
        assert_eq!(
            error.kind(),
            StoreErrorKind::Corrupt,
            "{kept} bytes: {error}"
        );
        assert!(
            fs::read(&path).unwrap() == whole[..kept],
            "the file was changed"
        );
    }
}

#[tokio::test]
async fn a_lock_of_another_process_is_waited_for_and_then_unavailable() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).await.unwrap();
    put(&store, "before").await.unwrap();
    let hasty = Options::new(&path).timeout(Duration::from_millis(300));
    let hasty = hasty.open().await.unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    let error = timeout(LIMIT, put(&hasty, "locked out")).await.unwrap();
    let error = error.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert!(
        error.to_string().contains("locked by another process"),
        "{error}"
    );
    assert!(
        store.find(&key("before"), NOW).await.unwrap().is_some(),
        "reads do not wait"
    );

    let mut waiting = pin!(put(&store, "patient"));
    let early = timeout(Duration::from_millis(200), &mut waiting).await;
    assert!(early.is_err(), "it did not wait: {early:?}");
    other.execute_batch("COMMIT").unwrap();
    waiting.await.unwrap();
}

#[tokio::test]
async fn a_read_that_is_locked_out_ends_in_time() {
    let (_folder, path) = place();
    create(&path).await;
    let other = Connection::open(&path).unwrap();
    other
        .pragma_update(None, "locking_mode", "exclusive")
        .unwrap();
    other
        .execute_batch("BEGIN IMMEDIATE; UPDATE counter SET last = last; COMMIT")
        .unwrap();
    let opening = Options::new(&path)
        .timeout(Duration::from_millis(300))
        .open();
    let error = opening.await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
    drop(other);
    assert!(SqliteStore::open(&path).await.is_ok());
}

#[tokio::test]
async fn a_full_database_refuses_and_works_again_when_there_is_room() {
    let (_folder, path) = place();
    let store = Options::new(&path)
        .max_size_bytes(40 * 4096)
        .open()
        .await
        .unwrap();
    fill(&store).await;
    for row in 0..3 {
        store
            .remove(&key(&row.to_string()), None, NOW)
            .await
            .unwrap();
    }
    put(&store, "again").await.unwrap();
}

#[tokio::test]
async fn a_full_disk_refuses_and_works_again_when_there_is_room() {
    let Some(disk) = SmallDisk::mount("size=600k") else {
        return;
    };
    let store = SqliteStore::open(disk.path().join("tenure.db"))
        .await
        .unwrap();
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![0; 100_000]).unwrap();
    fill(&store).await;
    fs::remove_file(ballast).unwrap();
    put(&store, "again").await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn one_row_that_does_not_fit_does_not_harm_its_neighbours() {
    let (_folder, path) = place();
    let store = Options::new(&path)
        .max_size_bytes(40 * 4096)
        .open()
        .await
        .unwrap();
    let writes = (0..32).map(|row| {
        let store = store.clone();
        let bytes = if row == 7 { vec![0; 1 << 20] } else { vec![1] };
        tokio::spawn(async move { put_bytes(&store, &row.to_string(), bytes).await })
    });
    for (row, write) in writes.collect::<Vec<_>>().into_iter().enumerate() {
        let outcome = write.await.unwrap();
        assert_eq!(outcome.is_err(), row == 7, "row {row}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_read_only_folder_is_unavailable_with_a_sentence_that_helps() {
    let Some(disk) = SmallDisk::mount("size=600k") else {
        return;
    };
    let path = disk.path().join("tenure.db");
    create(&path).await;
    assert!(disk.remount("ro"), "the disk cannot be made read-only");
    for path in [path, disk.path().join("other.db")] {
        let error = SqliteStore::open(&path).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
        let text = error.to_string();
        assert!(
            text.contains("can be written there") || text.contains("cannot be"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_missing_folder_and_a_folder_as_file_are_unavailable() {
    let (folder, _) = place();
    for path in [
        folder.path().join("missing/tenure.db"),
        folder.path().to_owned(),
    ] {
        let error = SqliteStore::open(path).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
        assert!(error.to_string().contains("folder"), "{error}");
    }
}

/// Writes until there is no room; what was written before that is there.
async fn fill(store: &SqliteStore) {
    let mut kept = 0_u32;
    let error = loop {
        match put_bytes(store, &kept.to_string(), vec![7; 8000]).await {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(kept > 3, "only {kept} rows fit");
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert!(error.to_string().contains("full"), "{error}");
    for row in 0..kept {
        let found = store.find(&key(&row.to_string()), NOW).await.unwrap();
        assert!(
            found.is_some_and(|row| row.bytes == [7; 8000]),
            "row {row} is lost"
        );
    }
    assert!(
        store
            .find(&key(&kept.to_string()), NOW)
            .await
            .unwrap()
            .is_none()
    );
}

/// A disk in memory, where the test may mount one.
struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    fn mount(options: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let disk = Self { folder };
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(disk.path())
            .output();
        if mount.is_ok_and(|mount| mount.status.success()) {
            return Some(disk);
        }
        eprintln!("SKIPPED: this user may not mount a small disk");
        None
    }

    /// Tries for a while: processes that other tests start hold open files until they are under
    /// way.
    fn remount(&self, mode: &str) -> bool {
        let options = format!("remount,{mode}");
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline {
            let mount = Command::new("mount")
                .args(["-o", &options])
                .arg(self.path())
                .output();
            if mount.is_ok_and(|mount| mount.status.success()) {
                return true;
            }
        }
        false
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let lazily = Command::new("umount").arg("-l").arg(self.path()).output();
        if lazily.is_err() {
            eprintln!("the small disk is still mounted");
        }
    }
}

const LIMIT: Duration = Duration::from_secs(20);
