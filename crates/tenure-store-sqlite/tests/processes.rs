//! Processes that die, and processes that share one file.
//!
//! The child is this test binary itself, asked for the one test that works for a parent.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that cannot do its part fails the test"
)]

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use tenure_core::time::Timestamp;
use tenure_store::{Entry, Key, Kind, Owner, Replaced, Store, Stored};
use tenure_store_sqlite::SqliteStore;

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

#[test]
fn what_was_acknowledged_survives_a_killed_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenure.db");
    let mut acknowledged = Vec::new();
    for life in 0..5 {
        let (mut child, mut lines) = start_child("rows", &path, &life.to_string());
        let mut heard = 0;
        while let Some(Ok(line)) = lines.next() {
            acknowledged.extend(line.strip_prefix("done ").map(str::to_owned));
            heard += usize::from(line.starts_with("done "));
            if heard == 300 {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(heard >= 300, "the child ended by itself");
    }
    block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        for name in &acknowledged {
            let found = store.find(&key(name), NOW).await.unwrap();
            assert_eq!(
                found.map(|row| row.bytes).as_deref(),
                Some(name.as_bytes()),
                "{name}"
            );
        }
    });
}

#[test]
fn two_processes_on_one_file_lose_no_update() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenure.db");
    // The file is not there yet: the children also race to make it.
    let children = [(); 3].map(|()| start_child("count", &path, "400"));
    for (mut child, lines) in children {
        lines.for_each(drop);
        assert!(child.wait().unwrap().success());
    }
    block_on(async {
        let store = SqliteStore::open(&path).await.unwrap();
        let found = store.find(&key("counter"), NOW).await.unwrap();
        assert_eq!(found.map(|row| row.bytes), Some(b"1200".to_vec()));
    });
}

/// Does what a parent asks for; without a parent there is nothing to do.
#[test]
fn works_for_a_parent_process() {
    let Ok(task) = std::env::var("TENURE_TEST_TASK") else {
        return;
    };
    let path = PathBuf::from(std::env::var_os("TENURE_TEST_PATH").unwrap());
    let argument = std::env::var("TENURE_TEST_ARGUMENT").unwrap();
    match task.as_str() {
        "rows" => block_on(write_until_killed(&path, &argument)),
        "count" => block_on(count(&path, argument.parse().unwrap())),
        other => panic!("no task is called {other}"),
    }
}

async fn write_until_killed(path: &Path, life: &str) {
    let store = Arc::new(SqliteStore::open(path).await.unwrap());
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..16 {
        let (store, life) = (Arc::clone(&store), life.to_owned());
        writers.spawn(async move {
            for row in 0.. {
                let name = format!("{life} {writer} {row}");
                let owner = Some(Owner(life.clone()));
                let entry = Entry {
                    bytes: name.clone().into_bytes(),
                    expires_at: None,
                    owner,
                };
                let written = store.replace(&key(&name), None, entry, NOW).await.unwrap();
                assert_ne!(written, Replaced::Conflict);
                say(&format!("done {name}"));
            }
        });
    }
    while let Some(ended) = writers.join_next().await {
        ended.unwrap();
    }
}

async fn count(path: &Path, times: usize) {
    let store = SqliteStore::open(path).await.unwrap();
    for _ in 0..times {
        while !increment(&store).await {}
    }
    store.close().await;
}

async fn increment(store: &SqliteStore) -> bool {
    let found = store.find(&key("counter"), NOW).await.unwrap();
    let count = found.as_ref().map_or(0, number) + 1;
    let entry = Entry {
        bytes: count.to_string().into_bytes(),
        expires_at: None,
        owner: None,
    };
    let expected = found.map(|row| row.version);
    let replaced = store
        .replace(&key("counter"), expected, entry, NOW)
        .await
        .unwrap();
    replaced != Replaced::Conflict
}

fn number(row: &Stored) -> u64 {
    String::from_utf8_lossy(&row.bytes).parse().unwrap()
}

fn start_child(task: &str, path: &Path, argument: &str) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "works_for_a_parent_process", "--nocapture"])
        .env("TENURE_TEST_TASK", task)
        .env("TENURE_TEST_PATH", path)
        .env("TENURE_TEST_ARGUMENT", argument)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines)
}

/// Leads with a line break: the test harness may have left a line unfinished.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

fn key(name: &str) -> Key {
    Key::new(Kind::Family, name.as_bytes())
}

fn block_on(work: impl Future<Output = ()>) {
    tokio::runtime::Runtime::new().unwrap().block_on(work);
}
