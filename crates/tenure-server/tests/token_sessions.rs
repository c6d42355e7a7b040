//! Token sessions: tokens and, beside them, data that only the session's owner opens.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod world;

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::{Value, json};
use tenure_seal::{SealKey, Sealed, open, seal};
use world::{Answer, World};

const BACKEND: &str = r#"
access_token_ttl_secs = 60
refresh_absolute_secs = 86400
refresh_idle_secs = 43200

[[clients]]
id = "backend"
secret = "a-secret-of-more-than-32-characters"
grants = ["refresh_token", "dangerous_named_subject"]
scope = "openid"

[[clients]]
id = "other"
secret = "a-secret-of-more-than-32-characters"
grants = ["refresh_token", "client_credentials"]
"#;
/// `backend:a-secret-…` and `other:a-secret-…`.
const BASIC: &str = "Basic YmFja2VuZDphLXNlY3JldC1vZi1tb3JlLXRoYW4tMzItY2hhcmFjdGVycw==";
const OTHER: &str = "Basic b3RoZXI6YS1zZWNyZXQtb2YtbW9yZS10aGFuLTMyLWNoYXJhY3RlcnM=";
const SESSIONS: &str = "/v1/auth/sessions";
const SESSION: &str = "/v1/auth/session";
const LOGOUT: &str = "/v1/auth/logout";
const DATA: &str = "/v1/auth/session/data";

fn key(number: u8) -> SealKey {
    SealKey::from_bytes(&[number; 32]).unwrap()
}

fn sealed(text: &str) -> String {
    seal(&key(1).public(), text.as_bytes(), &key(2), [3; 16]).to_string()
}

async fn call(world: &mut World, path: &str, body: &Value, authorization: &str) -> Answer {
    let method = if path == DATA {
        Method::PUT
    } else {
        Method::POST
    };
    let mut request = Request::builder().method(method).uri(path);
    request = request.header("content-type", "application/json");
    if !authorization.is_empty() {
        request = request.header("authorization", authorization);
    }
    let text = body
        .as_str()
        .map_or_else(|| body.to_string(), str::to_owned);
    world.send(request.body(Body::from(text)).unwrap()).await
}

async fn good(world: &mut World, path: &str, body: &Value, authorization: &str) -> Value {
    let answer = call(world, path, body, authorization).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()
}

fn text(value: &Value, name: &str) -> String {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {value}"))
        .to_owned()
}

fn bearer(tokens: &Value) -> String {
    format!("Bearer {}", text(tokens, "access_token"))
}

fn refresh(tokens: &Value) -> Value {
    json!({ "refresh_token": tokens["refresh_token"] })
}

/// Whose an access token is.
fn subject(tokens: &Value) -> String {
    let token = text(tokens, "access_token");
    let claims = Base64UrlUnpadded::decode_vec(token.split('.').nth(1).unwrap()).unwrap();
    text(&serde_json::from_slice(&claims).unwrap(), "sub")
}

/// A world with a session that a backend began, and its tokens.
async fn begun() -> (World, Value) {
    let mut world = World::configured(BACKEND).await;
    let tokens = world.tokens().await;
    let subject = subject(&tokens);
    let body = json!({ "subject": subject, "session_data": sealed("data") });
    let session = good(&mut world, SESSIONS, &body, BASIC).await;
    (world, session)
}

#[tokio::test]
async fn a_refresh_gives_the_next_tokens_and_the_data() {
    let (mut world, first) = begun().await;
    assert_eq!(text(&first, "session_data"), sealed("data"));
    let second = good(&mut world, SESSION, &refresh(&first), "").await;
    assert_eq!(second["session_data"], first["session_data"]);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    // The answer may have been lost: the same again (law 6).
    let again = good(&mut world, SESSION, &refresh(&first), &bearer(&first)).await;
    assert_eq!(again["refresh_token"], second["refresh_token"]);
    let third = good(&mut world, SESSION, &refresh(&second), "").await;
    // Long after, a copy of the first is a thief's, and the session ends.
    world.pass(Duration::from_secs(3600));
    let copy = call(&mut world, SESSION, &refresh(&first), "").await;
    assert_eq!(
        (copy.status.as_u16(), copy.error().as_str()),
        (400, "invalid_grant")
    );
    let owner = call(&mut world, SESSION, &refresh(&third), "").await;
    assert_eq!(owner.error(), "invalid_grant");
}

#[tokio::test]
async fn an_access_token_alone_gives_the_data_and_no_longer_life() {
    let (mut world, session) = begun().await;
    let told = good(&mut world, SESSION, &json!({}), &bearer(&session)).await;
    assert_eq!(
        told,
        json!({
            "access_token": session["access_token"],
            "session_data": session["session_data"],
        })
    );
    world.pass(Duration::from_secs(60));
    for authorization in [bearer(&session), String::new(), "Bearer none".to_owned()] {
        let answer = call(&mut world, SESSION, &json!({}), &authorization).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text);
    }
}

#[tokio::test]
async fn a_logout_ends_it_and_twice_is_a_success() {
    for by_refresh_token in [true, false] {
        let (mut world, session) = begun().await;
        let (body, authorization) = if by_refresh_token {
            (refresh(&session), String::new())
        } else {
            (json!({}), bearer(&session))
        };
        for _ in 0..2 {
            good(&mut world, LOGOUT, &body, &authorization).await;
            let answer = call(&mut world, SESSION, &refresh(&session), "").await;
            assert_eq!(answer.error(), "invalid_grant");
            let answer = call(&mut world, SESSION, &json!({}), &bearer(&session)).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        }
    }
    let mut world = World::new().await;
    for body in [json!({}), json!({ "refresh_token": "none" })] {
        good(&mut world, LOGOUT, &body, "").await;
    }
}

#[tokio::test]
async fn the_data_are_replaced_by_whoever_has_the_session() {
    let (mut world, session) = begun().await;
    let body = json!({ "session_data": sealed("more data") });
    let answer = call(&mut world, DATA, &body, &bearer(&session)).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    let next = good(&mut world, SESSION, &refresh(&session), "").await;
    assert_eq!(text(&next, "session_data"), sealed("more data"));
    let in_clear = json!({ "session_data": "data" });
    let refused = call(&mut world, DATA, &in_clear, &bearer(&session)).await;
    assert_eq!(
        (refused.status.as_u16(), refused.error().as_str()),
        (400, "invalid_request")
    );
    assert_eq!(
        call(&mut world, DATA, &body, "").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn what_the_server_seals_only_the_answer_opens() {
    let mut world = World::configured(BACKEND).await;
    let tokens = world.tokens().await;
    let body = json!({ "data": { "user": "ada" } });
    let session = good(&mut world, SESSIONS, &body, &bearer(&tokens)).await;
    let id: SealKey = text(&session, "session_id").parse().unwrap();
    let kept: Sealed = text(&session, "session_data").parse().unwrap();
    assert_eq!(open(&id, &kept).unwrap(), br#"{"user":"ada"}"#);
    let next = good(&mut world, SESSION, &refresh(&session), "").await;
    assert_eq!(next["session_data"], session["session_data"]);
    assert_eq!(next["session_id"], Value::Null);
}

#[tokio::test]
async fn a_persons_own_session_lives_no_longer_than_the_sign_in_it_came_from() {
    let mut world = World::configured(BACKEND).await;
    let tokens = world.tokens().await;
    world.pass(Duration::from_secs(59));
    let body = json!({ "session_data": sealed("data") });
    let mut session = good(&mut world, SESSIONS, &body, &bearer(&tokens)).await;
    // It does not make another one of its own.
    let answer = call(&mut world, SESSIONS, &body, &bearer(&session)).await;
    assert_eq!(answer.error(), "invalid_request", "{}", answer.text);
    for _ in 0..3 {
        world.pass(Duration::from_secs(8 * 3600 - 60));
        let answer = call(&mut world, SESSION, &refresh(&session), "").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        session = answer.json();
    }
    world.pass(Duration::from_secs(180));
    let answer = call(&mut world, SESSION, &refresh(&session), "").await;
    assert_eq!(answer.error(), "invalid_grant");
}

#[tokio::test]
async fn who_may_not_begin_one_is_told_why() {
    let mut world = World::configured(BACKEND).await;
    let tokens = world.tokens().await;
    let subject = subject(&tokens);
    let with = |subject: Value| json!({ "subject": subject, "session_data": sealed("data") });
    for (body, authorization, status, code) in [
        (with(json!(subject)), "", 401, "invalid_client"),
        (with(json!(subject)), OTHER, 400, "unauthorized_client"),
        (with(json!("nobody")), BASIC, 400, "invalid_request"),
        (with(json!(null)), BASIC, 400, "invalid_request"),
        (
            with(json!("another")),
            bearer(&tokens).as_str(),
            400,
            "invalid_request",
        ),
        (json!({ "subject": subject }), BASIC, 400, "invalid_request"),
        (
            json!({ "subject": subject, "session_data": "in clear" }),
            BASIC,
            400,
            "invalid_request",
        ),
        (
            json!({ "subject": subject, "session_data": sealed("a"), "data": 1 }),
            BASIC,
            400,
            "invalid_request",
        ),
        (json!("{"), BASIC, 400, "invalid_request"),
    ] {
        let answer = call(&mut world, SESSIONS, &body, authorization).await;
        assert_eq!(
            answer.status, status,
            "{body} {authorization}: {}",
            answer.text
        );
        assert_eq!(answer.error(), code, "{body} {authorization}");
    }
}

#[tokio::test]
async fn an_ordinary_family_is_not_refreshed_without_its_client() {
    let mut world = World::configured(BACKEND).await;
    let tokens = world.tokens().await;
    let answer = call(&mut world, SESSION, &refresh(&tokens), "").await;
    assert_eq!(answer.error(), "invalid_grant");
    let answer = call(&mut world, SESSION, &json!({}), &bearer(&tokens)).await;
    assert_eq!(answer.error(), "invalid_grant");
    // Nothing was rotated, and nothing ended.
    good(&mut world, LOGOUT, &refresh(&tokens), "").await;
    let answer = world.refresh(&text(&tokens, "refresh_token")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

#[tokio::test]
async fn the_data_have_a_limit_and_who_shows_no_secret_is_not_read() {
    let (mut world, session) = begun().await;
    let large = json!({ "session_data": sealed(&"x".repeat(128 * 1024)) });
    let answer = call(&mut world, DATA, &large, &bearer(&session)).await;
    assert_eq!(
        answer.status,
        StatusCode::PAYLOAD_TOO_LARGE,
        "{}",
        answer.text
    );
    for path in [DATA, SESSIONS] {
        let answer = call(&mut world, path, &large, "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text);
    }
}
