use super::*;

/// Norms 12, 29 and 74 (ASVS 10.4.8).
#[test]
fn a_deadline_is_over_on_its_own_millisecond() {
    let idle = RatchetPolicy::default().idle_limit;
    let (mut bench, first) = Bench::signed_in();
    assert_eq!(kind(&bench.ask(&first, at(idle - MS))), "rotated");
    let expired = Decision::Refused(Refusal::Expired);
    assert_eq!(bench.ask(&first, at(idle)), expired);

    bench.row.idle_deadline = at(ABSOLUTE * 2);
    assert_eq!(kind(&bench.ask(&first, at(ABSOLUTE - MS))), "rotated");
    assert_eq!(bench.ask(&first, at(ABSOLUTE)), expired);
}

#[test]
fn no_number_of_rotations_outlives_the_first_deadline() {
    let (mut bench, mut token) = Bench::signed_in();
    let idle = bench.policy.idle_limit;
    let mut now = T0;
    loop {
        now = now.saturating_add(DAY);
        let decision = bench.ask(&token, now);
        let Decision::Rotated {
            family,
            token: next,
        } = decision
        else {
            assert_eq!(decision, Decision::Refused(Refusal::Expired));
            break;
        };
        let expected = now.saturating_add(idle).min(at(ABSOLUTE));
        assert_eq!(family.idle_deadline, expected);
        assert_eq!(family.absolute_deadline, at(ABSOLUTE));
        bench.row = family;
        token = next;
    }
    assert_eq!(now, at(ABSOLUTE));
}

#[test]
fn an_absolute_limit_shorter_than_the_idle_limit_wins() {
    let new = NewFamily {
        absolute_limit: DAY,
        ..new_family(None)
    };
    let (row, _) = begin(new, &ring(&[1]), &RatchetPolicy::default(), T0);
    assert_eq!(
        (row.idle_deadline, row.absolute_deadline),
        (at(DAY), at(DAY))
    );
}

#[test]
fn a_repeated_answer_moves_no_deadline() {
    let (mut bench, first) = Bench::keyed();
    bench.rotate(&first, T0);
    let Decision::Repeated { family, .. } = bench.ask(&first, at(DAY)) else {
        panic!("not repeated");
    };
    assert_eq!(family.idle_deadline, bench.row.idle_deadline);
    assert_eq!(family.rotated_at, bench.row.rotated_at);
}

/// Law 10.
#[test]
fn a_clock_set_back_ends_nothing_and_lengthens_nothing() {
    let (mut bench, first) = Bench::keyed();
    let second = bench.rotate(&first, at(DAY * 2));
    let granted = bench.row.clone();
    assert_eq!(kind(&bench.ask(&first, at(DAY))), "repeated");

    bench.rotate(&second, at(DAY));
    assert!(bench.row.idle_deadline < granted.idle_deadline);
    assert_eq!(bench.row.absolute_deadline, granted.absolute_deadline);

    bench.row = granted;
    bench.confirm(at(DAY));
    assert_eq!(kind(&bench.ask(&first, at(DAY))), "superseded");
    let right_again = at(DAY * 3);
    assert_eq!(kind(&bench.ask(&first, right_again)), "reused");
}

#[test]
fn a_clock_a_month_ahead_expires_nothing_for_good() {
    let (mut bench, first) = Bench::signed_in();
    let ahead = bench.ask(&first, at(DAY * 30));
    assert_eq!(ahead, Decision::Refused(Refusal::Expired));
    assert_eq!(kind(&bench.ask(&first, at(DAY))), "rotated");
}
