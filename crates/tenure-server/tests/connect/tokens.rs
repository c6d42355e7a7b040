use std::time::Duration;

use axum::http::StatusCode;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::Value;

use crate::world::{BASIC, CALLBACK, ISSUER, VERIFIER, World};
use crate::{LENIENT, ORDINARY, bare, by_query, claims, refresh, sign_in, tokens};

#[tokio::test]
async fn parameters_in_the_query_are_for_the_lenient_client_alone() {
    let mut world = World::new().await;
    let first = tokens(&mut world).await;
    let refresh_token = first["refresh_token"].as_str().unwrap();
    let second = refresh(&mut world, LENIENT, refresh_token).await;
    assert_eq!(second.status, StatusCode::OK, "{}", second.text);
    let ordinary = world.second().await;
    let refresh_token = ordinary["refresh_token"].as_str().unwrap();
    let refused = refresh(&mut world, ORDINARY, refresh_token).await;
    assert_eq!(refused.error(), "invalid_client");
    world.forget_cookies();
    let code = world.code().await;
    let query = format!(
        "grant_type=authorization_code&client_id={ORDINARY}&code={code}&redirect_uri={CALLBACK}&code_verifier={VERIFIER}"
    );
    assert_eq!(
        by_query(&mut world, &query, None, "").await.error(),
        "invalid_client"
    );
    assert_eq!(world.exchange(&code, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_borrows_the_leniency_of_another_client() {
    let mut world = World::new().await;
    let code = world.code().await;
    let query = format!(
        "client_id={LENIENT}&grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}"
    );
    let answer = by_query(&mut world, &query, None, "client_id=demo-cli").await;
    assert_eq!(answer.error(), "invalid_request");
    let answer = by_query(&mut world, &query, Some(BASIC), "").await;
    assert_eq!(answer.error(), "invalid_request");
    let answer = by_query(&mut world, &query, None, "").await;
    assert_eq!(answer.error(), "invalid_grant", "a code of another client");
    assert_eq!(world.exchange(&code, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_tokens_have_what_the_package_reads() {
    let mut world = World::new().await;
    let tokens = tokens(&mut world).await;
    let id = claims(&tokens["id_token"]);
    assert_eq!(id["token_use"], "id");
    assert_eq!(id["iss"], ISSUER);
    assert_eq!(id["email"], "demo@example.com");
    assert_eq!(id["name"], "Demo Person");
    assert_eq!(id["custom:reapit:clientCode"], "DMO");
    assert_eq!(id["custom:reapit:offGrouping"], "true");
    assert_eq!(id["cognito:groups"][0], "DemoAdmin");
    assert!(id["auth_time"].is_number());
    assert_eq!(claims(&tokens["access_token"])["token_use"], "access");
    let header = tokens["id_token"]
        .as_str()
        .unwrap()
        .split('.')
        .next()
        .unwrap();
    let header: Value =
        serde_json::from_slice(&Base64UrlUnpadded::decode_vec(header).unwrap()).unwrap();
    assert_eq!(header["alg"], "RS256");
    let keys = world.get("/.well-known/jwks.json").await.json();
    let key = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == header["kid"]);
    assert_eq!(key.unwrap()["kty"], "RSA");
}

#[tokio::test]
async fn an_ordinary_client_is_told_nothing_more_about_a_person() {
    let mut world = World::new().await;
    let tokens = world.tokens().await;
    let id = claims(&tokens["id_token"]);
    let names: Vec<_> = id.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "aud",
        "auth_time",
        "exp",
        "iat",
        "iss",
        "name",
        "nonce",
        "preferred_username",
        "sid",
        "sub",
    ];
    assert_eq!(names, expected);
    assert_eq!(id["name"], "demo");
    assert_eq!(claims(&tokens["access_token"]).get("token_use"), None);
}

#[tokio::test]
async fn the_laws_of_refresh_tokens_hold_for_the_lenient_client() {
    let mut world = World::new().await;
    let first = tokens(&mut world).await["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let second = refresh(&mut world, LENIENT, &first).await.json();
    assert!(second["id_token"].is_string());
    assert_ne!(second["refresh_token"], first.as_str());
    // A lost answer is given again; a copy that comes after its successor ends the family.
    let again = refresh(&mut world, LENIENT, &first).await.json();
    assert_eq!(again["refresh_token"], second["refresh_token"]);
    let third = refresh(
        &mut world,
        LENIENT,
        second["refresh_token"].as_str().unwrap(),
    )
    .await
    .json();
    world.pass(Duration::from_secs(60));
    assert_eq!(
        refresh(&mut world, LENIENT, &first).await.error(),
        "invalid_grant"
    );
    let third = third["refresh_token"].as_str().unwrap();
    assert_eq!(
        refresh(&mut world, LENIENT, third).await.error(),
        "invalid_grant"
    );
}

#[tokio::test]
async fn a_refresh_brings_an_ordinary_client_no_id_token() {
    let mut world = World::new().await;
    let tokens = world.tokens().await;
    let answer = world
        .refresh(tokens["refresh_token"].as_str().unwrap())
        .await;
    assert_eq!(answer.json().get("id_token"), None);
}

#[tokio::test]
async fn an_id_token_names_another_issuer_only_where_that_is_written() {
    let mut world = World::new().await;
    let back = sign_in(
        &mut world,
        &format!("/authorize?{}", bare("connect-demo-3")),
    )
    .await;
    let code = back.returned("code").unwrap();
    let answer = world
        .exchange(&code, &[("client_id", "connect-demo-3")])
        .await
        .json();
    let pool = "https://cognito-idp.eu-west-2.amazonaws.com/eu-west-2_tenure";
    assert_eq!(claims(&answer["id_token"])["iss"], pool);
    assert_eq!(claims(&answer["access_token"])["iss"], ISSUER);
}
