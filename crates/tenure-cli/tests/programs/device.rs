//! A person signs a shell in by a code that they enter in a browser elsewhere.

use std::process::Stdio;

use tokio::io::AsyncReadExt as _;

use crate::support::CLIENT;
use crate::support::browser::Browser;
use crate::support::home::Home;
use crate::support::process::Program;
use crate::support::server::Server;

fn start(home: &Home, issuer: &str) -> Program {
    let args = [
        "login",
        "--device",
        "--issuer",
        issuer,
        "--client-id",
        CLIENT,
    ];
    let mut command = home.command(args);
    command.stderr(Stdio::piped());
    Program::start("tenure login --device", command)
}

/// The code in the address that the program prints.
async fn code(login: &mut Program) -> String {
    login
        .line_with(|line| Some(line.split_once("?user_code=")?.1.to_owned()))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_enters_the_code_elsewhere_and_the_shell_is_signed_in() {
    let server = Server::start(300).await;
    let home = Home::new();
    let mut login = start(&home, server.issuer());
    let code = code(&mut login).await;

    let mut browser = Browser::new();
    let page = browser.open(&server.url("/device")).await;
    let page = browser.submit_with(page, "username", "demo").await;
    let question = browser.submit_with(page, "user_code", &code).await;
    assert!(question.body.contains(CLIENT), "{question:?}");
    let done = browser.submit(question).await;
    assert!(done.status.is_success(), "{done:?}");
    assert_eq!(login.end().await.code(), Some(0));

    home.token().await;
    let fetched = home.run(["fetch", &server.userinfo().await]).await;
    assert_eq!(fetched.code, Some(0), "{fetched:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_ends_the_login_with_the_reason() {
    let server = Server::start(300).await;
    let home = Home::new();
    let mut login = start(&home, server.issuer());
    let code = code(&mut login).await;

    let mut browser = Browser::new();
    let url = server.url(&format!("/device?user_code={code}"));
    let page = browser.open(&url).await;
    let question = browser.submit_with(page, "username", "demo").await;
    let done = browser.submit_with(question, "answer", "no").await;
    assert!(done.status.is_success(), "{done:?}");
    assert_eq!(login.end().await.code(), Some(3));
    let mut told = String::new();
    login.errors().read_to_string(&mut told).await.unwrap();
    assert!(told.contains("was denied"), "{told}");
    assert_eq!(home.run(["token"]).await.code, Some(3));
}
