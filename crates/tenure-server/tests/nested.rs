//! An issuer with a path, nested in somebody's application: everything stays behind that path.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod world;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::Value;
use tenure_server::{Clock, Policy, Server};
use tenure_store::{AnyStore, MemoryStore};
use world::{Answer, CALLBACK, PASSWORD, VERIFIER, World, request};

const ISSUER: &str = "https://example.com/auth";

async fn server(issuer: &str) -> Server {
    let store = AnyStore::new(MemoryStore::new());
    let mut policy = Policy::new(issuer);
    policy.signup = true;
    let server = Server::start(policy, store, Clock::system()).await.unwrap();
    server.admin().dangerous_seed_demo().await.unwrap();
    server
}

/// An application with a page of its own and an issuer at `/auth`.
async fn application() -> World {
    let own = Router::new().route("/", get(|| async { "my own page" }));
    World::around(own.nest("/auth", server(ISSUER).await.router()))
}

/// Where the page's form goes; every link and form of the page stays behind the path.
fn action(page: &Answer, base: &str) -> String {
    for attribute in ["href=\"", "action=\""] {
        for link in page.text.split(attribute).skip(1) {
            let inside = link.strip_prefix(base);
            let inside = inside.is_some_and(|rest| rest.starts_with(['/', '?', '"']));
            assert!(inside, "{attribute}{link}");
        }
    }
    let action = page.text.split("action=\"").nth(1).unwrap_or_default();
    action.split('"').next().unwrap().to_owned()
}

/// From the authorization endpoint through the form back to the client, by the pages' own links.
async fn sign_in(world: &mut World, base: &str) -> Answer {
    let query = request(&[]);
    let to_login = world.get(&format!("{base}/oauth2/authorize?{query}")).await;
    assert_eq!(to_login.status, StatusCode::SEE_OTHER, "{}", to_login.text);
    let page = world.get(to_login.location()).await;
    assert_eq!(page.status, StatusCode::OK, "{}", to_login.location());
    let (csrf, going_on) = (page.field("csrf"), page.field("continue"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("continue", going_on.as_str()),
        ("username", "demo"),
        ("password", PASSWORD),
    ];
    world.post(&action(&page, base), &fields).await
}

async fn tokens(world: &mut World, back: &Answer) -> Value {
    let code = back.returned("code").unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", "demo-cli"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let answer = world.post("/auth/token", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

fn claims(tokens: &Value, name: &str) -> Value {
    let token = tokens[name].as_str().unwrap();
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(claims).unwrap()).unwrap()
}

#[tokio::test]
async fn the_whole_code_flow_stays_behind_the_path() {
    let mut world = application().await;
    let back = sign_in(&mut world, "/auth").await;
    assert!(back.location().starts_with(CALLBACK), "{}", back.text);
    assert_eq!(back.returned("iss").as_deref(), Some(ISSUER));
    let tokens = tokens(&mut world, &back).await;
    assert_eq!(claims(&tokens, "id_token")["iss"], ISSUER);
    assert_eq!(claims(&tokens, "access_token")["iss"], ISSUER);
    let access = tokens["access_token"].as_str().unwrap();
    let told = world.get_with("/auth/userinfo", access).await.json();
    assert_eq!(told["sub"], claims(&tokens, "id_token")["sub"]);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", "demo-cli"),
        ("refresh_token", refresh),
    ];
    let renewed = world.post("/auth/token", &fields).await;
    assert_eq!(renewed.status, StatusCode::OK, "{}", renewed.text);
    // What is not behind the path is the application's.
    assert_eq!(world.get("/").await.text, "my own page");
    for path in ["/login", "/token", "/oauth2/authorize", "/healthz"] {
        assert_eq!(world.get(path).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn every_page_leads_to_pages_behind_the_path() {
    let mut world = application().await;
    for path in ["/auth", "/auth/login", "/auth/signup"] {
        let page = world.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        action(&page, "/auth");
    }
    let to_login = world.get("/auth/device?user_code=BCDF-GHJK").await;
    assert!(to_login.location().starts_with("/auth/login?device="));
    sign_in(&mut world, "/auth").await;
    let home = world.get("/auth").await;
    assert!(home.text.contains("You are signed in as"), "{}", home.text);
    action(&home, "/auth");
    let question = world.get("/auth/logout").await;
    assert_eq!(action(&question, "/auth"), "/auth/logout");
    let csrf = question.field("csrf");
    let goodbye = world.post("/auth/logout", &[("csrf", &csrf)]).await;
    assert!(goodbye.text.contains("/auth/login"), "{}", goodbye.text);
    action(&goodbye, "/auth");
    let nobody = world.get("/auth").await;
    assert!(nobody.text.contains("Nobody is signed in"));
}

#[tokio::test]
async fn a_device_is_signed_in_behind_the_path() {
    let mut world = application().await;
    let client = ("client_id", "demo-cli");
    let asked = world
        .post("/auth/device_authorization", &[client])
        .await
        .json();
    let complete = asked["verification_uri_complete"].as_str().unwrap();
    let path = complete.strip_prefix("https://example.com").unwrap();
    assert!(path.starts_with("/auth/device?"), "{path}");
    let to_login = world.get(path).await;
    let page = world.get(to_login.location()).await;
    let (csrf, device) = (page.field("csrf"), page.field("device"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("device", device.as_str()),
        ("username", "demo"),
        ("password", PASSWORD),
    ];
    let to_device = world.post(&action(&page, "/auth"), &fields).await;
    assert!(to_device.location().starts_with("/auth/device?"));
    let question = world.get(to_device.location()).await;
    let (csrf, code) = (question.field("csrf"), question.field("user_code"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("user_code", code.as_str()),
        ("answer", "yes"),
    ];
    let done = world.post(&action(&question, "/auth"), &fields).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    action(&done, "/auth");
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        client,
        ("device_code", asked["device_code"].as_str().unwrap()),
    ];
    let tokens = world.post("/auth/token", &fields).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.text);
}

#[tokio::test]
async fn metadata_names_endpoints_that_are_there() {
    let mut world = World::around(server(ISSUER).await.host_router());
    let appended = "/auth/.well-known/openid-configuration";
    let metadata = world.get(appended).await.json();
    assert_eq!(metadata["issuer"], ISSUER);
    let endpoints = metadata.as_object().unwrap().iter();
    let endpoints =
        endpoints.filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri");
    for (name, uri) in endpoints {
        let path = uri.as_str().unwrap().strip_prefix("https://example.com");
        let status = world.get(path.unwrap()).await.status;
        assert_ne!(status, StatusCode::NOT_FOUND, "{name}");
    }
    // RFC 8414 §3.1: between the host and the path.
    let inserted = "/.well-known/oauth-authorization-server/auth";
    assert_eq!(world.get(inserted).await.json(), metadata);
    let back = sign_in(&mut world, "/auth").await;
    assert!(back.returned("code").is_some(), "{}", back.text);
}

// Norm 52.
#[tokio::test]
async fn issuers_at_two_paths_of_one_host_share_no_cookie() {
    let one = server("https://example.com/one").await.host_router();
    let two = server("https://example.com/two").await.host_router();
    let mut world = World::around(one.merge(two));
    let back = sign_in(&mut world, "/one").await;
    for set in back.headers.get_all("set-cookie") {
        let set = set.to_str().unwrap();
        assert!(set.starts_with("__Host-tenure.one="), "{set}");
        assert!(
            set.contains("; Path=/;") && set.ends_with("; Secure"),
            "{set}"
        );
    }
    let signed_in = |page: Answer| page.text.contains("You are signed in as");
    assert!(signed_in(world.get("/one").await));
    assert!(!signed_in(world.get("/two").await));
    sign_in(&mut world, "/two").await;
    assert!(signed_in(world.get("/one").await));
    assert!(signed_in(world.get("/two").await));
}

#[test]
fn the_path_of_an_issuer_is_plain() {
    let cases = [
        ("https://example.com/auth", ""),
        ("https://example.com/a/b-c/d_1", ""),
        ("http://127.0.0.1:8484/auth", ""),
        (
            "https://example.com/auth/",
            "write `https://example.com/auth`",
        ),
        (
            "https://example.com/auth?a=b",
            "write `https://example.com/auth`",
        ),
        ("https://example.com//auth", "write a path of letters"),
        ("https://example.com/a%2Fb", "write a path of letters"),
        ("https://example.com/a.b", "write a path of letters"),
        ("http://example.com/auth", "write it with https://"),
    ];
    for (issuer, expected) in cases {
        let checked = Policy::new(issuer).check();
        let told = checked.map_or_else(|error| error.to_string(), |()| String::new());
        assert!(told.contains(expected), "{issuer}: {told}");
        assert_eq!(told.is_empty(), expected.is_empty(), "{issuer}: {told}");
    }
    let mut demonstration = Policy::new("http://127.0.0.1:8484/auth");
    demonstration.demo_page = true;
    let told = demonstration.check().unwrap_err().to_string();
    assert!(told.contains("without a path"), "{told}");
    assert_eq!(Policy::new(ISSUER).path(), "/auth");
    assert_eq!(Policy::new("https://example.com").path(), "");
}
