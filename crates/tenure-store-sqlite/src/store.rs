use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tenure_core::time::Timestamp;
use tenure_store::{
    Entry, Key, Kind, Owner, Page, Replaced, Store, StoreError, Stored, Touched, Version,
};
use tokio::sync::{mpsc, oneshot, watch};

use crate::fault::{LOCKED, unavailable};
use crate::options::Options;
use crate::readers::{self, Readers, closed};
use crate::writer::{self, Job, LockedOut, Message, Write, Written};
use crate::{file, schema};

/// A store in one SQLite file; clones share its connections.
///
/// When the last clone is dropped, what was queued is written first; [`close`](Self::close) does
/// the same without blocking the thread.
#[derive(Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
}

impl SqliteStore {
    /// Opens the database at this path with the default options, and creates it if need be.
    ///
    /// # Errors
    ///
    /// As [`Options::open`].
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        Options::new(path).open().await
    }

    pub(crate) async fn open_with(options: Options) -> Result<Self, StoreError> {
        let opened = tokio::task::spawn_blocking(move || Inner::open(&options)).await;
        let inner = opened.map_err(|stopped| {
            unavailable("the database could not be opened").with_source(stopped)
        })??;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Writes what is queued, then closes the file. Calls after this, also through clones, fail
    /// as unavailable.
    pub async fn close(&self) {
        self.inner.readers.close();
        // A queue that is gone belongs to a store that is closed already.
        if self.inner.queue.send(Message::Close).await.is_err() {
            tracing::debug!("the store was closed twice");
        }
        let mut ended = self.inner.ended.clone();
        while ended.changed().await.is_ok() {}
    }

    async fn write(&self, write: Write) -> Result<Written, StoreError> {
        self.in_time(|deadline| async move {
            let (answer, outcome) = oneshot::channel();
            let job = Message::Write(Job {
                write,
                deadline,
                answer,
            });
            self.inner.queue.send(job).await.map_err(|_| closed())?;
            outcome.await.map_err(|_| self.late())?
        })
        .await
    }

    async fn in_time<T, F>(&self, call: impl FnOnce(Instant) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let timeout = self.inner.timeout;
        let call = call(Instant::now() + timeout);
        tokio::time::timeout(timeout, call)
            .await
            .unwrap_or_else(|_| Err(self.late()))
    }

    fn late(&self) -> StoreError {
        unavailable(if self.inner.locked_out.is_now() {
            LOCKED
        } else {
            "the database did not answer in time"
        })
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

impl Store for SqliteStore {
    async fn find(&self, key: &Key, now: Timestamp) -> Result<Option<Stored>, StoreError> {
        if let Some(found) = self
            .inner
            .readers
            .read(|conn| readers::find(conn, key, now))?
        {
            return Ok(found);
        }
        let key = key.clone();
        self.in_time(|deadline| {
            let find = move |conn: &_| readers::find(conn, &key, now);
            self.inner.readers.read_blocking(deadline, find)
        })
        .await
    }

    async fn replace(
        &self,
        key: &Key,
        expected: Option<Version>,
        entry: Entry,
        now: Timestamp,
    ) -> Result<Replaced, StoreError> {
        let key = key.clone();
        let written = self
            .write(Write::Replace {
                key,
                expected,
                entry,
                now,
            })
            .await?;
        Ok(match written.rows {
            0 => Replaced::Conflict,
            _ => Replaced::Done(written.version),
        })
    }

    async fn touch(
        &self,
        key: &Key,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Touched, StoreError> {
        let key = key.clone();
        let written = self
            .write(Write::Touch {
                key,
                expires_at,
                now,
            })
            .await?;
        Ok(if written.rows == 0 {
            Touched::Gone
        } else {
            Touched::Done
        })
    }

    async fn remove(
        &self,
        key: &Key,
        expected: Option<Version>,
        now: Timestamp,
    ) -> Result<Replaced<()>, StoreError> {
        let key = key.clone();
        let written = self.write(Write::Remove { key, expected, now }).await?;
        let is_done = written.rows > 0 || expected.is_none();
        Ok(if is_done {
            Replaced::Done(())
        } else {
            Replaced::Conflict
        })
    }

    async fn owned_by(
        &self,
        owner: &Owner,
        kind: Kind,
        page: Page,
        now: Timestamp,
    ) -> Result<Vec<Key>, StoreError> {
        let owner = owner.clone();
        self.in_time(|deadline| {
            let list = move |conn: &_| readers::owned_by(conn, &owner, kind, &page, now);
            self.inner.readers.read_blocking(deadline, list)
        })
        .await
    }

    /// Deletes in steps, so that other writes go between them; each step has its own deadline.
    async fn sweep(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut swept = 0;
        while swept < limit {
            let step = SWEEP_STEP.min(limit - swept);
            let rows = self.write(Write::Sweep { now, limit: step }).await?.rows;
            swept += rows;
            if rows < step {
                break;
            }
        }
        Ok(swept)
    }
}

struct Inner {
    queue: mpsc::Sender<Message>,
    readers: Arc<Readers>,
    timeout: Duration,
    locked_out: LockedOut,
    ended: watch::Receiver<()>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Inner {
    fn open(options: &Options) -> Result<Self, StoreError> {
        file::prepare(&options.path)?;
        let conn = schema::open_writer(options)?;
        let (queue, jobs) = mpsc::channel(options.queue);
        let (alive, ended) = watch::channel(());
        let locked_out = LockedOut::default();
        let standing = locked_out.clone();
        let writer = thread::Builder::new()
            .name("tenure-sqlite".to_owned())
            .spawn(move || {
                writer::run(conn, jobs, &standing);
                drop(alive);
            })
            .map_err(|error| {
                unavailable("the system has no thread for the database").with_source(error)
            })?;
        Ok(Self {
            queue,
            readers: Arc::new(Readers::new(&options.path)),
            timeout: options.timeout,
            locked_out,
            ended,
            writer: Mutex::new(Some(writer)),
        })
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.readers.close();
        // Closing the queue lets the writer come to its end.
        self.queue = mpsc::channel(1).0;
        let writer = self
            .writer
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if writer.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that writes to the database ended early");
        }
    }
}

const SWEEP_STEP: usize = 256;
