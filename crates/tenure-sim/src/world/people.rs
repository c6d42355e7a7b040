use tenure_core::holder::{
    Body, Generation, Holder, Input, SignOutScope, Snapshot, Stored, Waiter,
};

use super::{
    World,
    event::{Event, Network, People},
    process::{Waiting, Want},
};

/// What people, callers, machines and bad luck do; drawn before the world begins.
impl World {
    pub(super) fn schedule_everything(&mut self) {
        let length = self.plan.length;
        let first = self.rng.index(self.plan.processes);
        self.schedule(10, People::SignIn { process: first });
        for _ in 0..self.plan.callers {
            let process = self.rng.index(self.plan.processes);
            let at = self.rng.between(20, length);
            // Callers come in crowds, and at the worst moment.
            let crowd = self.rng.between(1, 3);
            for _ in 0..crowd {
                let process = if self.rng.chance(500) {
                    process
                } else {
                    self.rng.index(self.plan.processes)
                };
                let event = People::TokenWanted { process };
                let near = self.rng.below(30);
                self.schedule(at + near, event);
            }
        }
        for _ in 0..self.plan.people {
            self.schedule_person(length);
        }
        for _ in 0..self.rng.below(6) {
            let process = self.rng.index(self.plan.processes);
            let at = self.rng.between(20, length);
            self.schedule(at, People::Active { process });
        }
        if self.plan.sleeps {
            let at = self.rng.between(20, length);
            let ms = i64::try_from(self.rng.between(60_000, 8 * 3_600_000)).unwrap_or(0);
            self.schedule(at, People::Sleeps { ms });
        }
        if !self.plan.calm && !self.plan.strict {
            self.schedule_trouble(length);
        }
        self.schedule(length, People::TroubleEnds);
    }

    fn schedule_person(&mut self, length: u64) {
        let process = self.rng.index(self.plan.processes);
        let at = self.rng.between(20, length);
        let event = if self.rng.chance(500) {
            People::SignOut {
                process,
                local: !self.plan.calm && self.rng.chance(200),
            }
        } else {
            People::SignIn { process }
        };
        self.schedule(at, event);
    }

    fn schedule_trouble(&mut self, length: u64) {
        for _ in 0..self.rng.below(4) {
            let process = self.rng.index(self.plan.processes);
            let at = self.rng.between(20, length);
            let ms = self.rng.between(10, 60_000);
            let event = match self.rng.below(3) {
                0 => People::Freeze { process, ms },
                1 => People::Kill { process },
                _ => People::Hides { process, ms },
            };
            self.schedule(at, event);
        }
        if self.rng.chance(300) {
            let at = self.rng.between(20, length);
            self.schedule(at, People::OutageBegins);
        }
        if self.rng.chance(200) {
            let at = self.rng.between(20, length);
            self.schedule(at, People::StorageBreaks);
        }
        if self.plan.clock_jumps {
            let at = self.rng.between(20, length);
            let far = i64::try_from(self.rng.between(1_000, 30 * 86_400_000)).unwrap_or(0);
            let ms = if self.rng.chance(500) { far } else { -far };
            self.schedule(at, People::ClockJumps { ms });
        }
        if self.plan.thief {
            let at = self.rng.between(20, length);
            self.schedule(at, People::Steals);
        }
    }

    pub(super) fn people(&mut self, event: People) {
        match event {
            People::TokenWanted { process } => self.want_token(process, None),
            People::TokenRejected {
                process,
                generation,
            } => {
                self.want_token(process, Some(generation));
            }
            People::NewestRejected { process } => {
                let newest = self.processes[process].last_generation;
                self.want_token(process, newest);
            }
            People::SignIn { process } => self.sign_in(process),
            People::SignOut { process, local } => self.sign_out(process, local),
            People::Active { process } => self.active(process),
            People::Freeze { process, ms } => {
                if self.processes[process].frozen_since.is_none() {
                    self.processes[process].frozen_since = Some(self.at);
                    self.schedule(ms, People::Thaw { process });
                }
            }
            People::Thaw { process } => self.thaw(process),
            People::Kill { process } => self.kill(process),
            People::Start { process } if self.processes[process].holder.is_some() => {}
            People::Start { process } => self.start(process),
            People::ClockJumps { ms } => self.machine_ahead += ms,
            People::Sleeps { ms } => self.sleep(ms),
            People::Hides { process, ms } => {
                let life = self.life(process);
                self.give(life, Input::Hidden);
                self.schedule(ms, People::WokeUp { process });
            }
            People::WokeUp { process } => {
                let life = self.life(process);
                self.give(life, Input::WokeUp);
            }
            People::OutageBegins => {
                self.outage = true;
                let ms = self.rng.between(100, 60_000);
                self.schedule(ms, People::OutageEnds);
            }
            People::OutageEnds => self.outage = false,
            People::StorageBreaks => {
                self.storage_broken = true;
                let ms = self.rng.between(100, 30_000);
                self.schedule(ms, People::StorageHeals);
            }
            People::StorageHeals => self.storage_broken = false,
            People::StorageIsDamaged => self.damage_storage(),
            People::StorageIsRepaired => self.repair_storage(),
            People::Steals => self.steal(),
            People::TroubleEnds => self.heal(),
        }
    }

    pub(super) fn start(&mut self, process: usize) {
        let holder = Holder::new(self.plan.config.clone());
        self.processes[process].holder = Some(holder);
        let life = self.life(process);
        self.give(life, Input::Opened);
    }

    fn want_token(&mut self, process: usize, rejected: Option<u64>) {
        if self.processes[process].holder.is_none() {
            return;
        }
        if let Some(generation) = rejected {
            self.ledger.rejected(generation);
        }
        let waiter = self.wait(process, Want::Token);
        let rejected = rejected.map(Generation::from_u64);
        let life = self.life(process);
        self.give(life, Input::TokenWanted { waiter, rejected });
        // Some callers come back with a 401: at once, or after somebody else did.
        let last = self.processes[process].last_generation;
        if let Some(generation) = last.filter(|_| rejected.is_none() && self.rng.chance(80)) {
            let delay = self.rng.between(1, 3_000);
            self.schedule(
                delay,
                People::TokenRejected {
                    process,
                    generation,
                },
            );
            if self.rng.chance(500) {
                let delay = self.rng.between(1, 6_000);
                self.schedule(
                    delay,
                    People::TokenRejected {
                        process,
                        generation,
                    },
                );
            }
        }
    }

    fn sign_in(&mut self, process: usize) {
        if self.processes[process].holder.is_none() {
            return;
        }
        self.users += 1;
        let subject = format!("user {}", self.users);
        let (now, life) = (self.issuer_now(), self.plan.token_life);
        let mut grant = self
            .issuer
            .sign_in(&mut self.rng, &subject, self.plan.keyed, life, now);
        grant.requested_at = self.wall();
        let waiter = self.wait(process, Want::SignIn);
        let life = self.life(process);
        self.give(life, Input::SignedIn { waiter, grant });
    }

    fn sign_out(&mut self, process: usize, local: bool) {
        if self.processes[process].holder.is_none() {
            return;
        }
        self.ledger.sign_out_wanted(self.at);
        let waiter = self.wait(process, Want::SignOut);
        let scope = if local {
            SignOutScope::Local
        } else {
            SignOutScope::Issuer
        };
        let life = self.life(process);
        self.give(life, Input::SignOutWanted { waiter, scope });
    }

    fn active(&mut self, process: usize) {
        self.note_activity(process);
        let life = self.life(process);
        self.give(life, Input::UserActive);
    }

    /// Activity counts if a session is there to see it, and its limit has not passed.
    fn note_activity(&mut self, process: usize) {
        let seen = self.processes[process]
            .holder
            .as_ref()
            .map(Holder::snapshot);
        let frozen = self.processes[process].frozen_since.is_some();
        if !matches!(seen, Some(Snapshot::Active { .. })) || frozen {
            return;
        }
        let idle = self.wall().since(self.ledger.last_activity);
        if self.plan.config.idle_limit.is_none_or(|limit| idle < limit) {
            self.ledger.last_activity = self.wall();
        }
    }

    fn wait(&mut self, process: usize, what: Want) -> Waiter {
        let since = self.at;
        let process = &mut self.processes[process];
        process.next_waiter += 1;
        process.waiting.insert(
            process.next_waiter,
            Waiting {
                since,
                asked_at: since,
                what,
            },
        );
        Waiter(process.next_waiter)
    }

    fn thaw(&mut self, index: usize) {
        let at = self.at;
        let process = &mut self.processes[index];
        let Some(since) = process.frozen_since.take() else {
            return;
        };
        for waiting in process.waiting.values_mut() {
            waiting.since += at - since.max(waiting.since);
        }
        let mut inbox = std::mem::take(&mut process.inbox);
        if let Some((op, fence)) = process.lock
            && self.lock.fence != fence
        {
            self.processes[index].lock = None;
            inbox.push(Input::LockLost { op });
        }
        let life = self.life(index);
        for input in inbox {
            if matches!(input, Input::UserActive) {
                self.note_activity(index);
            }
            self.give(life, input);
        }
        self.give(life, Input::Elapsed);
    }

    fn kill(&mut self, index: usize) {
        // What was on its way to storage still arrives.
        if self.processes[index]
            .waiting
            .values()
            .any(|waiting| waiting.what == Want::SignOut)
        {
            self.ledger.sign_out_wanted(self.at);
        }
        if self.healing {
            if !self.processes[index].waiting.is_empty() {
                self.ledger.break_law(8, "a caller was never answered");
            }
            let life = self.processes[index].life + 1;
            self.processes[index] = super::process::Process {
                life,
                ..Default::default()
            };
            return;
        }
        let process = &mut self.processes[index];
        *process = super::process::Process {
            life: process.life + 1,
            ..Default::default()
        };
        let delay = self.rng.between(10, 5_000);
        self.schedule(delay, People::Start { process: index });
    }

    /// The machine sleeps: both wall clocks go on, the clock for waits stands still. What was on
    /// its way out is lost; what the issuer had received it decides without waiting.
    fn sleep(&mut self, ms: i64) {
        self.stale.settle();
        let arrives = |event: &Event| matches!(event, Event::Network(Network::Arrives { .. }));
        if self.plan.calm && self.queue.values().any(arrives) {
            // In a calm world nothing is lost: it falls asleep a little later.
            self.schedule(100, People::Sleeps { ms });
            return;
        }
        self.queue
            .retain(|_, event| !matches!(event, Event::Network(Network::Arrives { .. })));
        let decides = |event: &Event| matches!(event, Event::Network(Network::Decides { .. }));
        while let Some(at) = self
            .queue
            .iter()
            .find(|(_, e)| decides(e))
            .map(|(at, _)| *at)
        {
            if let Some(event) = self.queue.remove(&at) {
                self.happen(event);
            }
        }
        self.machine_ahead += ms;
        self.issuer_ahead += ms;
        for process in 0..self.processes.len() {
            let delay = self.rng.between(0, 500);
            self.schedule(delay, People::WokeUp { process });
        }
    }

    fn steal(&mut self) {
        let Some(Stored {
            body: Body::Active(session),
            ..
        }) = &self.storage
        else {
            return;
        };
        let Some(token) = session.tokens.refresh_token.clone() else {
            return;
        };
        let delay = self.rng.between(1_000, self.plan.token_life * 3);
        let times = u8::try_from(self.rng.below(3)).unwrap_or(0);
        self.schedule(delay, Network::ThiefPresents { token, times });
    }

    /// Nothing fails any more; every process is there and wants a token, twice.
    fn heal(&mut self) {
        self.healing = true;
        self.outage = false;
        self.storage_broken = false;
        self.repair_storage();
        self.healed_at = self.at;
        for process in 0..self.processes.len() {
            self.thaw(process);
            if self.processes[process].holder.is_none() {
                self.start(process);
            }
            self.schedule(100, People::WokeUp { process });
            self.schedule(5_000, People::TokenWanted { process });
            self.schedule(RECOVERY + 5_000, People::TokenWanted { process });
            self.schedule(RECOVERY + 30_000, People::Kill { process });
        }
    }

    /// When all is quiet: nobody waits, and what was ended is ended at the issuer too.
    pub(super) fn check_end(&mut self) {
        let over: Vec<_> = self.ledger.over().collect();
        if self.plan.calm {
            let alive = over.into_iter().any(|id| {
                self.issuer
                    .family(id)
                    .is_some_and(|family| family.revoked.is_none())
            });
            if alive {
                self.ledger
                    .break_law(3, "a sign-out left the family alive at the issuer");
            }
        }
    }
}

/// How long after the trouble everybody must be served again.
pub(super) const RECOVERY: u64 = 40_000;
