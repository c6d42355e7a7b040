//! What becomes of a request to write or to read.
//!
//! Only the sealed text is signed: neither the time, nor the namespace, nor who may read. So
//! whoever saw a request could send it again, later or elsewhere. Every text that was accepted
//! therefore leaves a mark, which outlives the entry by the longest life there is; a text that has
//! its mark is taken only for the repetition of a request whose answer was lost, and changes
//! nothing. The entry is written before the mark: what a crash in between lets through stands in
//! `docs/threats.md`.

use tenure_core::time::Timestamp;
use tenure_store::{Key, Kind, Store as _, StoreError};
use tenure_wire::sealed::{SealedEntry, SealedMark};

use super::body::{MAX_LIFE, Name, Write};
use super::origin;
use crate::digest::sha256;
use crate::rows::{Change, Life, Rows};

/// What became of a request to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// The entry is what was asked for.
    Done,
    /// It was so before: nothing was written.
    Repeated,
    /// This text was accepted before, and something else took its place.
    Replayed,
    /// There is nothing to update.
    Absent,
}

/// Puts an entry in the place of the one that is there, if any.
pub(super) async fn set(rows: &Rows, write: Write) -> Result<Written, StoreError> {
    let ends = rows.now().saturating_add(write.life);
    put(rows, write, |_| Some(ends)).await
}

/// Changes what is in an entry, not how long it lives; creates none.
pub(super) async fn update(rows: &Rows, write: Write) -> Result<Written, StoreError> {
    put(rows, write, |there| there).await
}

/// The text of an entry, if a page of `origin` may read it.
pub(super) async fn get(
    rows: &Rows,
    name: &Name,
    origin: Option<&str>,
) -> Result<Option<String>, StoreError> {
    let found = rows.read::<SealedEntry>(&entry_key(name)).await?;
    let entry = found.map(|(entry, _)| entry);
    Ok(entry
        .filter(|entry| origin::may_read(&entry.readers, origin))
        .map(|entry| entry.data))
}

/// Writes the entry with the end that `ends` gives for the end of the one that is there.
async fn put(
    rows: &Rows,
    write: Write,
    ends: impl Fn(Option<Timestamp>) -> Option<Timestamp>,
) -> Result<Written, StoreError> {
    let mark = mark_key(&write);
    let seen = rows.store.find(&mark, rows.now()).await?.is_some();
    let decide = |there: Option<SealedEntry>| {
        let end = there
            .as_ref()
            .map(|there| Timestamp::from_millis(there.ends_at));
        if there.is_some_and(|there| there.data == write.data) {
            return Change::Leave((Written::Repeated, end));
        }
        if seen {
            return Change::Leave((Written::Replayed, None));
        }
        let Some(end) = ends(end) else {
            return Change::Leave((Written::Absent, None));
        };
        let entry = SealedEntry {
            data: write.data.clone(),
            readers: write.readers.clone(),
            ends_at: end.as_millis(),
        };
        Change::Write(entry, Life::until(end), (Written::Done, Some(end)))
    };
    let (written, end) = rows.change(&entry_key(&write.name), decide).await?;
    if let Some(end) = end.filter(|_| !seen) {
        // Of two that sent the same, both may find the mark missing.
        let life = Life::until(end.saturating_add(MAX_LIFE));
        rows.write(&mark, None, &SealedMark {}, life).await?;
    }
    Ok(written)
}

fn entry_key(name: &Name) -> Key {
    digest(&[b"entry", &name.key, name.namespace.as_bytes()])
}

fn mark_key(write: &Write) -> Key {
    digest(&[b"mark", &write.name.key, write.data.as_bytes()])
}

/// Each part after its length, so that no two lists of parts are one text.
fn digest(parts: &[&[u8]]) -> Key {
    let mut text = Vec::new();
    for part in parts {
        text.extend((part.len() as u64).to_be_bytes());
        text.extend(*part);
    }
    Key::new(Kind::Sealed, sha256(&text))
}
