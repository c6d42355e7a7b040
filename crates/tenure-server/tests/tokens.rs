//! The token endpoint and what comes of its tokens, seen from outside.
#![allow(missing_docs, reason = "a test program")]

mod world;

use std::time::Duration;

use axum::http::StatusCode;
use world::{BASIC, CALLBACK, ISSUER, World, request};

#[tokio::test]
async fn a_code_becomes_tokens_that_nobody_may_cache() {
    let mut world = World::new().await;
    let code = world.code().await;
    let answer = world.exchange(&code, &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), "no-store");
    let tokens = answer.json();
    assert_eq!(tokens["expires_in"], 900);
    assert!(
        tokens["refresh_token"]
            .as_str()
            .unwrap()
            .starts_with("rt1.")
    );
    assert!(tokens["id_token"].is_string());
    let told = world
        .introspect(tokens["access_token"].as_str().unwrap())
        .await;
    // Norm 13: an audience, always.
    assert_eq!(
        (&told["active"], &told["aud"]),
        (&true.into(), &ISSUER.into())
    );
}

#[tokio::test]
async fn what_does_not_belong_to_a_code_gets_nothing_and_does_not_burn_it() {
    let mut world = World::new().await;
    let code = world.code().await;
    let wrong_verifier = "b-verifier-that-is-long-enough-to-be-a-verifier";
    let moved = format!("{CALLBACK}/");
    let cases = [
        [("code", "unknown")],
        [("code_verifier", wrong_verifier)],
        [("code_verifier", "")],
        [("redirect_uri", "")],
        [("redirect_uri", moved.as_str())],
        // Another client's.
        [("client_id", "demo-spa")],
    ];
    for change in cases {
        let answer = world.exchange(&code, &change).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{change:?}");
        assert_eq!(answer.error(), "invalid_grant", "{change:?}");
    }
    assert_eq!(world.exchange(&code, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_code_ends_after_a_minute() {
    let mut world = World::new().await;
    let code = world.code().await;
    world.pass(Duration::from_secs(60));
    assert_eq!(world.exchange(&code, &[]).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_code_used_twice_ends_what_it_granted() {
    let mut world = World::new().await;
    let code = world.code().await;
    let tokens = world.exchange(&code, &[]).await.json();
    assert_eq!(world.exchange(&code, &[]).await.error(), "invalid_grant");
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(world.refresh(refresh_token).await.error(), "invalid_grant");
    let access_token = tokens["access_token"].as_str().unwrap();
    assert_eq!(
        world.get_with("/userinfo", access_token).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_lost_answer_is_given_again_with_the_same_refresh_token() {
    let mut world = World::new().await;
    let first = world.tokens().await["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let second = world.refresh(&first).await.json();
    world.pass(Duration::from_secs(60));
    let again = world.refresh(&first).await.json();
    assert_eq!(second["refresh_token"], again["refresh_token"]);
    assert_ne!(second["access_token"], again["access_token"]);
    // OpenID Connect allows leaving it out here, and it would cost a signature.
    assert!(second.get("id_token").is_none());
}

#[tokio::test]
async fn an_overtaken_request_is_told_and_a_copy_ends_the_family() {
    let mut world = World::new().await;
    let code = world.code().await;
    let retry_key = "A".repeat(43);
    let tokens = world.exchange(&code, &[("retry_key", &retry_key)]).await;
    let first = tokens.json()["refresh_token"].as_str().unwrap().to_owned();
    let second = world.refresh(&first).await.json();
    let access_token = second["access_token"].as_str().unwrap().to_owned();
    // Use confirms: from here on the first one is superseded.
    assert_eq!(
        world.get_with("/userinfo", &access_token).await.status,
        StatusCode::OK
    );
    let overtaken = world.refresh(&first).await;
    assert_eq!(overtaken.status, StatusCode::CONFLICT);
    assert_eq!(overtaken.error(), "refresh_token_superseded");
    assert!(!overtaken.header("retry-after").is_empty());
    world.pass(Duration::from_secs(60));
    // Norms 9 and 74.
    let stolen = world.refresh(&first).await;
    assert_eq!(
        (stolen.status, stolen.error().as_str()),
        (StatusCode::BAD_REQUEST, "invalid_grant")
    );
    assert!(stolen.text.contains("used again"));
    let own = world
        .refresh(second["refresh_token"].as_str().unwrap())
        .await;
    assert_eq!(own.error(), "invalid_grant");
    assert_eq!(world.introspect(&access_token).await["active"], false);
    let metrics = world.get("/metrics").await.text;
    for outcome in ["rotated", "superseded", "reused", "refused"] {
        let line = format!("tenure_refresh_total{{outcome=\"{outcome}\"}} 1");
        assert!(metrics.contains(&line), "{outcome}\n{metrics}");
    }
}

#[tokio::test]
async fn a_changed_refresh_token_is_nobodys() {
    let mut world = World::new().await;
    let good = world.tokens().await["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    // Norm 10: every part is protected.
    for at in [0, 4, 6, 20, good.len() / 2, good.len() - 2] {
        let mut bad = good.clone().into_bytes();
        bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
        let bad = String::from_utf8(bad).unwrap();
        assert_eq!(world.refresh(&bad).await.error(), "invalid_grant", "{at}");
    }
    assert_eq!(world.refresh("").await.error(), "invalid_request");
    assert_eq!(world.refresh(&good).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_refresh_token_works_for_its_client_alone_and_for_no_more_scope() {
    let mut world = World::new().await;
    let token = world.tokens().await["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let grant = ("grant_type", "refresh_token");
    // Norm 11.
    let foreign = [
        grant,
        ("client_id", "demo-spa"),
        ("refresh_token", token.as_str()),
    ];
    assert_eq!(
        world.post("/token", &foreign).await.error(),
        "invalid_grant"
    );
    let own = [
        grant,
        ("client_id", "demo-cli"),
        ("refresh_token", token.as_str()),
    ];
    let other = [&own[..], &[("scope", "api")]].concat();
    assert_eq!(world.post("/token", &other).await.error(), "invalid_scope");
    let less = [&own[..], &[("scope", "openid")]].concat();
    assert_eq!(world.post("/token", &less).await.json()["scope"], "openid");
}

#[tokio::test]
async fn a_family_ends_at_its_limits_however_often_it_is_used() {
    let day = Duration::from_secs(24 * 60 * 60);
    let mut world = World::new().await;
    let mut token = world.tokens().await["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    // Norms 12 and 29, ASVS 10.4.8.
    for _ in 0..4 {
        world.pass(day * 22);
        token = world.refresh(&token).await.json()["refresh_token"]
            .as_str()
            .unwrap()
            .to_owned();
    }
    world.pass(day * 2);
    assert_eq!(world.refresh(&token).await.error(), "invalid_grant");
    let token = world.tokens().await["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    world.pass(day * 30);
    assert_eq!(world.refresh(&token).await.error(), "invalid_grant");
}

#[tokio::test]
async fn clients_authenticate_in_one_way_and_with_the_right_secret() {
    let mut world = World::new().await;
    let grant = [("grant_type", "client_credentials"), ("scope", "api")];
    let granted = world.post_as("/token", &grant, Some(BASIC)).await.json();
    assert!(granted["access_token"].is_string() && granted.get("refresh_token").is_none());
    let secret = ("client_secret", "demo-secret");
    let posted = [&grant[..], &[("client_id", "demo-service"), secret]].concat();
    assert_eq!(world.post("/token", &posted).await.status, StatusCode::OK);
    let twice = world.post_as("/token", &posted, Some(BASIC)).await;
    assert_eq!(twice.error(), "invalid_request");
    let wrong = [
        &grant[..],
        &[
            ("client_id", "demo-service"),
            ("client_secret", "demo-secreT"),
        ],
    ];
    let wrong = world.post("/token", &wrong.concat()).await;
    assert_eq!(
        (wrong.status, wrong.error().as_str()),
        (StatusCode::UNAUTHORIZED, "invalid_client")
    );
    assert!(wrong.header("www-authenticate").starts_with("Basic"));
    let public = [&grant[..], &[("client_id", "demo-cli")]].concat();
    assert_eq!(
        world.post("/token", &public).await.error(),
        "unauthorized_client"
    );
    // Norm 14.
    let ropc = [("grant_type", "password"), ("client_id", "demo-cli")];
    assert_eq!(
        world.post("/token", &ropc).await.error(),
        "unsupported_grant_type"
    );
    let service = granted["access_token"].as_str().unwrap();
    assert_eq!(
        world.get_with("/userinfo", service).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn revoking_ends_the_family_and_says_nothing_about_strangers() {
    let mut world = World::new().await;
    let tokens = world.tokens().await;
    let token = tokens["refresh_token"].as_str().unwrap();
    let foreign = world
        .post("/revoke", &[("client_id", "demo-spa"), ("token", token)])
        .await;
    assert_eq!(foreign.status, StatusCode::OK);
    let unknown = world
        .post("/revoke", &[("client_id", "demo-cli"), ("token", "what")])
        .await;
    assert_eq!(unknown.status, StatusCode::OK);
    let access_token = tokens["access_token"].as_str().unwrap();
    assert_eq!(world.introspect(access_token).await["active"], true);
    world
        .post("/revoke", &[("client_id", "demo-cli"), ("token", token)])
        .await;
    // Norm 63.
    assert_eq!(world.introspect(access_token).await["active"], false);
    assert_eq!(world.refresh(token).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_sign_out_ends_the_browser_and_every_family_of_it() {
    let mut world = World::new().await;
    let tokens = world.tokens().await;
    let other = format!(
        "/oauth2/authorize?{}",
        request(&[("client_id", "demo-spa")])
    );
    let code = world.get(&other).await.returned("code").unwrap();
    let spa = world
        .exchange(&code, &[("client_id", "demo-spa")])
        .await
        .json();
    let late = world.get(&other).await.returned("code").unwrap();
    let hint = tokens["id_token"].as_str().unwrap();
    // Norm 44: an ID token that has expired is still a hint.
    world.pass(Duration::from_secs(24 * 60 * 60));
    let late_or_not = world.get(&other).await.returned("code").unwrap();
    let query = format!(
        "/logout?id_token_hint={hint}&post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2F&state=x"
    );
    let back = world.get(&query).await;
    // Norm 45.
    assert_eq!(back.location(), "http://127.0.0.1:9/?state=x");
    // Norm 30.
    for refresh_token in [&tokens["refresh_token"], &spa["refresh_token"]] {
        let fields = [
            ("grant_type", "refresh_token"),
            (
                "client_id",
                if *refresh_token == tokens["refresh_token"] {
                    "demo-cli"
                } else {
                    "demo-spa"
                },
            ),
            ("refresh_token", refresh_token.as_str().unwrap()),
        ];
        assert_eq!(world.post("/token", &fields).await.error(), "invalid_grant");
    }
    // Sign-out wins over codes that were on their way.
    for code in [late, late_or_not] {
        let answer = world.exchange(&code, &[("client_id", "demo-spa")]).await;
        assert_eq!(answer.error(), "invalid_grant");
    }
    assert!(world.get(&other).await.location().starts_with("/login?"));
}

#[tokio::test]
async fn a_sign_out_returns_to_registered_addresses_alone_and_asks_without_a_hint() {
    let mut world = World::new().await;
    let tokens = world.tokens().await;
    let hint = tokens["id_token"].as_str().unwrap();
    let evil = "http%3A%2F%2Fevil.example%2F";
    let away = format!("/logout?id_token_hint={hint}&post_logout_redirect_uri={evil}");
    let answer = world.get(&away).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::BAD_REQUEST, "")
    );
    let asked = world.get("/logout").await;
    assert_eq!(asked.status, StatusCode::OK);
    let access_token = tokens["access_token"].as_str().unwrap();
    assert_eq!(world.introspect(access_token).await["active"], true);
    world
        .post("/logout", &[("csrf", asked.field("csrf").as_str())])
        .await;
    assert_eq!(world.introspect(access_token).await["active"], false);
}

#[tokio::test]
async fn people_see_and_end_their_own_sessions() {
    let mut world = World::new().await;
    let (one, two) = (world.tokens().await, world.second().await);
    let access_token = one["access_token"].as_str().unwrap();
    // Norm 68.
    let listed = world.get_with("/v1/sessions", access_token).await.json();
    let families: Vec<_> = listed["sessions"].as_array().unwrap().iter().collect();
    assert_eq!(
        families
            .iter()
            .filter(|one| one["kind"] == "tokens")
            .count(),
        2
    );
    let ended = world.delete_with("/v1/sessions", access_token).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    let other = world
        .introspect(two["access_token"].as_str().unwrap())
        .await;
    assert_eq!(other["active"], false);
    assert_eq!(world.introspect(access_token).await["active"], true);
    let unknown = world
        .delete_with("/v1/sessions/unknown", access_token)
        .await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pages_of_registered_clients_may_call_and_others_may_not() {
    let mut world = World::new().await;
    let ask = |origin: &str| {
        axum::http::Request::options("/token")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .body(axum::body::Body::empty())
            .unwrap()
    };
    let own = world.send(ask("http://127.0.0.1")).await;
    assert_eq!(
        own.header("access-control-allow-origin"),
        "http://127.0.0.1"
    );
    let other = world.send(ask("https://evil.example")).await;
    assert_eq!(other.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let mut world = World::new().await;
    let large = "x".repeat(70 * 1024);
    let answer = world
        .post("/token", &[("grant_type", large.as_str())])
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}
