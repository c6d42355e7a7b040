//! What an operator does to an account, and what its owner notices.

use serde_json::Value;

use crate::support::browser::Browser;
use crate::support::home::Home;
use crate::support::process::Ran;
use crate::support::server::Server;
use crate::support::{PASSWORD, USER};

/// A signed-in shell whose access token has expired.
async fn expired() -> (Server, Home) {
    let server = Server::start(1).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    server.outlive_access_tokens().await;
    (server, home)
}

fn is_signed_out(ran: &Ran, why: &str) {
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(3), ""), "{ran:?}");
    assert!(ran.stderr.contains(why), "{why}: {ran:?}");
}

/// What the login page answers to a name and a password.
async fn try_to_sign_in(server: &Server, name: &str, password: &str) -> (u16, String) {
    let mut browser = Browser::new();
    let page = browser.open(&server.url("/login")).await;
    let page = browser.submit_with(page, "password", password).await;
    // The hidden field and the name that was typed differ from answer to answer.
    let csrf = page.body.split("name=\"csrf\" value=\"").nth(1);
    let csrf = csrf.and_then(|rest| rest.split('"').next()).unwrap_or("-");
    let body = page.body.replace(csrf, "").replace(name, "");
    (page.status.as_u16(), body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_is_signed_out_kept_out_and_let_in_again() {
    // Norms 64 and 66.
    let (server, home) = expired().await;
    let ran = server
        .operate(["users", "disable", USER, "--json"], "")
        .await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["ended"], 1, "{told}");
    is_signed_out(&home.run(["token"]).await, "the account is disabled");

    let wrong = try_to_sign_in(&server, USER, "a wrong password").await;
    let right = try_to_sign_in(&server, USER, PASSWORD).await;
    assert_eq!(wrong.0, 401);
    assert_eq!(right, wrong, "a stranger learns nothing");
    let listed = server.operate(["users", "list", "--json"], "").await;
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(listed[0]["disabled"], true, "{listed}");

    let ran = server.operate(["users", "enable", USER], "").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    is_signed_out(&home.run(["token"]).await, "sign");
    home.login(server.issuer()).await;
    home.token().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_loses_the_browsers_that_it_is_signed_in_with() {
    let server = Server::start(300).await;
    let mut browser = Browser::new();
    let page = browser.open(&server.url("/login")).await;
    let page = browser.submit_with(page, "password", PASSWORD).await;
    assert!(page.body.contains("You are signed in as"), "{page:?}");
    server.operate(["users", "disable", USER], "").await;
    let page = browser.open(&server.url("/")).await;
    assert!(page.body.contains("Nobody is signed in"), "{page:?}");
    server.operate(["users", "enable", USER], "").await;
    let page = browser.open(&server.url("/")).await;
    assert!(page.body.contains("Nobody is signed in"), "{page:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_sessions_and_is_the_only_one_that_works() {
    let (server, home) = expired().await;
    let short = server.operate(["users", "passwd", USER], "short\n").await;
    assert_eq!(short.code, Some(2), "{short:?}");
    let args = ["users", "passwd", USER];
    let ran = server.operate(args, "another horse battery\n").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    // Norm 65: no session of before is left.
    is_signed_out(&home.run(["token"]).await, "the password was changed");
    let old = try_to_sign_in(&server, USER, PASSWORD).await;
    assert_eq!(old.0, 401);
    let new = try_to_sign_in(&server, USER, "another horse battery").await;
    assert_eq!(new.0, 200, "{new:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_account_is_signed_out_and_unknown() {
    let (server, home) = expired().await;
    let ran = server.operate(["users", "remove", USER], "").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    is_signed_out(&home.run(["token"]).await, "the account is gone");
    assert_eq!(try_to_sign_in(&server, USER, PASSWORD).await.0, 401);
    for command in ["remove", "disable", "enable"] {
        let ran = server.operate(["users", command, USER], "").await;
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains("there is no account demo"), "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_operator_writes_about_a_person_is_kept_and_what_the_server_writes_is_refused() {
    let server = Server::start(300).await;
    let claim = async |name: &str, claim: &str, value: &str| {
        server
            .operate(["users", "claim", name, claim, value, "--json"], "")
            .await
    };
    let ran = claim(USER, "email", "ada@example.com").await;
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["claims"]["email"], "ada@example.com", "{ran:?}");
    let ran = claim(USER, "cognito:groups", "[\"one\", \"two\"]").await;
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["claims"]["cognito:groups"][1], "two", "{ran:?}");
    let ran = server
        .operate(["users", "claim", USER, "email", "--json"], "")
        .await;
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["claims"].get("email"), None, "{ran:?}");
    for (name, asked, value) in [
        (USER, "sub", "somebody"),
        (USER, "groups", "[1]"),
        ("nobody", "email", "x"),
    ] {
        let ran = claim(name, asked, value).await;
        assert_eq!(ran.code, Some(2), "{asked}: {ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_e_mail_address_has_one_place_and_is_checked_only_if_somebody_says_so() {
    let server = Server::start(300).await;
    let run = async |args: &[&str], input: &str| {
        let args = args.iter().copied().chain(["--json"]);
        server.operate(args, input).await
    };
    let known = async |name: &str| {
        let listed = server.operate(["users", "list", "--json"], "").await;
        let listed: Vec<Value> = serde_json::from_str(&listed.stdout).unwrap();
        let row = listed.into_iter().find(|row| row["username"] == name);
        row.map(|row| (row["email"].clone(), row["email_verified"].clone()))
    };
    let is = |email: &str, verified: bool| Some((Value::from(email), Value::from(verified)));
    let nothing = Some((Value::Null, Value::Null));

    let add = ["users", "add", "ada", "--email"];
    let wrong = run(&[&add[..], &["ada"]].concat(), "a long enough password").await;
    assert_eq!(
        (wrong.code, known("ada").await),
        (Some(2), None),
        "{wrong:?}"
    );
    assert!(wrong.stderr.contains("ada@example.com"), "{wrong:?}");
    let right = [&add[..], &["ada@example.com", "--email-verified"]].concat();
    let ran = run(&right, "a long enough password").await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(known("ada").await, is("ada@example.com", true));

    // The older command writes the same place, and knows nothing about the new address.
    run(&["users", "claim", "ada", "email", "ada@example.org"], "").await;
    assert_eq!(known("ada").await, is("ada@example.org", false));
    let ran = run(&["users", "claim", "ada", "email_verified", "true"], "").await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("tenure users email"), "{ran:?}");
    let email = ["users", "email", "ada"];
    run(
        &[&email[..], &["ada@example.org", "--verified"]].concat(),
        "",
    )
    .await;
    assert_eq!(known("ada").await, is("ada@example.org", true));
    run(&email, "").await;
    assert_eq!(known("ada").await, nothing);
}
