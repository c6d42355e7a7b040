//! A person signs in, uses the session from the shell, and signs out.

use serde_json::Value;

use crate::support::CLIENT;
use crate::support::browser::Browser;
use crate::support::home::Home;
use crate::support::process::Program;
use crate::support::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_uses_the_session_and_signs_out() {
    let server = Server::start(300).await;
    let home = Home::new();
    home.login(server.issuer()).await;

    let token = home.token().await;
    assert_eq!(home.token().await, token, "a fresh token stays the same");
    assert_eq!(server.refreshes("rotated").await, 0);

    let status = home.run(["status", "--json"]).await;
    assert_eq!(status.code, Some(0), "{status:?}");
    let status: Value = serde_json::from_str(&status.stdout).unwrap();
    assert!(!status.to_string().contains(&token), "{status}");

    let fetched = home.run(["fetch", &server.userinfo().await]).await;
    assert_eq!(fetched.code, Some(0), "{fetched:?}");
    let person: Value = serde_json::from_str(&fetched.stdout).unwrap();
    assert!(person["sub"].is_string(), "{person}");

    assert_eq!(home.run(["logout"]).await.code, Some(0));
    let after = home.run(["token"]).await;
    assert_eq!(
        (after.code, after.stdout.as_str()),
        (Some(3), ""),
        "{after:?}"
    );
    assert!(after.stderr.contains("signed out"), "{after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_never_signed_in_is_told_so() {
    let ran = Home::new().run(["token"]).await;
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(3), ""), "{ran:?}");
    assert!(ran.stderr.contains("sign in"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_shows_the_form_again_and_the_login_still_waits() {
    let server = Server::start(300).await;
    let home = Home::new();
    let args = [
        "login",
        "--no-browser",
        "--issuer",
        server.issuer(),
        "--client-id",
        CLIENT,
    ];
    let mut login = Program::start("tenure login", home.command(args));
    let url = login
        .line_with(|line| line.starts_with("http://").then(|| line.to_owned()))
        .await;

    let mut browser = Browser::new();
    let page = browser.open(&url).await;
    let wrong = browser.submit_with(page, "password", "wrong").await;
    assert!(wrong.body.contains("<form"), "{wrong:?}");
    let done = browser.submit(wrong).await;
    assert!(done.status.is_success(), "{done:?}");
    assert_eq!(login.end().await.code(), Some(0));
    home.token().await;
}
