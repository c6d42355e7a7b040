//! What every place for a session must do, and what files do beyond that.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

use tenure_client::storage::{FileStorage, MemoryStorage, Storage};
use tenure_core::{
    holder::{Body, Generation, LoadFault, SaveFault, SignedOut, SignedOutReason, Stored},
    time::Timestamp,
};
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_secs(20);

fn mark(generation: u64) -> Stored {
    let at = Timestamp::from_millis(i64::try_from(generation).unwrap());
    let body = Body::SignedOut(SignedOut {
        reason: SignedOutReason::User,
        at,
    });
    Stored {
        generation: Generation::from_u64(generation),
        body,
    }
}

async fn keeps_the_contract(storage: impl Storage, peer: impl Storage) {
    assert_eq!(storage.load().await.unwrap(), None);
    storage.save(Generation::NONE, mark(1)).await.unwrap();
    assert_eq!(peer.load().await.unwrap(), Some(mark(1)));
    let again = storage.save(Generation::NONE, mark(1)).await;
    assert_eq!(again, Err(SaveFault::Conflict));
    let gone = storage.save(Generation::from_u64(7), mark(8)).await;
    assert_eq!(gone, Err(SaveFault::Conflict));
    assert_eq!(storage.load().await.unwrap(), Some(mark(1)));

    let changed = tokio::spawn(async move {
        storage.changed().await;
        storage
    });
    // Whether it looks before or after the first of these, it sees a later one.
    let storage = timeout(LIMIT, async {
        let mut generation = 1;
        while !changed.is_finished() {
            let replaces = Generation::from_u64(generation);
            generation += 1;
            peer.save(replaces, mark(generation)).await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        changed.await.unwrap()
    })
    .await
    .unwrap();

    let length = Duration::from_millis(600);
    let first = timeout(LIMIT, storage.lock(length)).await.unwrap().unwrap();
    let mut second = Box::pin(peer.lock(length));
    let early = timeout(Duration::from_millis(900), &mut second).await;
    assert!(early.is_err(), "two hold one lock");
    first.release().await;
    let second = timeout(LIMIT, second).await.unwrap().unwrap();
    second.release().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_keeps_the_contract() {
    let storage = MemoryStorage::default();
    keeps_the_contract(storage.clone(), storage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_keep_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    let open = || FileStorage::open(dir.path().join("session")).unwrap();
    keeps_the_contract(open(), open()).await;
}

#[tokio::test]
async fn only_the_owner_can_read_a_session_and_old_ones_are_gone() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("session");
    let storage = FileStorage::open(&place).unwrap();
    storage.save(Generation::NONE, mark(1)).await.unwrap();
    storage
        .save(Generation::from_u64(1), mark(2))
        .await
        .unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place), 0o700);
    let files: Vec<_> = fs::read_dir(&place)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(files, [place.join("session.00000000000000000002.json")]);
    assert_eq!(mode(&files[0]), 0o600);
}

#[tokio::test]
async fn what_cannot_be_understood_is_left_alone() {
    let damaged = LoadFault::Damaged(Generation::from_u64(3));
    for (bytes, fault) in [
        (&b""[..], damaged),
        (b"{\"tenure\":1", damaged),
        (b"not ours", damaged),
        (b"{\"tenure\":99,\"new\":1}", LoadFault::Newer),
        (br#"{"v":1,"key":1,"sealed":"AA"}"#, LoadFault::OtherForm),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("session.00000000000000000003.json");
        fs::write(&file, bytes).unwrap();
        let storage = FileStorage::open(dir.path()).unwrap();
        assert_eq!(storage.load().await, Err(fault));
        assert_eq!(fs::read(&file).unwrap(), bytes);
    }
}

#[tokio::test]
async fn damage_that_is_replaced_is_kept_aside_once_for_its_owner_only() {
    let dir = tempfile::tempdir().unwrap();
    let storage = FileStorage::open(dir.path()).unwrap();
    let file = |number: u64| dir.path().join(format!("session.{number:020}.json"));
    let aside = dir.path().join("session.damaged.json");
    for (number, bytes) in [(3, &b"first"[..]), (4, b"second")] {
        fs::write(file(number), bytes).unwrap();
        let at = Generation::from_u64(number);
        for elsewhere in [at.next(), Generation::NONE] {
            let kept = storage.replace_damaged(elsewhere, mark(number + 1)).await;
            assert_eq!(kept, Err(SaveFault::Conflict));
        }
        storage.replace_damaged(at, mark(number + 1)).await.unwrap();
        assert_eq!(storage.load().await, Ok(Some(mark(number + 1))));
        assert_eq!(fs::read(&aside).unwrap(), bytes);
        let mode = fs::metadata(&aside).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }
}

#[tokio::test]
async fn a_file_in_place_of_the_folder_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("session");
    fs::write(&file, "").unwrap();
    let error = FileStorage::open(&file).unwrap_err();
    assert!(error.to_string().contains("is not a folder"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_nobody_renews_lapses() {
    let dir = tempfile::tempdir().unwrap();
    let open = || FileStorage::open(dir.path()).unwrap();
    let lease = open().lock(Duration::from_millis(300)).await.unwrap();
    drop(lease);
    let next = timeout(LIMIT, open().lock(Duration::from_millis(300)))
        .await
        .unwrap()
        .unwrap();
    next.release().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_from_before_the_clock_was_set_back_blocks_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let far = r#"{"pid":1,"expires_at_ms":99999999999999,"released":false}"#;
    fs::write(dir.path().join("lease.00000000000000000005.json"), far).unwrap();
    let storage = FileStorage::open(dir.path()).unwrap();
    let lease = timeout(LIMIT, storage.lock(Duration::from_secs(1)))
        .await
        .unwrap()
        .unwrap();
    assert!(dir.path().join("lease.00000000000000000006.json").exists());
    lease.release().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_somebody_else_followed_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let storage = FileStorage::open(dir.path()).unwrap();
    let mut lease = storage.lock(Duration::from_millis(300)).await.unwrap();
    let theirs = r#"{"pid":1,"expires_at_ms":1,"released":false}"#;
    fs::write(dir.path().join("lease.00000000000000000002.json"), theirs).unwrap();
    timeout(LIMIT, lease.lost()).await.unwrap();
}
