use alloc::boxed::Box;
use core::time::Duration;

use super::{
    Generation, Holder, LoadFault, LoadOp, StorageTrouble, Stored,
    phase::{AfterLoad, Op, Phase, Reads, Save, SaveReason},
    signing::MOST_LOST_RACES,
    stored_view::StoredView,
};
use crate::{
    issuer::RatchetPolicy,
    mutant::{Mutant, is_on},
};

/// What storage says, and what follows from it.
impl Holder {
    pub(super) fn loaded(&mut self, op: LoadOp, result: Result<Option<Stored>, LoadFault>) {
        let Some(Phase::Loading {
            since,
            then,
            before,
            ..
        }) = self.phase.take_awaited(Op::Load(op))
        else {
            return;
        };
        let is_old = self.clock.uptime.since(since) > OLD_NEWS && !is_on(Mutant::OldNewsActedOn);
        if result.is_ok() && is_old {
            self.read_again(then, before);
            return;
        }
        match result {
            Ok(found) => self.after_load(then, found),
            // Before anybody is told that nothing can be known: what fails once may be nothing.
            Err(LoadFault::Failed) if matches!(self.view, StoredView::Unread) && !before.failed => {
                let failed = true;
                self.load_after(Reads { failed, ..before }, then);
            }
            Err(fault) => self.load_failed(then, fault),
        }
    }

    /// What was read may be long out of date: this process, or storage, stood still meanwhile.
    /// Acting on it could show the issuer a refresh token that peers have left behind.
    fn read_again(&mut self, then: AfterLoad, before: Reads) {
        if before.slow == MOST_SLOW_READS {
            self.load_failed(then, LoadFault::Failed);
        } else {
            let slow = before.slow + 1;
            self.load_after(Reads { slow, ..before }, then);
        }
    }

    fn after_load(&mut self, then: AfterLoad, found: Option<Stored>) {
        match then {
            AfterLoad::Look => {
                self.adopt(found);
                self.rest();
            }
            AfterLoad::Refresh => {
                self.adopt(found);
                self.refresh_unless_done();
            }
            AfterLoad::Refused(asked) => {
                self.adopt(found);
                self.refused_for_good(&asked);
            }
            AfterLoad::TimedOut => {
                self.adopt(found);
                self.timed_out();
            }
            AfterLoad::Limit => {
                self.adopt(found);
                self.end_if_over_limit();
            }
            AfterLoad::ResolveConflict(save) => self.settle_race(save, found),
        }
    }
}

/// Storage that cannot be read: it is an error and not a state that lasts.
impl Holder {
    /// Whether storage, which could not be read, may be readable now although nobody changed it.
    pub(super) const fn may_read_again(&self) -> bool {
        matches!(self.view, StoredView::Failed(StorageTrouble::Read)) && !self.person.hidden
    }

    /// Whether it is time to read it again.
    pub(super) fn reads_again(&self) -> bool {
        self.may_read_again() && !self.is_pausing()
    }

    /// A sign-in takes the place of what is damaged; nothing else does. One whose write went
    /// unanswered may be what is damaged, with tokens that a peer has used since: the person is
    /// asked again.
    pub(super) fn damage_in_the_way(&mut self, mut save: Box<Save>, at: Generation) {
        let gives_up = save.unanswered || save.lost == MOST_LOST_RACES;
        let is_sign_in = matches!(save.reason, SaveReason::SignIn { .. });
        if !is_sign_in || !StorageTrouble::Damaged.sign_in_helps() || gives_up {
            self.save_failed(save, StorageTrouble::Damaged);
            return;
        }
        save.lost += u8::from(core::mem::replace(&mut save.over_damage, true));
        save.replaces = at;
        save.begin_at(self.generation_over(at));
        self.save(save);
    }

    /// The generation of what takes the place of a damaged value. Where storage does not count,
    /// it is beyond all that peers can have seen: writes are further apart than a millisecond.
    fn generation_over(&self, at: Generation) -> Generation {
        if at != Generation::NONE {
            return at.next();
        }
        let beyond = Generation::from_u64(self.clock.wall.as_millis().unsigned_abs());
        self.generation().next().max(beyond)
    }
}

/// A reading of storage older than this is not acted on.
const OLD_NEWS: Duration = Duration::from_secs(2);
const _: () = assert!(
    2 * OLD_NEWS.as_millis() < RatchetPolicy::STRAGGLER_WINDOW.start().as_millis(),
    "a request would be theft that was sent on what was read last"
);
const _: () = assert!(
    10 * OLD_NEWS.as_millis() < RatchetPolicy::LOST_WINDOW.start().as_millis(),
    "a lost answer could not be asked for again after reading storage anew"
);
const MOST_SLOW_READS: u8 = 3;
