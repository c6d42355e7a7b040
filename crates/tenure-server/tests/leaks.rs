//! No secret of a whole session's life reaches the log, whatever is logged.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod world;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing_subscriber::filter::LevelFilter;
use world::{BASIC, CALLBACK, PASSWORD, VERIFIER, World};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Secrets that a client may send in an address.
async fn in_queries(world: &mut World) -> Vec<String> {
    let client = format!("client_id=connect-demo&redirect_uri={CALLBACK}");
    let path = format!("/authorize?response_type=code&{client}");
    let code = world.get(&path).await.returned("code").unwrap();
    let exchange = format!("/token?grant_type=authorization_code&{client}&code={code}");
    let first = world.post(&exchange, &[]).await.json();
    let token = first["refresh_token"].as_str().unwrap().to_owned();
    let refresh = format!("/token?grant_type=refresh_token&{client}&refresh_token={token}");
    let second = world.post(&refresh, &[]).await.json();
    let next = second["refresh_token"].as_str().unwrap().to_owned();
    vec![code, token, next]
}

// Law 7.
#[tokio::test]
async fn nothing_secret_is_logged_during_a_whole_life() {
    let captured = Captured::default();
    let writer = captured.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let mut world = World::new().await;
    let code = world.code().await;
    let retry_key = "r".repeat(42) + "E";
    let tokens = world.exchange(&code, &[("retry_key", &retry_key)]).await;
    let tokens = tokens.json();
    let first = tokens["refresh_token"].as_str().unwrap().to_owned();
    let next = world.refresh(&first).await.json();
    let second = next["refresh_token"].as_str().unwrap().to_owned();
    let access_token = next["access_token"].as_str().unwrap().to_owned();
    world.get_with("/userinfo", &access_token).await;
    world.introspect(&second).await;
    world.exchange(&code, &[]).await;
    world.refresh(&first).await;
    world
        .post(
            "/revoke",
            &[("client_id", "demo-cli"), ("token", second.as_str())],
        )
        .await;
    let asked = world
        .post("/device_authorization", &[("client_id", "demo-cli")])
        .await
        .json();
    let codes = ["device_code", "user_code"].map(|name| asked[name].as_str().unwrap().to_owned());
    for _ in 0..2 {
        let grant = "urn:ietf:params:oauth:grant-type:device_code";
        let fields = [
            ("grant_type", grant),
            ("client_id", "demo-cli"),
            ("device_code", codes[0].as_str()),
        ];
        world.post("/token", &fields).await;
        let page = world.get("/device").await;
        let csrf = page.field("csrf");
        let fields = [
            ("csrf", csrf.as_str()),
            ("user_code", codes[1].as_str()),
            ("answer", "yes"),
        ];
        world.post("/device", &fields).await;
    }
    let in_queries = in_queries(&mut world).await;
    let id_token = tokens["id_token"].as_str().unwrap().to_owned();
    let cookies = ["tenure", "tenure-form"].map(|name| world.cookie(name).unwrap().clone());
    world
        .get(&format!("/logout?id_token_hint={id_token}"))
        .await;

    let log = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("signed in"), "the log was captured");
    let mut secrets = vec![code, retry_key, first, second, access_token, id_token];
    secrets.push(tokens["access_token"].as_str().unwrap().to_owned());
    secrets.extend(cookies);
    secrets.extend(codes);
    secrets.extend(in_queries);
    secrets.extend([PASSWORD, VERIFIER, BASIC, "demo-secret", "a-nonce"].map(str::to_owned));
    for secret in secrets {
        assert!(
            !log.contains(&secret),
            "a secret of {} bytes is in the log",
            secret.len()
        );
    }
}
