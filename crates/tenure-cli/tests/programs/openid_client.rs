//! npm's `openid-client` against `tenure dev`.

use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::free_address;
use crate::support::peers::{self, Peer};
use crate::support::process::Program;
use crate::support::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_signs_in_refreshes_introspects_revokes_and_signs_out() {
    if !peers::installed() {
        return;
    }
    let server = Server::start(300).await;
    walk_through(server.issuer()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_peers_agree_with_each_other() {
    if !peers::installed() {
        return;
    }
    let state = tempfile::tempdir().unwrap();
    let provider = Peer::start(&state.path().join("provider.json"), free_address(), 300).await;
    walk_through(provider.issuer()).await;
}

async fn walk_through(issuer: &str) {
    let args = [issuer, REDIRECT_URI, "demo-service", "demo-secret"];
    let mut client = peers::start("client.mjs", args);
    let mut browser = Browser::new().stopping_at(REDIRECT_URI);

    let told = peers::step(&mut client, "discovered").await;
    assert_eq!(told["issuer"], issuer);
    let sub = sign_in_twice(&mut client, &mut browser).await;
    use_and_revoke(&mut client, sub).await;

    let told = peers::step(&mut client, "sign-out").await;
    let page = browser.sign_in(address(&told)).await;
    assert!(page.status.is_success(), "{page:?}");
    client.say("done").await;
    let told = peers::step(&mut client, "silent").await;
    let back = browser.open(address(&told)).await;
    client.say(back.url.as_str()).await;
    let told = peers::step(&mut client, "signed-out").await;
    // Norm 40: prompt=none shows no page, and nobody is signed in any more.
    assert_eq!(told["error"], "login_required");
    assert!(client.end().await.success());
}

/// A code that is shown twice ends what came of it, so the peer signs in a second time.
async fn sign_in_twice(client: &mut Program, browser: &mut Browser) -> Value {
    let first = sign_in(client, browser).await;
    client.say(&first).await;
    let told = peers::step(client, "signed-in").await;
    assert_eq!(told["aud"], "demo-cli");
    let sub = told["sub"].clone();
    let told = peers::step(client, "code-again").await;
    assert_eq!(told["error"], "invalid_grant");
    let second = sign_in(client, browser).await;
    client.say(&second).await;
    sub
}

async fn use_and_revoke(client: &mut Program, sub: Value) {
    let told = peers::step(client, "refreshed").await;
    assert_eq!(
        told,
        json!({"step": "refreshed", "rotated": true, "fresh": true})
    );
    let told = peers::step(client, "userinfo").await;
    assert_eq!(told["sub"], sub);
    let told = peers::step(client, "introspected").await;
    let expected =
        json!({"step": "introspected", "access": true, "refresh": true, "nonsense": false});
    assert_eq!(told, expected);
    let told = peers::step(client, "revoked").await;
    assert_eq!(
        told,
        json!({"step": "revoked", "refresh": false, "error": "invalid_grant"})
    );
}

fn address(told: &Value) -> &str {
    told["url"].as_str().unwrap()
}

async fn sign_in(client: &mut Program, browser: &mut Browser) -> String {
    let told = peers::step(client, "sign-in").await;
    let back = browser.sign_in(address(&told)).await;
    assert!(back.url.as_str().starts_with(REDIRECT_URI), "{back:?}");
    back.url.into()
}

const REDIRECT_URI: &str = "http://127.0.0.1:39417/callback";
