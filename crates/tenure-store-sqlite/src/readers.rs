use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, Row, params};
use tenure_core::time::Timestamp;
use tenure_store::{Key, Kind, Owner, Page, StoreError, Stored, Version};
use tokio::sync::Semaphore;

use crate::fault::{explain, is_busy, unavailable};
use crate::schema::open_reader;

/// Connections that only read.
///
/// In WAL mode a read never waits for the writer, and a point read of a cached page takes a few
/// microseconds, less than a change of threads; so it runs where it is called. What can take
/// long (a scan, a lock of a foreign process) runs on a blocking thread.
#[derive(Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    idle: Mutex<Idle>,
    blocking: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Idle {
    connections: Vec<Connection>,
    closed: bool,
}

impl Readers {
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            idle: Mutex::default(),
            blocking: Arc::new(Semaphore::new(MAX_BLOCKING)),
        }
    }

    /// Reads here and now; `None` if a lock is in the way.
    pub(crate) fn read<T>(
        &self,
        query: impl Fn(&Connection) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        match self.query(Duration::ZERO, query) {
            Err(Failure::Busy(_)) => Ok(None),
            Err(failure) => Err(failure.into()),
            Ok(answer) => Ok(Some(answer)),
        }
    }

    /// Reads on a blocking thread, where it waits for locks until `deadline`.
    pub(crate) async fn read_blocking<T: Send + 'static>(
        self: &Arc<Self>,
        deadline: Instant,
        query: impl Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = Arc::clone(&self.blocking)
            .acquire_owned()
            .await
            .map_err(|_| closed())?;
        let readers = Arc::clone(self);
        let read = move || {
            let _permit = permit;
            let patience = deadline.saturating_duration_since(Instant::now());
            readers
                .query(patience.mul_f32(0.9), query)
                .map_err(StoreError::from)
        };
        match tokio::task::spawn_blocking(read).await {
            Ok(answer) => answer,
            Err(stopped) => Err(unavailable("the database could not be read").with_source(stopped)),
        }
    }

    pub(crate) fn close(&self) {
        let mut idle = self.idle();
        idle.closed = true;
        idle.connections.clear();
    }

    fn query<T>(
        &self,
        patience: Duration,
        query: impl Fn(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Failure> {
        let conn = self.take()?;
        if !patience.is_zero() {
            conn.busy_timeout(patience)?;
        }
        // A connection on which something failed is not used again.
        let answer = query(&conn)?;
        if !patience.is_zero() {
            conn.busy_timeout(Duration::ZERO)?;
        }
        self.put_back(conn);
        Ok(answer)
    }

    fn take(&self) -> Result<Connection, Failure> {
        let mut idle = self.idle();
        if idle.closed {
            return Err(Failure::Closed);
        }
        let conn = idle.connections.pop();
        drop(idle);
        match conn {
            Some(conn) => Ok(conn),
            None => Ok(open_reader(&self.path)?),
        }
    }

    fn put_back(&self, conn: Connection) {
        let mut idle = self.idle();
        if !idle.closed && idle.connections.len() < MAX_IDLE {
            idle.connections.push(conn);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn find(
    conn: &Connection,
    key: &Key,
    now: Timestamp,
) -> rusqlite::Result<Option<Stored>> {
    conn.prepare_cached(FIND)?
        .query_row(
            params![key.kind().code(), key.name(), now.as_millis()],
            |row| {
                Ok(Stored {
                    bytes: row.get(0)?,
                    version: Version(row.get::<_, i64>(1)?.cast_unsigned()),
                    expires_at: row.get::<_, Option<i64>>(2)?.map(Timestamp::from_millis),
                })
            },
        )
        .optional()
}

pub(crate) fn owned_by(
    conn: &Connection,
    owner: &Owner,
    kind: Kind,
    page: &Page,
    now: Timestamp,
) -> rusqlite::Result<Vec<Key>> {
    let limit = i64::try_from(page.limit).unwrap_or(i64::MAX);
    let (kind_code, now) = (kind.code(), now.as_millis());
    let key = |row: &Row<'_>| Ok(Key::new(kind, row.get::<_, Vec<u8>>(0)?));
    let Some(after) = &page.after else {
        let mut first = conn.prepare_cached(FIRST_PAGE)?;
        return first
            .query_map(params![owner.0, kind_code, now, limit], key)?
            .collect();
    };
    let mut next = conn.prepare_cached(NEXT_PAGE)?;
    next.query_map(params![owner.0, kind_code, now, limit, after.name()], key)?
        .collect()
}

enum Failure {
    Busy(rusqlite::Error),
    Other(rusqlite::Error),
    Closed,
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        if is_busy(&error) {
            Self::Busy(error)
        } else {
            Self::Other(error)
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Busy(error) | Failure::Other(error) => explain(&Arc::new(error)),
            Failure::Closed => closed(),
        }
    }
}

pub(crate) fn closed() -> StoreError {
    unavailable("the store has been closed")
}

const FIND: &str = "
    SELECT bytes, version, expires_at FROM rows
    WHERE kind = ?1 AND name = ?2 AND (expires_at IS NULL OR expires_at > ?3)";

// The index is named: without statistics SQLite would rather read all rows of the kind.
const FIRST_PAGE: &str = "
    SELECT name FROM rows INDEXED BY rows_by_owner
    WHERE owner = ?1 AND kind = ?2 AND (expires_at IS NULL OR expires_at > ?3)
    ORDER BY name LIMIT ?4";

const NEXT_PAGE: &str = "
    SELECT name FROM rows INDEXED BY rows_by_owner
    WHERE owner = ?1 AND kind = ?2 AND (expires_at IS NULL OR expires_at > ?3) AND name > ?5
    ORDER BY name LIMIT ?4";

const MAX_IDLE: usize = 16;
const MAX_BLOCKING: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::plan;

    #[test]
    fn every_statement_goes_straight_to_its_rows() {
        for (statement, way) in [
            (FIND, "PRIMARY KEY (kind=? AND name=?)"),
            (FIRST_PAGE, "rows_by_owner (owner=? AND kind=?)"),
            (NEXT_PAGE, "rows_by_owner (owner=? AND kind=? AND name>?)"),
        ] {
            let plan = plan(statement);
            assert!(
                plan.contains(way) && !plan.contains("TEMP B-TREE"),
                "{plan}"
            );
        }
    }
}
