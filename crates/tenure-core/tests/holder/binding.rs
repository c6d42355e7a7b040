//! A session belongs to one issuer and one client.

use tenure_core::holder::{
    Binding, Body, Cause, Event, HolderConfig, Input, SaveFault, Settled, SignOutScope,
    SignedOutReason, Snapshot, Stored, Unnamed, Waiter,
};

use crate::story::{LIFE, Story, grant, on_demand, stored};

fn ours() -> Binding {
    Binding::new("https://id.example", "cards")
}

fn theirs() -> Binding {
    Binding::new("https://other.example", "cards")
}

fn config() -> HolderConfig {
    HolderConfig {
        binding: Some(ours()),
        ..on_demand()
    }
}

fn stored_by(number: u64, pair: Option<Binding>) -> Stored {
    let mut stored = stored(number, LIFE);
    if let Body::Active(session) = &mut stored.body {
        session.binding = pair;
    }
    stored
}

/// A holder that has found this in storage.
fn found(config: HolderConfig, stored: Stored) -> Story {
    let mut story = Story::new(config);
    story.input(Input::Opened);
    let op = story.load();
    let result = Ok(Some(stored));
    story.input(Input::Loaded { op, result });
    story
}

fn sign_in(story: &mut Story) -> Stored {
    let waiter = Waiter(9);
    let grant = grant(7, crate::story::START);
    story.input(Input::SignedIn { waiter, grant });
    let (op, _, value) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    assert!(matches!(story.settled(9), Some(Ok(Settled::SignedIn))));
    value
}

fn pair_of(stored: &Stored) -> Option<Binding> {
    match &stored.body {
        Body::Active(session) => session.binding.clone(),
        Body::SignedOut(_) => None,
    }
}

fn foreign(told: &Option<Result<Settled, Cause>>) -> bool {
    matches!(told, Some(Err(Cause::SignedOut(SignedOutReason::Foreign))))
}

#[test]
fn a_session_of_another_issuer_or_client_is_not_used_refreshed_or_revoked() {
    for pair in [theirs(), Binding::new("https://id.example", "shelves")] {
        let mut story = found(config(), stored_by(1, Some(pair.clone())));
        assert!(matches!(
            story.holder.snapshot(),
            Snapshot::SignedOut(SignedOutReason::Foreign)
        ));
        assert_eq!(story.holder.foreign(), Some(&pair));
        story.want(1);
        assert!(foreign(&story.settled(1)));
        let (waiter, scope) = (Waiter(2), SignOutScope::Issuer);
        story.input(Input::SignOutWanted { waiter, scope });
        assert!(foreign(&story.settled(2)));
        assert!(story.is_idle());
    }
}

#[test]
fn a_sign_in_takes_its_place_and_has_it_revoked_where_it_came_from() {
    let mut story = found(config(), stored_by(4, Some(theirs())));
    let value = sign_in(&mut story);
    assert_eq!(pair_of(&value), Some(ours()));
    assert_eq!(value.generation.as_u64(), 5);
    assert_eq!(story.revoked(), None);
    assert_eq!(story.elsewhere(), Some(("rt4".to_owned(), Some(theirs()))));
}

#[test]
fn a_sign_in_that_is_not_stored_revokes_nothing_elsewhere() {
    let mut story = found(config(), stored_by(4, Some(theirs())));
    let waiter = Waiter(9);
    let grant = grant(7, crate::story::START);
    story.input(Input::SignedIn { waiter, grant });
    let (op, ..) = story.save();
    let result = Err(SaveFault::Failed);
    story.input(Input::Saved { op, result });
    assert_eq!(story.elsewhere(), None);
    assert_eq!(story.revoked().as_deref(), Some("rt7"));
}

#[test]
fn a_session_that_names_no_pair_is_adopted() {
    let mut story = found(config(), stored_by(1, None));
    story.want(1);
    let op = story.lock();
    story.input(Input::LockGranted { op });
    let op = story.load();
    let result = Ok(Some(stored_by(1, None)));
    story.input(Input::Loaded { op, result });
    let op = story.exchange().unwrap();
    let answer = tenure_core::holder::TokenResponse::Tokens(grant(2, crate::story::START));
    story.answer(op, answer);
    let (_, _, value) = story.save();
    assert_eq!(pair_of(&value), Some(ours()));
}

#[test]
fn one_that_names_no_pair_can_be_known_to_be_somebody_elses() {
    for known in [Some(theirs()), None] {
        let config = HolderConfig {
            unnamed: Unnamed::Of(known.clone()),
            ..config()
        };
        let mut story = found(config, stored_by(1, None));
        story.want(1);
        assert!(foreign(&story.settled(1)));
        sign_in(&mut story);
        assert_eq!(story.elsewhere(), Some(("rt1".to_owned(), known)));
    }
}

#[test]
fn a_session_that_another_pair_replaced_is_over_and_an_answer_for_it_is_void() {
    let mut story = found(config(), stored_by(1, Some(ours())));
    story.want(1);
    let op = story.lock();
    story.input(Input::LockGranted { op });
    let op = story.load();
    let result = Ok(Some(stored_by(1, Some(ours()))));
    story.input(Input::Loaded { op, result });
    let op = story.exchange().unwrap();
    let answer = tenure_core::holder::TokenResponse::Tokens(grant(2, crate::story::START));
    story.answer(op, answer);
    let (op, ..) = story.save();
    let result = Err(SaveFault::Conflict);
    story.input(Input::Saved { op, result });
    let op = story.load();
    let result = Ok(Some(stored_by(2, Some(theirs()))));
    story.input(Input::Loaded { op, result });
    assert!(foreign(&story.settled(1)));
    assert_eq!(
        story.revoked().as_deref(),
        Some("rt2"),
        "our own token, at home"
    );
    assert_eq!(story.elsewhere(), None);
    assert!(story.happened(Event::SignedOut(SignedOutReason::Foreign)));
}
