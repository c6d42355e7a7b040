//! The clients of a configuration file are that file's: what leaves it is refused.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod world;

use axum::http::StatusCode;
use base64ct::{Base64, Encoding as _};
use tenure_server::Policy;
use world::edge::configuration;
use world::{Answer, CALLBACK, World, request};

const SECRET: &str = "a-secret-of-at-least-32-characters-0";
const JOBS: &str = "[[clients]]\nid = \"cards-jobs\"\n\
    secret = \"a-secret-of-at-least-32-characters-0\"\nscope = \"api\"\n";
const WEB: &str = "[[clients]]\nid = \"cards-web\"\n\
    redirect_uris = [\"http://127.0.0.1:50123/callback\"]\n";

async fn jobs(world: &mut World) -> Answer {
    let basic = Base64::encode_string(format!("cards-jobs:{SECRET}").as_bytes());
    let fields = [("grant_type", "client_credentials")];
    world
        .post_as("/token", &fields, Some(&format!("Basic {basic}")))
        .await
}

struct Tokens {
    access: String,
    refresh: String,
}

async fn sign_in(world: &mut World, client: &str) -> Tokens {
    world.forget_cookies();
    let client = [("client_id", client), ("redirect_uri", CALLBACK)];
    let back = world.sign_in(&request(&client)).await;
    let code = back.returned("code").unwrap();
    let answer = world.exchange(&code, &client[..1]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let text = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
    Tokens {
        access: text("access_token"),
        refresh: text("refresh_token"),
    }
}

async fn refresh(world: &mut World, client: &str, tokens: &Tokens) -> Answer {
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", client),
        ("refresh_token", tokens.refresh.as_str()),
    ];
    world.post("/token", &fields).await
}

#[tokio::test]
async fn a_client_that_left_the_file_gets_nothing_from_the_next_start() {
    let mut world = World::configured(&[JOBS, WEB].concat()).await;
    assert_eq!(jobs(&mut world).await.status, StatusCode::OK);
    world.restart(WEB).await;
    assert_eq!(jobs(&mut world).await.error(), "invalid_client");
    world.restart(&[WEB, JOBS].concat()).await;
    assert_eq!(jobs(&mut world).await.status, StatusCode::OK);
    // An empty file has no clients.
    world.restart("").await;
    assert_eq!(jobs(&mut world).await.error(), "invalid_client");
}

#[tokio::test]
async fn the_sessions_of_a_client_that_left_the_file_are_over_for_good() {
    let mut world = World::configured(WEB).await;
    let kept = sign_in(&mut world, "demo-cli").await;
    let gone = sign_in(&mut world, "cards-web").await;
    assert_eq!(
        world.get_with("/userinfo", &gone.access).await.status,
        StatusCode::OK
    );
    world.restart(JOBS).await;
    let refused = refresh(&mut world, "cards-web", &gone).await;
    assert_eq!(refused.error(), "invalid_client");
    let answer = world.get_with("/userinfo", &gone.access).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.introspect(&gone.access).await["active"], false);
    let list = world.get_with("/v1/sessions", &kept.access).await.json();
    assert!(!list.to_string().contains("cards-web"), "{list}");
    // Who has the id again has not the sessions again.
    world.restart(WEB).await;
    let refused = refresh(&mut world, "cards-web", &gone).await;
    assert_eq!(refused.error(), "invalid_grant", "{}", refused.text);
    let answer = world.get_with("/userinfo", &gone.access).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let fresh = sign_in(&mut world, "cards-web").await;
    let going_on = refresh(&mut world, "cards-web", &fresh).await;
    assert_eq!(going_on.status, StatusCode::OK, "{}", going_on.text);
    let going_on = refresh(&mut world, "demo-cli", &kept).await;
    assert_eq!(going_on.status, StatusCode::OK, "{}", going_on.text);
}

#[tokio::test]
async fn a_client_that_stays_in_the_file_keeps_its_sessions() {
    let mut world = World::configured(&[JOBS, WEB].concat()).await;
    let tokens = sign_in(&mut world, "cards-web").await;
    let wider = format!("{WEB}scope = \"openid profile offline_access api\"\n");
    world.restart(&wider).await;
    let answer = world.get_with("/userinfo", &tokens.access).await;
    assert_eq!(answer.status, StatusCode::OK);
    let going_on = refresh(&mut world, "cards-web", &tokens).await;
    assert_eq!(going_on.status, StatusCode::OK, "{}", going_on.text);
}

#[tokio::test]
async fn a_start_that_reads_no_configuration_says_nothing_about_clients() {
    let mut world = World::configured(JOBS).await;
    world.restart_without_a_file().await;
    assert_eq!(jobs(&mut world).await.status, StatusCode::OK);
}

#[test]
fn two_clients_of_one_id_are_refused() {
    let file = [JOBS, WEB, JOBS].concat();
    let policy: Policy = toml::from_str(&file).unwrap();
    let told = policy.check().unwrap_err().to_string();
    let expected = "there are two clients `cards-jobs`: give one of them another id, or remove it";
    assert_eq!(told, expected);
    // Ids are compared as they are written.
    let other = JOBS.replace("cards-jobs", "Cards-Jobs");
    assert_eq!(configuration(&[JOBS, &other].concat()).clients.len(), 2);
}
