use std::time::Duration;

use tenure_core::holder::{Input, LockOp};

use super::{
    World,
    event::{Life, Platform},
};

/// The lock of the session: a lease with a fencing number.
#[derive(Debug, Default)]
pub(crate) struct Lock {
    pub(crate) fence: u64,
    pub(crate) holder: Option<(Life, LockOp)>,
}

/// Who has the lock, and for how long.
impl World {
    pub(super) fn ask_for_lock(&mut self, life: Life, op: LockOp, lease: Duration) {
        let lease = u64::try_from(lease.as_millis()).unwrap_or(0);
        // A lock that is broken says so, or says nothing.
        if !self.plan.lock {
            self.schedule(
                1,
                Platform::Locks {
                    life,
                    op,
                    since: u64::MAX,
                    lease,
                },
            );
        } else if !self.trouble() {
            self.schedule(
                1,
                Platform::Locks {
                    life,
                    op,
                    since: self.at,
                    lease,
                },
            );
        }
    }

    pub(super) fn try_lock(&mut self, life: Life, op: LockOp, since: u64, lease: u64) {
        if since == u64::MAX {
            self.give(life, Input::LockRefused { op });
            return;
        }
        if !self.is_current(life) || self.at > since + LONGEST_LOCK_WAIT {
            return;
        }
        if self.processes[life.process].frozen_since.is_some() || self.lock.holder.is_some() {
            self.schedule(
                20,
                Platform::Locks {
                    life,
                    op,
                    since,
                    lease,
                },
            );
            return;
        }
        self.lock.fence += 1;
        self.lock.holder = Some((life, op));
        let fence = self.lock.fence;
        self.processes[life.process].lock = Some((op, fence));
        self.schedule(lease, Platform::LeaseEnds { fence });
        self.give(life, Input::LockGranted { op });
    }

    pub(super) fn unlock(&mut self, life: Life, op: LockOp) {
        if self.lock.holder == Some((life, op)) {
            self.lock.holder = None;
        }
        let own = &mut self.processes[life.process].lock;
        if own.is_some_and(|(held, _)| held == op) {
            *own = None;
        }
    }

    /// A driver that lives renews its lease; one that is frozen or dead loses it.
    pub(super) fn lease_ends(&mut self, fence: u64) {
        let Some((life, op)) = self.lock.holder.filter(|_| self.lock.fence == fence) else {
            return;
        };
        let alive = self.is_current(life)
            && self.processes[life.process].frozen_since.is_none()
            && self.processes[life.process].lock == Some((op, fence));
        if alive && !self.queue.is_empty() {
            self.schedule(LEASE_RENEWAL, Platform::LeaseEnds { fence });
        } else {
            self.lock.holder = None;
        }
    }
}

const LONGEST_LOCK_WAIT: u64 = 60_000;
const LEASE_RENEWAL: u64 = 2_000;
