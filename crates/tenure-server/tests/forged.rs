//! Access tokens that are not good, at every place that takes one.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod world;

use axum::http::StatusCode;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::time::Duration;
use world::World;

fn part(value: &Value) -> String {
    Base64UrlUnpadded::encode_string(value.to_string().as_bytes())
}

fn read(part: &str) -> Value {
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap()
}

async fn is_refused(world: &mut World, token: &str, why: &str) {
    let answer = world.get_with("/userinfo", token).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{why}");
    assert!(
        answer.header("www-authenticate").starts_with("Bearer"),
        "{why}"
    );
    let sessions = world.get_with("/v1/sessions", token).await;
    assert_eq!(sessions.status, StatusCode::UNAUTHORIZED, "{why}");
    // Nothing but that: no reason, no claim.
    assert_eq!(
        world.introspect(token).await,
        json!({ "active": false }),
        "{why}"
    );
}

#[tokio::test]
async fn a_token_with_another_header_claim_or_signature_is_refused() {
    let mut world = World::new().await;
    let tokens = world.tokens().await;
    let good = tokens["access_token"].as_str().unwrap();
    let parts: Vec<_> = good.split('.').collect();
    let (header, claims) = (read(parts[0]), read(parts[1]));
    let kid = &header["kid"];
    // Norm 72: the key decides the algorithm, and a token's purpose is checked.
    let none = json!({ "alg": "none", "typ": "at+jwt", "kid": kid });
    is_refused(
        &mut world,
        &format!("{}.{}.", part(&none), parts[1]),
        "none",
    )
    .await;
    let without = json!({ "alg": "none", "typ": "at+jwt" });
    is_refused(
        &mut world,
        &format!("{}.{}.", part(&without), parts[1]),
        "none, no kid",
    )
    .await;
    let stranger = json!({ "alg": "ES256", "typ": "at+jwt", "kid": "stranger" });
    let unknown = format!("{}.{}.{}", part(&stranger), parts[1], parts[2]);
    is_refused(&mut world, &unknown, "unknown kid").await;
    for (name, value) in [
        ("iss", json!("http://127.0.0.1:8485")),
        ("aud", json!("another")),
        ("exp", json!(4_000_000_000_u64)),
        ("sub", json!("another")),
    ] {
        let mut changed = claims.clone();
        changed[name] = value;
        let token = format!("{}.{}.{}", parts[0], part(&changed), parts[2]);
        is_refused(&mut world, &token, name).await;
    }
    is_refused(
        &mut world,
        tokens["id_token"].as_str().unwrap(),
        "an ID token",
    )
    .await;
    assert_eq!(
        world.get_with("/userinfo", good).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn hs256_with_the_public_key_is_refused() {
    let mut world = World::new().await;
    let tokens = world.tokens().await;
    let good = tokens["access_token"].as_str().unwrap();
    let parts: Vec<_> = good.split('.').collect();
    let jwks = world.get("/.well-known/jwks.json").await.json();
    let key = &jwks["keys"][0];
    assert!(key.get("d").is_none(), "no private part is published");
    let point =
        ["x", "y"].map(|name| Base64UrlUnpadded::decode_vec(key[name].as_str().unwrap()).unwrap());
    let public = [&[4][..], &point[0], &point[1]].concat();
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some("at+jwt".to_owned());
    header.kid = key["kid"].as_str().map(str::to_owned);
    for secret in [public, key.to_string().into_bytes()] {
        let signer = EncodingKey::from_secret(&secret);
        let forged = jsonwebtoken::encode(&header, &read(parts[1]), &signer).unwrap();
        is_refused(&mut world, &forged, "HS256").await;
    }
}

#[tokio::test]
async fn a_token_is_good_until_the_second_it_expires() {
    let mut world = World::new().await;
    let tokens = world.tokens().await;
    let token = tokens["access_token"].as_str().unwrap();
    world.pass(Duration::from_secs(899));
    assert_eq!(
        world.get_with("/userinfo", token).await.status,
        StatusCode::OK
    );
    world.pass(Duration::from_secs(1));
    is_refused(&mut world, token, "expired").await;
}

#[tokio::test]
async fn public_clients_and_strangers_may_not_introspect() {
    let mut world = World::new().await;
    let fields = [("token", "what"), ("client_id", "demo-cli")];
    let answer = world.post("/introspect", &fields).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        world.post("/introspect", &fields[..1]).await.status,
        StatusCode::UNAUTHORIZED
    );
}
