//! Which person a client may ask for, and what becomes of it when that is somebody else.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod world;

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tenure_server::Policy;
use world::{Answer, CALLBACK, PASSWORD, World, request};

/// A server where anybody may make an account, and bob has.
async fn with_bob() -> World {
    let mut config = Policy::default();
    config.signup = true;
    let mut world = World::with(config).await;
    let page = world.get("/signup").await;
    assert_eq!(sign_up(&mut world, &page).await.location(), "/");
    world
}

async fn sign_up(world: &mut World, page: &Answer) -> Answer {
    let (csrf, going_on) = (page.field("csrf"), page.field("continue"));
    let mut fields = vec![
        ("csrf", csrf.as_str()),
        ("username", "bob"),
        ("password", PASSWORD),
    ];
    if !going_on.is_empty() {
        fields.push(("continue", going_on.as_str()));
    }
    world.post("/signup", &fields).await
}

/// Bob's browser, and an ID token of the demo account.
async fn bobs_browser() -> (World, String) {
    let mut world = with_bob().await;
    let bobs = world.cookie("tenure").unwrap().clone();
    world.forget_cookies();
    let hint = world.tokens().await["id_token"]
        .as_str()
        .unwrap()
        .to_owned();
    world.forget_cookies();
    world.swap_cookie("tenure", &bobs);
    (world, hint)
}

async fn ask(world: &mut World, changes: &[(&str, &str)]) -> Answer {
    let query = request(changes);
    world.get(&format!("/oauth2/authorize?{query}")).await
}

fn is_error(answer: &Answer, error: &str) {
    let told = answer.returned("error");
    let to = answer.location();
    assert_eq!(told.as_deref(), Some(error), "{to} {}", answer.text);
    assert!(to.starts_with(CALLBACK), "{to}");
    assert_eq!(answer.returned("code"), None, "{to}");
}

fn subject(token: &Value) -> Value {
    use base64ct::{Base64UrlUnpadded, Encoding as _};
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    let claims = Base64UrlUnpadded::decode_vec(part).unwrap();
    serde_json::from_slice::<Value>(&claims).unwrap()["sub"].clone()
}

#[tokio::test]
async fn a_hint_of_another_person_gets_no_code_without_a_page() {
    let (mut world, hint) = bobs_browser().await;
    let silent = [("prompt", "none"), ("id_token_hint", hint.as_str())];
    is_error(&ask(&mut world, &silent).await, "login_required");
    // Without the hint, or with his own, bob is whom the client gets.
    let own = ask(&mut world, &[("prompt", "none")]).await;
    let code = own.returned("code").unwrap();
    let tokens = world.exchange(&code, &[]).await.json();
    let own = tokens["id_token"].as_str().unwrap();
    let silent = [("prompt", "none"), ("id_token_hint", own)];
    let back = ask(&mut world, &silent).await;
    assert!(back.returned("code").is_some(), "{}", back.location());
}

#[tokio::test]
async fn a_hint_leads_to_the_sign_in_page_and_only_that_person_gets_a_code() {
    let (mut world, hint) = bobs_browser().await;
    let hinted = [("id_token_hint", hint.as_str())];
    let to_login = ask(&mut world, &hinted).await;
    assert!(to_login.location().starts_with("/login?"));
    let page = world.get(to_login.location()).await;
    // Whoever signs in there is signed in, but not for this client.
    is_error(
        &world.submit(&page, "bob", PASSWORD).await,
        "login_required",
    );
    let page = world.get(to_login.location()).await;
    let back = world.submit(&page, "demo", PASSWORD).await;
    let code = back.returned("code").unwrap();
    let tokens = world.exchange(&code, &[]).await.json();
    assert_eq!(subject(&tokens["id_token"]), subject(&json!(hint)));
}

#[tokio::test]
async fn a_hint_that_is_not_an_id_token_from_here_is_refused() {
    let mut world = World::new().await;
    let tokens = world.tokens().await;
    let own = tokens["id_token"].as_str().unwrap();
    let (unsigned, signature) = own.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    let foreign = format!("{unsigned}.{other}{}", &signature[1..]);
    let none = format!(
        "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.",
        own.split('.').nth(1).unwrap()
    );
    let access = tokens["access_token"].as_str().unwrap();
    for hint in ["garbage", &foreign, &none, access] {
        for prompt in ["none", ""] {
            let asked = [("prompt", prompt), ("id_token_hint", hint)];
            is_error(&ask(&mut world, &asked).await, "invalid_request");
        }
    }
}

#[tokio::test]
async fn an_expired_hint_still_names_its_person() {
    let (mut world, hint) = bobs_browser().await;
    world.pass(Duration::from_secs(24 * 60 * 60));
    let silent = [("prompt", "none"), ("id_token_hint", hint.as_str())];
    is_error(&ask(&mut world, &silent).await, "login_required");
    world.sign_in(&request(&[("prompt", "login")])).await;
    let back = ask(&mut world, &silent).await;
    assert!(back.returned("code").is_some(), "{}", back.location());
}

#[tokio::test]
async fn a_subject_in_the_claims_parameter_is_held_to() {
    let (mut world, hint) = bobs_browser().await;
    let demo = subject(&json!(hint));
    let shapes = [
        json!({ "id_token": { "sub": { "value": demo } } }),
        json!({ "id_token": { "sub": { "essential": true, "values": ["nobody", demo] } } }),
        json!({ "id_token": { "sub": { "value": "nobody" } } }),
    ];
    for shape in shapes {
        let claims = shape.to_string();
        let silent = [("prompt", "none"), ("claims", claims.as_str())];
        is_error(&ask(&mut world, &silent).await, "login_required");
        let to_login = ask(&mut world, &[("claims", &claims)]).await;
        assert!(to_login.location().starts_with("/login?"), "{claims}");
        let page = world.get(to_login.location()).await;
        let back = world.submit(&page, "bob", PASSWORD).await;
        is_error(&back, "login_required");
    }
    // What names no person changes nothing.
    for claims in [
        "{}",
        r#"{"id_token":{"sub":null,"acr":{"values":["1"]}},"userinfo":null}"#,
    ] {
        let silent = [("prompt", "none"), ("claims", claims)];
        let back = ask(&mut world, &silent).await;
        assert!(back.returned("code").is_some(), "{}", back.location());
    }
    for claims in ["garbage", "[]", r#"{"id_token":{"sub":{"value":1}}}"#] {
        let silent = [("prompt", "none"), ("claims", claims)];
        is_error(&ask(&mut world, &silent).await, "invalid_request");
    }
}

#[tokio::test]
async fn a_hint_and_claims_that_differ_fit_nobody() {
    let (mut world, hint) = bobs_browser().await;
    let claims = r#"{"id_token":{"sub":{"value":"nobody"}}}"#;
    let both = [("id_token_hint", hint.as_str()), ("claims", claims)];
    let to_login = ask(&mut world, &both).await;
    let page = world.get(to_login.location()).await;
    let back = world.submit(&page, "demo", PASSWORD).await;
    is_error(&back, "login_required");
}

#[tokio::test]
async fn another_account_can_be_chosen_by_whoever_is_signed_in() {
    let (mut world, _) = bobs_browser().await;
    for prompt in ["select_account", "login select_account"] {
        let to_login = ask(&mut world, &[("prompt", prompt)]).await;
        assert!(to_login.location().starts_with("/login?"), "{prompt}");
        let page = world.get(to_login.location()).await;
        assert!(!page.text.contains("bob"), "nobody is suggested");
        let back = world.submit(&page, "demo", PASSWORD).await;
        assert!(back.returned("code").is_some(), "{}", back.location());
    }
}

#[tokio::test]
async fn a_login_hint_is_only_a_hint() {
    let (mut world, _) = bobs_browser().await;
    let hinted = ("login_hint", "demo");
    let back = ask(&mut world, &[hinted, ("prompt", "none")]).await;
    assert!(back.returned("code").is_some(), "{}", back.location());
    let to_login = ask(&mut world, &[hinted, ("prompt", "select_account")]).await;
    let page = world.get(to_login.location()).await;
    assert!(page.text.contains("value=\"demo\""), "{}", page.text);
}

#[tokio::test]
async fn consent_cannot_be_asked_for_where_nobody_is_ever_asked() {
    let (mut world, _) = bobs_browser().await;
    for prompt in ["consent", "login consent"] {
        is_error(
            &ask(&mut world, &[("prompt", prompt)]).await,
            "consent_required",
        );
    }
}

#[tokio::test]
async fn an_account_is_made_for_a_client_where_that_is_allowed() {
    let mut config = Policy::default();
    config.signup = true;
    let mut world = World::with(config).await;
    let to_form = ask(&mut world, &[("prompt", "create")]).await;
    let to = to_form.location();
    assert!(to.starts_with("/signup?"), "{to} {:?}", to_form.status);
    let page = world.get(to_form.location()).await;
    assert!(page.text.contains("href=\"/login?continue="), "a way back");
    let back = sign_up(&mut world, &page).await;
    assert!(back.returned("code").is_some(), "{}", back.location());

    let mut world = World::new().await;
    is_error(
        &ask(&mut world, &[("prompt", "create")]).await,
        "invalid_request",
    );
}

#[tokio::test]
async fn no_page_and_a_page_exclude_each_other() {
    let (mut world, _) = bobs_browser().await;
    for prompt in [
        "none login",
        "select_account none",
        "create none",
        "consent none",
    ] {
        is_error(
            &ask(&mut world, &[("prompt", prompt)]).await,
            "invalid_request",
        );
    }
}

#[tokio::test]
async fn the_metadata_lists_the_prompts_that_work() {
    for signup in [false, true] {
        let mut config = Policy::default();
        config.signup = signup;
        let mut world = World::with(config).await;
        let metadata = world.get("/.well-known/openid-configuration").await.json();
        let mut expected = vec!["none", "login", "select_account"];
        expected.extend(signup.then_some("create"));
        assert_eq!(metadata["prompt_values_supported"], json!(expected));
        assert_eq!(metadata["claims_parameter_supported"], false);
    }
}

#[tokio::test]
async fn what_is_kept_or_sent_on_for_a_client_is_bounded() {
    let mut world = World::new().await;
    world.sign_in(&request(&[])).await;
    for (name, most) in [("nonce", 512), ("state", 2048), ("scope", 2048)] {
        let start = if name == "scope" { "openid " } else { "" };
        let fits = format!("{start}{}", "x".repeat(most - start.len()));
        let back = ask(&mut world, &[("prompt", "none"), (name, &fits)]).await;
        assert!(back.returned("code").is_some(), "{name}: {}", back.text);
        let more = format!("{fits}x");
        let back = ask(&mut world, &[("prompt", "none"), (name, &more)]).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER);
        let error = back.returned("error");
        assert_eq!(error.as_deref(), Some("invalid_request"), "{name}");
    }
}
