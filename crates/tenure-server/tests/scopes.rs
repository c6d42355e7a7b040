//! Which scopes are granted, and what the scope `email` tells.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod world;

use axum::http::StatusCode;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::{Value, json};
use world::{BASIC, World, request};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The tokens that a request for this scope gets.
async fn granted(world: &mut World, changes: &[(&str, &str)]) -> Value {
    let back = world.sign_in(&request(changes)).await;
    let code = back.returned("code");
    let code = code.unwrap_or_else(|| panic!("{changes:?}: {}", back.location()));
    let client = changes
        .iter()
        .copied()
        .find(|(name, _)| *name == "client_id");
    world.exchange(&code, client.as_slice()).await.json()
}

fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_scope_that_may_not_be_had_is_left_out_of_a_sign_in() {
    let mut world = World::new().await;
    let cases = [
        ("openid api", "openid"),
        ("openid address openid phone profile", "openid profile"),
        (" openid\topenid ", "openid"),
        ("", "openid profile email offline_access"),
    ];
    for (asked, expected) in cases {
        world.forget_cookies();
        let tokens = granted(&mut world, &[("scope", asked)]).await;
        assert_eq!(tokens["scope"], expected, "{asked}");
        let access = claims(&tokens["access_token"]);
        assert_eq!(access["scope"], expected, "{asked}");
    }
}

#[tokio::test]
async fn a_scope_that_may_not_be_had_is_left_out_of_a_token_request() {
    let mut world = World::new().await;
    let grant = ("grant_type", "client_credentials");
    for (asked, expected) in [("api more api", "api"), ("openid email api", "api")] {
        let fields = [grant, ("scope", asked)];
        let answer = world.post_as("/token", &fields, Some(BASIC)).await;
        assert_eq!(answer.status, StatusCode::OK, "{asked}: {}", answer.text);
        assert_eq!(answer.json()["scope"], expected, "{asked}");
    }
    let tokens = granted(&mut world, &[("scope", "openid profile")]).await;
    // Never more than was granted (RFC 6749 §6), whatever the client might have had.
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", "demo-cli"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ("scope", "openid email offline_access openid"),
    ];
    let refreshed = world.post("/token", &fields).await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.text);
    assert_eq!(refreshed.json()["scope"], "openid");
}

#[tokio::test]
async fn a_scope_that_may_not_be_had_is_left_out_of_a_device_sign_in() {
    let mut world = World::new().await;
    let fields = [("client_id", "demo-cli"), ("scope", "openid api openid")];
    let asked = world.post("/device_authorization", &fields).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    let asked = asked.json();
    let page = world.get("/login").await;
    world.submit(&page, "demo", world::PASSWORD).await;
    let to = asked["verification_uri_complete"].as_str().unwrap();
    let page = world.get(to).await;
    let csrf = page.field("csrf");
    let user_code = asked["user_code"].as_str().unwrap();
    let yes = [
        ("csrf", csrf.as_str()),
        ("user_code", user_code),
        ("answer", "yes"),
    ];
    world.post("/device", &yes).await;
    let fields = [
        ("grant_type", DEVICE_CODE),
        ("client_id", "demo-cli"),
        ("device_code", asked["device_code"].as_str().unwrap()),
    ];
    let tokens = world.post("/token", &fields).await.json();
    assert_eq!(tokens["scope"], "openid", "{tokens}");
}

#[tokio::test]
async fn only_where_nothing_is_left_is_a_scope_an_error() {
    let mut world = World::new().await;
    let back = world
        .get(&format!(
            "/oauth2/authorize?{}",
            request(&[("scope", "api address")])
        ))
        .await;
    assert_eq!(back.returned("error").as_deref(), Some("invalid_scope"));
    let fields = [("client_id", "demo-cli"), ("scope", "api")];
    let device = world.post("/device_authorization", &fields).await;
    assert_eq!(device.error(), "invalid_scope");
    let fields = [
        ("grant_type", "client_credentials"),
        ("scope", "openid email"),
    ];
    let service = world.post_as("/token", &fields, Some(BASIC)).await;
    assert_eq!(service.error(), "invalid_scope");
    let tokens = granted(&mut world, &[("scope", "openid")]).await;
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", "demo-cli"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ("scope", "profile"),
    ];
    let refused = world.post("/token", &fields).await;
    assert_eq!(refused.error(), "invalid_scope");
}

#[tokio::test]
async fn an_e_mail_address_is_told_to_whom_its_scope_was_granted() {
    let mut world = World::new().await;
    for scope in ["openid profile", "openid email"] {
        world.forget_cookies();
        let tokens = granted(&mut world, &[("scope", scope)]).await;
        let access_token = tokens["access_token"].as_str().unwrap();
        let told = world.get_with("/userinfo", access_token).await.json();
        let mut expected = json!({ "sub": told["sub"] });
        if scope == "openid email" {
            expected["email"] = json!("demo@example.com");
            expected["email_verified"] = json!(false);
        } else {
            expected["name"] = json!("demo");
            expected["preferred_username"] = json!("demo");
        }
        assert_eq!(told, expected, "{scope}");
    }
}

#[tokio::test]
async fn an_id_token_has_the_e_mail_address_where_it_is_asked_for() {
    let mut world = World::new().await;
    let by_claims = r#"{"id_token":{"email":null,"email_verified":{"essential":true}}}"#;
    let cases = [
        ("openid email", "", false),
        ("openid email", by_claims, true),
        // It is still the scope that says what may be told.
        ("openid profile", by_claims, false),
    ];
    for (scope, asked, told) in cases {
        world.forget_cookies();
        let tokens = granted(&mut world, &[("scope", scope), ("claims", asked)]).await;
        let id = claims(&tokens["id_token"]);
        let expected = told.then(|| json!("demo@example.com"));
        assert_eq!(id.get("email"), expected.as_ref(), "{scope} {asked}");
        let expected = told.then_some(Value::Bool(false));
        assert_eq!(id.get("email_verified"), expected.as_ref(), "{scope}");
    }
    // A client whose registration says so has it by that alone.
    world.forget_cookies();
    let changes = [("client_id", "connect-demo"), ("scope", "openid")];
    let tokens = granted(&mut world, &changes).await;
    assert_eq!(claims(&tokens["id_token"])["email"], "demo@example.com");
}

#[tokio::test]
async fn the_metadata_lists_the_scopes_that_some_client_may_have() {
    let mut world = World::new().await;
    let metadata = world.get("/.well-known/openid-configuration").await.json();
    let all = json!(["openid", "profile", "email", "offline_access", "api"]);
    assert_eq!(metadata["scopes_supported"], all);
    let told = metadata["claims_supported"].as_array().unwrap();
    assert!(told.contains(&json!("email")) && told.contains(&json!("email_verified")));
}

#[tokio::test]
async fn a_client_that_names_no_scope_has_what_most_libraries_ask_for() {
    let text = "[[clients]]\nid = \"web\"\nredirect_uris = [\"http://127.0.0.1/callback\"]";
    let mut world = World::configured(text).await;
    let changes = [("client_id", "web"), ("scope", "openid profile email")];
    let tokens = granted(&mut world, &changes).await;
    assert_eq!(tokens["scope"], "openid profile email", "{tokens}");
}
