//! The laws hold, and the simulation would notice if they did not.

use tenure_core::mutant::Mutant;
use tenure_sim::play;

/// One test, because a mutant breaks its rule in the whole process.
#[test]
fn all_laws_hold_and_every_mutant_is_noticed() {
    for (seed, what) in play::corpus() {
        assert_eq!(play::one(seed).err(), None, "{what}");
    }
    let summary = play::many(0..500);
    assert_eq!(summary.finding, None);
    assert!(summary.rotations > 500, "the worlds are idle: {summary:?}");
    for mutant in Mutant::ALL {
        let finding = play::hunt(mutant, 5_000);
        assert!(finding.is_some(), "{mutant:?} was not noticed");
    }
}

#[test]
fn the_corpus_is_read() {
    assert!(play::corpus().count() >= 12);
}
