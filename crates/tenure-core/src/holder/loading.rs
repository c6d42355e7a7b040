use super::{
    Generation, Holder, StorageTrouble,
    memory::Memory,
    phase::{Purpose, Save},
    signing::MOST_LOST_RACES,
};

/// Storage that cannot be read: it is an error and not a state that lasts.
impl Holder {
    /// Whether storage, which could not be read, may be readable now although nobody changed it.
    pub(super) const fn may_read_again(&self) -> bool {
        matches!(self.memory, Memory::Failed(StorageTrouble::Read)) && !self.hidden
    }

    /// Whether it is time to read it again.
    pub(super) fn reads_again(&self) -> bool {
        self.may_read_again() && self.now.uptime >= self.pause_until
    }

    /// A sign-in takes the place of what is damaged; nothing else does. One whose write went
    /// unanswered may be what is damaged, with tokens that a peer has used since: the person is
    /// asked again.
    pub(super) fn damage_in_the_way(&mut self, mut save: Save, at: Generation) {
        let gives_up = save.unanswered || save.lost == MOST_LOST_RACES;
        match &mut save.purpose {
            Purpose::SignIn { over_damage, .. }
                if StorageTrouble::Damaged.sign_in_helps() && !gives_up =>
            {
                save.lost += u8::from(core::mem::replace(over_damage, true));
                save.replaces = at;
                save.begin_at(self.generation_over(at));
                self.save(save);
            }
            Purpose::SignIn { .. }
            | Purpose::SignOut { .. }
            | Purpose::End { .. }
            | Purpose::Refresh
            | Purpose::Activity => self.save_failed(save, StorageTrouble::Damaged),
        }
    }

    /// The generation of what takes the place of a damaged value. Where storage does not count,
    /// it is beyond all that peers can have seen: writes are further apart than a millisecond.
    fn generation_over(&self, at: Generation) -> Generation {
        if at != Generation::NONE {
            return at.next();
        }
        let beyond = Generation::from_u64(self.now.wall.as_millis().unsigned_abs());
        self.generation().next().max(beyond)
    }
}
