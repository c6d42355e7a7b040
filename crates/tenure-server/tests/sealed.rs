//! Sealed entries, as whoever has a key and whoever has none meets them.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod world;

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tenure_seal::{SealKey, Signature, seal};
use tower::ServiceExt as _;
use world::edge::{ELSEWHERE, HOME};
use world::{Answer, World};

const A: &str = "https://a.example";
const B: &str = "https://b.example";
const DAY: Duration = Duration::from_secs(24 * 3600);

fn key(number: u8) -> SealKey {
    SealKey::from_bytes(&[number; 32]).unwrap()
}

/// What a client sends to keep `text`; the same `draw` gives the same bytes.
fn sealed(owner: u8, text: &str, draw: u8) -> Value {
    let data = seal(
        &key(owner).public(),
        text.as_bytes(),
        &key(draw),
        [draw; 16],
    )
    .to_string();
    json!({
        "key": key(owner).public().to_string(),
        "signature": Signature::sign(&key(owner), &data).to_string(),
        "data": data,
    })
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

async fn call(world: &mut World, what: &str, body: &Value, origin: Option<&str>) -> Answer {
    let method = if what == "update" {
        Method::PUT
    } else {
        Method::POST
    };
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/v2/store/{what}"))
        .header("content-type", "application/json; charset=utf-8");
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    let text = body
        .as_str()
        .map_or_else(|| body.to_string(), str::to_owned);
    world.send(request.body(Body::from(text)).unwrap()).await
}

async fn done(world: &mut World, what: &str, body: &Value) {
    let answer = call(world, what, body, None).await;
    assert_eq!(answer.status, StatusCode::OK, "{what}: {}", answer.text);
}

/// What is read by the name in a body: the sealed text, empty if there is none.
async fn read(world: &mut World, body: &Value, origin: Option<&str>) -> String {
    let asked = json!({ "key": body["key"], "namespace": body["namespace"] });
    let answer = call(world, "get", &asked, origin).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let told = answer.json();
    assert_eq!(
        told["success"],
        !told["message"].as_str().unwrap().is_empty()
    );
    told["message"].as_str().unwrap().to_owned()
}

async fn is_refused(world: &mut World, what: &str, body: &Value, status: u16, code: &str) {
    let answer = call(world, what, body, None).await;
    let shown: String = body.to_string().chars().take(300).collect();
    assert_eq!(answer.status, status, "{what} {shown}: {}", answer.text);
    assert_eq!(answer.error(), code, "{what} {shown}");
    assert_eq!(answer.json()["success"], false);
    assert_eq!(answer.header("cache-control"), "no-store");
}

const KEYS: [&str; 4] = ["", "zz", "04", "0x04"];
const TIMEOUTS: [f64; 4] = [0.0, -1.0, 1.5, 2_592_001.0];

/// Sends bodies at the same moment; tells what became of each.
async fn set_at_once(world: &World, bodies: Vec<String>) -> Vec<StatusCode> {
    let sent = bodies.into_iter().map(|body| {
        let request = Request::post("/v2/store/set").body(Body::from(body));
        let answer = world.router().clone().oneshot(request.unwrap());
        tokio::spawn(async { answer.await.unwrap().status() })
    });
    let mut statuses = Vec::new();
    for task in sent.collect::<Vec<_>>() {
        statuses.push(task.await.unwrap());
    }
    statuses
}

#[tokio::test]
async fn what_the_original_sent_is_kept_and_answered() {
    let table = include_str!("../../tenure-seal/cases/vectors.json");
    let table: Value = serde_json::from_str(table).unwrap();
    let mut world = World::new().await;
    let sent = |case: &Value, name: &str| {
        let body = case[name]["body"].as_str().unwrap();
        serde_json::from_str::<Value>(body).unwrap()
    };
    for case in table["vectors"].as_array().unwrap() {
        let (create, asked) = (sent(case, "create_request"), sent(case, "get_request"));
        done(&mut world, "set", &create).await;
        let page = create["allowedOrigin"].as_str().filter(|rule| *rule != "*");
        let answer = call(&mut world, "get", &asked, page).await;
        assert_eq!(answer.json()["message"], create["data"]);
        let update = sent(case, "update_request");
        done(&mut world, "update", &update).await;
        assert_eq!(read(&mut world, &update, page).await, update["data"]);
        done(&mut world, "set", &sent(case, "invalidate_request")).await;
        assert!(!read(&mut world, &update, None).await.is_empty());
        world.pass(Duration::from_secs(1));
        assert_eq!(read(&mut world, &update, None).await, "");
    }
}

#[tokio::test]
async fn an_entry_lives_as_long_as_it_was_asked_to_and_an_update_does_not_lengthen_it() {
    let mut world = World::new().await;
    let (one, two) = (sealed(1, "one", 2), sealed(1, "two", 3));
    done(&mut world, "set", &with(one.clone(), "timeout", json!(60))).await;
    world.pass(Duration::from_secs(59));
    done(
        &mut world,
        "update",
        &with(two.clone(), "timeout", json!(60)),
    )
    .await;
    assert_eq!(read(&mut world, &two, None).await, two["data"]);
    world.pass(Duration::from_secs(1));
    assert_eq!(read(&mut world, &two, None).await, "");
    let three = sealed(1, "three", 4);
    is_refused(&mut world, "update", &three, 404, "not_found").await;
    // Nothing was made by it, and the key is not used up.
    assert_eq!(read(&mut world, &three, None).await, "");
    done(&mut world, "set", &three).await;
    world.pass(DAY - Duration::from_secs(1));
    assert_eq!(read(&mut world, &three, None).await, three["data"]);
}

#[tokio::test]
async fn namespaces_are_apart() {
    let mut world = World::new().await;
    let bare = sealed(1, "bare", 2);
    let named = with(sealed(1, "named", 3), "namespace", json!("wallet"));
    done(&mut world, "set", &bare).await;
    assert_eq!(read(&mut world, &named, None).await, "");
    done(&mut world, "set", &named).await;
    assert_eq!(read(&mut world, &bare, None).await, bare["data"]);
    assert_eq!(read(&mut world, &named, None).await, named["data"]);
}

#[tokio::test]
async fn an_entry_is_read_from_the_pages_that_it_names() {
    let mut world = World::new().await;
    let all = [
        None,
        Some(A),
        Some(B),
        Some("null"),
        Some("https://a.example:8443"),
    ];
    let rules = [
        (json!("*"), Some(A), &all[..]),
        (json!(null), Some(A), &all),
        (json!(false), Some(A), &all),
        (json!(A), Some(B), &[Some(A)]),
        (json!(true), Some(A), &[Some(A)]),
        (json!(true), None, &[None]),
    ];
    for (draw, (rule, from, readers)) in (2..).zip(rules) {
        let body = with(sealed(1, "data", draw), "allowedOrigin", rule.clone());
        let answer = call(&mut world, "set", &body, from).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        for origin in all {
            let found = read(&mut world, &body, origin).await;
            let expected = readers.contains(&origin);
            assert_eq!(
                !found.is_empty(),
                expected,
                "{rule} from {from:?}: {origin:?}"
            );
        }
    }
    // An update says anew who reads.
    let body = with(sealed(1, "data", 9), "allowedOrigin", json!(B));
    done(&mut world, "update", &body).await;
    assert_eq!(read(&mut world, &body, None).await, "");
    assert_eq!(read(&mut world, &body, Some(B)).await, body["data"]);
}

#[tokio::test]
async fn a_page_of_any_origin_may_call() {
    let mut world = World::new().await;
    for (path, method) in [("set", "POST"), ("update", "PUT"), ("get", "POST")] {
        let preflight = Request::options(format!("/v2/store/{path}"))
            .header("origin", A)
            .header("access-control-request-method", method)
            .header(
                "access-control-request-headers",
                "content-type,x-api-key,x-embed-host",
            );
        let answer = world.send(preflight.body(Body::empty()).unwrap()).await;
        assert!(answer.status.is_success(), "{}", answer.status);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let headers = answer.header("access-control-allow-headers");
        for name in ["content-type", "authorization", "x-api-key", "x-embed-host"] {
            assert!(headers.contains(name), "{headers}");
        }
        assert!(
            answer
                .header("access-control-allow-methods")
                .contains(method)
        );
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    let answer = call(&mut world, "get", &json!({ "key": "04" }), Some(A)).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn a_request_that_is_sent_again_changes_nothing() {
    let mut world = World::new().await;
    let (create, update) = (sealed(1, "one", 2), sealed(1, "two", 3));
    let invalidate = with(sealed(1, "{}", 4), "timeout", json!(1));
    done(&mut world, "set", &create).await;
    // Whoever lost the answer asks again, and has what was asked for.
    world.pass(Duration::from_secs(3600));
    done(&mut world, "set", &create).await;
    done(&mut world, "update", &create).await;
    done(&mut world, "update", &update).await;
    done(&mut world, "update", &update).await;
    is_refused(&mut world, "set", &create, 409, "replayed").await;
    is_refused(&mut world, "update", &create, 409, "replayed").await;
    assert_eq!(read(&mut world, &update, None).await, update["data"]);
    // Not even into another place, or for longer.
    let elsewhere = with(create.clone(), "namespace", json!("other"));
    is_refused(&mut world, "set", &elsewhere, 409, "replayed").await;
    let longer = with(update.clone(), "timeout", json!(2_592_000));
    done(&mut world, "set", &longer).await;
    done(&mut world, "set", &invalidate).await;
    done(&mut world, "set", &invalidate).await;
    world.pass(Duration::from_secs(1));
    assert_eq!(read(&mut world, &update, None).await, "");
    for days in [0, 1, 28] {
        world.pass(DAY * days);
        for body in [&create, &update, &invalidate] {
            is_refused(&mut world, "set", body, 409, "replayed").await;
            is_refused(&mut world, "update", body, 409, "replayed").await;
        }
        assert_eq!(read(&mut world, &update, None).await, "");
    }
}

#[tokio::test]
async fn the_first_life_is_not_lengthened_by_a_repetition() {
    let mut world = World::new().await;
    let body = with(sealed(1, "one", 2), "timeout", json!(60));
    done(&mut world, "set", &body).await;
    world.pass(Duration::from_secs(59));
    done(&mut world, "set", &body).await;
    world.pass(Duration::from_secs(1));
    assert_eq!(read(&mut world, &body, None).await, "");
}

#[tokio::test]
async fn one_request_sixty_four_times_at_once_makes_one_entry() {
    let world = World::durable("").await;
    let body = sealed(1, "one", 2).to_string();
    let statuses = set_at_once(&world, vec![body; 64]).await;
    assert_eq!(statuses, [StatusCode::OK; 64]);
}

#[tokio::test]
async fn of_two_writers_at_once_the_last_one_stays_and_neither_comes_back() {
    let mut world = World::durable("").await;
    let bodies: Vec<Value> = (2..18).map(|draw| sealed(1, "text", draw)).collect();
    let sent = bodies.iter().map(Value::to_string).collect();
    let statuses = set_at_once(&world, sent).await;
    assert_eq!(statuses, [StatusCode::OK; 16]);
    let stays = read(&mut world, &bodies[0], None).await;
    for body in &bodies {
        let answer = call(&mut world, "set", body, None).await;
        let expected = if body["data"] == stays { 200 } else { 409 };
        assert_eq!(answer.status, expected, "{}", answer.text);
    }
}

/// A member, what it may not be beside good ones, and what is said of it.
fn faults(data: &str) -> Vec<(&'static str, Vec<Value>, u16, &'static str)> {
    let foreign = Signature::sign(&key(9), data).to_string();
    vec![
        ("key", vec![json!(7), json!(null)], 400, "invalid_request"),
        (
            "key",
            KEYS.map(|digits| json!(digits)).to_vec(),
            400,
            "invalid_key",
        ),
        (
            "key",
            vec![json!("04".repeat(65)), json!("04".repeat(10_000))],
            400,
            "invalid_key",
        ),
        (
            "key",
            vec![json!(key(9).public().to_string())],
            403,
            "invalid_signature",
        ),
        ("signature", vec![json!(foreign)], 403, "invalid_signature"),
        (
            "signature",
            vec![json!(""), json!(r#"{"r":"0","s":"1"}"#)],
            400,
            "invalid_signature",
        ),
        ("data", vec![json!(null)], 400, "invalid_request"),
        (
            "data",
            vec![json!("in clear"), json!(data.to_uppercase())],
            400,
            "invalid_data",
        ),
        (
            "data",
            vec![json!(format!("{data} "))],
            403,
            "invalid_signature",
        ),
        (
            "namespace",
            [257, 10_000]
                .map(|length| json!("n".repeat(length)))
                .to_vec(),
            400,
            "invalid_namespace",
        ),
        (
            "allowedOrigin",
            vec![json!("https://a.example/"), json!("null")],
            400,
            "invalid_origin",
        ),
        ("allowedOrigin", vec![json!(7)], 400, "invalid_request"),
        (
            "timeout",
            TIMEOUTS.map(|seconds| json!(seconds)).to_vec(),
            400,
            "invalid_timeout",
        ),
        (
            "timeout",
            vec![json!("60"), json!(1_u64 << 53)],
            400,
            "invalid_timeout",
        ),
    ]
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_is_kept() {
    let mut world = World::new().await;
    let good = sealed(1, "one", 2);
    let data = good["data"].as_str().unwrap();
    let doubled = good.to_string().replacen('{', "{\"key\":\"\",", 1);
    for body in [json!(""), json!("[]"), json!("{"), json!(doubled)] {
        is_refused(&mut world, "set", &body, 400, "invalid_request").await;
    }
    for (name, values, status, code) in faults(data) {
        for value in values {
            let body = with(good.clone(), name, value);
            for what in ["set", "update"] {
                is_refused(&mut world, what, &body, status, code).await;
            }
        }
    }
    assert_eq!(read(&mut world, &good, None).await, "");
    for body in [
        json!("{}"),
        json!("null"),
        json!({ "key": "04" }),
        json!({ "key": 1 }),
    ] {
        let answer = call(&mut world, "get", &body, None).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
    // Both forms of a signature, and what other clients write around them.
    done(&mut world, "set", &with(good, "more", json!([1]))).await;
}

#[tokio::test]
async fn a_megabyte_is_kept_and_what_is_larger_is_refused() {
    let mut world = World::new().await;
    let large = sealed(1, &"x".repeat(1 << 20), 2);
    assert!(large.to_string().len() > 2 << 20);
    done(&mut world, "set", &large).await;
    assert_eq!(read(&mut world, &large, None).await, large["data"]);
    let too_large = with(large, "more", json!("x".repeat(1 << 20)));
    is_refused(&mut world, "set", &too_large, 413, "too_large").await;
    let answer = call(&mut world, "get", &too_large, None).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn one_address_is_limited_and_another_is_not() {
    let few = "sealed_requests_per_minute = 3\nsealed_bytes_per_hour = 3000";
    let mut world = World::configured(few).await;
    world.ask_from(HOME, &[]);
    let (one, two) = (sealed(1, "one", 2), sealed(1, &"x".repeat(1000), 3));
    done(&mut world, "set", &one).await;
    is_refused(&mut world, "set", &two, 429, "slow_down").await;
    assert_eq!(read(&mut world, &one, None).await, one["data"]);
    let answer = call(&mut world, "get", &one, None).await;
    assert_eq!(
        answer.status,
        StatusCode::TOO_MANY_REQUESTS,
        "{}",
        answer.text
    );
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    world.ask_from(ELSEWHERE, &[]);
    assert_eq!(read(&mut world, &one, None).await, one["data"]);
}
