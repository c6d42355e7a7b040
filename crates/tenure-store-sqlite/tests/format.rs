//! The database as other releases find it.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that cannot do its part fails the test"
)]
#![allow(missing_docs, reason = "a test program")]

use std::path::Path;

use rusqlite::Connection;
use tenure_core::time::Timestamp;
use tenure_store::{Key, Kind, Owner, Page, Store, Version};
use tenure_store_sqlite::SqliteStore;

mod common;

use common::{create, place};

/// A database of format 1, with one row.
const FORMAT_1: &str = "
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
    INSERT INTO counter VALUES (1, 41);
    INSERT INTO rows VALUES (6, x'00ff', 41, 1800000060000, 'ada', x'017b7d');
    PRAGMA application_id = 1415933557;
    PRAGMA user_version = 1;
";

#[tokio::test]
async fn a_database_of_version_1_is_opened_and_read() {
    let (_folder, path) = place();
    Connection::open(&path)
        .unwrap()
        .execute_batch(FORMAT_1)
        .unwrap();
    let store = SqliteStore::open(&path).await.unwrap();
    let (key, owner) = (
        Key::new(Kind::Account, [0x00, 0xff]),
        Owner("ada".to_owned()),
    );
    let deadline = Timestamp::from_millis(1_800_000_060_000);
    let before = Timestamp::from_millis(1_800_000_059_999);
    let found = store.find(&key, before).await.unwrap().unwrap();
    assert_eq!(found.bytes, b"\x01{}");
    assert_eq!(
        (found.version, found.expires_at),
        (Version(41), Some(deadline))
    );
    let page = Page {
        after: None,
        limit: 9,
    };
    let owned = store.owned_by(&owner, Kind::Account, page, before).await;
    assert_eq!(owned.unwrap(), std::slice::from_ref(&key));
    assert!(store.find(&key, deadline).await.unwrap().is_none());
}

#[tokio::test]
async fn a_new_database_is_of_version_1() {
    let ((_new, new), (_old, old)) = (place(), place());
    create(&new).await;
    Connection::open(&old)
        .unwrap()
        .execute_batch(FORMAT_1)
        .unwrap();
    assert_eq!(format(&new), format(&old));
}

/// Whose it is, its version, and its tables.
fn format(path: &Path) -> (i32, i32, Vec<String>) {
    let database = Connection::open(path).unwrap();
    let number = |name| database.pragma_query_value(None, name, |row| row.get(0));
    let text = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
    let mut tables = database.prepare(text).unwrap();
    let tables = tables.query_map([], |row| row.get(0)).unwrap();
    (
        number("application_id").unwrap(),
        number("user_version").unwrap(),
        tables.map(Result::unwrap).collect(),
    )
}
