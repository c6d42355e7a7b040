//! An issuer that fails in the middle: one request, one answer, and no session lost.
#![allow(clippy::unwrap_used, reason = "a broken set-up is a failed test")]

mod issuer_provider;

use std::time::{Duration, SystemTime};

use issuer_provider::{Provider, Reply};
use serde_json::json;
use tenure_client::issuer::{Exchanged, IssuerErrorKind};
use tenure_core::{
    holder::{Outage, Request, TokenResponse},
    secret::RefreshToken,
};

fn refresh() -> Request {
    Request::Refresh {
        refresh_token: RefreshToken::new("refresh-s3cr3t"),
    }
}

/// One refresh against a token endpoint that answers like this.
async fn answer_to(reply: Reply) -> Exchanged {
    let provider = Provider::start().await;
    provider.reply("/token", reply);
    let exchanged = provider.issuer().exchange(&refresh()).await;
    assert_eq!(provider.asked("/token").len(), 1, "{exchanged:?}");
    exchanged
}

fn outage_of(exchanged: &Exchanged) -> Option<Outage> {
    if let TokenResponse::Unavailable { outage, .. } = exchanged.answer {
        Some(outage)
    } else {
        None
    }
}

#[tokio::test]
async fn a_connection_that_breaks_says_nothing_about_the_session() {
    for part in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"access_token\":\"at\"",
        // Not even what it had begun to say counts.
        "HTTP/1.1 400 -\r\nContent-Length: 500\r\n\r\n{\"error\":\"invalid_grant\"}",
    ] {
        let exchanged = answer_to(Reply::CutAfter(part)).await;
        assert_eq!(outage_of(&exchanged), Some(Outage::Network), "{part:?}");
    }
}

#[tokio::test]
async fn a_request_for_a_proof_of_possession_is_not_asked_again() {
    let exchanged = answer_to(Reply::Json(400, json!({ "error": "use_dpop_nonce" }))).await;
    assert!(
        matches!(exchanged.answer, TokenResponse::Misconfigured),
        "{exchanged:?}"
    );
}

#[tokio::test]
async fn what_the_issuer_repeats_of_a_secret_is_not_passed_on() {
    let said = "refresh-s3cr3t is not a token";
    let body = json!({ "error": "invalid_grant", "error_description": said });
    let exchanged = answer_to(Reply::Json(400, body)).await;
    assert!(matches!(exchanged.answer, TokenResponse::Refused));
    assert_eq!(exchanged.detail.as_deref(), Some("invalid_grant"));
}

#[allow(clippy::disallowed_methods, reason = "this test's own clock")]
#[tokio::test]
async fn when_to_ask_again_may_be_a_date_and_the_issuers_clock_is_heard() {
    let later = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(100));
    let date = "Wed, 21 Oct 2026 07:28:00 GMT";
    let headers = format!("Retry-After: {later}\r\nDate: {date}\r\n");
    let exchanged = answer_to(Reply::Raw(503, headers.leak(), "busy".to_owned())).await;
    let TokenResponse::Unavailable {
        outage,
        retry_after,
    } = exchanged.answer
    else {
        panic!("{exchanged:?}")
    };
    assert_eq!(outage, Outage::Overloaded);
    assert!(
        (90..=100).contains(&retry_after.unwrap().as_secs()),
        "{retry_after:?}"
    );
    assert_eq!(exchanged.issuer_time.unwrap().as_secs(), 1_792_567_680);
}

#[tokio::test]
async fn an_answer_that_never_comes_is_not_waited_for() {
    let provider = Provider::start().await;
    provider.reply("/token", Reply::Silence);
    let exchanged = provider.issuer().exchange(&refresh()).await;
    assert_eq!(outage_of(&exchanged), Some(Outage::TimedOut));
    assert_eq!(provider.asked("/token").len(), 1);
}

#[tokio::test]
async fn a_discovery_that_fails_is_an_outage_of_its_own_kind_and_is_asked_again() {
    let provider = Provider::start().await;
    let path = "/.well-known/openid-configuration";
    let issuer = provider.issuer();
    let busy = Reply::Raw(503, "Retry-After: 7\r\n", "busy".to_owned());
    for (reply, outage) in [
        (busy, Outage::Overloaded),
        (Reply::Raw(404, "", String::new()), Outage::Malformed),
        (Reply::Raw(200, "", "<html>".to_owned()), Outage::Malformed),
        (Reply::CutAfter("HTTP/1.1 2"), Outage::Network),
    ] {
        provider.reply(path, reply);
        assert_eq!(outage_of(&issuer.exchange(&refresh()).await), Some(outage));
    }
    assert!(provider.asked("/token").is_empty());
    provider.reply(path, Reply::Json(200, provider.discovery()));
    provider.reply("/token", Reply::Json(409, json!({ "error": "superseded" })));
    let exchanged = issuer.exchange(&refresh()).await;
    assert!(
        matches!(exchanged.answer, TokenResponse::Superseded),
        "{exchanged:?}"
    );
}

#[tokio::test]
async fn an_issuer_whose_endpoints_anybody_can_read_gets_no_token() {
    let provider = Provider::start().await;
    for endpoint in ["token_endpoint", "jwks_uri", "revocation_endpoint"] {
        let mut discovery = provider.discovery();
        discovery[endpoint] = json!("http://id.example/there");
        provider.reply(
            "/.well-known/openid-configuration",
            Reply::Json(200, discovery),
        );
        let exchanged = provider.issuer().exchange(&refresh()).await;
        assert!(
            matches!(exchanged.answer, TokenResponse::Misconfigured),
            "{exchanged:?}"
        );
    }
}

#[tokio::test]
async fn a_client_shows_its_secret_the_way_the_issuer_wants_it() {
    let provider = Provider::start().await;
    let granted = json!({ "access_token": "at", "token_type": "Bearer", "expires_in": 60 });
    provider.reply("/token", Reply::Json(200, granted));
    for (method, in_form) in [("client_secret_basic", false), ("client_secret_post", true)] {
        let mut discovery = provider.discovery();
        discovery["token_endpoint_auth_methods_supported"] = json!([method]);
        provider.reply(
            "/.well-known/openid-configuration",
            Reply::Json(200, discovery),
        );
        let exchanged = provider
            .confidential()
            .exchange(&Request::ClientCredentials)
            .await;
        assert!(
            matches!(exchanged.answer, TokenResponse::Tokens(_)),
            "{exchanged:?}"
        );
        let asked = provider.asked("/token").pop().unwrap();
        assert_eq!(
            asked.form.contains_key("client_secret"),
            in_form,
            "{method}"
        );
        assert_eq!(
            asked.head.contains("uthorization: Basic "),
            !in_form,
            "{method}"
        );
        let agent = concat!("tenure/", env!("CARGO_PKG_VERSION"));
        assert!(asked.head.contains(agent), "{}", asked.head);
    }
}

#[tokio::test]
async fn an_api_is_named_the_way_the_issuer_wants_it() {
    let provider = Provider::start().await;
    provider.reply(
        "/token",
        Reply::Json(400, json!({ "error": "invalid_target" })),
    );
    let config = provider
        .config()
        .with_resource("https://api.example")
        .with_audience("the-api");
    let issuer = tenure_client::issuer::Issuer::new(config).unwrap();
    issuer.exchange(&Request::ClientCredentials).await;
    let form = provider.asked("/token").pop().unwrap().form;
    assert_eq!(form["resource"], "https://api.example");
    assert_eq!(form["audience"], "the-api");
}

#[tokio::test]
async fn a_revocation_tells_what_came_of_it() {
    let provider = Provider::start().await;
    let token = RefreshToken::new("refresh-s3cr3t");
    provider.reply("/revoke", Reply::Raw(200, "", String::new()));
    provider.issuer().revoke(&token).await.unwrap();
    assert_eq!(provider.asked("/revoke")[0].form["token"], "refresh-s3cr3t");
    provider.reply(
        "/revoke",
        Reply::Raw(503, "Retry-After: 3\r\n", String::new()),
    );
    let error = provider.issuer().revoke(&token).await.unwrap_err();
    let retry_after = Some(Duration::from_secs(3));
    assert_eq!(error.kind(), IssuerErrorKind::Unavailable { retry_after });
}
