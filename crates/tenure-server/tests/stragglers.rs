//! Requests with a refresh token that others have used before them, seen from outside.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod world;

use std::time::Duration;

use axum::http::StatusCode;
use world::{Answer, World};

/// Thirty-two bytes.
const RETRY_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// A sign-in whose holder knows 409.
async fn keyed(world: &mut World) -> String {
    let code = world.code().await;
    let answer = world.exchange(&code, &[("retry_key", RETRY_KEY)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    refresh_token(&answer)
}

async fn not_keyed(world: &mut World) -> String {
    let code = world.code().await;
    refresh_token(&world.exchange(&code, &[]).await)
}

fn refresh_token(answer: &Answer) -> String {
    answer.json()["refresh_token"].as_str().unwrap().to_owned()
}

/// Refreshes, and uses the access token at this server at once, which confirms the rotation.
async fn refresh_and_use(world: &mut World, token: &str) -> Answer {
    let answer = world.refresh(token).await;
    if answer.status == StatusCode::OK {
        let access_token = answer.json()["access_token"].as_str().unwrap().to_owned();
        let used = world.get_with("/userinfo", &access_token).await;
        assert_eq!(used.status, StatusCode::OK, "{}", used.text);
    }
    answer
}

#[tokio::test]
async fn sixteen_requests_ten_milliseconds_apart_all_get_the_tokens() {
    let mut world = World::new().await;
    let shared = not_keyed(&mut world).await;
    let mut answers = Vec::new();
    for _ in 0..16 {
        answers.push(refresh_and_use(&mut world, &shared).await);
        world.pass(Duration::from_millis(10));
    }
    let statuses: Vec<_> = answers.iter().map(|a| a.status.as_u16()).collect();
    assert_eq!(statuses, [200; 16]);
    let next = refresh_token(&answers[0]);
    assert!(answers.iter().all(|answer| refresh_token(answer) == next));
    assert_eq!(world.refresh(&next).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_requests_at_once_all_get_the_tokens() {
    let mut world = World::new().await;
    let shared = not_keyed(&mut world).await;
    let crowd: Vec<_> = (0..16)
        .map(|_| {
            let (mut one, shared) = (world.another(), shared.clone());
            tokio::spawn(async move { refresh_and_use(&mut one, &shared).await })
        })
        .collect();
    let mut next = Vec::new();
    for one in crowd {
        let answer = one.await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        next.push(refresh_token(&answer));
    }
    assert!(next.iter().all(|token| *token == next[0]));
}

#[tokio::test]
async fn a_straggler_gets_the_tokens_for_ten_seconds_and_is_theft_after_them() {
    let mut world = World::new().await;
    let first = not_keyed(&mut world).await;
    let second = refresh_token(&refresh_and_use(&mut world, &first).await);
    world.pass(Duration::from_secs(9));
    // Its own use lengthens nothing.
    assert_eq!(
        refresh_token(&refresh_and_use(&mut world, &first).await),
        second
    );
    world.pass(Duration::from_secs(2));
    assert_eq!(world.refresh(&first).await.error(), "invalid_grant");
    assert_eq!(world.refresh(&second).await.error(), "invalid_grant");
}

#[tokio::test]
async fn who_knows_409_is_told_so() {
    let mut world = World::new().await;
    let shared = keyed(&mut world).await;
    let winner = refresh_and_use(&mut world, &shared).await;
    assert_eq!(winner.status, StatusCode::OK);
    for _ in 1..16 {
        let answer = world.refresh(&shared).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
        assert_eq!(answer.error(), "refresh_token_superseded");
        assert_eq!(answer.header("retry-after"), "1");
    }
    let next = refresh_token(&winner);
    assert_eq!(world.refresh(&next).await.status, StatusCode::OK);
}

/// A thief would choose.
#[tokio::test]
async fn a_refresh_does_not_choose_how_stragglers_are_answered() {
    let mut world = World::new().await;
    let with_key = |token: &str| {
        [
            ("grant_type", "refresh_token".to_owned()),
            ("client_id", "demo-cli".to_owned()),
            ("refresh_token", token.to_owned()),
            ("retry_key", RETRY_KEY.to_owned()),
        ]
    };
    let first = not_keyed(&mut world).await;
    for _ in 0..3 {
        let fields = with_key(&first);
        let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let answer = world.post("/token", &fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let access_token = answer.json()["access_token"].as_str().unwrap().to_owned();
        world.get_with("/userinfo", &access_token).await;
    }
    assert_eq!(world.refresh(&first).await.status, StatusCode::OK);

    world.forget_cookies();
    let first = keyed(&mut world).await;
    refresh_and_use(&mut world, &first).await;
    assert_eq!(world.refresh(&first).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_retry_key_is_thirty_two_bytes_and_a_wrong_one_burns_no_code() {
    let mut world = World::new().await;
    let code = world.code().await;
    let long = format!("{RETRY_KEY}A");
    let padded = format!("{RETRY_KEY}=");
    let with_plus = RETRY_KEY.replace('w', "+");
    // The last letter has two bits that count for nothing: there is one spelling.
    let misspelt = RETRY_KEY.replace("Hh8", "Hh9");
    for wrong in ["x", &RETRY_KEY[1..], &long, &padded, &with_plus, &misspelt] {
        let answer = world.exchange(&code, &[("retry_key", wrong)]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert_eq!(answer.error(), "invalid_request", "{wrong}");
    }
    let answer = world.exchange(&code, &[("retry_key", RETRY_KEY)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

#[tokio::test]
async fn the_metadata_say_that_a_retry_key_is_understood() {
    // Norm 16.
    let mut world = World::new().await;
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
    ] {
        let told = world.get(path).await.json();
        assert_eq!(told["retry_key_supported"], true, "{path}");
    }
}

/// A request may be on its way for as long as two others take: it gets nothing, and nobody loses
/// anything.
#[tokio::test]
async fn one_that_was_overtaken_twice_gets_nothing_and_ends_nothing() {
    for is_keyed in [false, true] {
        let mut world = World::new().await;
        let first = if is_keyed {
            keyed(&mut world).await
        } else {
            not_keyed(&mut world).await
        };
        let second = refresh_token(&refresh_and_use(&mut world, &first).await);
        let third = refresh_token(&refresh_and_use(&mut world, &second).await);
        world.pass(Duration::from_secs(10));
        let late = world.refresh(&first).await;
        assert_eq!(
            late.status,
            StatusCode::CONFLICT,
            "{is_keyed} {}",
            late.text
        );
        assert!(late.json().get("access_token").is_none());
        let next = world.refresh(&third).await;
        assert_eq!(next.status, StatusCode::OK, "{is_keyed} {}", next.text);
        // Norms 9 and 74: beyond the window it is a copy.
        world.pass(Duration::from_secs(11));
        assert_eq!(world.refresh(&first).await.error(), "invalid_grant");
        let ended = world.refresh(&refresh_token(&next)).await;
        assert!(ended.text.contains("used again"), "{}", ended.text);
    }
}
