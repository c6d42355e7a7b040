//! Signing in by a code that is entered on another device, seen from outside.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod world;

use std::time::Duration;

use axum::http::StatusCode;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::Value;
use world::{Answer, BASIC, ISSUER, PASSWORD, World};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A device's two codes.
struct Codes {
    device: String,
    user: String,
}

async fn ask(world: &mut World) -> Codes {
    let fields = [("client_id", "demo-cli"), ("scope", "openid profile")];
    let asked = world.post("/device_authorization", &fields).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    let text = |name: &str| asked.json()[name].as_str().unwrap().to_owned();
    Codes {
        device: text("device_code"),
        user: text("user_code"),
    }
}

async fn poll(world: &mut World, device_code: &str) -> Answer {
    let fields = [
        ("grant_type", GRANT),
        ("client_id", "demo-cli"),
        ("device_code", device_code),
    ];
    world.post("/token", &fields).await
}

/// Signs the demo account in, on the way to the page.
async fn sign_in(world: &mut World, path: &str) -> Answer {
    let to_login = world.get(path).await;
    assert!(to_login.location().starts_with("/login?device="));
    let page = world.get(to_login.location()).await;
    let (csrf, device) = (page.field("csrf"), page.field("device"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("device", device.as_str()),
        ("username", "demo"),
        ("password", PASSWORD),
    ];
    let back = world.post("/login", &fields).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    world.get(back.location()).await
}

/// Enters a code, and says something to the device that shows it.
async fn say(world: &mut World, user_code: &str, answer: &str) -> Answer {
    let page = world.get("/device").await;
    let csrf = page.field("csrf");
    let fields = [("csrf", csrf.as_str()), ("user_code", user_code)];
    let asked = world.post("/device", &fields).await;
    if asked.status != StatusCode::OK {
        return asked;
    }
    let (csrf, code) = (asked.field("csrf"), asked.field("user_code"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("user_code", code.as_str()),
        ("answer", answer),
    ];
    world.post("/device", &fields).await
}

fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_device_is_told_where_to_send_the_person_and_for_how_long() {
    let mut world = World::new().await;
    for path in ["/device_authorization", "/oauth2/device_authorization"] {
        let asked = world.post(path, &[("client_id", "demo-cli")]).await;
        assert_eq!(asked.header("cache-control"), "no-store");
        let told = asked.json();
        let code = told["user_code"].as_str().unwrap();
        assert_eq!((code.len(), code.as_bytes()[4]), (9, b'-'));
        assert!(!code.contains(['A', 'E', 'I', 'O', 'U', '0', '1']));
        assert!(told["device_code"].as_str().unwrap().len() >= 43);
        let page = format!("{ISSUER}/device");
        assert_eq!(told["verification_uri"], page);
        let complete = format!("{page}?user_code={code}");
        assert_eq!(told["verification_uri_complete"], complete);
        assert_eq!(
            (&told["expires_in"], &told["interval"]),
            (&600.into(), &5.into())
        );
    }
    let metadata = world.get("/.well-known/openid-configuration").await.json();
    let endpoint = &metadata["device_authorization_endpoint"];
    assert_eq!(endpoint, &format!("{ISSUER}/device_authorization"));
    let grants = metadata["grant_types_supported"].as_array().unwrap();
    assert!(grants.contains(&GRANT.into()));
}

#[tokio::test]
async fn clients_without_the_grant_or_any_scope_of_theirs_are_refused() {
    let mut world = World::new().await;
    let path = "/device_authorization";
    let spa = world.post(path, &[("client_id", "demo-spa")]).await;
    assert_eq!(spa.error(), "unauthorized_client");
    let service = world.post_as(path, &[], Some(BASIC)).await;
    assert_eq!(service.error(), "unauthorized_client");
    let nobody = world.post(path, &[("client_id", "nobody")]).await;
    assert_eq!(nobody.error(), "invalid_client");
    let other = [("client_id", "demo-cli"), ("scope", "api")];
    assert_eq!(world.post(path, &other).await.error(), "invalid_scope");
    let grant = [
        ("grant_type", GRANT),
        ("client_id", "demo-spa"),
        ("device_code", "what"),
    ];
    let spa = world.post("/token", &grant).await;
    assert_eq!(spa.error(), "unauthorized_client");
}

#[tokio::test]
async fn a_yes_signs_the_device_in_once_with_the_time_of_the_persons_sign_in() {
    let mut world = World::new().await;
    let codes = ask(&mut world).await;
    let pending = poll(&mut world, &codes.device).await;
    assert_eq!(pending.error(), "authorization_pending");

    let question = sign_in(&mut world, &format!("/device?user_code={}", codes.user)).await;
    for told in ["demo-cli", "demo", codes.user.as_str(), "say no"] {
        assert!(question.text.contains(told), "{told}: {}", question.text);
    }
    assert!(
        question
            .header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    world.pass(Duration::from_secs(120));
    let pending = poll(&mut world, &codes.device).await;
    assert_eq!(pending.error(), "authorization_pending", "a look is no yes");
    let done = say(
        &mut world,
        &codes.user.to_lowercase().replace('-', ""),
        "yes",
    )
    .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);

    world.pass(Duration::from_secs(5));
    let tokens = poll(&mut world, &codes.device).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.text);
    let tokens = tokens.json();
    let claims = claims(&tokens["id_token"]);
    assert_eq!(
        claims["iat"].as_i64().unwrap() - claims["auth_time"].as_i64().unwrap(),
        125
    );
    assert_eq!(tokens["scope"], "openid profile");
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let refreshed = world.refresh(refresh_token).await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.text);

    // A second party with the code ends what it granted.
    assert_eq!(
        poll(&mut world, &codes.device).await.error(),
        "invalid_grant"
    );
    let next = refreshed.json()["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(world.refresh(&next).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_no_is_told_to_the_device_and_to_nobody_twice() {
    let mut world = World::new().await;
    let codes = ask(&mut world).await;
    sign_in(&mut world, "/device").await;
    assert_eq!(
        say(&mut world, &codes.user, "no").await.status,
        StatusCode::OK
    );
    assert_eq!(
        poll(&mut world, &codes.device).await.error(),
        "access_denied"
    );
    let late = say(&mut world, &codes.user, "yes").await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        poll(&mut world, &codes.device).await.error(),
        "access_denied"
    );
}

#[tokio::test]
async fn an_impatient_device_is_slowed_down_and_that_is_remembered() {
    let mut world = World::new().await;
    let codes = ask(&mut world).await;
    let mut after = async |secs| {
        world.pass(Duration::from_secs(secs));
        poll(&mut world, &codes.device).await.error()
    };
    assert_eq!(after(0).await, "authorization_pending");
    assert_eq!(after(2).await, "slow_down");
    // Ten seconds now, then fifteen (RFC 8628 §3.5).
    assert_eq!(after(6).await, "slow_down");
    assert_eq!(after(12).await, "slow_down");
    assert_eq!(after(20).await, "authorization_pending");
    assert_eq!(after(20).await, "authorization_pending");
}

#[tokio::test]
async fn a_code_that_nobody_entered_ends_after_ten_minutes() {
    let mut world = World::new().await;
    let codes = ask(&mut world).await;
    sign_in(&mut world, "/device").await;
    world.pass(Duration::from_secs(600));
    let late = say(&mut world, &codes.user, "yes").await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        poll(&mut world, &codes.device).await.error(),
        "expired_token"
    );
    // A yes in time that is not fetched in time is no yes either.
    let codes = ask(&mut world).await;
    say(&mut world, &codes.user, "yes").await;
    world.pass(Duration::from_secs(600));
    assert_eq!(
        poll(&mut world, &codes.device).await.error(),
        "expired_token"
    );
}

#[tokio::test]
async fn foreign_and_unknown_codes_get_nothing_and_burn_nothing() {
    let mut world = World::new().await;
    let codes = ask(&mut world).await;
    sign_in(&mut world, "/device").await;
    say(&mut world, &codes.user, "yes").await;
    for code in ["what", codes.user.as_str()] {
        assert_eq!(
            poll(&mut world, code).await.error(),
            "invalid_grant",
            "{code}"
        );
    }
    assert_eq!(poll(&mut world, "").await.error(), "invalid_request");
    let as_code = world.exchange(&codes.device, &[]).await;
    assert_eq!(as_code.error(), "invalid_grant");
    assert_eq!(poll(&mut world, &codes.device).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nothing_is_answered_without_a_sign_in_or_from_another_page() {
    let mut world = World::new().await;
    let codes = ask(&mut world).await;
    let page = world.get("/login").await;
    let csrf = page.field("csrf");
    let fields = [
        ("csrf", csrf.as_str()),
        ("user_code", codes.user.as_str()),
        ("answer", "yes"),
    ];
    let stranger = world.post("/device", &fields).await;
    assert!(stranger.location().starts_with("/login?device="));
    sign_in(&mut world, "/device").await;
    // Norm 3: the field is bound to the browser's cookie.
    let forged = world.post("/device", &fields[1..]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let pending = poll(&mut world, &codes.device).await;
    assert_eq!(pending.error(), "authorization_pending");
    // An answer in an address says nothing.
    let linked = format!("/device?user_code={}&answer=yes", codes.user);
    let asked = world.get(&linked).await;
    assert!(asked.text.contains("say no"), "{}", asked.text);
    world.pass(Duration::from_secs(10));
    let pending = poll(&mut world, &codes.device).await;
    assert_eq!(pending.error(), "authorization_pending");
}

#[tokio::test]
async fn wrong_guesses_are_limited_and_right_ones_cost_nothing() {
    let mut world = World::new().await;
    sign_in(&mut world, "/device").await;
    for _ in 0..6 {
        let codes = ask(&mut world).await;
        assert_eq!(
            say(&mut world, &codes.user, "yes").await.status,
            StatusCode::OK
        );
    }
    for _ in 0..10 {
        let guessed = say(&mut world, "BCDF-GHJK", "yes").await;
        assert_eq!(guessed.status, StatusCode::BAD_REQUEST);
    }
    let codes = ask(&mut world).await;
    let limited = say(&mut world, &codes.user, "yes").await;
    assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS);
    let linked = world
        .get(&format!("/device?user_code={}", codes.user))
        .await;
    assert_eq!(linked.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn the_device_stays_signed_in_when_the_browser_signs_out_and_can_be_ended_alone() {
    let mut world = World::new().await;
    let codes = ask(&mut world).await;
    sign_in(&mut world, "/device").await;
    say(&mut world, &codes.user, "yes").await;
    let tokens = poll(&mut world, &codes.device).await.json();
    let asked = world.get("/logout").await;
    world
        .post("/logout", &[("csrf", asked.field("csrf").as_str())])
        .await;
    let refreshed = world
        .refresh(tokens["refresh_token"].as_str().unwrap())
        .await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.text);
    let refreshed = refreshed.json();
    let own = claims(&refreshed["access_token"])["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    let access_token = refreshed["access_token"].as_str().unwrap();
    let path = format!("/v1/sessions/{own}");
    let ended = world.delete_with(&path, access_token).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    let next = refreshed["refresh_token"].as_str().unwrap();
    assert_eq!(world.refresh(next).await.error(), "invalid_grant");
}
