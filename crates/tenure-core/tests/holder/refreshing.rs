use std::time::Duration;

use tenure_core::holder::{
    Body, Cause, FailurePolicy, Generation, HolderConfig, Input, Outage, SaveFault,
    SignedOutReason, Snapshot, StorageTrouble, TokenResponse, Waiter,
};

use crate::story::{LIFE, Story, grant, on_demand, stored, unavailable};

#[test]
fn a_fresh_token_is_handed_out_without_asking_anybody() {
    let mut story = Story::signed_in(on_demand(), 0);
    story.want(1);
    assert_eq!(story.token(1), "at1");
    assert!(story.exchange().is_none());
}

#[test]
fn ten_thousand_callers_of_an_expired_session_cause_one_token_request() {
    // Law 2.
    let mut story = Story::signed_in(on_demand(), LIFE);
    for waiter in 0..10_000 {
        story.want(waiter);
    }
    let op = story.up_to_the_exchange();
    assert!(story.exchange().is_none());
    let wall = story.wall;
    story.answer(op, TokenResponse::Tokens(grant(2, wall)));
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    for waiter in 0..10_000 {
        assert_eq!(story.token(waiter), "at2");
    }
}

#[test]
fn nobody_gets_a_token_before_it_is_saved() {
    // Law 5.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let op = story.up_to_the_exchange();
    let wall = story.wall;
    story.answer(op, TokenResponse::Tokens(grant(2, wall)));
    assert!(story.settled(1).is_none());
    let (op, replaces, _) = story.save();
    assert_eq!(replaces, Generation::from_u64(1));
    story.input(Input::Saved { op, result: Ok(()) });
    assert_eq!(story.token(1), "at2");
}

#[test]
fn a_token_that_storage_does_not_take_is_kept_and_saved_later_without_another_request() {
    // Laws 1 and 5: a full disk.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let op = story.up_to_the_exchange();
    let wall = story.wall;
    story.answer(op, TokenResponse::Tokens(grant(2, wall)));
    let (op, ..) = story.save();
    story.input(Input::Saved {
        op,
        result: Err(SaveFault::Failed),
    });
    assert!(matches!(
        story.settled(1),
        Some(Err(Cause::Storage(StorageTrouble::Write)))
    ));
    story.pass(2_000);
    story.want(2);
    let op = story.lock();
    story.input(Input::LockGranted { op });
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored(1, LIFE))),
    });
    assert!(story.exchange().is_none());
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    assert_eq!(story.token(2), "at2");
}

#[test]
fn a_peer_that_refreshed_first_is_believed() {
    // Law 2.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let op = story.lock();
    story.input(Input::LockGranted { op });
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored(2, 0))),
    });
    assert_eq!(story.token(1), "at2");
    assert!(story.exchange().is_none());
}

#[test]
fn without_a_lock_the_refresh_goes_on() {
    for refused in [true, false] {
        let mut story = Story::signed_in(on_demand(), LIFE);
        story.want(1);
        let op = story.lock();
        if refused {
            story.input(Input::LockRefused { op });
        } else {
            story.pass(12_000);
            story.input(Input::Elapsed);
        }
        let op = story.load();
        story.input(Input::Loaded {
            op,
            result: Ok(Some(stored(1, LIFE))),
        });
        assert!(story.exchange().is_some());
    }
}

#[test]
fn an_outage_keeps_the_session_and_says_when_to_come_back() {
    // Law 1.
    for outage in [Outage::TimedOut, Outage::Overloaded, Outage::Malformed] {
        let mut story = Story::signed_in(on_demand(), LIFE);
        story.want(1);
        let op = story.up_to_the_exchange();
        let answer = TokenResponse::Unavailable {
            outage,
            retry_after: Some(Duration::from_secs(7)),
        };
        story.answer(op, answer);
        let Some(Err(Cause::Unavailable {
            outage: told,
            retry_after,
        })) = story.settled(1)
        else {
            panic!("the caller was not told");
        };
        assert_eq!((told, retry_after), (outage, Duration::from_secs(7)));
        assert!(matches!(story.holder.snapshot(), Snapshot::Active { .. }));
        story.want(2);
        assert!(matches!(
            story.settled(2),
            Some(Err(Cause::Unavailable { .. }))
        ));
        assert!(story.exchange().is_none());
    }
}

#[test]
fn a_connection_that_broke_is_tried_once_more_at_once() {
    // Law 6: the answer may have been lost on its way.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let op = story.up_to_the_exchange();
    story.answer(op, unavailable(Outage::Network));
    let op = story.load();
    let result = Ok(Some(stored(1, LIFE)));
    story.input(Input::Loaded { op, result });
    let op = story.exchange().unwrap();
    story.answer(op, unavailable(Outage::Network));
    assert!(story.exchange().is_none());
    assert!(matches!(
        story.settled(1),
        Some(Err(Cause::Unavailable { .. }))
    ));
}

#[test]
fn a_token_that_still_lives_is_good_enough_during_an_outage() {
    let mut story = Story::signed_in(on_demand(), LIFE - 30_000);
    story.want(1);
    let op = story.lock();
    story.input(Input::LockRefused { op });
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored(1, LIFE - 30_000))),
    });
    let op = story.exchange().unwrap();
    story.answer(op, unavailable(Outage::Overloaded));
    assert_eq!(story.token(1), "at1");
}

#[test]
fn a_refusal_ends_the_session_only_after_storage_was_read_again() {
    // Law 1.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let op = story.up_to_the_exchange();
    story.answer(op, TokenResponse::Refused);
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored(1, LIFE))),
    });
    let (op, _, value) = story.save();
    assert!(matches!(value.body, Body::SignedOut(mark) if mark.reason == SignedOutReason::Refused));
    story.input(Input::Saved { op, result: Ok(()) });
    let told = story.settled(1);
    assert!(matches!(
        told,
        Some(Err(Cause::SignedOut(SignedOutReason::Refused)))
    ));
}

#[test]
fn an_end_that_storage_does_not_take_is_told_to_whoever_asks_meanwhile() {
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let op = story.up_to_the_exchange();
    story.answer(op, TokenResponse::Refused);
    let op = story.load();
    let result = Ok(Some(stored(1, LIFE)));
    story.input(Input::Loaded { op, result });
    let (op, ..) = story.save();
    let result = Err(SaveFault::Failed);
    story.input(Input::Saved { op, result });
    story.want(2);
    for waiter in [1, 2] {
        let told = story.settled(waiter);
        assert!(
            matches!(told, Some(Err(Cause::SignedOut(SignedOutReason::Refused)))),
            "{told:?}"
        );
    }
}

#[test]
fn a_refusal_of_what_a_peer_has_replaced_ends_nothing() {
    // Law 1.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let op = story.up_to_the_exchange();
    story.answer(op, TokenResponse::Refused);
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored(2, 0))),
    });
    assert_eq!(story.token(1), "at2");
}

#[test]
fn a_superseded_token_is_looked_up_in_storage_again() {
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let op = story.up_to_the_exchange();
    story.answer(op, TokenResponse::Superseded);
    story.pass(600);
    story.input(Input::Elapsed);
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored(2, 0))),
    });
    assert_eq!(story.token(1), "at2");
}

#[test]
fn a_reading_that_took_too_long_is_not_acted_on() {
    // Law 1: the process stood still between reading and asking.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let op = story.lock();
    story.input(Input::LockGranted { op });
    let op = story.load();
    story.pass(3_000);
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored(1, LIFE))),
    });
    assert!(story.exchange().is_none());
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored(2, 0))),
    });
    assert_eq!(story.token(1), "at2");
}

#[test]
fn a_late_401_of_an_older_token_causes_no_request() {
    // Law 2.
    let mut story = Story::signed_in(on_demand(), 0);
    story.input(Input::PeerChanged);
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored(3, 0))),
    });
    let rejected = Some(Generation::from_u64(1));
    story.input(Input::TokenWanted {
        waiter: Waiter(1),
        rejected,
    });
    assert_eq!(story.token(1), "at3");
    assert!(story.exchange().is_none());
}

#[test]
fn a_server_that_refuses_every_token_does_not_cause_a_request_per_call() {
    // Law 2.
    let mut story = Story::signed_in(on_demand(), 0);
    let refuse = |number| Some(Generation::from_u64(number));
    story.input(Input::TokenWanted {
        waiter: Waiter(1),
        rejected: refuse(1),
    });
    let op = story.lock();
    story.input(Input::LockRefused { op });
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored(1, 0))),
    });
    let op = story.exchange().unwrap();
    let wall = story.wall;
    story.answer(op, TokenResponse::Tokens(grant(2, wall)));
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    assert_eq!(story.token(1), "at2");
    story.input(Input::TokenWanted {
        waiter: Waiter(2),
        rejected: refuse(2),
    });
    assert_eq!(story.token(2), "at2");
    assert!(story.exchange().is_none());
}

#[test]
fn the_tutorials_policy_discards_on_any_failure() {
    let discard = HolderConfig {
        failure_policy: FailurePolicy::DiscardOnFailure,
        ..on_demand()
    };
    let mut story = Story::signed_in(discard, LIFE);
    story.want(1);
    let op = story.up_to_the_exchange();
    story.answer(op, unavailable(Outage::Network));
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    let told = story.settled(1);
    assert!(matches!(
        told,
        Some(Err(Cause::SignedOut(SignedOutReason::RefreshFailed)))
    ));
}

#[test]
fn a_process_that_was_frozen_while_it_asked_finds_what_its_peers_did() {
    // Law 8. Its own deadline or that of its transport: either may ring first when it wakes.
    let silence = TokenResponse::Unavailable {
        outage: Outage::TimedOut,
        retry_after: None,
    };
    for answer in [None, Some(silence)] {
        let mut story = Story::signed_in(on_demand(), LIFE);
        story.want(1);
        let op = story.up_to_the_exchange();
        story.pass(60_000);
        match answer {
            Some(answer) => story.answer(op, answer),
            None => story.input(Input::Elapsed),
        }
        assert!(story.settled(1).is_none());
        let op = story.load();
        story.input(Input::Loaded {
            op,
            result: Ok(Some(stored(2, 0))),
        });
        assert_eq!(story.token(1), "at2");
    }
}
