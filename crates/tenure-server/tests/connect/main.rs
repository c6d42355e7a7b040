//! Clients that were written for another server: what is excused for them, and for them alone.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod service;
mod sign_in;
mod sign_out;
mod tokens;
#[path = "../world/mod.rs"]
mod world;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::Value;
use world::{Answer, CALLBACK, PASSWORD, World};

const FORM: &str = "application/x-www-form-urlencoded";
const ORDINARY: &str = "demo-cli";
const LENIENT: &str = "connect-demo";

/// An authorization request as that package writes it: nothing is encoded.
fn bare(client: &str) -> String {
    format!("response_type=code&client_id={client}&redirect_uri={CALLBACK}&state=%2Fdeep%3Fx%3D1")
}

fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap()
}

/// A token request whose parameters are in the query.
async fn by_query(
    world: &mut World,
    query: &str,
    basic: Option<&str>,
    body: &'static str,
) -> Answer {
    let mut request = Request::post(format!("/token?{query}")).header("content-type", FORM);
    if let Some(basic) = basic {
        request = request.header("authorization", basic);
    }
    world.send(request.body(Body::from(body)).unwrap()).await
}

/// Signs the demo account in on the page that a request to `/login` or `/authorize` leads to.
async fn sign_in(world: &mut World, path: &str) -> Answer {
    let mut page = world.get(path).await;
    if page.status == StatusCode::SEE_OTHER {
        let to = page.location().to_owned();
        page = world.get(&to).await;
    }
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    world.submit(&page, "demo", PASSWORD).await
}

/// Tokens as versions 3 and 4 of the package get them.
async fn tokens(world: &mut World) -> Value {
    let back = sign_in(world, &format!("/authorize?{}", bare(LENIENT))).await;
    let code = back.returned("code").unwrap();
    let query = format!(
        "grant_type=authorization_code&client_id={LENIENT}&code={code}&redirect_uri={CALLBACK}"
    );
    let answer = by_query(world, &query, None, "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

async fn refresh(world: &mut World, client: &str, refresh_token: &str) -> Answer {
    let query = format!(
        "grant_type=refresh_token&client_id={client}&refresh_token={refresh_token}&redirect_uri={CALLBACK}"
    );
    by_query(world, &query, None, "").await
}
