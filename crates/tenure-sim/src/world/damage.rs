use tenure_core::holder::{Generation, LoadFault, SaveFault};

use super::{World, event::People, rng::Rng};

/// Damage to what is stored, until somebody repairs it or signs in over it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Damage {
    is_there: bool,
    /// Whether storage counts by itself, as files do.
    counts: bool,
}

impl World {
    /// Drawn apart, so that seeds play the worlds they played before.
    pub(super) fn schedule_damage(&mut self, seed: u64) {
        let mut rng = Rng::new(!seed);
        if self.plan.calm || self.plan.strict || !rng.chance(150) {
            return;
        }
        self.damage.counts = rng.chance(500);
        let at = rng.between(20, self.plan.length);
        self.schedule(at, People::StorageIsDamaged);
        // People find out and sign in again, or somebody repairs it.
        let process = rng.index(self.plan.processes);
        if rng.chance(700) {
            let after = rng.between(1, 60_000);
            self.schedule(at + after, People::SignIn { process });
        }
        let ms = rng.between(100, 120_000);
        self.schedule(at + ms, People::StorageIsRepaired);
    }

    pub(super) const fn damage_storage(&mut self) {
        self.damage.is_there = self.storage.is_some();
    }

    pub(super) const fn repair_storage(&mut self) {
        self.damage.is_there = false;
    }

    /// What a read of damaged storage says.
    pub(super) fn damage_found(&self) -> Option<LoadFault> {
        let at = self.storage.as_ref().filter(|_| self.damage.counts);
        let at = at.map_or(Generation::NONE, |stored| stored.generation);
        self.damage.is_there.then_some(LoadFault::Damaged(at))
    }

    /// Whether a write may take place over what is there, which is over when it does. `aside`: a
    /// write that keeps damage aside.
    pub(super) fn write_over_damage(
        &mut self,
        replaces: u64,
        aside: bool,
    ) -> Result<(), SaveFault> {
        let there = self.storage.as_ref().map_or(0, |s| s.generation.as_u64());
        let fits = match (self.damage.is_there, self.damage.counts, aside) {
            (true, false, aside) => aside,
            (false, false, true) => false,
            (_, true, _) | (false, false, false) => there == replaces,
        };
        if !fits {
            return Err(SaveFault::Conflict);
        }
        self.damage.is_there = false;
        Ok(())
    }
}
