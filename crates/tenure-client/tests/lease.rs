//! The lock of a folder between processes: killed ones, frozen ones, and folders without one.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests, and a child that talks to its parent"
)]

use std::{
    env,
    ffi::OsString,
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use tenure_client::storage::{FileStorage, Storage};
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_secs(20);
const LENGTH: Duration = Duration::from_secs(2);

/// What programs of other languages may rely on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    pid: u32,
    expires_at_ms: u64,
    released: bool,
}

fn record(dir: &Path, fence: u64) -> Record {
    let bytes = fs::read(dir.join(format!("lease.{fence:020}.json"))).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[allow(clippy::disallowed_methods, reason = "this test's own clock")]
fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap()
}

/// A process that takes the lease of a folder and says what happens to it. Ends with this value.
struct Holder {
    child: Child,
    said: BufReader<ChildStdout>,
}

const HOLD_IN: &str = "TENURE_TEST_HOLD_IN";
const CHILD: &str = "a_frozen_holder_loses_the_lock_and_learns_of_it_when_it_wakes_up";

impl Holder {
    fn start(dir: &Path) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", CHILD, "--nocapture"])
            .env(HOLD_IN, dir)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let mut holder = Self { child, said };
        holder.until_it_says("held");
        holder
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Its silence is ended by its own time limit.
    fn until_it_says(&mut self, word: &str) {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            let read = self.said.read_line(&mut line).unwrap();
            assert!(read > 0, "it ended without saying {word:?}");
        }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the child does.
async fn hold(dir: OsString) {
    let storage = FileStorage::open(dir).unwrap();
    let mut lease = storage.lock(LENGTH).await.unwrap();
    println!("held");
    timeout(2 * LIMIT, lease.lost()).await.unwrap();
    println!("lost");
}

/// Takes the lease that a holder no longer renews, not before its end.
async fn succeed(dir: &Path) {
    let ends = record(dir, 1).expires_at_ms;
    let storage = FileStorage::open(dir).unwrap();
    let lease = timeout(LIMIT, storage.lock(LENGTH)).await.unwrap().unwrap();
    let got = now_ms();
    assert!(got >= ends, "taken {} ms early", ends - got);
    // Kept until the test ends.
    std::mem::forget(lease);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_holder_keeps_the_lock_no_longer_than_its_lease() {
    let dir = tempfile::tempdir().unwrap();
    let holder = Holder::start(dir.path());
    holder.signal(Signal::KILL);
    succeed(dir.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_holder_loses_the_lock_and_learns_of_it_when_it_wakes_up() {
    if let Some(dir) = env::var_os(HOLD_IN) {
        return hold(dir).await;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut holder = Holder::start(dir.path());
    holder.signal(Signal::STOP);
    succeed(dir.path()).await;
    holder.signal(Signal::CONT);
    holder.until_it_says("lost");
    // It took nothing back.
    let ours = record(dir.path(), 2);
    assert_eq!((ours.pid, ours.released), (std::process::id(), false));
    assert!(!dir.path().join("lease.00000000000000000003.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_living_holder_keeps_the_lock_beyond_the_length_of_one_lease() {
    let dir = tempfile::tempdir().unwrap();
    let holder = Holder::start(dir.path());
    let first = record(dir.path(), 1);
    assert_eq!(first.pid, holder.child.id());
    let storage = FileStorage::open(dir.path()).unwrap();
    let early = timeout(2 * LENGTH, storage.lock(LENGTH)).await;
    assert!(early.is_err(), "two hold one lock");
    assert!(record(dir.path(), 1).expires_at_ms > first.expires_at_ms);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lease_can_be_read_by_any_program() {
    let dir = tempfile::tempdir().unwrap();
    let storage = FileStorage::open(dir.path()).unwrap();
    let before = now_ms();
    let lease = storage.lock(LENGTH).await.unwrap();
    let held = record(dir.path(), 1);
    assert_eq!((held.pid, held.released), (std::process::id(), false));
    let ends = before + millis(LENGTH)..=now_ms() + millis(LENGTH);
    assert!(ends.contains(&held.expires_at_ms), "{held:?}");
    lease.release().await;
    assert!(record(dir.path(), 1).released);
}
