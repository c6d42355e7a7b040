use std::time::Duration;

use tenure_core::holder::{
    Body, Cause, ExchangeOp, Generation, HolderConfig, Input, LoadFault, LoadOp, SaveFault, SaveOp,
    Settled, SignOutScope, SignedOutReason, Snapshot, StorageTrouble, TokenResponse, TokenSource,
    Waiter,
};

use crate::story::{LIFE, Story, grant, on_demand, stored};

#[test]
fn a_sign_out_during_a_refresh_wins_and_the_late_token_is_revoked() {
    // Law 3.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let late = story.up_to_the_exchange();
    story.input(Input::SignOutWanted {
        waiter: Waiter(2),
        scope: SignOutScope::Issuer,
    });
    assert!(matches!(
        story.settled(1),
        Some(Err(Cause::SignedOut(SignedOutReason::User)))
    ));
    assert!(story.settled(2).is_none());
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    assert_eq!(story.revoked().as_deref(), Some("rt1"));
    assert!(matches!(story.settled(2), Some(Ok(Settled::SignedOut))));
    let wall = story.wall;
    story.answer(late, TokenResponse::Tokens(grant(2, wall)));
    assert_eq!(story.revoked().as_deref(), Some("rt2"));
    assert!(matches!(
        story.holder.snapshot(),
        Snapshot::SignedOut(SignedOutReason::User)
    ));
}

#[test]
fn a_sign_out_revokes_tokens_of_which_nobody_knows_whether_they_were_stored() {
    // Law 3.
    for conflict in [true, false] {
        let mut story = Story::signed_in(on_demand(), LIFE);
        story.want(1);
        let op = story.up_to_the_exchange();
        let wall = story.wall;
        story.answer(op, TokenResponse::Tokens(grant(2, wall)));
        let (op, ..) = story.save();
        if conflict {
            let result = Err(SaveFault::Conflict);
            story.input(Input::Saved { op, result });
        } else {
            story.pass(5_000);
            story.input(Input::Elapsed);
        }
        story.load();
        story.input(Input::SignOutWanted {
            waiter: Waiter(2),
            scope: SignOutScope::Issuer,
        });
        let (op, ..) = story.save();
        story.input(Input::Saved { op, result: Ok(()) });
        let revoked = [story.revoked(), story.revoked()].map(Option::unwrap);
        assert_eq!(revoked, ["rt2", "rt1"]);
    }
}

#[test]
fn a_sign_in_revokes_the_session_of_which_nobody_knows_whether_its_end_was_stored() {
    let idle = HolderConfig {
        idle_limit: Some(Duration::from_secs(60)),
        ..on_demand()
    };
    let mut story = Story::signed_in(idle, 0);
    story.pass(60_000);
    story.input(Input::Elapsed);
    let op = story.load();
    let result = Ok(Some(stored(1, 0)));
    story.input(Input::Loaded { op, result });
    let (_, _, end) = story.save();
    story.pass(5_000);
    story.input(Input::Elapsed);
    story.load();
    let wall = story.wall;
    story.input(Input::SignedIn {
        waiter: Waiter(1),
        grant: grant(9, wall),
    });
    // It had been stored.
    let (op, ..) = story.save();
    let result = Err(SaveFault::Conflict);
    story.input(Input::Saved { op, result });
    let op = story.load();
    let result = Ok(Some(end));
    story.input(Input::Loaded { op, result });
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    assert!(matches!(story.settled(1), Some(Ok(Settled::SignedIn))));
    assert_eq!(story.revoked().as_deref(), Some("rt1"));
}

#[test]
fn a_sign_out_that_storage_does_not_take_leaves_the_session_whole() {
    // Law 1: who is told "still signed in" is that at the issuer, too, and what the issuer
    // granted meanwhile is good.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let late = story.up_to_the_exchange();
    story.input(Input::SignOutWanted {
        waiter: Waiter(2),
        scope: SignOutScope::Issuer,
    });
    let wall = story.wall;
    story.answer(late, TokenResponse::Tokens(grant(2, wall)));
    let (op, ..) = story.save();
    story.input(Input::Saved {
        op,
        result: Err(SaveFault::Failed),
    });
    assert!(matches!(
        story.settled(2),
        Some(Err(Cause::Storage(StorageTrouble::Write)))
    ));
    assert_eq!(story.revoked(), None);
    assert!(matches!(story.holder.snapshot(), Snapshot::Active { .. }));
}

#[test]
fn a_sign_out_writes_over_whatever_a_peer_wrote_meanwhile() {
    // Law 3.
    let mut story = Story::signed_in(on_demand(), 0);
    story.input(Input::SignOutWanted {
        waiter: Waiter(1),
        scope: SignOutScope::Issuer,
    });
    let (op, ..) = story.save();
    story.input(Input::Saved {
        op,
        result: Err(SaveFault::Conflict),
    });
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored(2, 0))),
    });
    let (op, replaces, value) = story.save();
    assert_eq!(replaces, Generation::from_u64(2));
    assert!(matches!(value.body, Body::SignedOut(_)));
    story.input(Input::Saved { op, result: Ok(()) });
    assert!(matches!(story.settled(1), Some(Ok(Settled::SignedOut))));
}

#[test]
fn a_sign_out_that_cannot_be_written_is_not_acknowledged() {
    let mut story = Story::signed_in(on_demand(), 0);
    story.input(Input::SignOutWanted {
        waiter: Waiter(1),
        scope: SignOutScope::Local,
    });
    let (op, ..) = story.save();
    story.input(Input::Saved {
        op,
        result: Err(SaveFault::Failed),
    });
    assert!(matches!(
        story.settled(1),
        Some(Err(Cause::Storage(StorageTrouble::Write)))
    ));
}

#[test]
fn a_sign_in_during_a_refresh_makes_its_answer_void() {
    // Law 4.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let late = story.up_to_the_exchange();
    let mut other = grant(7, story.wall);
    other.subject = Some("bob".to_owned());
    story.input(Input::SignedIn {
        waiter: Waiter(2),
        grant: other,
    });
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    assert!(matches!(story.settled(2), Some(Ok(Settled::SignedIn))));
    assert_eq!(story.token(1), "at7");
    assert_eq!(story.revoked().as_deref(), Some("rt1"));
    let wall = story.wall;
    story.answer(late, TokenResponse::Tokens(grant(2, wall)));
    assert_eq!(story.revoked().as_deref(), Some("rt2"));
    let Snapshot::Active { session, .. } = story.holder.snapshot() else {
        panic!("signed out")
    };
    assert_eq!(session.tokens.subject.as_deref(), Some("bob"));
}

#[test]
fn an_answer_that_comes_after_its_time_is_still_good_for_the_same_session() {
    // Law 6: with an issuer that gives each answer once, throwing it away would end the session.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let late = story.up_to_the_exchange();
    story.pass(10_000);
    story.input(Input::Elapsed);
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored(1, LIFE))),
    });
    assert!(matches!(
        story.settled(1),
        Some(Err(Cause::Unavailable { .. }))
    ));
    let wall = story.wall;
    story.answer(late, TokenResponse::Tokens(grant(2, wall)));
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    story.want(2);
    assert_eq!(story.token(2), "at2");
}

#[test]
fn an_answer_to_nobody_is_ignored() {
    let mut story = Story::signed_in(on_demand(), 0);
    let wall = story.wall;
    story.answer(ExchangeOp(4_711), TokenResponse::Tokens(grant(9, wall)));
    story.input(Input::Saved {
        op: SaveOp(4_712),
        result: Ok(()),
    });
    story.input(Input::Loaded {
        op: LoadOp(4_713),
        result: Ok(None),
    });
    story.want(1);
    assert_eq!(story.token(1), "at1");
}

#[test]
fn client_credentials_begin_without_a_person() {
    let config = HolderConfig {
        source: TokenSource::ClientCredentials,
        ..on_demand()
    };
    let mut story = Story::new(config);
    story.input(Input::Opened);
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(None),
    });
    story.want(1);
    let op = story.lock();
    story.input(Input::LockRefused { op });
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(None),
    });
    let op = story.exchange().unwrap();
    let mut own = grant(1, story.wall);
    own.refresh_token = None;
    story.answer(op, TokenResponse::Tokens(own));
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    assert_eq!(story.token(1), "at1");
}

#[test]
fn storage_that_cannot_be_read_is_an_error_and_no_sign_out() {
    // Law 1.
    for (fault, trouble) in [
        (LoadFault::Failed, StorageTrouble::Read),
        (
            LoadFault::Damaged(Generation::NONE),
            StorageTrouble::Damaged,
        ),
        (LoadFault::Newer, StorageTrouble::Newer),
        (LoadFault::OtherForm, StorageTrouble::OtherForm),
    ] {
        let mut story = Story::new(on_demand());
        story.input(Input::Opened);
        story.want(1);
        story.cannot_load(fault);
        assert!(matches!(story.settled(1), Some(Err(Cause::Storage(t))) if t == trouble));
    }
}
