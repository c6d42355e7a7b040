use std::{process, time::Duration};

use tenure_wire::lease::{self, Lease as Record};
use tokio::{
    sync::{OwnedSemaphorePermit, oneshot, watch},
    task::spawn_blocking,
    time::sleep,
};

use super::register::{Put, Register};
use crate::clock::wall_clock;

/// The lock of a session, held until it is released, or until it ends by itself: a holder that
/// was killed, or that stands still, cannot keep it. The number of the lease is its fence.
///
/// On disk it is `lease.<fence>.json`; a lease that is released or past its end may be followed
/// by the next fence. Readable and usable by other languages.
#[derive(Debug)]
pub struct Lease {
    held: LockGuard,
}

#[derive(Debug)]
enum LockGuard {
    Memory(OwnedSemaphorePermit),
    Disk {
        lost: watch::Receiver<bool>,
        release: oneshot::Sender<oneshot::Sender<()>>,
    },
}

impl Lease {
    pub(super) const fn of_memory(permit: OwnedSemaphorePermit) -> Self {
        Self {
            held: LockGuard::Memory(permit),
        }
    }

    /// Waits for the lease that `register` counts.
    pub(super) async fn acquire(register: Register, length: Duration) -> Option<Self> {
        loop {
            let own = register.clone();
            match spawn_blocking(move || attempt(&own, length)).await.ok()? {
                Ok(Some(fence)) => return Some(Self::keep(register, fence, length)),
                Ok(None) => sleep(pause()).await,
                Err(error) => {
                    tracing::warn!(%error, "there is no lock; going on without it");
                    return None;
                }
            }
        }
    }

    /// Completes when somebody else has it.
    pub async fn lost(&mut self) {
        match &mut self.held {
            LockGuard::Memory(_) => std::future::pending().await,
            LockGuard::Disk { lost, .. } => {
                // An error means that the keeper is gone, and the lease lapses.
                let _ = lost.wait_for(|lost| *lost).await;
            }
        }
    }

    /// Gives it back. A lease that is dropped instead lapses.
    pub async fn release(self) {
        match self.held {
            LockGuard::Memory(permit) => drop(permit),
            LockGuard::Disk { release, .. } => {
                let (done, finished) = oneshot::channel();
                if release.send(done).is_ok() {
                    // An error means that it was lost: then there is nothing to give back.
                    let _ = finished.await;
                }
            }
        }
    }

    fn keep(register: Register, fence: u64, length: Duration) -> Self {
        let (tell_lost, lost) = watch::channel(false);
        let (release, wanted) = oneshot::channel();
        tokio::spawn(renew(register, fence, length, tell_lost, wanted));
        Self {
            held: LockGuard::Disk { lost, release },
        }
    }
}

/// Renews a lease until it is wanted back, lost, or forgotten.
async fn renew(
    register: Register,
    fence: u64,
    length: Duration,
    tell_lost: watch::Sender<bool>,
    mut wanted: oneshot::Receiver<oneshot::Sender<()>>,
) {
    loop {
        let done = tokio::select! {
            biased;
            wanted = &mut wanted => match wanted {
                Ok(done) => Some(done),
                // Dropped: it lapses.
                Err(_) => return,
            },
            () = sleep(length / 3) => None,
        };
        let (own, released) = (register.clone(), done.is_some());
        let written = spawn_blocking(move || {
            own.rewrite(fence, &record(length, released))
                .unwrap_or(Put::Done)
        });
        let written = written.await.unwrap_or(Put::Lost);
        if let Some(done) = done {
            // Whoever waits may have gone.
            let _ = done.send(());
            return;
        }
        if written == Put::Lost {
            tell_lost.send_replace(true);
            return;
        }
    }
}

fn attempt(register: &Register, length: Duration) -> std::io::Result<Option<u64>> {
    let fence = match register.latest()? {
        None => 0,
        Some((fence, bytes)) => {
            // What cannot be read was not written by a holder that can be waited for.
            let free = lease::decode(&bytes).map_or(true, |record| is_free(&record));
            if !free {
                return Ok(None);
            }
            fence
        }
    };
    let put = register.put(fence, &record(length, false))?;
    Ok((put == Put::Done).then_some(fence + 1))
}

fn record(length: Duration, released: bool) -> Vec<u8> {
    lease::encode(&Record {
        pid: process::id(),
        expires_at_ms: now_ms().saturating_add(millis(length)),
        released,
    })
}

/// An end far ahead was written before the clock was set back: it says nothing.
fn is_free(record: &Record) -> bool {
    let now = now_ms();
    let absurd = record.expires_at_ms > now.saturating_add(millis(LONGEST));
    record.released || now >= record.expires_at_ms || absurd
}

fn now_ms() -> u64 {
    u64::try_from(wall_clock().as_millis()).unwrap_or_default()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Between two looks; drawn, so that many waiters do not look in step.
fn pause() -> Duration {
    let mut byte = [0];
    let drawn = getrandom::fill(&mut byte).map_or(0, |()| u64::from(byte[0]));
    Duration::from_millis(15 + drawn % 16)
}

/// No lease is longer.
const LONGEST: Duration = Duration::from_secs(60);
