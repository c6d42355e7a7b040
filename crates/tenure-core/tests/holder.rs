//! Stories of a holder, driven by hand, with time by hand. Each names the law it tells of.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::exhaustive_enums,
    reason = "helpers of tests"
)]

use std::time::Duration;

use tenure_core::{
    holder::{
        Active, Answer, Body, Cause, Expiry, FailurePolicy, Generation, Grant, Holder,
        HolderConfig, Input, LoadFault, Login, Op, Outage, Output, Renewal, SaveFault, Settled,
        SignOutScope, SignedOutReason, Snapshot, StorageTrouble, Stored, TokenSet, TokenSource,
        Waiter,
    },
    secret::{AccessToken, RefreshToken},
    time::{Now, Timestamp, Uptime},
};

const START: i64 = 1_700_000_000_000;
const LIFE: u64 = 600_000;

struct Story {
    holder: Holder,
    wall: i64,
    uptime: u64,
    outputs: Vec<Output>,
}

impl Story {
    fn new(config: HolderConfig) -> Self {
        let holder = Holder::new(config);
        Self {
            holder,
            wall: START,
            uptime: 0,
            outputs: Vec::new(),
        }
    }

    /// A story that begins with a session in storage, obtained `age` milliseconds ago.
    fn signed_in(config: HolderConfig, age: u64) -> Self {
        let mut story = Self::new(config);
        story.input(Input::Opened);
        let op = story.load();
        story.input(Input::Loaded {
            op,
            result: Ok(Some(stored(1, age))),
        });
        story
    }

    fn input(&mut self, input: Input) {
        let now = Now {
            wall: Timestamp::from_millis(self.wall),
            uptime: Uptime::from_millis(self.uptime),
        };
        self.holder.handle_input(input, now);
        while let Some(output) = self.holder.poll_output() {
            self.outputs.push(output);
        }
    }

    fn pass(&mut self, ms: u64) {
        self.uptime += ms;
        self.wall += i64::try_from(ms).unwrap();
    }

    fn want(&mut self, waiter: u64) {
        self.input(Input::TokenWanted {
            waiter: Waiter(waiter),
            rejected: None,
        });
    }

    fn take<T>(&mut self, pick: impl Fn(&Output) -> Option<T>) -> Option<T> {
        let at = self.outputs.iter().position(|o| pick(o).is_some())?;
        pick(&self.outputs.remove(at))
    }

    fn load(&mut self) -> Op {
        self.take(|o| {
            if let Output::Load { op } = o {
                Some(*op)
            } else {
                None
            }
        })
        .unwrap()
    }

    fn lock(&mut self) -> Op {
        self.take(|o| {
            if let Output::Lock { op, .. } = o {
                Some(*op)
            } else {
                None
            }
        })
        .unwrap()
    }

    fn exchange(&mut self) -> Option<Op> {
        self.take(|o| {
            if let Output::Exchange { op, .. } = o {
                Some(*op)
            } else {
                None
            }
        })
    }

    fn save(&mut self) -> (Op, Generation, Stored) {
        self.take(|o| {
            if let Output::Save {
                op,
                replaces,
                value,
            } = o
            {
                Some((*op, *replaces, value.clone()))
            } else {
                None
            }
        })
        .unwrap()
    }

    fn revoked(&mut self) -> Option<String> {
        self.take(|o| {
            if let Output::Revoke { refresh_token } = o {
                Some(refresh_token.expose().to_owned())
            } else {
                None
            }
        })
    }

    fn settled(&mut self, waiter: u64) -> Option<Result<Settled, Cause>> {
        self.take(|o| match o {
            Output::Settle { waiter: w, result } if w.0 == waiter => Some(result.clone()),
            _ => None,
        })
    }

    fn token(&mut self, waiter: u64) -> String {
        match self.settled(waiter) {
            Some(Ok(Settled::Token { access_token, .. })) => access_token.expose().to_owned(),
            other => panic!("no token: {other:?}"),
        }
    }

    /// Lock granted and storage read: the holder has asked the issuer.
    fn up_to_the_exchange(&mut self) -> Op {
        let op = self.lock();
        self.input(Input::LockGranted { op });
        let op = self.load();
        self.input(Input::Loaded {
            op,
            result: Ok(Some(stored(1, LIFE))),
        });
        self.exchange().unwrap()
    }

    fn answer(&mut self, op: Op, answer: Answer) {
        self.input(Input::Exchanged {
            op,
            answer,
            issuer_time: None,
        });
    }
}

fn tokens(number: u64, age: u64) -> TokenSet {
    let obtained_at = Timestamp::from_millis(START - i64::try_from(age).unwrap());
    TokenSet {
        access_token: AccessToken::new(format!("at{number}")),
        token_type: "Bearer".to_owned(),
        obtained_at,
        expires_at: Some(obtained_at.saturating_add(Duration::from_millis(LIFE))),
        issued: Generation::from_u64(number),
        forced: false,
        refresh_token: Some(RefreshToken::new(format!("rt{number}"))),
        id_token: None,
        scope: None,
        subject: Some("ann".to_owned()),
    }
}

fn stored(number: u64, age: u64) -> Stored {
    let login = Login {
        generation: Generation::from_u64(1),
        at: Timestamp::from_millis(START),
    };
    let last_active = Timestamp::from_millis(START);
    let session = Active {
        login,
        tokens: tokens(number, age),
        last_active,
    };
    Stored {
        generation: Generation::from_u64(number),
        body: Body::Active(session),
    }
}

fn grant(number: u64, wall: i64) -> Grant {
    Grant {
        access_token: AccessToken::new(format!("at{number}")),
        token_type: "Bearer".to_owned(),
        expiry: Expiry::In(Duration::from_millis(LIFE)),
        refresh_token: Some(RefreshToken::new(format!("rt{number}"))),
        id_token: None,
        scope: None,
        subject: Some("ann".to_owned()),
        requested_at: Timestamp::from_millis(wall),
    }
}

fn on_demand() -> HolderConfig {
    HolderConfig {
        renewal: Renewal::OnDemand,
        ..HolderConfig::default()
    }
}

fn unavailable(outage: Outage) -> Answer {
    Answer::Unavailable {
        outage,
        retry_after: None,
    }
}

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
    story.answer(op, Answer::Tokens(grant(2, wall)));
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
    story.answer(op, Answer::Tokens(grant(2, wall)));
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
    story.answer(op, Answer::Tokens(grant(2, wall)));
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
        let answer = Answer::Unavailable {
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
    story.answer(op, Answer::Refused);
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
fn a_refusal_of_what_a_peer_has_replaced_ends_nothing() {
    // Law 1.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let op = story.up_to_the_exchange();
    story.answer(op, Answer::Refused);
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
    story.answer(op, Answer::Superseded);
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
fn a_sign_out_during_a_refresh_wins_and_the_late_token_is_revoked() {
    // Law 3.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let late = story.up_to_the_exchange();
    story.input(Input::SignOutWanted {
        waiter: Waiter(2),
        scope: SignOutScope::Issuer,
    });
    assert_eq!(story.revoked().as_deref(), Some("rt1"));
    assert!(matches!(
        story.settled(1),
        Some(Err(Cause::SignedOut(SignedOutReason::User)))
    ));
    assert!(story.settled(2).is_none());
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    assert!(matches!(story.settled(2), Some(Ok(Settled::SignedOut))));
    let wall = story.wall;
    story.answer(late, Answer::Tokens(grant(2, wall)));
    assert_eq!(story.revoked().as_deref(), Some("rt2"));
    assert!(matches!(
        story.holder.snapshot(),
        Snapshot::SignedOut(SignedOutReason::User)
    ));
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
    story.answer(late, Answer::Tokens(grant(2, wall)));
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
    assert!(matches!(
        story.settled(1),
        Some(Err(Cause::Unavailable { .. }))
    ));
    let wall = story.wall;
    story.answer(late, Answer::Tokens(grant(2, wall)));
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    story.want(2);
    assert_eq!(story.token(2), "at2");
}

#[test]
fn an_answer_to_nobody_is_ignored() {
    let mut story = Story::signed_in(on_demand(), 0);
    let wall = story.wall;
    story.answer(Op(4_711), Answer::Tokens(grant(9, wall)));
    story.input(Input::Saved {
        op: Op(4_712),
        result: Ok(()),
    });
    story.input(Input::Loaded {
        op: Op(4_713),
        result: Ok(None),
    });
    story.want(1);
    assert_eq!(story.token(1), "at1");
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
    story.answer(op, Answer::Tokens(grant(2, wall)));
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
fn a_token_that_is_granted_for_no_time_at_all_is_handed_out_once_per_request() {
    // Law 8: `expires_in` of zero must not loop.
    let mut story = Story::signed_in(on_demand(), LIFE);
    story.want(1);
    let op = story.up_to_the_exchange();
    let mut nothing = grant(2, story.wall);
    nothing.expiry = Expiry::In(Duration::ZERO);
    story.answer(op, Answer::Tokens(nothing));
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    assert_eq!(story.token(1), "at2");
    assert!(story.exchange().is_none());
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
    story.answer(op, Answer::Tokens(grant(2, wall)));
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
    story.answer(op, Answer::Tokens(grant(2, wall)));
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
    story.answer(op, Answer::Tokens(own));
    let (op, ..) = story.save();
    story.input(Input::Saved { op, result: Ok(()) });
    assert_eq!(story.token(1), "at1");
}

#[test]
fn storage_that_cannot_be_read_is_an_error_and_no_sign_out() {
    // Law 1.
    for (fault, trouble) in [
        (LoadFault::Failed, StorageTrouble::Read),
        (LoadFault::Unreadable, StorageTrouble::Unreadable),
    ] {
        let mut story = Story::new(on_demand());
        story.input(Input::Opened);
        story.want(1);
        let op = story.load();
        story.input(Input::Loaded {
            op,
            result: Err(fault),
        });
        assert!(matches!(story.settled(1), Some(Err(Cause::Storage(t))) if t == trouble));
    }
}
