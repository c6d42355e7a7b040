use super::*;

#[test]
fn the_current_one_is_rotated() {
    let (mut bench, first) = Bench::signed_in();
    let before = bench.row.clone();
    let second = bench.rotate(&first, at(DAY));
    assert_ne!(first, second);
    let row = &bench.row;
    assert_eq!((row.generation, row.confirmed), (1, false));
    assert_eq!(row.previous_hash, Some(before.current_hash));
    assert_eq!((row.rotated_at, row.last_seen), (at(DAY), at(DAY)));
    // Norm 11: scope and client stay.
    assert_eq!(
        (&row.scope, &row.client_id),
        (&before.scope, &before.client_id)
    );
    assert_eq!(kind(&bench.ask(&second, at(DAY))), "rotated");
}

#[test]
fn a_lost_answer_is_given_again_byte_for_byte() {
    let (mut bench, first) = Bench::signed_in();
    let second = bench.rotate(&first, T0);
    for times in 1..=3 {
        let Decision::Repeated { family, token } = bench.ask(&first, at(MS * times)) else {
            panic!("not repeated");
        };
        assert_eq!(token.expose(), second.expose());
        assert_eq!(family.replays, times);
        let unchanged = Family {
            replays: bench.row.replays,
            last_seen: bench.row.last_seen,
            ..family.clone()
        };
        assert_eq!(unchanged, bench.row);
        bench.row = family;
    }
}

/// Norms 9 and 74: a superseded refresh token ends the family.
#[test]
fn both_windows_end_on_the_millisecond() {
    let policy = RatchetPolicy::default();
    let (lost, keyed_lost) = (policy.lost_window, policy.keyed_lost_window);
    let straggler = policy.straggler_window;
    let table = [
        (false, false, Duration::ZERO, "repeated"),
        (false, false, lost, "repeated"),
        (false, false, lost + MS, "reused"),
        (false, true, Duration::ZERO, "repeated"),
        (false, true, straggler, "repeated"),
        (false, true, straggler + MS, "reused"),
        (false, true, lost, "reused"),
        (true, false, Duration::ZERO, "repeated"),
        (true, false, keyed_lost, "repeated"),
        (true, false, keyed_lost + MS, "reused"),
        (true, true, Duration::ZERO, "superseded"),
        (true, true, straggler, "superseded"),
        (true, true, straggler + MS, "reused"),
        (true, true, keyed_lost, "reused"),
    ];
    for (keyed, confirmed, later, expected) in table {
        let (mut bench, first) = if keyed {
            Bench::keyed()
        } else {
            Bench::signed_in()
        };
        bench.rotate(&first, T0);
        if confirmed {
            bench.confirm(T0);
        }
        let decision = bench.ask(&first, at(later));
        assert_eq!(kind(&decision), expected, "{keyed} {confirmed} {later:?}");
    }
}

#[test]
fn the_number_before_with_another_secret_is_theft() {
    for previous_hash in [Some([0; 32]), None] {
        let (mut bench, first) = Bench::signed_in();
        bench.rotate(&first, T0);
        bench.row.previous_hash = previous_hash;
        assert_eq!(kind(&bench.ask(&first, T0)), "reused");
    }
}

#[test]
fn a_straggler_outlives_a_lost_window_that_is_shorter() {
    for (begun, expected) in [
        (Bench::signed_in(), "repeated"),
        (Bench::keyed(), "superseded"),
    ] {
        let (mut bench, first) = begun;
        bench.policy.lost_window = Duration::from_secs(1);
        bench.policy.keyed_lost_window = Duration::from_secs(1);
        bench.rotate(&first, T0);
        let late = at(Duration::from_secs(2));
        assert_eq!(kind(&bench.ask(&first, late)), expected);
    }
}

#[test]
fn an_older_one_ends_the_family_for_everybody() {
    let (mut bench, first) = Bench::signed_in();
    let second = bench.rotate(&first, T0);
    let third = bench.rotate(&second, T0);
    let late = at(bench.policy.straggler_window + MS);
    let Decision::Reused { family } = bench.ask(&first, late) else {
        panic!("not noticed");
    };
    let revoked = Revoked {
        at: late,
        reason: RevokedReason::Reused,
    };
    assert_eq!(family.revoked, Some(revoked));
    bench.row = family;
    for token in [&first, &second, &third] {
        let refused = Decision::Refused(Refusal::Revoked(RevokedReason::Reused));
        assert_eq!(bench.ask(token, late), refused);
    }
}

#[test]
fn one_that_is_ahead_is_theft() {
    let (mut bench, first) = Bench::signed_in();
    let restored = bench.row.clone();
    let second = bench.rotate(&first, T0);
    let third = bench.rotate(&second, T0);
    bench.row = restored;
    for token in [&second, &third] {
        assert_eq!(kind(&bench.ask(token, T0)), "reused");
    }
}

#[test]
fn confirming_is_news_once_and_for_the_current_generation_alone() {
    let (mut bench, first) = Bench::signed_in();
    assert_eq!(confirm(&bench.row, 0, T0), None, "nothing came before");
    bench.rotate(&first, T0);
    for stale in [0, 2, u32::MAX] {
        assert_eq!(confirm(&bench.row, stale, T0), None);
    }
    assert_eq!(confirm(&bench.row, 1, at(ABSOLUTE)), None, "over");
    let confirmed = confirm(&bench.row, 1, T0).unwrap();
    assert_eq!(
        confirmed,
        Family {
            confirmed: true,
            ..bench.row.clone()
        }
    );
    assert_eq!(confirm(&confirmed, 1, T0), None);
    let revoked = revoke(&bench.row, RevokedReason::SignedOut, T0).unwrap();
    assert_eq!(confirm(&revoked, 1, T0), None);
}

/// Norm 12 and law 3: what was ended stays ended, for the first reason given.
#[test]
fn an_ended_family_grants_nothing() {
    let reasons = [
        RevokedReason::SignedOut,
        RevokedReason::Reused,
        RevokedReason::Administrator,
        RevokedReason::PasswordChanged,
        RevokedReason::AccountRemoved,
    ];
    for reason in reasons {
        let (mut bench, first) = Bench::signed_in();
        let second = bench.rotate(&first, T0);
        bench.row = revoke(&bench.row, reason, at(MS)).unwrap();
        for token in [&first, &second] {
            let refused = Decision::Refused(Refusal::Revoked(reason));
            assert_eq!(bench.ask(token, at(MS)), refused);
        }
        assert_eq!(revoke(&bench.row, RevokedReason::SignedOut, at(DAY)), None);
    }
}

#[test]
fn the_loser_of_a_race_gets_what_the_winner_got() {
    let (mut bench, first) = Bench::signed_in();
    let Decision::Rotated { .. } = bench.ask(&first, T0) else {
        panic!("not rotated");
    };
    let winner = bench.rotate(&first, T0);
    // The first answer was never written: its writer reads the row again.
    let Decision::Repeated { token, .. } = bench.ask(&first, T0) else {
        panic!("not repeated");
    };
    assert_eq!(token, winner);
}

#[test]
fn the_last_generation_has_no_successor() {
    let (mut bench, first) = Bench::signed_in();
    let last = parse(&first, &bench.keys).unwrap().at_generation(u32::MAX);
    bench.row.generation = u32::MAX;
    let decision = present(
        &bench.row,
        &last,
        &by("app"),
        &bench.keys,
        &bench.policy,
        T0,
    );
    assert_eq!(decision, Decision::Refused(Refusal::Expired));
}

#[test]
fn where_it_came_from_is_kept_unless_told_anew() {
    let (mut bench, first) = Bench::signed_in();
    let seen = Presentation {
        address: Some("192.0.2.1"),
        user_agent: Some("curl"),
        ..by("app")
    };
    let presented = parse(&first, &bench.keys).unwrap();
    let decision = present(
        &bench.row,
        &presented,
        &seen,
        &bench.keys,
        &bench.policy,
        T0,
    );
    let Decision::Rotated { family, token } = decision else {
        panic!("not rotated");
    };
    bench.row = family;
    bench.rotate(&token, T0);
    assert_eq!(bench.row.address.as_deref(), Some("192.0.2.1"));
    assert_eq!(bench.row.user_agent.as_deref(), Some("curl"));
}
