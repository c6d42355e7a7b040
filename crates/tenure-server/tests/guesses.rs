//! How often a name and an address may be wrong, also all at once.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod world;

use std::time::Duration;

use axum::http::StatusCode;
use world::edge::{ELSEWHERE, HOME};
use world::{PASSWORD, World};

#[tokio::test]
async fn a_stranger_locks_their_own_network_and_nobody_elses() {
    let mut world = World::proxied().await;
    for i in 0..100 {
        // Whoever has one address of such a network has all of them.
        world.come_from(&format!("2001:db8:1:2::{i:x}"));
        let name = format!("nobody-{i}");
        let status = world.try_as(&name, "wrong").await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{i}");
        // A right password, of an account of the stranger's own, changes nothing.
        if i % 30 == 0 {
            let status = world.try_as("demo", PASSWORD).await;
            assert_eq!(status, StatusCode::SEE_OTHER);
            world.forget_cookies();
        }
    }
    let limited = world.try_as("demo", PASSWORD).await;
    assert_eq!(limited, StatusCode::TOO_MANY_REQUESTS);
    for address in ["2001:db8:1:3::1", HOME] {
        world.come_from(address);
        assert_eq!(world.try_as("demo", PASSWORD).await, StatusCode::SEE_OTHER);
    }
    world.come_from("2001:db8:1:2:ffff::1");
    world.pass(Duration::from_secs(15 * 60));
    assert_eq!(world.try_as("demo", PASSWORD).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_right_password_takes_back_its_own_failures_alone() {
    let mut world = World::proxied().await;
    // Nine at home by the owner, again and again: the name does not run full.
    for _ in 0..3 {
        for _ in 0..9 {
            assert_eq!(
                world.try_as("demo", "wrong").await,
                StatusCode::UNAUTHORIZED
            );
        }
        assert_eq!(world.try_as("demo", PASSWORD).await, StatusCode::SEE_OTHER);
        world.forget_cookies();
    }
    // Five by a stranger, whom the owner's success does not help.
    for (address, wrong) in [(ELSEWHERE, 5), (HOME, 4)] {
        world.come_from(address);
        for _ in 0..wrong {
            assert_eq!(
                world.try_as("demo", "wrong").await,
                StatusCode::UNAUTHORIZED
            );
        }
    }
    assert_eq!(world.try_as("demo", PASSWORD).await, StatusCode::SEE_OTHER);
    world.come_from(ELSEWHERE);
    for _ in 0..5 {
        assert_eq!(
            world.try_as("demo", "wrong").await,
            StatusCode::UNAUTHORIZED
        );
    }
    let limited = world.try_as("demo", "wrong").await;
    assert_eq!(limited, StatusCode::TOO_MANY_REQUESTS);
}

fn count(answers: &[StatusCode], status: StatusCode) -> usize {
    answers.iter().filter(|answer| **answer == status).count()
}

/// As many forms as there are names, from one browser, at the same moment.
async fn at_once(world: &mut World, names: &[String], password: &str) -> Vec<StatusCode> {
    let page = world.get("/login").await;
    let csrf = page.field("csrf");
    let form = |name: &'_ String| {
        let name = name.clone();
        vec![
            ("csrf", csrf.clone()),
            ("username", name),
            ("password", password.to_owned()),
        ]
    };
    let forms: Vec<_> = names.iter().map(form).collect();
    let borrowed: Vec<Vec<(&str, &str)>> = forms
        .iter()
        .map(|form| {
            form.iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect()
        })
        .collect();
    world.post_at_once("/login", &borrowed).await
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_people_sign_in_at_the_same_moment_from_one_address() {
    let mut world = World::proxied_on_a_disk().await;
    let names: Vec<_> = (0..64).map(|i| format!("person-{i}")).collect();
    for name in &names {
        let made = world.sign_up(name, PASSWORD).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{name}: {}", made.text);
        world.forget_cookies();
    }
    let answers = at_once(&mut world, &names, PASSWORD).await;
    assert_eq!(count(&answers, StatusCode::SEE_OTHER), 64, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_signs_in_with_sixty_four_browsers_at_the_same_moment() {
    let mut world = World::proxied_on_a_disk().await;
    let names = vec!["demo".to_owned(); 64];
    // More often than an address may be wrong.
    for _ in 0..2 {
        let answers = at_once(&mut world, &names, PASSWORD).await;
        assert_eq!(count(&answers, StatusCode::SEE_OTHER), 64, "{answers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_wrong_passwords_for_one_name_at_once_are_ten_guesses() {
    let mut world = World::proxied_on_a_disk().await;
    let names = vec!["demo".to_owned(); 64];
    let answers = at_once(&mut world, &names, "wrong").await;
    assert_eq!(count(&answers, StatusCode::UNAUTHORIZED), 10, "{answers:?}");
    assert_eq!(
        count(&answers, StatusCode::TOO_MANY_REQUESTS),
        54,
        "{answers:?}"
    );
    let limited = world.try_as("demo", PASSWORD).await;
    assert_eq!(limited, StatusCode::TOO_MANY_REQUESTS);
    let metrics = world.get("/metrics").await.text;
    for (outcome, times) in [("refused", 10), ("limited", 55)] {
        let line = format!("tenure_sign_in_total{{outcome=\"{outcome}\"}} {times}\n");
        assert!(metrics.contains(&line), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_wrong_passwords_from_one_address_at_once_count_sixty_four() {
    let mut world = World::proxied_on_a_disk().await;
    let names: Vec<_> = (0..64).map(|i| format!("nobody-{i}")).collect();
    let answers = at_once(&mut world, &names, "wrong").await;
    assert_eq!(count(&answers, StatusCode::UNAUTHORIZED), 64, "{answers:?}");
    // Those that it refuses because of a name are no guesses, and do not count.
    for i in 0..36 {
        let status = world.try_as(&format!("other-{i}"), "wrong").await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{i}");
    }
    let limited = world.try_as("demo", PASSWORD).await;
    assert_eq!(limited, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn what_the_name_limit_refuses_does_not_count_against_the_address() {
    let mut world = World::proxied().await;
    for _ in 0..120 {
        world.try_as("nobody", "wrong").await;
    }
    assert_eq!(world.try_as("demo", PASSWORD).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn sign_ups_are_counted_by_address_alone() {
    let mut world = World::proxied().await;
    for i in 0..30 {
        let made = world.sign_up(&format!("person-{i}"), "short").await;
        assert_eq!(made.status, StatusCode::UNAUTHORIZED, "{i}: {}", made.text);
    }
    world.come_from(ELSEWHERE);
    let made = world.sign_up("honest", PASSWORD).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    world.forget_cookies();
    world.come_from(HOME);
    for i in 30..100 {
        world.sign_up(&format!("person-{i}"), "short").await;
    }
    let limited = world.sign_up("late", PASSWORD).await;
    assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS);
    // Who has an account there may still sign in.
    assert_eq!(world.try_as("demo", PASSWORD).await, StatusCode::SEE_OTHER);
    world.forget_cookies();
    world.come_from(ELSEWHERE);
    let made = world.sign_up("another", PASSWORD).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
}

#[tokio::test]
async fn wrong_device_codes_count_against_account_and_address() {
    let mut world = World::proxied().await;
    let guess = async |world: &mut World| {
        let page = world.get("/device").await;
        let csrf = page.field("csrf");
        let fields = [("csrf", csrf.as_str()), ("user_code", "BCDF-GHJK")];
        world.post("/device", &fields).await.status
    };
    for person in 0..10 {
        let name = format!("person-{person}");
        world.forget_cookies();
        world.sign_up(&name, PASSWORD).await;
        for _ in 0..10 {
            assert_eq!(guess(&mut world).await, StatusCode::BAD_REQUEST, "{name}");
        }
        assert_eq!(
            guess(&mut world).await,
            StatusCode::TOO_MANY_REQUESTS,
            "{name}"
        );
    }
    // The address has had its hundred.
    world.forget_cookies();
    world.sign_up("person-10", PASSWORD).await;
    assert_eq!(guess(&mut world).await, StatusCode::TOO_MANY_REQUESTS);
    world.come_from(ELSEWHERE);
    assert_eq!(guess(&mut world).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn one_address_cannot_ask_for_device_codes_without_end() {
    let mut world = World::proxied().await;
    let fields = [("client_id", "demo-cli")];
    for _ in 0..100 {
        let asked = world.post("/device_authorization", &fields).await;
        assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    }
    let limited = world.post("/device_authorization", &fields).await;
    assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(limited.error(), "temporarily_unavailable");
    assert_eq!(limited.header("retry-after"), "900");
    world.come_from(ELSEWHERE);
    let asked = world.post("/device_authorization", &fields).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
}
