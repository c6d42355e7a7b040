use super::{
    World,
    event::{Life, People},
    plan::Plan,
    rng::Rng,
};

/// Processes that stand still between reading under the lock and acting on it, for so long that
/// their peers take the lock and go on.
#[derive(Debug)]
pub(crate) struct Stall {
    rng: Option<Rng>,
}

impl Stall {
    /// Drawn apart from everything else, so that the worlds of known seeds stay as they are.
    pub(crate) fn new(seed: u64, plan: &Plan) -> Self {
        let mut rng = Rng::new(seed ^ STALLS);
        let with_peers = plan.processes > 1 && plan.lock && !plan.calm && !plan.strict;
        let stalls = with_peers && rng.chance(200);
        Self {
            rng: stalls.then_some(rng),
        }
    }

    /// Whether it happens in this world at all.
    #[cfg(test)]
    pub(crate) const fn is_there(&self) -> bool {
        self.rng.is_some()
    }
}

impl World {
    /// Storage has been read: this process may stand still before it learns what is there, and
    /// its peers go on.
    pub(super) fn stall(&mut self, life: Life) {
        let process = &mut self.processes[life.process];
        let acts = process.lock.is_some() && process.frozen_since.is_none();
        if !acts || self.healing || process.life != life.number {
            return;
        }
        let Some(rng) = self.stall.rng.as_mut() else {
            return;
        };
        if !rng.chance(150) {
            return;
        }
        process.frozen_since = Some(self.at);
        let stands_still = rng.between(11_000, 60_000);
        let mut asks = Vec::new();
        for process in (0..self.processes.len()).filter(|it| *it != life.process) {
            asks.extend((0..4).map(|_| (rng.between(5_000, stands_still), process)));
        }
        let process = life.process;
        self.schedule(stands_still, People::Thaw { process });
        for (at, process) in asks {
            self.schedule(at, People::TokenWanted { process });
        }
    }
}

/// Apart from the numbers of the seed itself, and such that the worlds of the corpus have none.
const STALLS: u64 = 1;
