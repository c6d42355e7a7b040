use alloc::format;
use core::ops::RangeInclusive;

use base64ct::{Base64UrlUnpadded, Encoding};

use super::*;

#[test]
fn an_overtaken_one_gets_the_same_tokens_unless_its_holder_knows_409() {
    let (mut bench, first) = Bench::signed_in();
    let second = bench.rotate(&first, T0);
    bench.confirm(T0);
    let Decision::Repeated { family, token } = bench.ask(&first, at(MS)) else {
        panic!("not repeated");
    };
    assert_eq!(token.expose(), second.expose());
    assert_eq!(family.replays, 1);
    let (mut bench, first) = Bench::keyed();
    bench.rotate(&first, T0);
    bench.confirm(T0);
    assert_eq!(kind(&bench.ask(&first, at(MS))), "superseded");
}

/// Otherwise a copy that is shown every nine seconds would never be theft.
#[test]
fn asking_again_and_again_does_not_keep_the_window_open() {
    let (mut bench, first) = Bench::signed_in();
    bench.rotate(&first, T0);
    bench.confirm(T0);
    let window = bench.policy.straggler_window;
    for later in [window / 2, window] {
        let Decision::Repeated { family, .. } = bench.ask(&first, at(later)) else {
            panic!("not repeated");
        };
        bench.row = family;
    }
    assert_eq!(kind(&bench.ask(&first, at(window + MS))), "reused");
}

/// Norms 9 and 74, with room for a request that is on its way for as long as two others take.
#[test]
fn one_that_was_overtaken_twice_is_theft_only_after_the_window() {
    for begun in [Bench::signed_in(), Bench::keyed()] {
        let (mut bench, first) = begun;
        let mut newest = bench.rotate(&first, T0);
        for rotations in 2..=5 {
            let last = at(DAY * rotations);
            newest = bench.rotate(&newest, last);
            // Whether the newest is in use makes no difference, nor when it was seen.
            for confirmed in [false, true] {
                let window = bench.policy.straggler_window;
                if confirmed {
                    bench.confirm(last.saturating_add(window));
                }
                for (later, expected) in [
                    (Duration::ZERO, "superseded"),
                    (window, "superseded"),
                    (window + MS, "reused"),
                ] {
                    let decision = bench.ask(&first, last.saturating_add(later));
                    assert_eq!(kind(&decision), expected, "{rotations} {later:?}");
                }
            }
        }
    }
}

/// A thief took the current token; the owner comes back with the one it was made from.
#[test]
fn a_thief_who_rotates_all_the_time_is_found() {
    for begun in [Bench::signed_in(), Bench::keyed()] {
        let (mut bench, owners) = begun;
        let mut thiefs = owners.clone();
        let mut now = T0;
        let mut asked = Vec::new();
        while !asked.contains(&"reused") {
            now = now.saturating_add(bench.policy.straggler_window);
            thiefs = bench.rotate(&thiefs, now);
            bench.confirm(now);
            asked.push(kind(&bench.ask(&owners, now)));
            assert!(asked.len() < 20, "{asked:?}");
        }
        assert_eq!(asked.len(), 9, "{asked:?}");
        assert_eq!(asked[1..8], ["superseded"; 7]);
    }
}

/// An older number alone is no excuse: the tag is over number and secret together.
#[test]
fn nobody_writes_an_older_number_over_a_newer_one() {
    let (mut bench, first) = Bench::signed_in();
    let second = bench.rotate(&first, T0);
    let third = bench.rotate(&second, T0);
    let parts = |token: &RefreshToken| {
        let body = token.expose().strip_prefix("rt1.1.").unwrap();
        Base64UrlUnpadded::decode_vec(body).unwrap()
    };
    let (old, new) = (parts(&first), parts(&third));
    for (head, secret, tag) in [(&old, &new, &new), (&old, &new, &old), (&new, &old, &old)] {
        let bytes = [&head[..20], &secret[20..52], &tag[52..]].concat();
        let text = format!("rt1.1.{}", Base64UrlUnpadded::encode_string(&bytes));
        let result = parse(&RefreshToken::new(text), &bench.keys);
        assert_eq!(result.map(|_| ()), Err(Forged::WrongTag));
    }
}

#[test]
fn whether_a_family_is_keyed_never_changes() {
    for begun in [Bench::signed_in(), Bench::keyed()] {
        let (mut bench, first) = begun;
        let keyed = bench.row.keyed;
        let second = bench.rotate(&first, T0);
        assert_eq!(bench.row.keyed, keyed);
        let Decision::Repeated { family, .. } = bench.ask(&first, T0) else {
            panic!("not repeated");
        };
        assert_eq!(family.keyed, keyed);
        bench.confirm(T0);
        bench.rotate(&second, T0);
        assert_eq!(bench.row.keyed, keyed);
        let ended = revoke(&bench.row, RevokedReason::SignedOut, T0).unwrap();
        assert_eq!(ended.keyed, keyed);
    }
}

/// Laws 1 and 6 would be off.
#[test]
fn a_policy_that_turns_a_law_off_is_refused() {
    let good = RatchetPolicy::default();
    assert_eq!(good.clone().checked(), Ok(good.clone()));
    let (lost, straggler) = (RatchetPolicy::LOST_WINDOW, RatchetPolicy::STRAGGLER_WINDOW);
    let outside = |range: &RangeInclusive<Duration>| {
        [
            Duration::ZERO,
            *range.start() - MS,
            *range.end() + MS,
            Duration::MAX,
        ]
    };
    let with = |change: &dyn Fn(&mut RatchetPolicy)| {
        let mut policy = good.clone();
        change(&mut policy);
        policy.checked().err()
    };
    for window in outside(&lost) {
        assert_eq!(
            with(&|p| p.lost_window = window),
            Some(PolicyFault::LostWindow)
        );
        let fault = with(&|p| p.keyed_lost_window = window);
        assert_eq!(fault, Some(PolicyFault::KeyedLostWindow));
    }
    for window in outside(&straggler) {
        let fault = with(&|p| p.straggler_window = window);
        assert_eq!(fault, Some(PolicyFault::StragglerWindow));
    }
    for window in [*lost.start(), *lost.end()] {
        assert_eq!(with(&|p| p.lost_window = window), None);
    }
    for window in [*straggler.start(), *straggler.end()] {
        assert_eq!(with(&|p| p.straggler_window = window), None);
    }
    let said = format!("{}", PolicyFault::StragglerWindow);
    assert_eq!(said, "straggler_window must be from 5 s to 60 s");
}
