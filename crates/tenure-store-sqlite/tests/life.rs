//! A database from its making to its closing.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that cannot do its part fails the test"
)]

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use tenure_store::{Entry, Replaced, Store, StoreErrorKind};
use tenure_store_sqlite::{Options, SqliteStore};

mod common;

use common::{NOW, beside, key, place, put, put_bytes};

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;

    let (folder, path) = place();
    let store = SqliteStore::open(&path).await.unwrap();
    put(&store, "a").await.unwrap();
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.path().display());
    }
}

#[tokio::test]
async fn the_file_does_not_grow_with_the_writes_of_a_row() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).await.unwrap();
    let mut version = None;
    for write in 0..1000_u32 {
        let bytes = vec![write.to_le_bytes()[0]; 600];
        let entry = Entry {
            bytes,
            expires_at: Some(NOW.saturating_add(LONG)),
            owner: None,
        };
        let replaced = store.replace(&key("a"), version, entry, NOW).await.unwrap();
        let Replaced::Done(next) = replaced else {
            panic!("write {write} conflicts")
        };
        version = Some(next);
    }
    let journal = fs::metadata(path.with_extension("db-wal")).unwrap().len();
    assert!(journal < 16 << 20, "the journal has {journal} bytes");
    store.close().await;
    let size = fs::metadata(&path).unwrap().len();
    assert!(size <= 16 * 4096, "the database has {size} bytes");
    assert_eq!(
        beside(&path),
        Vec::<PathBuf>::new(),
        "closing left files behind"
    );
}

#[tokio::test]
async fn closing_finishes_what_is_queued_and_refuses_the_rest() {
    let (_folder, path) = place();
    let store = SqliteStore::open(&path).await.unwrap();
    let mut queued = tokio::task::JoinSet::new();
    for row in 0..100 {
        let store = store.clone();
        queued.spawn(async move { (row, put(&store, &row.to_string()).await) });
    }
    tokio::task::yield_now().await;
    store.close().await;
    store.close().await;
    let error = put(&store, "late").await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert_eq!(
        store.find(&key("0"), NOW).await.unwrap_err().kind(),
        StoreErrorKind::Unavailable
    );

    let again = SqliteStore::open(&path).await.unwrap();
    while let Some(ended) = queued.join_next().await {
        let (row, outcome) = ended.unwrap();
        let found = again.find(&key(&row.to_string()), NOW).await.unwrap();
        assert_eq!(found.is_some(), outcome.is_ok(), "row {row}: {outcome:?}");
    }
}

#[tokio::test]
async fn errors_have_neither_keys_nor_bytes() {
    let (_folder, path) = place();
    let store = Options::new(&path)
        .max_size_bytes(12 * 4096)
        .open()
        .await
        .unwrap();
    let error = put_bytes(&store, "canary-key", b"canary-byte".repeat(90_000))
        .await
        .unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(!text.contains("canary"), "{text}");
}

const LONG: Duration = Duration::from_secs(3600);
