use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use tenure_store::{StoreError, StoreErrorKind};

use crate::fault::{explain, unavailable};
use crate::options::Options;

/// `Tenu`: tells a Tenure database from any other.
pub(crate) const APPLICATION_ID: i32 = 0x5465_6e75;

/// Opens the connection that writes, and makes the tables in an empty file.
pub(crate) fn open_writer(options: &Options) -> Result<Connection, StoreError> {
    let mut conn = connect(&options.path, options.timeout)?;
    let version = create_tables(&mut conn)?;
    refuse_newer(version)?;
    configure(&conn, options)?;
    Ok(conn)
}

/// Opens a connection that only reads; it does not wait for locks.
pub(crate) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, flags())?;
    conn.busy_timeout(Duration::ZERO)?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

pub(crate) fn refuse_foreign() -> StoreError {
    let message = "the file is not a Tenure database: choose another path, it was left as it is";
    StoreError::new(StoreErrorKind::Corrupt, message)
}

pub(crate) fn refuse_newer(version: i32) -> Result<(), StoreError> {
    if version <= SCHEMA {
        return Ok(());
    }
    let message = format!(
        "the database has format {version}, this version of Tenure knows formats up to {SCHEMA}: \
         use the version that made it, or restore a backup from before the upgrade"
    );
    Err(StoreError::new(StoreErrorKind::NewerVersion, message))
}

fn connect(path: &Path, timeout: Duration) -> Result<Connection, StoreError> {
    Connection::open_with_flags(path, flags())
        .and_then(|conn| conn.busy_timeout(timeout).map(|()| conn))
        .map_err(|error| explain(&Arc::new(error)))
}

/// Without `CREATE` and `URI`: the file is there, and its name is only a name.
fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// The format of the file, which gets its tables if it is empty. One that has them is only read,
/// so that opening does not wait for whoever writes.
///
/// Tables and marks appear in one transaction, before the journal mode changes, so that the main
/// file is either empty or says whose it is.
fn create_tables(conn: &mut Connection) -> Result<i32, StoreError> {
    let failed = |error| explain(&Arc::new(error));
    let number = |conn: &Connection, name| {
        conn.pragma_query_value(None, name, |row| row.get::<_, i32>(0))
            .map_err(failed)
    };
    if number(conn, "application_id")? == APPLICATION_ID {
        return number(conn, "user_version");
    }
    let tx = conn
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    let is_empty: bool = tx
        .query_row(
            "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)",
            [],
            |row| row.get(0),
        )
        .map_err(failed)?;
    let application = number(&tx, "application_id")?;
    if is_empty && application == 0 {
        tx.execute_batch(TABLES).map_err(failed)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)
            .map_err(failed)?;
        tx.pragma_update(None, "user_version", SCHEMA)
            .map_err(failed)?;
    } else if application != APPLICATION_ID {
        return Err(refuse_foreign());
    }
    let version = number(&tx, "user_version")?;
    tx.commit().map_err(failed)?;
    Ok(version)
}

fn configure(conn: &Connection, options: &Options) -> Result<(), StoreError> {
    let failed = |error| explain(&Arc::new(error));
    let mode: String = conn
        .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))
        .map_err(failed)?;
    if mode != "wal" {
        return Err(unavailable(
            "the database is on a file system without shared memory",
        ));
    }
    // Each commit reaches the disk before it is answered.
    conn.pragma_update(None, "synchronous", "full")
        .map_err(failed)?;
    conn.pragma_update(None, "fullfsync", true)
        .map_err(failed)?;
    conn.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)
        .map_err(failed)?;
    conn.pragma_update_and_check(None, "journal_size_limit", JOURNAL_BYTES, |_| Ok(()))
        .map_err(failed)?;
    if let Some(bytes) = options.max_size_bytes {
        let pages = i64::try_from(bytes / PAGE_BYTES)
            .unwrap_or(i64::MAX)
            .clamp(1, MAX_PAGES);
        conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            .map_err(failed)?;
    }
    Ok(())
}

/// `counter` holds the last version given to any row, so that no key sees a version twice, also
/// across removal and across processes.
const TABLES: &str = "
    CREATE TABLE rows (
        kind INTEGER NOT NULL,
        name BLOB NOT NULL,
        version INTEGER NOT NULL,
        expires_at INTEGER,
        owner TEXT,
        bytes BLOB NOT NULL,
        PRIMARY KEY (kind, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX rows_by_owner ON rows (owner, kind, name) WHERE owner IS NOT NULL;
    CREATE INDEX rows_by_deadline ON rows (expires_at) WHERE expires_at IS NOT NULL;
    CREATE TABLE counter (one INTEGER PRIMARY KEY CHECK (one = 1), last INTEGER NOT NULL) STRICT;
    INSERT INTO counter VALUES (1, 0);
";

const SCHEMA: i32 = 1;
const PAGE_BYTES: u64 = 4096;
const MAX_PAGES: i64 = 4_294_967_294;
const CHECKPOINT_PAGES: i64 = 1000;
const JOURNAL_BYTES: i64 = 8 * 1024 * 1024;

/// How SQLite would carry out a statement.
#[cfg(test)]
pub(crate) fn plan(statement: &str) -> String {
    let conn = Connection::open_in_memory().unwrap();
    conn.execute_batch(TABLES).unwrap();
    let mut explain = conn
        .prepare(&format!("EXPLAIN QUERY PLAN {statement}"))
        .unwrap();
    let nulls = vec![rusqlite::types::Null; explain.parameter_count()];
    let steps = explain
        .query_map(rusqlite::params_from_iter(nulls), |row| {
            row.get::<_, String>(3)
        })
        .unwrap();
    steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
}
