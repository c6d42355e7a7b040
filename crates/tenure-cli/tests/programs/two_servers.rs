//! Two servers on one SQLite file.

use serde_json::Value;

use crate::support::CLIENT;
use crate::support::browser::Browser;
use crate::support::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn refreshes_alternate_between_two_servers_on_one_file() {
    let first = Server::start(300).await;
    let second = Server::start_beside(&first).await;
    let mut refresh_token = sign_in(&first).await;
    for round in 0..10 {
        let server = if round % 2 == 0 { &second } else { &first };
        let answer = refresh(server, &refresh_token).await;
        let next = answer["refresh_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"));
        assert_ne!(next, refresh_token);
        next.clone_into(&mut refresh_token);
    }
    assert_eq!(
        first.refreshes("rotated").await + second.refreshes("rotated").await,
        10
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_refreshes_at_once_through_two_servers_get_the_same_successor() {
    let first = Server::start(300).await;
    let second = Server::start_beside(&first).await;
    let mut refresh_token = sign_in(&first).await;
    for _ in 0..20 {
        let (one, other) = tokio::join!(
            refresh(&first, &refresh_token),
            refresh(&second, &refresh_token)
        );
        assert_eq!(
            one["refresh_token"], other["refresh_token"],
            "{one} {other}"
        );
        let next = one["refresh_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{one}"));
        next.clone_into(&mut refresh_token);
    }
    assert_eq!(
        first.refreshes("rotated").await + second.refreshes("rotated").await,
        20
    );
    assert_eq!(
        first.refreshes("repeated").await + second.refreshes("repeated").await,
        20
    );
}

/// Signs the demo account in by hand and returns the refresh token.
async fn sign_in(server: &Server) -> String {
    let redirect_uri = "http://127.0.0.1:9/callback";
    // The verifier and challenge of RFC 7636 appendix B.
    let url = url::Url::parse_with_params(
        &server.url("/oauth2/authorize"),
        [
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("redirect_uri", redirect_uri),
            ("scope", "openid offline_access"),
            ("state", "state-of-this-test"),
            (
                "code_challenge",
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            ),
            ("code_challenge_method", "S256"),
        ],
    );
    let mut browser = Browser::new().stopping_at(redirect_uri);
    let back = browser.sign_in(url.unwrap().as_str()).await.url;
    let code = back.query_pairs().find(|(name, _)| name == "code");
    let code = code.unwrap_or_else(|| panic!("no code: {back}")).1;
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("redirect_uri", redirect_uri),
        ("code", &code),
        (
            "code_verifier",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        ),
    ];
    let answer = post_token(server, &fields).await;
    answer["refresh_token"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned()
}

async fn refresh(server: &Server, refresh_token: &str) -> Value {
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT),
        ("refresh_token", refresh_token),
    ];
    post_token(server, &fields).await
}

async fn post_token(server: &Server, fields: &[(&str, &str)]) -> Value {
    let client = reqwest::Client::new();
    let response = client
        .post(server.url("/oauth2/token"))
        .form(fields)
        .send()
        .await
        .unwrap();
    response.json().await.unwrap()
}
