//! What there is in a world, and what can happen in it.

mod damage;
mod event;
mod issuer;
mod late;
mod lock;
mod network;
mod people;
mod plan;
mod platform;
mod process;
mod rng;
mod stale;
mod stall;
mod theft;

use std::collections::BTreeMap;

use tenure_core::{
    holder::{Input, Stored},
    time::{Now, Timestamp, Uptime},
};

use self::{
    damage::Damage,
    event::{Event, Life},
    issuer::Issuer,
    late::Held,
    lock::Lock,
    plan::Plan,
    process::Process,
    rng::Rng,
    stale::Stale,
    stall::Stall,
};
use crate::laws::{Ledger, Violation};

/// One machine with a few processes that share a session, its storage, people, a network that
/// cannot be trusted, and an issuer.
#[derive(Debug)]
pub struct World {
    plan: Plan,
    rng: Rng,
    more: Rng,
    at: u64,
    sequence: u64,
    queue: BTreeMap<(u64, u64), Event>,
    machine_ahead: i64,
    issuer_ahead: i64,
    processes: Vec<Process>,
    storage: Option<Stored>,
    stale: Stale,
    stall: Stall,
    storage_broken: bool,
    damage: Damage,
    lock: Lock,
    issuer: Issuer,
    held: Vec<Held>,
    outage: bool,
    healing: bool,
    healed_at: u64,
    users: u64,
    ledger: Ledger,
    steps: u64,
    log: Option<Vec<String>>,
}

impl World {
    /// Makes the world of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let mut more = Rng::new(seed ^ MORE);
        let plan = Plan::draw(&mut rng, &mut more);
        let issuer_ahead = 1_700_000_000_000;
        let skew = if plan.calm {
            0
        } else {
            i64::try_from(rng.below(20_000)).unwrap_or(0) - 10_000
        };
        let mut world = Self {
            at: 1_000,
            sequence: 0,
            queue: BTreeMap::new(),
            machine_ahead: issuer_ahead + skew,
            issuer_ahead,
            processes: Vec::new(),
            storage: None,
            stale: Stale::new(seed, &plan),
            stall: Stall::new(seed, &plan),
            storage_broken: false,
            damage: Damage::default(),
            lock: Lock::default(),
            issuer: Issuer::new(plan.strict),
            held: Vec::new(),
            outage: false,
            healing: false,
            healed_at: 0,
            users: 0,
            ledger: Ledger::default(),
            steps: 0,
            log: None,
            rng,
            more,
            plan,
        };
        for process in 0..world.plan.processes {
            world.processes.push(Process::default());
            world.start(process);
        }
        world.schedule_everything();
        world.schedule_damage(seed);
        world.schedule_old_readings(seed);
        world
    }

    /// Keeps a line for everything that happens; for looking at one seed.
    #[must_use]
    pub fn with_log(mut self) -> Self {
        self.log = Some(Vec::new());
        self
    }

    /// The lines kept so far.
    #[must_use]
    pub fn log(&self) -> &[String] {
        self.log.as_deref().unwrap_or(&[])
    }

    /// How often the issuer rotated a refresh token.
    #[must_use]
    pub const fn rotations(&self) -> u64 {
        self.issuer.rotations
    }

    /// Plays to the end, or to the first broken law.
    ///
    /// # Errors
    ///
    /// The law that was broken.
    pub fn play(&mut self) -> Result<(), Violation> {
        while let Some(((at, _), event)) = self.queue.pop_first() {
            self.at = self.at.max(at);
            self.steps += 1;
            if let Some(log) = &mut self.log {
                log.push(format!("{at:>9} {event:?}"));
            }
            self.happen(event);
            if self.steps > MOST_STEPS {
                self.ledger.break_law(8, "the world does not come to rest");
            }
            if let Some(violation) = &self.ledger.violation {
                return Err(violation.clone());
            }
        }
        self.check_end();
        self.ledger.violation.clone().map_or(Ok(()), Err)
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::People(event) => self.people(event),
            Event::Platform(event) => self.platform(event),
            Event::Network(event) => self.network(event),
        }
    }

    fn schedule(&mut self, after: u64, event: impl Into<Event>) {
        self.sequence += 1;
        self.queue
            .insert((self.at + after, self.sequence), event.into());
    }

    fn now(&self) -> Now {
        Now {
            wall: self.wall(),
            uptime: Uptime::from_millis(self.at),
        }
    }

    fn wall(&self) -> Timestamp {
        clock(self.at, self.machine_ahead)
    }

    fn issuer_now(&self) -> Timestamp {
        clock(self.at, self.issuer_ahead)
    }

    /// Whether something goes wrong now.
    fn trouble(&mut self) -> bool {
        let permille = if self.healing { 0 } else { self.plan.trouble };
        self.rng.chance(permille)
    }

    fn life(&self, process: usize) -> Life {
        Life {
            process,
            number: self.processes[process].life,
        }
    }

    fn is_current(&self, life: Life) -> bool {
        self.processes[life.process].life == life.number
    }

    /// Hands an input to a process, or keeps it until the process thaws.
    fn give(&mut self, life: Life, input: Input) {
        if !self.is_current(life) {
            return;
        }
        let now = self.now();
        let process = &mut self.processes[life.process];
        if process.frozen_since.is_some() {
            process.inbox.push(input);
            return;
        }
        let Some(holder) = &mut process.holder else {
            return;
        };
        process.opened |= matches!(input, Input::Opened);
        holder.handle_input(input, now);
        self.drain(life);
    }
}

fn clock(at: u64, ahead: i64) -> Timestamp {
    Timestamp::from_millis(i64::try_from(at).unwrap_or(i64::MAX).saturating_add(ahead))
}

/// Apart from the numbers of the seed itself. Chosen so that the worlds of the corpus are keyed and
/// nothing in them is late: they play as they did when they broke a law.
const MORE: u64 = 0x5bd9_780c;
/// Far more than any world that rests needs.
const MOST_STEPS: u64 = 200_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::play::corpus;

    #[test]
    fn the_worlds_of_the_corpus_are_what_they_were() {
        for (seed, what) in corpus() {
            let world = World::new(seed);
            assert!(world.plan.keyed && !world.plan.late, "{seed} {what}");
            assert!(world.old_readings(seed).is_none(), "{seed} {what}");
            assert!(!world.stall.is_there(), "{seed} {what}");
        }
    }
}
