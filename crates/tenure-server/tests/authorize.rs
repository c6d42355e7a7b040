//! The authorization endpoint and the sign-in form, seen from outside.
#![allow(missing_docs, reason = "a test program")]

mod world;

use std::time::Duration;

use axum::http::StatusCode;
use tenure_server::Policy;
use world::{CALLBACK, ISSUER, PASSWORD, World, request};

#[tokio::test]
async fn a_sign_in_ends_at_the_client_with_code_state_and_issuer() {
    let mut world = World::new().await;
    let back = world.sign_in(&request(&[])).await;
    // Norm 17: 303 after a form with credentials. Norm 4: the issuer is named.
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    assert!(back.location().starts_with(&format!("{CALLBACK}?code=")));
    assert_eq!(back.returned("state").as_deref(), Some("a state & more"));
    assert_eq!(back.returned("iss").as_deref(), Some(ISSUER));
    // Norm 81.
    assert_eq!(back.header("cache-control"), "no-store");
}

#[tokio::test]
async fn whoever_is_signed_in_is_not_asked_again_unless_the_client_wants_it() {
    let mut world = World::new().await;
    // Norm 40: prompt=none never shows a page.
    let none = world
        .get(&format!(
            "/oauth2/authorize?{}",
            request(&[("prompt", "none")])
        ))
        .await;
    assert_eq!(none.returned("error").as_deref(), Some("login_required"));
    world.sign_in(&request(&[])).await;
    let none = world
        .get(&format!(
            "/oauth2/authorize?{}",
            request(&[("prompt", "none")])
        ))
        .await;
    assert!(none.returned("code").is_some());
    let login = world
        .get(&format!(
            "/oauth2/authorize?{}",
            request(&[("prompt", "login")])
        ))
        .await;
    assert!(login.location().starts_with("/login?"));
    world.pass(Duration::from_secs(61));
    let old = world
        .get(&format!(
            "/oauth2/authorize?{}",
            request(&[("max_age", "60")])
        ))
        .await;
    assert!(old.location().starts_with("/login?"));
    let young = world
        .get(&format!(
            "/oauth2/authorize?{}",
            request(&[("max_age", "62")])
        ))
        .await;
    assert!(young.returned("code").is_some());
}

#[tokio::test]
async fn an_unregistered_redirect_uri_gets_a_page_and_no_redirect() {
    let mut world = World::new().await;
    // Norms 1 and 2: one different character, and nothing is sent anywhere.
    let others = [
        "http://127.0.0.1:50123/callback/",
        "http://127.0.0.1:50123/callbacK",
        "http://127.0.0.1:50123/callback?x=1",
        "http://127.0.0.2:50123/callback",
        "https://127.0.0.1:50123/callback",
        "http://127.0.0.1:50123@evil.example/callback",
        "http://evil.example/callback",
    ];
    for uri in others {
        let query = request(&[("redirect_uri", uri)]);
        let answer = world.get(&format!("/oauth2/authorize?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{uri}");
        assert_eq!(answer.location(), "", "{uri}");
        let form = world
            .get(&format!("/login?continue={}", query.replace('&', "%26")))
            .await;
        assert_eq!(form.status, StatusCode::BAD_REQUEST, "{uri}");
    }
    let stranger = request(&[("client_id", "demo-clj")]);
    let answer = world.get(&format!("/oauth2/authorize?{stranger}")).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::BAD_REQUEST, "")
    );
}

#[tokio::test]
async fn a_bad_request_is_told_to_the_client_with_its_state() {
    let mut world = World::new().await;
    let cases = [
        // Norm 7.
        ([("response_type", "token")], "unsupported_response_type"),
        // Norm 5.
        ([("code_challenge", "")], "invalid_request"),
        ([("code_challenge_method", "plain")], "invalid_request"),
        ([("code_challenge_method", "")], "invalid_request"),
        ([("scope", "everything")], "invalid_scope"),
        ([("max_age", "soon")], "invalid_request"),
        (
            [("request_uri", "https://evil.example/")],
            "request_uri_not_supported",
        ),
    ];
    for (change, error) in cases {
        let answer = world
            .get(&format!("/oauth2/authorize?{}", request(&change)))
            .await;
        assert_eq!(
            answer.returned("error").as_deref(),
            Some(error),
            "{change:?}"
        );
        assert_eq!(answer.returned("state").as_deref(), Some("a state & more"));
        assert!(answer.location().starts_with(CALLBACK));
    }
}

#[tokio::test]
async fn the_form_cannot_be_framed_scripted_cached_or_read_by_other_origins() {
    let mut world = World::new().await;
    let page = world.get("/login").await;
    let policy = page.header("content-security-policy");
    // Norm 20.
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"));
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    // Norm 19.
    let path = format!("/oauth2/authorize?{}", request(&[]));
    let asked = axum::http::Request::get(&path).header("origin", "http://127.0.0.1:50123");
    let answer = world
        .send(asked.body(axum::body::Body::empty()).unwrap())
        .await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_form_from_another_browser_signs_nobody_in() {
    let mut world = World::new().await;
    let page = world.get("/login").await;
    world.forget_cookies();
    // Norms 3 and 71.
    let answer = world.submit(&page, "demo", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(world.cookie("tenure").is_none());
}

#[tokio::test]
async fn every_sign_in_has_a_new_id_and_the_cookie_is_closed_to_scripts() {
    let mut world = World::new().await;
    let page = world.get("/login").await;
    let answer = world.submit(&page, "demo", PASSWORD).await;
    let set = answer.headers.get_all("set-cookie").iter().find_map(|set| {
        set.to_str()
            .ok()
            .filter(|set| set.starts_with("tenure="))
            .map(str::to_owned)
    });
    let set = set.unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(set.contains(attribute), "{set}");
    }
    let first = world.cookie("tenure").unwrap().clone();
    // Norms 60 and 77: 256 bits. Norms 61 and 79: new at each sign-in.
    assert_eq!(first.len(), 43);
    let page = world.get("/login").await;
    world.submit(&page, "demo", PASSWORD).await;
    assert_ne!(world.cookie("tenure"), Some(&first));
}

#[tokio::test]
async fn https_makes_the_cookie_a_host_cookie() {
    let mut world = World::with_issuer("https://id.example.com").await;
    let page = world.get("/login").await;
    let set = page.header("set-cookie");
    // Norms 52 and 70.
    assert!(
        set.starts_with("__Host-tenure-form=") && set.ends_with("; Secure"),
        "{set}"
    );
    assert!(!set.contains("Domain"));
}

#[tokio::test]
async fn only_an_id_that_was_given_here_under_its_very_name_is_a_sign_in() {
    // Norm 59: it is looked up at each request.
    let mut world = World::with_issuer("https://id.example.com").await;
    let page = world.get("/login").await;
    world.submit(&page, "demo", PASSWORD).await;
    let name = "__Host-tenure";
    let id = world.cookie(name).unwrap().clone();
    let none = format!("/oauth2/authorize?{}", request(&[("prompt", "none")]));
    assert!(world.get(&none).await.returned("code").is_some());
    // Norm 78: a secret that the server did not draw begins nothing, and a sign-in does not take it on.
    let made_up = "A".repeat(id.len());
    world.swap_cookie(name, &made_up);
    assert!(world.get(&none).await.returned("error").is_some());
    let page = world.get("/login").await;
    world.submit(&page, "demo", PASSWORD).await;
    assert_ne!(world.swap_cookie(name, &made_up), made_up);
    // Norm 53.
    for other in ["__HoSt-tenure", "__host-tenure", "__Host-Tenure", "tenure"] {
        world.forget_cookies();
        world.swap_cookie(other, &id);
        assert!(
            world.get(&none).await.returned("error").is_some(),
            "{other}"
        );
    }
    world.forget_cookies();
    world.swap_cookie(name, &id);
    assert!(world.get(&none).await.returned("code").is_some());
}

#[tokio::test]
async fn attempts_are_limited_and_a_locked_name_looks_like_an_unknown_one() {
    let mut world = World::new().await;
    for name in ["demo", "nobody"] {
        for _ in 0..10 {
            let page = world.get("/login").await;
            let answer = world.submit(&page, name, "wrong").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        }
    }
    let page = world.get("/login").await;
    let known = world.submit(&page, "Demo", PASSWORD).await;
    let unknown = world.submit(&page, "nobody", PASSWORD).await;
    assert_eq!(known.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
    assert_eq!(known.header("retry-after"), "900");
    world.pass(Duration::from_secs(15 * 60));
    let page = world.get("/login").await;
    assert_eq!(
        world.submit(&page, "demo", PASSWORD).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn idle_and_absolute_limits_end_a_browser_sign_in() {
    // Norms 62 and 80.
    let day = Duration::from_secs(24 * 60 * 60);
    let query = format!("/oauth2/authorize?{}", request(&[("prompt", "none")]));
    let mut world = World::new().await;
    world.sign_in(&request(&[])).await;
    world.pass(day * 7);
    assert!(world.get(&query).await.returned("error").is_some());
    let mut world = World::new().await;
    world.sign_in(&request(&[])).await;
    for _ in 0..5 {
        world.pass(day * 6 - Duration::from_secs(1));
        assert!(world.get(&query).await.returned("code").is_some());
    }
    world.pass(day);
    assert!(world.get(&query).await.returned("error").is_some());
}

#[tokio::test]
async fn signing_up_is_off_until_it_is_allowed() {
    let mut world = World::new().await;
    assert_eq!(world.get("/signup").await.status, StatusCode::NOT_FOUND);
    let mut config = Policy::default();
    config.signup = true;
    let mut world = World::with(config).await;
    let page = world.get("/signup").await;
    let csrf = page.field("csrf");
    let short = [
        ("csrf", csrf.as_str()),
        ("username", "ada"),
        ("password", "short"),
    ];
    assert_eq!(
        world.post("/signup", &short).await.status,
        StatusCode::UNAUTHORIZED
    );
    let good = [
        ("csrf", csrf.as_str()),
        ("username", "ada"),
        ("password", "twelve or more"),
    ];
    assert_eq!(
        world.post("/signup", &good).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(world.get("/").await.text.contains("ada"));
}

#[tokio::test]
async fn a_clock_set_back_a_day_locks_nobody_out() {
    let mut world = World::new().await;
    world.go_back(Duration::from_secs(24 * 60 * 60));
    let tokens = world.tokens().await;
    let refreshed = world
        .refresh(tokens["refresh_token"].as_str().unwrap())
        .await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.text);
}

#[tokio::test]
async fn signing_in_again_ends_the_old_id_and_keeps_what_belongs_to_it() {
    let mut world = World::new().await;
    let tokens = world.tokens().await;
    let old = world.cookie("tenure").unwrap().clone();
    let page = world.get("/login").await;
    world.submit(&page, "demo", PASSWORD).await;
    // Norm 61.
    let new = world.swap_cookie("tenure", &old);
    let none = format!("/oauth2/authorize?{}", request(&[("prompt", "none")]));
    assert!(world.get(&none).await.returned("error").is_some());
    world.swap_cookie("tenure", &new);
    let asked = world.get("/logout").await;
    world
        .post("/logout", &[("csrf", asked.field("csrf").as_str())])
        .await;
    let refreshed = world
        .refresh(tokens["refresh_token"].as_str().unwrap())
        .await;
    assert_eq!(refreshed.error(), "invalid_grant");
}

#[tokio::test]
async fn a_sign_out_page_lets_no_parameter_write_its_policy() {
    let mut world = World::new().await;
    world.sign_in(&request(&[])).await;
    let evil = "/logout?client_id=demo-cli&post_logout_redirect_uri=x%3B%20script-src%20*%3A";
    assert!(
        !world
            .get(evil)
            .await
            .header("content-security-policy")
            .contains("script-src")
    );
}
