use tenure_core::holder::Stored;

use super::{
    World,
    event::{Life, People, Platform},
    plan::Plan,
    rng::Rng,
};

/// Storage that is not the same for all processes at every moment, as `localStorage` is not: for
/// a while after a write, some who read get what was there before. Writing compares with what is
/// really there.
///
/// The drivers wait for the newest where they can, so that a calm world has none of this.
#[derive(Debug)]
pub(crate) struct Stale {
    rng: Option<Rng>,
    before: Option<Stored>,
    written_at: u64,
}

impl Stale {
    /// Drawn apart from everything else, so that the worlds of known seeds stay as they are.
    pub(crate) fn new(seed: u64, plan: &Plan) -> Self {
        let mut rng = Rng::new(!seed);
        // Where a token counts once, reading an old one is the end of the session: no machine can
        // know better, and a driver that cannot wait says so.
        let stale = !plan.calm && !plan.strict && rng.chance(500);
        Self {
            rng: stale.then_some(rng),
            before: None,
            written_at: 0,
        }
    }

    /// Notes that `before` was replaced.
    pub(crate) fn wrote(&mut self, before: Option<Stored>, at: u64) {
        self.before = before;
        self.written_at = at;
    }

    /// Lets everybody see what was written, as a machine that sleeps for hours does.
    pub(crate) const fn settle(&mut self) {
        self.written_at = 0;
    }

    /// What a process reads instead of what is there, if it does. Never nothing: that would be
    /// storage that somebody cleared by hand, and whoever knows a value has it in a copy.
    pub(crate) fn read(&mut self, at: u64) -> Option<Option<Stored>> {
        let rng = self.rng.as_mut()?;
        let old = at < self.written_at + LONGEST_LAG && rng.chance(500);
        (old && self.before.is_some()).then(|| self.before.clone())
    }
}

impl World {
    /// In some of these worlds a token is refused while it is new, and whoever has got another is
    /// told that storage has changed, reads and asks again: all while what is read may be old.
    /// Drawn apart, so that seeds play the worlds they played before.
    pub(super) fn schedule_old_readings(&mut self, seed: u64) {
        let Some(mut rng) = self.old_readings(seed) else {
            return;
        };
        for _ in 0..rng.between(1, 4) {
            let process = rng.index(self.plan.processes);
            let at = rng.between(20, self.plan.length);
            self.schedule(at, People::TokenWanted { process });
            let refused = at + rng.between(100, 2_000);
            self.schedule(refused, People::NewestRejected { process });
            for _ in 0..rng.between(2, 5) {
                let told = refused + rng.between(20, 1_500);
                self.schedule(told, Platform::PeerChanged { process });
                let asks = told + rng.between(1, 100);
                self.schedule(asks, People::TokenWanted { process });
            }
        }
    }

    /// The numbers for what happens while readings are old, where anything does.
    pub(super) fn old_readings(&self, seed: u64) -> Option<Rng> {
        let mut rng = Rng::new(seed ^ OLD_READINGS);
        let some = self.stale.rng.is_some() && rng.chance(300);
        some.then_some(rng)
    }

    /// What storage says now.
    pub(super) fn read(&mut self) -> Option<Stored> {
        let old = self.stale.read(self.at).filter(|_| !self.healing);
        old.unwrap_or_else(|| self.storage.clone())
    }

    /// Whoever was given a token is never given an older one after it, whatever storage says.
    pub(super) fn goes_forward(&mut self, life: Life, generation: u64) {
        let process = &mut self.processes[life.process];
        let (number, before) = process.handed_out;
        if number == life.number && generation < before {
            self.ledger
                .break_law(9, "an older token was handed out after a newer one");
        }
        process.handed_out = (life.number, generation);
        process.last_generation = Some(generation);
    }
}

/// Messages between processes of a browser take a few milliseconds; on a busy machine, more.
const LONGEST_LAG: u64 = 1_000;
/// Apart from the numbers of the seed itself, and such that the worlds of the corpus have none.
const OLD_READINGS: u64 = 4;
