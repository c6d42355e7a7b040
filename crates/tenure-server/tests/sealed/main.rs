//! Sealed entries, as whoever has a key and whoever has none meets them.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod faults;
mod reading;
mod repeating;
#[path = "../world/mod.rs"]
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
