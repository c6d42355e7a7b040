//! Many worlds: the seeds that once found something, then new ones; and the mutants of core.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

use tenure_core::mutant::{self, Mutant};

use crate::{laws::Violation, world::World};

/// A world that broke a law; its seed plays it again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The seed.
    pub seed: u64,
    /// What was broken.
    pub violation: Violation,
}

/// What many worlds came to.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Summary {
    /// How many worlds were played to the end.
    pub worlds: u64,
    /// How often the issuer rotated in them.
    pub rotations: u64,
    /// The broken world with the lowest seed that was found.
    pub finding: Option<Finding>,
}

/// Plays one world.
///
/// # Errors
///
/// The law that was broken; a panic of a machine counts as one that never settles.
pub fn one(seed: u64) -> Result<u64, Finding> {
    let played = panic::catch_unwind(AssertUnwindSafe(|| {
        let mut world = World::new(seed);
        world.play().map(|()| world.rotations())
    }));
    let violation = match played {
        Ok(Ok(rotations)) => return Ok(rotations),
        Ok(Err(violation)) => violation,
        Err(_) => Violation {
            law: 8,
            what: "a machine panicked".to_owned(),
        },
    };
    Err(Finding { seed, violation })
}

/// Plays the worlds of `seeds` on all cores; stops soon after the first finding.
#[must_use]
pub fn many(seeds: std::ops::Range<u64>) -> Summary {
    let next = AtomicU64::new(seeds.start);
    let stop = AtomicBool::new(false);
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let parts: Vec<Summary> = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores)
            .map(|_| scope.spawn(|| work(&next, &stop, seeds.end)))
            .collect();
        workers
            .into_iter()
            .filter_map(|worker| worker.join().ok())
            .collect()
    });
    let mut all = Summary::default();
    for part in parts {
        all.worlds += part.worlds;
        all.rotations += part.rotations;
        let earlier = |f: &Finding| all.finding.as_ref().is_none_or(|g| f.seed < g.seed);
        if part.finding.as_ref().is_some_and(earlier) {
            all.finding = part.finding;
        }
    }
    all
}

/// Breaks one rule of core and looks for a world that notices. The rule is broken in the whole
/// process: nothing else may be played meanwhile.
#[must_use]
pub fn hunt(mutant: Mutant, most: u64) -> Option<Finding> {
    mutant::activate(Some(mutant));
    let finding = many(0..most).finding;
    mutant::activate(None);
    finding
}

/// The seeds that once found something, each with what it was.
pub fn corpus() -> impl Iterator<Item = (u64, &'static str)> {
    CORPUS.lines().filter_map(|line| {
        let (seed, what) = line.split_once(' ')?;
        Some((seed.parse().ok()?, what.trim()))
    })
}

fn work(next: &AtomicU64, stop: &AtomicBool, end: u64) -> Summary {
    let mut summary = Summary::default();
    while !stop.load(Ordering::Relaxed) {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            break;
        }
        match one(seed) {
            Ok(rotations) => {
                summary.worlds += 1;
                summary.rotations += rotations;
            }
            Err(finding) => {
                summary.finding = Some(finding);
                stop.store(true, Ordering::Relaxed);
            }
        }
    }
    summary
}

const CORPUS: &str = include_str!("../corpus.txt");
