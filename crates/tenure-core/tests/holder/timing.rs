use std::time::Duration;

use tenure_core::{
    holder::{
        Body, Cause, Expiry, HolderConfig, Input, Outage, SignedOutReason, Snapshot, TokenResponse,
        Waiter,
    },
    time::{Timestamp, Uptime},
};

use crate::story::{LIFE, Story, grant, on_demand, stored, unavailable};

#[test]
fn a_token_that_is_granted_for_no_time_at_all_is_handed_out_once_per_request() {
    // Law 8: `expires_in` of zero must not loop.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let op = story.up_to_the_exchange();
    let mut nothing = grant(2, story.wall);
    nothing.expiry = Expiry::In(Duration::ZERO);
    story.answer(op, TokenResponse::Tokens(nothing));
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    assert_eq!(story.token(1), "at2");
    assert!(story.exchange().is_none());
}

#[test]
fn a_token_of_hardly_any_life_is_renewed_only_for_those_who_ask() {
    // Law 8: an issuer that grants such tokens must not be asked without end.
    for life in [0, 1, 999] {
        let mut story = Story::signed_in(HolderConfig::default(), LIFE);
        let op = story.up_to_the_exchange();
        let mut short = grant(2, story.wall);
        short.expiry = Expiry::In(Duration::from_millis(life));
        story.answer(op, TokenResponse::Tokens(short));
        let (op, ..) = story.save();
        story.input(Input::Saved { op, result: Ok(()) });
        assert_eq!(story.holder.poll_timeout(), None);
        story.pass(LIFE);
        story.input(Input::Elapsed);
        assert!(story.exchange().is_none());
        story.want(1);
        story.up_to_the_exchange();
    }
}

#[test]
fn a_token_that_was_stored_for_longer_than_it_lives_is_asked_for_once_more() {
    // Law 8.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let op = story.up_to_the_exchange();
    let mut short = grant(2, story.wall);
    short.expiry = Expiry::In(Duration::from_secs(2));
    story.answer(op, TokenResponse::Tokens(short));
    let (op, _, stored) = story.save();
    story.pass(3_000);
    story.input(Input::Saved { op, result: Ok(()) });
    assert!(story.settled(1).is_none());
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored)),
    });
    let op = story.exchange().unwrap();
    let wall = story.wall;
    story.answer(op, TokenResponse::Tokens(grant(3, wall)));
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    assert_eq!(story.token(1), "at3");
}

#[test]
fn a_token_without_an_expiry_lives_until_it_is_refused() {
    let mut story = Story::new(on_demand());
    story.input(Input::Opened);
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(None),
    });
    let mut endless = grant(1, story.wall);
    endless.expiry = Expiry::Unknown;
    story.input(Input::SignedIn {
        waiter: Waiter(1),
        grant: endless,
    });
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    story.pass(400 * 86_400_000);
    story.want(2);
    assert_eq!(story.token(2), "at1");
}

#[test]
fn a_timer_is_never_further_ahead_than_twelve_hours() {
    let mut story = Story::new(HolderConfig::default());
    story.input(Input::Opened);
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(None),
    });
    let mut year = grant(1, story.wall);
    year.expiry = Expiry::In(Duration::from_secs(365 * 86_400));
    story.input(Input::SignedIn {
        waiter: Waiter(1),
        grant: year,
    });
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    let ahead = story.holder.poll_timeout().unwrap();
    assert_eq!(ahead, Uptime::from_millis(12 * 3_600_000));
}

#[test]
fn eight_hours_of_sleep_cause_one_refresh() {
    // Law 10.
    let mut story = Story::signed_in(HolderConfig::default(), 0);
    story.wall += 8 * 3_600_000;
    story.input(Input::WokeUp);
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored(1, 0))),
    });
    let op = story.lock();
    story.input(Input::LockGranted { op });
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
    story.want(1);
    assert_eq!(story.token(1), "at2");
    assert!(story.exchange().is_none());
}

#[test]
fn a_clock_that_was_set_back_causes_one_refresh_and_no_loop() {
    // Law 10.
    let mut story = Story::signed_in(on_demand(), 0);
    story.wall -= 86_400_000;
    story.want(1);
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
    story.want(2);
    assert_eq!(story.token(2), "at2");
    assert!(story.exchange().is_none());
}

#[test]
fn a_token_is_due_a_third_of_its_life_before_its_end_at_the_earliest() {
    let short = HolderConfig {
        skew: Duration::from_secs(3_600),
        ..on_demand()
    };
    let mut story = Story::signed_in(short, 0);
    let due = LIFE - LIFE / 3;
    story.pass(due - 1);
    story.want(1);
    assert_eq!(story.token(1), "at1");
    story.pass(1);
    story.want(2);
    assert!(story.settled(2).is_none());
}

#[test]
fn there_is_no_timer_while_hidden() {
    let mut story = Story::signed_in(HolderConfig::default(), 0);
    assert!(story.holder.poll_timeout().is_some());
    story.input(Input::Hidden);
    assert_eq!(story.holder.poll_timeout(), None);
}

#[test]
fn the_idle_limit_is_counted_over_sleep_and_activity_after_it_is_too_late() {
    // Law 10.
    let idle = HolderConfig {
        idle_limit: Some(Duration::from_secs(3_600)),
        ..on_demand()
    };
    let mut story = Story::signed_in(idle, 0);
    story.wall += 3_600_000;
    story.input(Input::UserActive);
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored(1, 0))),
    });
    let (op, _, value) = story.save();
    assert!(matches!(value.body, Body::SignedOut(mark) if mark.reason == SignedOutReason::Idle));
    story.input(Input::Saved { op, result: Ok(()) });
    story.want(1);
    assert!(matches!(
        story.settled(1),
        Some(Err(Cause::SignedOut(SignedOutReason::Idle)))
    ));
}

#[test]
fn a_peer_that_saw_activity_keeps_the_session() {
    let idle = HolderConfig {
        idle_limit: Some(Duration::from_secs(3_600)),
        ..on_demand()
    };
    let mut story = Story::signed_in(idle, 0);
    story.wall += 3_600_000;
    story.input(Input::Elapsed);
    let op = story.load();
    let mut active = stored(2, 0);
    if let Body::Active(session) = &mut active.body {
        session.last_active = Timestamp::from_millis(story.wall - 1_000);
    }
    story.input(Input::Loaded {
        op,
        result: Ok(Some(active)),
    });
    assert!(matches!(story.holder.snapshot(), Snapshot::Active { .. }));
}

#[test]
fn a_session_beyond_its_limit_is_revoked_only_once_its_end_is_stored() {
    // Law 1: a peer may note activity first, and then the session goes on.
    let idle = HolderConfig {
        idle_limit: Some(Duration::from_secs(3_600)),
        ..on_demand()
    };
    let mut story = Story::signed_in(idle, 0);
    story.wall += 3_600_000;
    story.input(Input::Elapsed);
    let op = story.load();
    story.input(Input::Loaded {
        op,
        result: Ok(Some(stored(1, 0))),
    });
    let (op, ..) = story.save();
    assert_eq!(story.revoked(), None);
    story.input(Input::Saved { op, result: Ok(()) });
    assert_eq!(story.revoked().as_deref(), Some("rt1"));
}

#[test]
fn whoever_asks_during_a_look_in_a_pause_is_told_to_come_back() {
    // Law 8: nothing else would wake the machine.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let op = story.up_to_the_exchange();
    story.answer(op, unavailable(Outage::Overloaded));
    story.settled(1).unwrap().unwrap_err();
    story.input(Input::PeerChanged);
    let op = story.load();
    story.want(2);
    let result = Ok(Some(stored(1, LIFE)));
    story.input(Input::Loaded { op, result });
    let told = story.settled(2);
    assert!(
        matches!(told, Some(Err(Cause::Unavailable { .. }))),
        "{told:?}"
    );
}
