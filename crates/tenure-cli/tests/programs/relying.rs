//! Applications with other people's libraries sign in and refresh, each with the client that the
//! documentation's command adds.

use serde_json::{Value, json};

use crate::support::browser::{Browser, Page};
use crate::support::free_address;
use crate::support::peers;
use crate::support::process::Program;
use crate::support::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn express_openid_connect_signs_in_refreshes_and_signs_out() {
    let name = "express-openid-connect";
    let Some(mut visit) = walk_through(name, name).await else {
        return;
    };
    let page = visit
        .browser
        .open(&format!("{}/logout", visit.origin))
        .await;
    // The application sent the person back to its first page, which asks to sign in again.
    let asks = page.url.as_str().starts_with(&visit.server.url("/login?"));
    assert!(asks && page.body.contains("<form"), "{page:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn auth_js_signs_in_and_refreshes() {
    walk_through("Auth.js", "auth-core").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn better_auth_signs_in_and_refreshes() {
    walk_through("better-auth", "better-auth").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn passport_openidconnect_signs_in_and_refreshes() {
    walk_through("passport-openidconnect", "passport-openidconnect").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_for_oidc_client_ts_adds_a_public_client() {
    let server = Server::start(300).await;
    let made = add(&server, "oidc-client-ts", "http://127.0.0.1").await;
    assert_eq!(made["client_secret"], Value::Null);
}

/// A person who is signed in to an application.
struct Visit {
    server: Server,
    _app: Program,
    origin: String,
    browser: Browser,
}

/// `title` is what the documentation calls the library that the script `name` uses. `None` if the
/// peers are not installed.
async fn walk_through(title: &str, name: &str) -> Option<Visit> {
    if !peers::installed() {
        return None;
    }
    let server = Server::start(300).await;
    let origin = format!("http://{}", free_address());
    let made = add(&server, title, &origin).await;
    let (id, secret) = (text(&made["client_id"]), text(&made["client_secret"]));
    let script = format!("relying/{name}.mjs");
    let mut app = peers::start(&script, [server.issuer(), id, secret, &origin]);
    peers::step(&mut app, "ready").await;

    let mut browser = Browser::new();
    let person = told(&browser.sign_in(&origin).await);
    assert_eq!(person["email"], "demo@example.com", "{person}");
    assert_eq!(server.refreshes("rotated").await, 0);
    for count in [1, 2] {
        let told = told(&browser.open(&format!("{origin}/refresh")).await);
        let expected = json!({ "fresh": true, "sub": person["sub"], "email": person["email"] });
        assert_eq!(told, expected, "refresh {count}");
        assert_eq!(server.refreshes("rotated").await, count);
    }
    Some(Visit {
        server,
        _app: app,
        origin,
        browser,
    })
}

/// Runs the command of the documentation for a library, with another address for its example's.
async fn add(server: &Server, title: &str, origin: &str) -> Value {
    let document = include_str!("../../../../docs/operators.md");
    let section = document.split(&format!("\n#### {title}\n")).nth(1);
    let command = section.and_then(|section| section.split("```sh\n").nth(1));
    let command = command.and_then(|rest| rest.split("```").next());
    let command = command.unwrap_or_else(|| panic!("no command for {title}"));
    let command = command.replace("https://shop.example.com", origin);
    let mut words = command.split_whitespace().filter(|word| *word != "\\");
    assert_eq!(words.next(), Some("tenure"), "{command}");
    let ran = server.operate(words.chain(["--json"]), "").await;
    assert_eq!(ran.code, Some(0), "{command}: {ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

fn told(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap_or_else(|_| panic!("not JSON: {page:?}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
