use alloc::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// One thing that happens to a family.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Somebody presents one of the refresh tokens made so far.
    Present(usize),
    /// Somebody presents one, but the answer is computed on a row that was read before.
    PresentStale(usize),
    /// The service sees the access token of the current generation.
    Confirm,
    /// Time passes, or the clock is set back.
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let time = prop_oneof![-20_000_i64..20_000, -100_000_000_i64..100_000_000];
    prop_oneof![
        6 => any::<usize>().prop_map(Step::Present),
        2 => any::<usize>().prop_map(Step::PresentStale),
        2 => Just(Step::Confirm),
        2 => time.prop_map(Step::Wait),
    ]
}

/// What a run of steps saw.
struct World {
    bench: Bench,
    before: Family,
    tokens: Vec<RefreshToken>,
    /// What was granted for each generation.
    granted: BTreeMap<u32, RefreshToken>,
    now: Timestamp,
}

impl World {
    fn new() -> Self {
        let (bench, first) = Bench::signed_in();
        Self {
            before: bench.row.clone(),
            bench,
            tokens: vec![first.clone()],
            granted: BTreeMap::from([(0, first)]),
            now: T0,
        }
    }

    fn handle(&mut self, step: Step) {
        match step {
            Step::Present(which) => self.present(which),
            Step::PresentStale(which) => self.present_stale(which),
            Step::Confirm => {
                let row = &self.bench.row;
                if let Some(row) = confirm(row, row.generation, self.now) {
                    self.write(row);
                }
            }
            Step::Wait(millis) => {
                self.now = Timestamp::from_millis(self.now.as_millis() + millis);
            }
        }
    }

    fn present(&mut self, which: usize) {
        let token = self.tokens[which % self.tokens.len()].clone();
        match self.bench.ask(&token, self.now) {
            Decision::Rotated { family, token } | Decision::Repeated { family, token } => {
                self.hand_out(&family, token);
                self.write(family);
            }
            Decision::Reused { family } => self.write(family),
            Decision::Superseded { .. } | Decision::Refused(_) => {}
        }
    }

    /// The store refuses the write, because the row has changed: nothing is handed out.
    fn present_stale(&mut self, which: usize) {
        let current = core::mem::replace(&mut self.bench.row, self.before.clone());
        let token = self.tokens[which % self.tokens.len()].clone();
        let _lost = self.bench.ask(&token, self.now);
        self.bench.row = current;
        self.present(which);
    }

    fn write(&mut self, row: Family) {
        self.before = core::mem::replace(&mut self.bench.row, row);
    }

    fn hand_out(&mut self, row: &Family, token: RefreshToken) {
        let known = self
            .granted
            .entry(row.generation)
            .or_insert_with(|| token.clone());
        assert_eq!(known.expose(), token.expose(), "two for one generation");
        if !self.tokens.contains(&token) {
            self.tokens.push(token);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whoever presents what and when: each generation has one refresh token, the same bytes for
    /// everybody; what ended stays ended; no deadline passes the absolute one.
    #[test]
    fn a_generation_has_one_refresh_token(steps in prop::collection::vec(step(), 1..80)) {
        let mut world = World::new();
        for step in steps {
            let ended = world.bench.row.revoked;
            let generation = world.bench.row.generation;
            world.handle(step);
            let row = &world.bench.row;
            prop_assert!(ended.is_none() || row.revoked == ended);
            prop_assert!(ended.is_none() || row.generation == generation);
            prop_assert!(row.generation >= generation && row.generation <= generation + 1);
            prop_assert_eq!(row.absolute_deadline, at(ABSOLUTE));
            prop_assert!(row.idle_deadline <= row.absolute_deadline);
        }
    }

    /// No text makes reading panic, and none is taken for a refresh token of the service.
    #[test]
    fn no_text_is_a_refresh_token(text in "(rt1\\.)?([0-9]{1,3}\\.)?[A-Za-z0-9_-]{0,100}") {
        prop_assert!(parse(&RefreshToken::new(text), &ring(&[1])).is_err());
    }
}
