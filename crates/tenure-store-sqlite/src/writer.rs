use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use tenure_core::time::Timestamp;
use tenure_store::{Entry, Key, StoreError, Version};
use tokio::sync::{mpsc, oneshot};

use crate::fault::{explain, is_busy};

/// What the writer's queue carries.
#[derive(Debug)]
pub(crate) enum Message {
    Write(Job),
    /// Finish what is queued, take nothing more, and end.
    Close,
}

/// One write and whom to tell.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) write: Write,
    pub(crate) deadline: Instant,
    pub(crate) answer: oneshot::Sender<Result<Written, StoreError>>,
}

#[derive(Debug)]
pub(crate) enum Write {
    Replace {
        key: Key,
        expected: Option<Version>,
        entry: Entry,
        now: Timestamp,
    },
    Touch {
        key: Key,
        expires_at: Timestamp,
        now: Timestamp,
    },
    Remove {
        key: Key,
        expected: Option<Version>,
        now: Timestamp,
    },
    Sweep {
        now: Timestamp,
        limit: usize,
    },
}

/// How many rows a write changed, and the version they have now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    pub(crate) rows: usize,
    pub(crate) version: Version,
}

/// Whether the writer stands before a lock of another process right now: then a caller who gives
/// up knows what it waited for, whichever of the two clocks rings first.
#[derive(Debug, Clone, Default)]
pub(crate) struct LockedOut(Arc<AtomicBool>);

impl LockedOut {
    pub(crate) fn is_now(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, waiting: bool) {
        self.0.store(waiting, Ordering::Relaxed);
    }
}

/// The writer's life: take all that waits, write it as one, answer.
pub(crate) fn run(
    mut conn: Connection,
    mut queue: mpsc::Receiver<Message>,
    locked_out: &LockedOut,
) {
    let mut messages = Vec::with_capacity(MAX_BATCH);
    while queue.blocking_recv_many(&mut messages, MAX_BATCH) > 0 {
        let mut jobs = Vec::with_capacity(messages.len());
        for message in messages.drain(..) {
            match message {
                Message::Write(job) => jobs.push(job),
                Message::Close => queue.close(),
            }
        }
        // Whoever gave up was told that the write may or may not have taken place.
        let now = Instant::now();
        jobs.retain(|job| now < job.deadline);
        if !jobs.is_empty() {
            write_batch(&mut conn, jobs, locked_out);
        }
    }
}

/// Writes all in one transaction. If one fails, the transaction is undone and each is tried alone,
/// so that it fails for itself only; nobody was answered before.
fn write_batch(conn: &mut Connection, mut jobs: Vec<Job>, locked_out: &LockedOut) {
    match commit(conn, &jobs, locked_out) {
        Ok(written) => {
            for (job, written) in jobs.into_iter().zip(written) {
                tell(job, Ok(written));
            }
        }
        Err(error) if jobs.len() > 1 && !is_busy(&error) => {
            tracing::debug!(
                writes = jobs.len(),
                "a batch failed, trying each write alone"
            );
            for job in jobs.drain(..) {
                write_batch(conn, vec![job], locked_out);
            }
        }
        Err(error) => {
            let error = Arc::new(error);
            for job in jobs {
                tell(job, Err(explain(&error)));
            }
        }
    }
}

fn tell(job: Job, outcome: Result<Written, StoreError>) {
    if job.answer.send(outcome).is_err() {
        tracing::debug!("a write was finished after its caller had left");
    }
}

fn commit(
    conn: &mut Connection,
    jobs: &[Job],
    locked_out: &LockedOut,
) -> rusqlite::Result<Vec<Written>> {
    conn.busy_timeout(patience(jobs))?;
    locked_out.set(true);
    let begun = conn.transaction_with_behavior(TransactionBehavior::Immediate);
    locked_out.set(false);
    let tx = begun?;
    // Read under the write lock: other processes count here too.
    let first: i64 = tx
        .prepare_cached(COUNTER)?
        .query_row([], |row| row.get(0))?;
    let mut last = first;
    let written = jobs
        .iter()
        .map(|job| write(&tx, &job.write, &mut last))
        .collect::<Result<_, _>>()?;
    if last != first {
        tx.prepare_cached(COUNT)?.execute([last])?;
    }
    tx.commit()?;
    Ok(written)
}

/// Waits for a lock a little less long than the first caller does, so that it hears the cause.
fn patience(jobs: &[Job]) -> Duration {
    let first = jobs.iter().map(|job| job.deadline).min();
    first.map_or(Duration::ZERO, |deadline| {
        deadline
            .saturating_duration_since(Instant::now())
            .mul_f32(0.9)
    })
}

fn write(tx: &Transaction<'_>, write: &Write, last: &mut i64) -> rusqlite::Result<Written> {
    let rows = match write {
        Write::Replace {
            key,
            expected,
            entry,
            now,
        } => replace(tx, key, *expected, entry, *now, *last + 1)?,
        Write::Touch {
            key,
            expires_at,
            now,
        } => tx.prepare_cached(TOUCH)?.execute(params![
            key.kind().code(),
            key.name(),
            now.as_millis(),
            expires_at.as_millis(),
        ])?,
        Write::Remove { key, expected, now } => remove(tx, key, *expected, *now)?,
        Write::Sweep { now, limit } => sweep(tx, *now, *limit)?,
    };
    let is_new = rows > 0 && matches!(write, Write::Replace { .. });
    *last += i64::from(is_new);
    Ok(Written {
        rows,
        version: Version(last.cast_unsigned()),
    })
}

fn replace(
    tx: &Transaction<'_>,
    key: &Key,
    expected: Option<Version>,
    entry: &Entry,
    now: Timestamp,
    version: i64,
) -> rusqlite::Result<usize> {
    let (kind, name, now) = (key.kind().code(), key.name(), now.as_millis());
    let owner = entry.owner.as_ref().map(|owner| owner.0.as_str());
    let deadline = entry.expires_at.map(Timestamp::as_millis);
    let Some(expected) = expected else {
        return tx.prepare_cached(CREATE)?.execute(params![
            kind,
            name,
            now,
            version,
            deadline,
            owner,
            entry.bytes
        ]);
    };
    tx.prepare_cached(UPDATE)?.execute(params![
        kind,
        name,
        now,
        version,
        deadline,
        owner,
        entry.bytes,
        expected.0.cast_signed(),
    ])
}

fn remove(
    tx: &Transaction<'_>,
    key: &Key,
    expected: Option<Version>,
    now: Timestamp,
) -> rusqlite::Result<usize> {
    let (kind, name, now) = (key.kind().code(), key.name(), now.as_millis());
    match expected {
        Some(version) => tx.prepare_cached(REMOVE_VERSION)?.execute(params![
            kind,
            name,
            now,
            version.0.cast_signed()
        ]),
        None => tx.prepare_cached(REMOVE)?.execute(params![kind, name]),
    }
}

/// Row by row: a single statement would look at all rows of each kind.
fn sweep(tx: &Transaction<'_>, now: Timestamp, limit: usize) -> rusqlite::Result<usize> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let expired = tx
        .prepare_cached(EXPIRED)?
        .query_map(params![now.as_millis(), limit], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<Vec<(u8, Vec<u8>)>, _>>()?;
    let mut remove = tx.prepare_cached(REMOVE)?;
    for (kind, name) in &expired {
        remove.execute(params![kind, name])?;
    }
    Ok(expired.len())
}

const COUNTER: &str = "SELECT last FROM counter";

const COUNT: &str = "UPDATE counter SET last = ?1";

const CREATE: &str = "
    INSERT INTO rows (kind, name, version, expires_at, owner, bytes)
    VALUES (?1, ?2, ?4, ?5, ?6, ?7)
    ON CONFLICT (kind, name) DO UPDATE
    SET version = ?4, expires_at = ?5, owner = ?6, bytes = ?7 WHERE expires_at <= ?3";

const UPDATE: &str = "
    UPDATE rows SET version = ?4, expires_at = ?5, owner = ?6, bytes = ?7
    WHERE kind = ?1 AND name = ?2 AND version = ?8 AND (expires_at IS NULL OR expires_at > ?3)";

const TOUCH: &str = "
    UPDATE rows SET expires_at = ?4
    WHERE kind = ?1 AND name = ?2 AND (expires_at IS NULL OR expires_at > ?3)";

const REMOVE: &str = "DELETE FROM rows WHERE kind = ?1 AND name = ?2";

const REMOVE_VERSION: &str = "
    DELETE FROM rows
    WHERE kind = ?1 AND name = ?2 AND version = ?4 AND (expires_at IS NULL OR expires_at > ?3)";

const EXPIRED: &str = "
    SELECT kind, name FROM rows INDEXED BY rows_by_deadline
    WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2";

/// Bounds how long a transaction takes, and so how long anyone waits for the disk.
const MAX_BATCH: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::plan;

    #[test]
    fn every_statement_goes_straight_to_its_rows() {
        for (statement, way) in [
            (UPDATE, "PRIMARY KEY (kind=? AND name=?)"),
            (TOUCH, "PRIMARY KEY (kind=? AND name=?)"),
            (REMOVE, "PRIMARY KEY (kind=? AND name=?)"),
            (REMOVE_VERSION, "PRIMARY KEY (kind=? AND name=?)"),
            (EXPIRED, "rows_by_deadline (expires_at<?)"),
        ] {
            let plan = plan(statement);
            assert!(
                plan.contains(way) && !plan.contains("TEMP B-TREE"),
                "{plan}"
            );
        }
    }
}
