use alloc::{collections::BTreeSet, format, string::String};

use proptest::prelude::*;

use super::*;

const T0: Timestamp = Timestamp::from_secs(1_700_000_000);
const MINUTE: Duration = Duration::from_secs(60);

fn entropy(seed: u8) -> Entropy {
    Entropy {
        state: [seed; 32],
        nonce: [seed ^ 0x55; 32],
        code_verifier: [seed ^ 0xaa; 32],
    }
}

fn begin(logins: &mut Transactions, seed: u8, now: Timestamp) -> LoginState {
    let intent = LoginIntent::new("https://id.example", "https://app.example/callback");
    logins
        .begin(intent.returning_to(format!("/{seed}")), &entropy(seed), now)
        .state()
        .clone()
}

// Norm 3: the state is one-time.
#[test]
fn a_state_works_once_and_says_so_the_second_time() {
    let mut logins = Transactions::default();
    let state = begin(&mut logins, 1, T0);
    assert_eq!(
        logins.finish(Some(&state), T0).map(|it| it.state().clone()),
        Ok(state.clone())
    );
    assert_eq!(
        logins.finish(Some(&state), T0),
        Err(StateFault::AlreadyUsed)
    );
    let later = T0.saturating_add(24 * 60 * MINUTE);
    assert_eq!(
        logins.finish(Some(&state), later),
        Err(StateFault::AlreadyUsed)
    );
}

#[test]
fn the_four_faults_are_told_apart() {
    let foreign = LoginState::new("foreign");
    let mut logins = Transactions::default();
    assert_eq!(logins.finish(Some(&foreign), T0), Err(StateFault::Missing));
    let used = begin(&mut logins, 1, T0);
    let slow = begin(&mut logins, 2, T0);
    assert!(logins.finish(Some(&used), T0).is_ok());
    let later = T0.saturating_add(10 * MINUTE);
    let cases = [
        (None, StateFault::Missing),
        (Some(&foreign), StateFault::Mismatch),
        (Some(&used), StateFault::AlreadyUsed),
        (Some(&slow), StateFault::Expired),
    ];
    for (state, fault) in cases {
        assert_eq!(logins.finish(state, later), Err(fault));
    }
}

#[test]
fn a_wrong_state_costs_no_login() {
    let mut logins = Transactions::default();
    let state = begin(&mut logins, 1, T0);
    assert_eq!(
        logins.finish(Some(&LoginState::new("guess")), T0),
        Err(StateFault::Mismatch)
    );
    assert!(logins.finish(Some(&state), T0).is_ok());
}

#[test]
fn the_lifetime_ends_on_the_boundary() {
    let cases = [
        (10 * MINUTE - Duration::from_millis(1), true),
        (10 * MINUTE, false),
    ];
    for (waited, finishes) in cases {
        let mut logins = Transactions::default();
        let state = begin(&mut logins, 1, T0);
        assert_eq!(
            logins
                .finish(Some(&state), T0.saturating_add(waited))
                .is_ok(),
            finishes
        );
    }
}

#[test]
fn a_clock_set_back_a_day_does_not_lengthen_a_login() {
    let mut logins = Transactions::default();
    let state = begin(&mut logins, 1, T0);
    let yesterday = T0.saturating_sub(24 * 60 * MINUTE);
    assert_eq!(
        logins.finish(Some(&state), yesterday),
        Err(StateFault::Expired)
    );

    let state = begin(&mut logins, 2, T0);
    assert!(
        logins
            .finish(Some(&state), T0.saturating_sub(MINUTE))
            .is_ok()
    );
}

#[test]
fn the_ninth_login_pushes_the_first_out() {
    let mut logins = Transactions::default();
    let states: Vec<_> = (1..=9).map(|seed| begin(&mut logins, seed, T0)).collect();
    assert_eq!(
        logins.finish(Some(&states[0]), T0),
        Err(StateFault::Expired)
    );
    for state in &states[1..] {
        assert!(logins.finish(Some(state), T0).is_ok());
    }
}

// Norm 5: challenge and nonce are per transaction.
#[test]
fn state_nonce_and_challenge_carry_all_random_bits() {
    let mut logins = Transactions::default();
    let intent = LoginIntent::new("https://id.example", "https://app.example/callback");
    let login = logins.begin(intent, &entropy(7), T0);
    let texts = [
        login.state().expose(),
        login.nonce().expose(),
        login.code_verifier().expose(),
    ];
    for text in texts {
        assert_eq!(text.len(), 43);
        assert!(
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        );
    }
    assert_eq!(BTreeSet::from(texts).len(), 3);
    assert_eq!(login.code_challenge().len(), 43);
}

#[test]
fn records_can_be_stored_and_taken_up_again() {
    let mut logins = Transactions::default();
    let used = begin(&mut logins, 1, T0);
    let open = begin(&mut logins, 2, T0);
    assert!(logins.finish(Some(&used), T0).is_ok());

    let records = logins.records().to_vec();
    let mut again = Transactions::from_records(TransactionLimits::default(), records);
    assert_eq!(again.finish(Some(&used), T0), Err(StateFault::AlreadyUsed));
    let login = again.finish(Some(&open), T0);
    assert_eq!(login.as_ref().map(Transaction::return_to), Ok(Some("/2")));
    assert!(
        again
            .records()
            .iter()
            .all(|it| *it.fate() == RecordFate::Used)
    );
}

#[test]
fn debug_shows_no_secret_of_a_login() {
    let mut logins = Transactions::default();
    let state = begin(&mut logins, 9, T0);
    let shown = format!("{logins:?} {:?}", entropy(9));
    assert!(!shown.contains(state.expose()), "{shown}");
    assert!(
        !shown.contains(pkce::code_verifier(&[9 ^ 0xaa; 32]).expose()),
        "{shown}"
    );
}

proptest! {
    #[test]
    fn no_order_of_steps_finishes_a_login_twice_or_grows_without_bound(
        steps in prop::collection::vec((any::<bool>(), 0_u8..20, -900_i64..900), 1..200)
    ) {
        let mut logins = Transactions::default();
        let mut known: Vec<LoginState> = Vec::new();
        let mut finished: BTreeSet<String> = BTreeSet::new();
        let mut now = T0;
        for (index, (begins, pick, passed)) in (0_u8..).zip(steps) {
            now = Timestamp::from_secs(now.as_secs() + passed);
            if begins || known.is_empty() {
                known.push(begin(&mut logins, index, now));
            } else {
                let state = &known[usize::from(pick) % known.len()];
                if logins.finish(Some(state), now).is_ok() {
                    prop_assert!(finished.insert(state.expose().into()));
                }
            }
            prop_assert!(logins.records().len() <= 8 + 32);
        }
    }
}
