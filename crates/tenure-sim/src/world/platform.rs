use tenure_core::{
    holder::{
        Body, Cause, ExchangeOp, Input, LoadFault, Output, Request, SaveFault, SaveOp, Settled,
        SignedOutReason, Snapshot, Stored, StoredSession,
    },
    secret::RefreshToken,
};

use super::{
    World,
    event::{Life, Network, Platform},
    people::RECOVERY,
    process::Want,
};
use crate::laws::Known;

/// Storage, timers, and what a driver does with a holder's outputs.
impl World {
    pub(super) fn platform(&mut self, event: Platform) {
        match event {
            Platform::Timer { life } => {
                if self.is_current(life) && self.processes[life.process].timer == Some(self.at) {
                    self.processes[life.process].timer = None;
                    self.give(life, Input::Elapsed);
                }
            }
            Platform::Reads { life, op } => {
                let fault = if self.storage_broken {
                    Some(LoadFault::Failed)
                } else {
                    self.damage_found()
                };
                let result = fault.map_or_else(|| Ok(self.read()), Err);
                self.stall(life);
                self.give(life, Input::Loaded { op, result });
            }
            Platform::Writes {
                life,
                op,
                replaces,
                value,
                aside,
                fails,
                answers,
            } => {
                let result = self.write(replaces, *value, aside, fails);
                if answers {
                    self.give(life, Input::Saved { op, result });
                }
            }
            Platform::Locks {
                life,
                op,
                since,
                lease,
            } => self.try_lock(life, op, since, lease),
            Platform::LeaseEnds { fence } => self.lease_ends(fence),
            Platform::PeerChanged { process } => {
                let life = self.life(process);
                self.give(life, Input::PeerChanged);
            }
        }
    }

    /// Does what the holder asks for, and sets its timer.
    pub(super) fn drain(&mut self, life: Life) {
        while let Some(output) = self.poll_output(life) {
            self.act(life, output);
        }
        let timeout = self.processes[life.process]
            .holder
            .as_ref()
            .and_then(|h| h.poll_timeout());
        let timeout = timeout.map(|at| at.as_millis().max(self.at));
        self.check_known(life, timeout);
        if timeout != self.processes[life.process].timer {
            self.processes[life.process].timer = timeout;
            if let Some(at) = timeout.filter(|at| *at < self.at + HORIZON) {
                self.schedule(at - self.at, Platform::Timer { life });
            }
        }
    }

    /// A holder that waits for nothing knows who is signed in, or why it cannot know (law 8).
    fn check_known(&mut self, life: Life, timeout: Option<u64>) {
        let process = &self.processes[life.process];
        let holder = process.holder.as_ref().filter(|_| process.opened);
        let loading = holder.is_some_and(|h| matches!(h.snapshot(), Snapshot::Loading));
        if timeout.is_none() && loading {
            self.ledger.break_law(8, "a session is loading for ever");
        }
    }

    fn poll_output(&mut self, life: Life) -> Option<Output> {
        self.processes[life.process].holder.as_mut()?.poll_output()
    }

    fn act(&mut self, life: Life, output: Output) {
        if let Some(log) = &mut self.log {
            log.push(format!("          {}: {output:?}", life.process));
        }
        match output {
            Output::Load { op } => {
                let delay = self.storage_delay();
                self.schedule(delay, Platform::Reads { life, op });
            }
            Output::Save {
                op,
                replaces,
                value,
            } => self.begin_write(life, op, (replaces.as_u64(), value), false),
            Output::Replace {
                op,
                replaces,
                value,
            } => self.begin_write(life, op, (replaces.as_u64(), value), true),
            Output::Lock { op, lease } => self.ask_for_lock(life, op, lease),
            Output::Unlock { op } => self.unlock(life, op),
            Output::Exchange { op, request } => self.ask(life, op, request),
            Output::Revoke { refresh_token } => self.send_revocation(life, refresh_token),
            Output::RevokeElsewhere { .. } => {
                self.ledger
                    .break_law(1, "there is one issuer and one client");
            }
            Output::Publish { .. } => {
                for process in (0..self.processes.len()).filter(|p| *p != life.process) {
                    if !self.trouble() {
                        let delay = self.rng.between(1, 50);
                        self.schedule(delay, Platform::PeerChanged { process });
                    }
                }
            }
            Output::Settle { waiter, result } => self.settled(life, waiter.0, result),
            Output::Event(_) => {}
        }
    }

    fn begin_write(
        &mut self,
        life: Life,
        op: SaveOp,
        (replaces, value): (u64, Stored),
        aside: bool,
    ) {
        let delay = self.storage_delay();
        let (fails, answers) = (self.trouble(), !self.trouble());
        let value = Box::new(value);
        self.schedule(
            delay,
            Platform::Writes {
                life,
                op,
                replaces,
                value,
                aside,
                fails,
                answers,
            },
        );
    }

    fn send_revocation(&mut self, life: Life, refresh_token: RefreshToken) {
        let mut waiting = self.processes[life.process].waiting.values();
        if waiting.any(|waiting| waiting.what == Want::SignOut) {
            self.ledger
                .given_up
                .extend(self.issuer.family_of(&refresh_token));
        }
        if !self.trouble() {
            let delay = self.rng.between(5, 200);
            self.schedule(
                delay,
                Network::Revokes {
                    token: refresh_token,
                },
            );
        }
    }

    fn ask(&mut self, life: Life, op: ExchangeOp, request: Request) {
        if self.plan.calm
            && let Request::Refresh { refresh_token } = &request
            && let Some(holder) = &self.processes[life.process].holder
        {
            let snapshot = holder.snapshot();
            let wall = self.wall();
            self.ledger.asked(refresh_token.expose(), &snapshot, wall);
        }
        let lost = self.trouble();
        let answers = !self.trouble();
        if !lost {
            // Beyond the time for which the issuer bears with stragglers no request arrives: its
            // sender has given up and cut the connection.
            let slow = self.trouble();
            let delay = if slow {
                self.rng.between(200, 8_000)
            } else {
                self.rng.between(5, 200)
            };
            let sent_at = self.wall();
            self.schedule(
                delay,
                Network::Arrives {
                    life,
                    op,
                    request,
                    sent_at,
                    answers,
                    held: false,
                },
            );
        }
    }

    fn write(
        &mut self,
        replaces: u64,
        value: Stored,
        aside: bool,
        fails: bool,
    ) -> Result<(), SaveFault> {
        if fails || self.storage_broken {
            return Err(SaveFault::Failed);
        }
        self.write_over_damage(replaces, aside)?;
        let before = self.storage.as_ref().and_then(|s| match &s.body {
            Body::Active(session) => Some(session.clone()),
            Body::SignedOut(_) => None,
        });
        match (&value.body, before) {
            (Body::Active(session), _) => {
                let token = session.tokens.refresh_token.as_ref();
                let family = token.and_then(|t| self.issuer.family_of(t));
                self.ledger.stored(session, family, self.at);
            }
            (Body::SignedOut(mark), Some(session)) => {
                let known = Known {
                    limit_passed: self.limit_passed(&session),
                    sign_out_pending: self.sign_out_pending(),
                };
                self.ledger.ended(&session, mark.reason, known);
            }
            (Body::SignedOut(_), None) => {}
        }
        let before = self.storage.replace(value);
        self.stale.wrote(before, self.at);
        Ok(())
    }

    fn sign_out_pending(&self) -> bool {
        let mut waiting = self
            .processes
            .iter()
            .flat_map(|process| process.waiting.values());
        waiting.any(|waiting| waiting.what == Want::SignOut)
    }

    /// Whether a limit on the session had passed by what the world knows. Peers learn of activity
    /// in steps of a twentieth of the limit, and in a troubled world what storage was never told
    /// does not count; a clock that jumps makes any answer fair.
    fn limit_passed(&self, session: &StoredSession) -> bool {
        let wall = self.wall();
        let last = if self.plan.calm {
            self.ledger.last_activity
        } else {
            session.last_active
        };
        let idle = self.plan.config.idle_limit;
        let absolute = self.plan.config.absolute_limit;
        self.plan.clock_jumps
            || idle.is_some_and(|limit| wall.since(last) + limit / 20 >= limit)
            || absolute.is_some_and(|limit| wall.since(session.login.at) >= limit)
    }

    fn settled(&mut self, life: Life, waiter: u64, result: Result<Settled, Cause>) {
        let Some(waiting) = self.processes[life.process].waiting.remove(&waiter) else {
            self.ledger.break_law(8, "a caller was answered twice");
            return;
        };
        let took = self.at - waiting.since;
        let bound = if self.plan.calm {
            LONGEST_CALM_WAIT
        } else {
            LONGEST_WAIT
        };
        if took > bound {
            self.ledger
                .break_law(8, format!("a caller waited {took} ms"));
        }
        match result {
            Ok(Settled::Token {
                access_token,
                generation,
                ..
            }) => {
                self.goes_forward(life, generation.as_u64());
                self.token_handed_out(access_token.expose());
            }
            Ok(Settled::SignedIn) => {}
            Ok(Settled::SignedOut) => {
                self.ledger
                    .signed_out(waiting.asked_at, self.storage.as_ref());
            }
            Err(Cause::SignedOut(reason)) if waiting.what == Want::Token => {
                self.told_signed_out(reason);
            }
            Err(cause) => {
                if waiting.what == Want::SignOut {
                    // It failed, but what was written last may still arrive.
                    self.ledger.sign_out_wanted(self.at);
                }
                let recovered = self.healing && waiting.since >= self.healed_at + RECOVERY;
                if recovered && !self.thief_is_ahead(waiting.since) && waiting.what == Want::Token {
                    self.ledger
                        .break_law(8, format!("still failing after recovery: {cause:?}"));
                }
            }
        }
    }

    /// A caller was told that the session is over; storage must agree, for all but a moment.
    fn told_signed_out(&mut self, reason: SignedOutReason) {
        let accidental = match reason {
            SignedOutReason::Expired
            | SignedOutReason::RefreshFailed
            | SignedOutReason::Foreign => true,
            SignedOutReason::NeverSignedIn
            | SignedOutReason::User
            | SignedOutReason::Refused
            | SignedOutReason::Idle
            | SignedOutReason::AbsoluteLimit => false,
        };
        if accidental {
            self.ledger
                .break_law(1, format!("a caller was told {reason:?}"));
        }
    }

    fn token_handed_out(&mut self, access_token: &str) {
        self.ledger.handed_out(access_token);
        let Some(granted) = self.issuer.access_tokens.get(access_token).cloned() else {
            self.ledger
                .break_law(4, "an access token that nobody granted");
            return;
        };
        if !self.plan.clock_jumps && self.issuer_now() > granted.expires_at {
            self.ledger
                .break_law(10, "an expired access token was handed out");
        }
        let idle = self.plan.config.idle_limit;
        let idle_for = self.wall().since(self.ledger.last_activity);
        if !self.plan.clock_jumps && idle.is_some_and(|limit| idle_for > limit) {
            self.ledger
                .break_law(10, "a session went on beyond its idle limit");
        }
        // The caller uses it; now and then the service sees that.
        if self.rng.chance(500) {
            let now = self.issuer_now();
            self.issuer.confirm(granted.family, granted.generation, now);
        }
    }

    fn storage_delay(&mut self) -> u64 {
        if self.trouble() {
            self.rng.between(100, 7_000)
        } else {
            self.rng.between(0, 10)
        }
    }
}

/// Timers beyond this have no part in the story.
const HORIZON: u64 = 13 * 3_600_000;
/// Every wait of the machine added up, with room: lock, reads, two requests, saves, pauses.
const LONGEST_WAIT: u64 = 120_000;
const LONGEST_CALM_WAIT: u64 = 8_000;
