//! How much may be sent, on every path that the server has.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod world;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use world::{Answer, World};

const BYTES: usize = 16 * 1024;
const PARAMETERS: usize = 64;

/// Paths with limits of their own, and tests of those: tests/sealed, tests/token_sessions.rs.
const OWN_LIMITS: [&str; 3] = ["/v2/store/", "/v1/auth/sessions", "/v1/auth/session/data"];

/// Every path, as the router itself lists them: a new one is here without being asked.
fn paths(world: &World) -> BTreeSet<String> {
    let shown = format!("{:?}", world.router());
    let quoted = shown.split('"').filter(|text| text.starts_with('/'));
    // What is left are the router's own fallbacks.
    let paths = quoted.filter(|path| {
        !path.contains('*')
            && path.len() < 60
            && !OWN_LIMITS.iter().any(|own| path.starts_with(own))
    });
    paths.map(|path| path.replace("{id}", "x")).collect()
}

/// So many parameters of different names.
fn parameters(count: usize) -> String {
    let mut text = "p0".to_owned();
    for i in 1..count {
        write!(text, "&p{i}").unwrap();
    }
    text
}

/// The same, and exactly so long.
fn filled(count: usize, bytes: usize) -> String {
    let text = parameters(count) + "=";
    let rest = bytes - text.len();
    text + &"x".repeat(rest)
}

async fn get(world: &mut World, path: &str, query: &str) -> Answer {
    world.get(&format!("{path}?{query}")).await
}

async fn post(world: &mut World, path: &str, body: &str) -> Answer {
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    let request = request.body(Body::from(body.to_owned())).unwrap();
    world.send(request).await
}

/// Whether it was refused for its size, in the words of whoever asked.
fn is_refused(path: &str, answer: &Answer, status: StatusCode) -> bool {
    if answer.status != status {
        return false;
    }
    let page = answer.header("content-type").starts_with("text/html");
    let clear = if page {
        answer.text.contains("64 parameters")
            && !answer.header("content-security-policy").is_empty()
    } else {
        answer.error() == "invalid_request" && answer.text.contains("64 parameters")
    };
    assert!(clear, "{path}: {}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    true
}

#[tokio::test]
async fn every_path_refuses_the_smallest_request_that_is_too_much() {
    let mut world = World::new().await;
    let paths = paths(&world);
    assert!(
        paths.len() > 25 && paths.contains("/oauth2/token"),
        "{paths:?}"
    );
    for path in &paths {
        let many = parameters(PARAMETERS + 1);
        for answer in [
            get(&mut world, path, &many).await,
            post(&mut world, path, &many).await,
        ] {
            let refused = is_refused(path, &answer, StatusCode::BAD_REQUEST);
            assert!(refused, "{path}: 65 parameters: {}", answer.status);
        }
        let long = filled(1, BYTES + 1);
        let answer = get(&mut world, path, &long).await;
        let refused = is_refused(path, &answer, StatusCode::URI_TOO_LONG);
        assert!(refused, "{path}: a long query: {}", answer.status);
        // Most of them would be compared with each other, if they were looked at.
        for body in [long, parameters(17_463)[..65_497].to_owned()] {
            let answer = post(&mut world, path, &body).await;
            let refused = is_refused(path, &answer, StatusCode::PAYLOAD_TOO_LARGE);
            assert!(refused, "{path}: a long body: {}", answer.status);
        }
    }
}

#[tokio::test]
async fn every_path_looks_at_the_worst_request_that_is_not_too_much() {
    let mut world = World::new().await;
    let worst = filled(PARAMETERS, BYTES);
    for path in &paths(&world) {
        for answer in [
            get(&mut world, path, &worst).await,
            post(&mut world, path, &worst).await,
        ] {
            let status = answer.status;
            let fine = !answer.text.contains("64 parameters") && !status.is_server_error();
            assert!(fine, "{path}: {status} {}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_body_of_unknown_length_is_not_read_to_its_end() {
    let mut world = World::new().await;
    for path in ["/token", "/login"] {
        let endless = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>("p=1&"));
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from_stream(endless));
        let answer = world.send(request.unwrap()).await;
        assert!(is_refused(path, &answer, StatusCode::PAYLOAD_TOO_LARGE));
    }
}

#[tokio::test]
async fn parameters_inside_a_parameter_are_bounded_too() {
    let mut world = World::new().await;
    let inner = parameters(PARAMETERS + 1).replace('&', "%26");
    let page = get(&mut world, "/login", &format!("continue={inner}")).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "{}", page.text);
    assert!(page.text.contains("64 parameters"), "{}", page.text);
}
