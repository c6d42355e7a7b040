use axum::http::StatusCode;

use crate::service::configured;
use crate::world::{CALLBACK, ISSUER, PASSWORD, VERIFIER, World, request};
use crate::{LENIENT, ORDINARY, bare, sign_in};

#[tokio::test]
async fn a_sign_in_without_a_challenge_is_for_the_lenient_client_alone() {
    let mut world = World::new().await;
    // Norm 5.
    let refused = world.get(&format!("/authorize?{}", bare(ORDINARY))).await;
    assert_eq!(refused.returned("error").unwrap(), "invalid_request");
    let half = format!("{}&code_challenge_method=S256", bare(LENIENT));
    let refused = world.get(&format!("/authorize?{half}")).await;
    assert_eq!(refused.returned("error").unwrap(), "invalid_request");
    let plain = format!(
        "{}&code_challenge={VERIFIER}&code_challenge_method=plain",
        bare(LENIENT)
    );
    let refused = world.get(&format!("/authorize?{plain}")).await;
    assert_eq!(refused.returned("error").unwrap(), "invalid_request");
    let back = sign_in(&mut world, &format!("/authorize?{}", bare(LENIENT))).await;
    assert_eq!(back.returned("state").unwrap(), "/deep?x=1");
    assert!(back.returned("code").is_some());
}

#[tokio::test]
async fn the_answer_names_its_issuer_unless_the_client_is_excused() {
    let mut world = World::new().await;
    let back = world.sign_in(&request(&[])).await;
    assert_eq!(back.returned("iss").unwrap(), ISSUER);
    let back = world.get(&format!("/authorize?{}", bare(LENIENT))).await;
    assert!(back.returned("code").is_some());
    assert_eq!(back.returned("iss"), None);
}

#[tokio::test]
async fn a_verifier_without_a_challenge_is_ignored_for_the_lenient_client_alone() {
    let mut world = World::new().await;
    let back = sign_in(&mut world, &format!("/authorize?{}", bare(LENIENT))).await;
    let code = back.returned("code").unwrap();
    let answer = world.exchange(&code, &[("client_id", LENIENT)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    // Norm 6: one excuse is not another.
    let client = format!("[[clients]]\nid = \"half\"\nredirect_uris = [\"{CALLBACK}\"]\n");
    let excuse = "dangerous_leniency = [\"sign_in_without_challenge\"]";
    let text = format!("{client}[clients.compatibility]\n{excuse}");
    let mut world = World::with(configured(&text)).await;
    let back = sign_in(&mut world, &format!("/authorize?{}", bare("half"))).await;
    let code = back.returned("code").unwrap();
    let half = [("client_id", "half")];
    assert_eq!(world.exchange(&code, &half).await.error(), "invalid_grant");
    let without = [("client_id", "half"), ("code_verifier", "")];
    let answer = world.exchange(&code, &without).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

#[tokio::test]
async fn a_challenge_that_was_sent_is_held_to_for_the_lenient_client_too() {
    let mut world = World::new().await;
    let back = world.sign_in(&request(&[("client_id", LENIENT)])).await;
    let code = back.returned("code").unwrap();
    for verifier in ["", "b-verifier-that-is-long-enough-to-be-a-verifier"] {
        let wrong = [("client_id", LENIENT), ("code_verifier", verifier)];
        assert_eq!(world.exchange(&code, &wrong).await.error(), "invalid_grant");
    }
    let answer = world.exchange(&code, &[("client_id", LENIENT)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

#[tokio::test]
async fn a_request_to_the_login_page_is_for_the_lenient_client_alone() {
    let mut world = World::new().await;
    let login = |client: &str| {
        format!("/login?response_type=code&client_id={client}&redirect_uri={CALLBACK}")
    };
    let page = world.get(&login(ORDINARY)).await;
    assert_eq!(page.field("continue"), "");
    assert_eq!(world.submit(&page, "demo", PASSWORD).await.location(), "/");
    // It asks again although somebody is signed in.
    let back = sign_in(&mut world, &login(LENIENT)).await;
    assert!(
        back.location().starts_with(&format!("{CALLBACK}?code=")),
        "{}",
        back.location()
    );
    assert_eq!(back.returned("state"), None);
    let elsewhere = format!(
        "/login?response_type=code&client_id={LENIENT}&redirect_uri=https://other.example/cb"
    );
    assert_eq!(world.get(&elsewhere).await.status, StatusCode::BAD_REQUEST);
    let refused = world.get(&login(LENIENT).replace("=code", "=token")).await;
    assert_eq!(
        refused.returned("error").unwrap(),
        "unsupported_response_type"
    );
}
