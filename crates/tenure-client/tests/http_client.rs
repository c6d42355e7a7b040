//! Requests that carry the session's access token, against real servers.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod http_world;
mod numbered;

use std::time::Duration;

use http_world::{Api, Seen};
use numbered::{Numbered, grant};
use reqwest::{Body, Method, StatusCode};
use tenure_client::{
    ErrorKind, Session, SignOutScope, SignedOutReason, http::HttpError, storage::MemoryStorage,
};
use tenure_core::{holder::TokenGrant, secret::AccessToken};
use tokio::time::{sleep, timeout};

const LIMIT: Duration = Duration::from_secs(20);

fn bearer(number: usize) -> Option<String> {
    Some(format!("Bearer at-{number}"))
}

/// A session of Ann whose access token `at-0` lives this many seconds.
async fn signed_in(life: u64) -> (Numbered, Session) {
    let issuer = Numbered::default();
    let session = sign_in(&issuer, life).await;
    (issuer, session)
}

async fn sign_in(issuer: &Numbered, life: u64) -> Session {
    let session = Session::open(issuer.clone(), MemoryStorage::default());
    session.sign_in(grant(0, life)).await.unwrap();
    session
}

/// Waits until something is so.
async fn until(what: &str, so: impl Fn() -> bool) {
    let waited = timeout(LIMIT, async {
        while !so() {
            sleep(Duration::from_millis(5)).await;
        }
    });
    assert!(waited.await.is_ok(), "never: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_waits_for_the_refresh_that_is_under_way() {
    let api = Api::start(&["at-1"], None).await;
    let issuer = Numbered::default();
    issuer.gate.forget_permits(usize::MAX);
    let session = sign_in(&issuer, 0).await;
    let client = api.client(&session);
    let url = api.at("/");
    let sent = tokio::spawn(async move { client.send(client.request(Method::GET, url)).await });
    until("a token request", || issuer.asked() == 1).await;
    assert_eq!(api.seen(), []);
    issuer.gate.add_permits(1);
    let response = timeout(LIMIT, sent).await.unwrap().unwrap().unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(api.presented(), [bearer(1)]);
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_401_is_followed_once_with_a_newer_token_and_the_same_body() {
    let api = Api::start(&["at-1"], None).await;
    let (issuer, session) = signed_in(600).await;
    let client = api.client(&session);
    let request = client
        .request(Method::POST, api.at("/notes"))
        .body("a note");
    let response = client.send(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let seen = |number| Seen {
        path: "/notes".to_owned(),
        authorization: bearer(number),
        body: "a note".to_owned(),
    };
    assert_eq!(api.seen(), [seen(0), seen(1)]);
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_every_token_gets_no_second_retry_and_causes_no_storm() {
    let api = Api::start(&[], None).await;
    let (issuer, session) = signed_in(600).await;
    let client = api.client(&session);
    let send = || client.send(client.request(Method::GET, api.at("/")));
    assert_eq!(send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(api.presented(), [bearer(0), bearer(1)]);
    for _ in 0..5 {
        assert_eq!(send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
    // Each of the five went once, and the new token was not replaced at once again.
    assert_eq!(api.seen().len(), 7);
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_401_about_an_older_token_causes_no_refresh_and_is_followed_with_the_newer() {
    // Law 2.
    let api = Api::start(&["at-1"], None).await;
    let (issuer, session) = signed_in(600).await;
    let client = api.client(&session);
    let url = api.at("/held");
    let sent = tokio::spawn(async move { client.send(client.request(Method::GET, url)).await });
    until("a request", || api.seen().len() == 1).await;
    let old = session.access_token().await.unwrap();
    session.access_token_after(&old).await.unwrap();
    assert_eq!(issuer.asked(), 1);
    api.let_go();
    let response = timeout(LIMIT, sent).await.unwrap().unwrap().unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(api.presented(), [bearer(0), bearer(1)]);
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_not_sent_twice_but_the_next_request_has_a_newer_token() {
    let api = Api::start(&["at-1"], None).await;
    let (issuer, session) = signed_in(600).await;
    let client = api.client(&session);
    let upload = || {
        let parts = ["one ", "two"].map(Ok::<_, std::io::Error>);
        let body = Body::wrap_stream(futures_util::stream::iter(parts));
        client.send(client.request(Method::PUT, api.at("/")).body(body))
    };
    assert_eq!(upload().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(api.presented(), [bearer(0)]);
    assert_eq!(upload().await.unwrap().status(), StatusCode::OK);
    assert_eq!(api.presented(), [bearer(0), bearer(1)]);
    assert!(api.seen().iter().all(|seen| seen.body == "one two"));
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_takes_the_token_along_within_its_origin_only() {
    // Law 7.
    let other = Api::start(&[], None).await;
    let (issuer, session) = signed_in(600).await;
    let api = Api::start(&["at-0"], Some(other.at("/landing").as_str())).await;
    let client = api.client(&session);
    let send = client.send(client.request(Method::GET, api.at("/away")));
    assert_eq!(send.await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(api.presented(), [bearer(0)]);
    assert_eq!(other.presented(), [None]);
    // What another origin says of a request without a token is not about the token.
    assert_eq!(issuer.asked(), 0);

    let home = Api::start(&["at-0"], Some("/landing")).await;
    let client = home.client(&session);
    let send = client.send(client.request(Method::GET, home.at("/away")));
    assert_eq!(send.await.unwrap().status(), StatusCode::OK);
    assert_eq!(home.presented(), [bearer(0), bearer(0)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_origin_that_was_not_allowed_is_never_contacted() {
    // Law 7.
    let (api, other) = (Api::start(&[], None).await, Api::start(&[], None).await);
    let (_, session) = signed_in(600).await;
    let client = api.client(&session);
    let mut same_port = api.at("/");
    same_port.set_host(Some("localhost")).unwrap();
    let mut same_host = api.at("/");
    same_host.set_scheme("https").unwrap();
    for url in [other.at("/"), same_port, same_host] {
        let origin = url.origin().ascii_serialization();
        let sent = client.send(client.request(Method::GET, url)).await;
        let error = sent.unwrap_err();
        assert!(matches!(&error, HttpError::ForeignOrigin(o) if *o == origin));
        assert!(error.to_string().contains(&origin), "{error}");
    }
    assert_eq!((api.seen(), other.seen()), (vec![], vec![]));
    let anywhere = client.dangerous_any_origin();
    let request = anywhere.request(Method::GET, other.at("/"));
    anywhere.send(request).await.unwrap();
    assert!(!other.seen().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_there_is_an_error_and_no_request() {
    let api = Api::start(&[], None).await;
    let session = Session::open(Numbered::default(), MemoryStorage::default());
    let client = api.client(&session);
    let send = || client.send(client.request(Method::GET, api.at("/")));
    let kind = |error| {
        let HttpError::Session(error) = error else {
            panic!("{error:?}")
        };
        error.kind()
    };
    let never = ErrorKind::SignedOut(SignedOutReason::NeverSignedIn);
    assert_eq!(kind(send().await.unwrap_err()), never);
    session.sign_in(grant(0, 600)).await.unwrap();
    session.sign_out(SignOutScope::Local).await.unwrap();
    let signed_out = ErrorKind::SignedOut(SignedOutReason::User);
    assert_eq!(kind(send().await.unwrap_err()), signed_out);
    assert_eq!(api.seen(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_newer_can_be_had_the_first_401_stands() {
    // Law 1.
    let api = Api::start(&[], None).await;
    let (issuer, session) = signed_in(600).await;
    issuer.gate.close();
    let client = api.client(&session);
    let send = client.send(client.request(Method::GET, api.at("/")));
    assert_eq!(send.await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(api.presented(), [bearer(0)]);
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_person_asked_is_not_asked_again_as_another() {
    // Law 4.
    let api = Api::start(&["at-9"], None).await;
    let (issuer, session) = signed_in(600).await;
    let client = api.client(&session);
    let url = api.at("/held");
    let sent = tokio::spawn(async move { client.send(client.request(Method::GET, url)).await });
    until("a request", || api.seen().len() == 1).await;
    let bob = TokenGrant {
        subject: Some("bob".to_owned()),
        ..grant(9, 600)
    };
    session.sign_in(bob).await.unwrap();
    api.let_go();
    let response = timeout(LIMIT, sent).await.unwrap().unwrap().unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(api.presented(), [bearer(0)]);
    assert_eq!(issuer.asked(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_no_header_can_carry_is_said_and_nothing_is_sent() {
    let api = Api::start(&[], None).await;
    let (_, session) = signed_in(600).await;
    let odd = TokenGrant {
        access_token: AccessToken::new("at-secret\n"),
        ..grant(1, 600)
    };
    session.sign_in(odd).await.unwrap();
    let client = api.client(&session);
    let sent = client.send(client.request(Method::GET, api.at("/"))).await;
    let error = sent.unwrap_err();
    assert!(matches!(error, HttpError::UnusableToken), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("secret"));
    assert_eq!(api.seen(), []);
}
