use tenure_core::holder::{
    Body, Cause, Generation, Input, LoadFault, SaveFault, Settled, SignOutScope, SignedOutReason,
    Snapshot, StorageTrouble, Waiter,
};

use crate::story::{LIFE, START, Story, grant, on_demand, stored};

/// A story that begins with storage that cannot be read.
fn unreadable(fault: LoadFault) -> Story {
    let mut story = Story::new(on_demand());
    story.input(Input::Opened);
    story.cannot_load(fault);
    story
}

fn sign_in(story: &mut Story, waiter: u64) {
    let wall = story.wall;
    story.input(Input::SignedIn {
        waiter: Waiter(waiter),
        grant: grant(9, wall),
    });
}

fn trouble(story: &Story) -> Option<StorageTrouble> {
    match story.holder.snapshot() {
        Snapshot::Failed(trouble) => Some(trouble),
        Snapshot::Loading | Snapshot::Active { .. } | Snapshot::SignedOut(_) => None,
    }
}

#[test]
fn what_cannot_be_loaded_is_an_error_and_not_a_state_that_lasts() {
    // Law 8.
    for (fault, expected, passes) in [
        (LoadFault::Failed, StorageTrouble::Read, true),
        (
            LoadFault::Damaged(Generation::NONE),
            StorageTrouble::Damaged,
            false,
        ),
        (LoadFault::Newer, StorageTrouble::Newer, false),
        (LoadFault::OtherForm, StorageTrouble::OtherForm, false),
    ] {
        let mut story = unreadable(fault);
        assert_eq!(trouble(&story), Some(expected));
        // Only what may pass is tried again by itself.
        assert_eq!(story.holder.poll_timeout().is_some(), passes, "{fault:?}");
        story.input(Input::PeerChanged);
        assert_eq!(
            trouble(&story),
            Some(expected),
            "it is known while it is read again"
        );
        let op = story.load();
        let result = Ok(Some(stored(3, 0)));
        story.input(Input::Loaded { op, result });
        assert!(matches!(story.holder.snapshot(), Snapshot::Active { .. }));
        story.want(1);
        assert_eq!(story.token(1), "at3", "nothing is left of the trouble");
    }
}

#[test]
fn storage_that_fails_is_read_again_by_itself_until_it_answers() {
    let mut story = unreadable(LoadFault::Failed);
    let mut waited = 0;
    for _ in 0..8 {
        let due = story.holder.poll_timeout().unwrap().as_millis();
        let pause = due - story.uptime;
        assert!(pause > waited || pause == 32_000, "{pause} after {waited}");
        waited = pause;
        story.pass(pause);
        story.input(Input::Elapsed);
        let op = story.load();
        let result = Err(LoadFault::Failed);
        story.input(Input::Loaded { op, result });
    }
    story.input(Input::Hidden);
    assert_eq!(story.holder.poll_timeout(), None, "no timer while hidden");
    story.input(Input::WokeUp);
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(None),
    });
    let out = Snapshot::SignedOut(SignedOutReason::NeverSignedIn);
    assert_eq!(format!("{:?}", story.holder.snapshot()), format!("{out:?}"));
}

#[test]
fn a_read_that_fails_once_is_nobodys_concern() {
    let mut story = Story::new(on_demand());
    story.input(Input::Opened);
    let op = story.load();
    let result = Err(LoadFault::Failed);
    story.input(Input::Loaded { op, result });
    assert_eq!(trouble(&story), None);
    let op = story.load();
    let result = Ok(Some(stored(1, 0)));
    story.input(Input::Loaded { op, result });
    story.want(1);
    assert_eq!(story.token(1), "at1");
}

#[test]
fn a_sign_in_takes_the_place_of_damage_and_of_nothing_else() {
    for at in [7, 0] {
        let at = Generation::from_u64(at);
        let mut story = unreadable(LoadFault::Damaged(at));
        sign_in(&mut story, 1);
        story.cannot_load(LoadFault::Damaged(at));
        let (op, replaces, value) = story.replace();
        assert_eq!(replaces, at);
        // Where storage does not count, beyond all that a peer can have seen.
        let beyond = Generation::from_u64(START.unsigned_abs());
        let expected = if at == Generation::NONE {
            beyond
        } else {
            at.next()
        };
        assert_eq!(value.generation, expected);
        let Body::Active(session) = &value.body else {
            panic!("{value:?}");
        };
        assert_eq!(session.login.generation, expected);
        assert_eq!(session.tokens.issued, expected);
        assert_eq!(trouble(&story), Some(StorageTrouble::Damaged));
        story.input(Input::Saved { op, result: Ok(()) });
        assert!(matches!(story.settled(1), Some(Ok(Settled::SignedIn))));
        story.want(2);
        assert_eq!(story.token(2), "at9");
    }
    for (fault, expected) in [
        (LoadFault::Newer, StorageTrouble::Newer),
        (LoadFault::OtherForm, StorageTrouble::OtherForm),
        (LoadFault::Failed, StorageTrouble::Read),
    ] {
        let mut story = unreadable(fault);
        sign_in(&mut story, 1);
        let op = story.load();
        let result = Err(fault);
        story.input(Input::Loaded { op, result });
        assert!(matches!(story.settled(1), Some(Err(Cause::Storage(t))) if t == expected));
    }
}

#[test]
fn a_sign_out_leaves_damage_alone() {
    let mut story = unreadable(LoadFault::Damaged(Generation::NONE));
    story.input(Input::SignOutWanted {
        waiter: Waiter(1),
        scope: SignOutScope::Issuer,
    });
    story.cannot_load(LoadFault::Damaged(Generation::NONE));
    let told = story.settled(1);
    assert!(
        matches!(told, Some(Err(Cause::Storage(StorageTrouble::Damaged)))),
        "{told:?}"
    );
}

#[test]
fn damage_that_a_peer_repaired_meanwhile_is_signed_in_over_as_usual() {
    let at = Generation::NONE;
    let mut story = unreadable(LoadFault::Damaged(at));
    sign_in(&mut story, 1);
    story.cannot_load(LoadFault::Damaged(at));
    let (op, ..) = story.replace();
    let result = Err(SaveFault::Conflict);
    story.input(Input::Saved { op, result });
    let op = story.load();
    let result = Ok(Some(stored(4, LIFE)));
    story.input(Input::Loaded { op, result });
    let (op, replaces, value) = story.save();
    assert_eq!(replaces, Generation::from_u64(4));
    assert_eq!(value.generation, Generation::from_u64(5));
    story.input(Input::Saved { op, result: Ok(()) });
    assert!(matches!(story.settled(1), Some(Ok(Settled::SignedIn))));
}

#[test]
fn damage_that_comes_back_each_time_ends_in_an_error() {
    // Law 8.
    let at = Generation::NONE;
    let mut story = unreadable(LoadFault::Damaged(at));
    sign_in(&mut story, 1);
    for _ in 0..100 {
        story.cannot_load(LoadFault::Damaged(at));
        if let Some(told) = story.settled(1) {
            assert!(
                matches!(told, Err(Cause::Storage(StorageTrouble::Damaged))),
                "{told:?}"
            );
            return;
        }
        let (op, ..) = story.replace();
        let result = Err(SaveFault::Conflict);
        story.input(Input::Saved { op, result });
    }
    panic!("it never ends");
}

#[test]
fn a_sign_in_that_may_have_been_stored_is_not_written_over_damage() {
    // A peer may have used its refresh token meanwhile.
    let at = Generation::NONE;
    let mut story = unreadable(LoadFault::Damaged(at));
    sign_in(&mut story, 1);
    story.cannot_load(LoadFault::Damaged(at));
    story.replace();
    story.pass(5_000);
    story.input(Input::Elapsed);
    story.cannot_load(LoadFault::Damaged(at));
    let told = story.settled(1);
    assert!(
        matches!(told, Some(Err(Cause::Storage(StorageTrouble::Damaged)))),
        "{told:?}"
    );
    assert_eq!(story.revoked(), None, "it may still arrive");
}
