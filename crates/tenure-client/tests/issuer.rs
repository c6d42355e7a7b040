//! What an issuer may answer, and what each answer means for the session.

#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "helpers of tests"
)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tenure_client::issuer::{Issuer, IssuerConfig, IssuerErrorKind};
use tenure_core::{
    holder::{Expiry, Outage, Request, TokenResponse},
    secret::RefreshToken,
};
use tokio::net::TcpListener;

type Make = fn() -> Response;

/// Asks an issuer whose token endpoint answers like this, and counts its requests.
async fn ask(make: Make) -> (TokenResponse, usize) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let token = post(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        async move { make() }
    });
    let issuer = serve(|own| own.to_owned(), token).await;
    let refresh_token = RefreshToken::new("rt-secret");
    let exchanged = issuer.exchange(&Request::Refresh { refresh_token }).await;
    assert!(
        !format!("{exchanged:?}").contains("secret"),
        "{exchanged:?}"
    );
    (exchanged.answer, asked.load(Ordering::SeqCst))
}

async fn serve(named: fn(&str) -> String, token: axum::routing::MethodRouter) -> Issuer {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = format!("http://{}", listener.local_addr().unwrap());
    let discovery = serde_json::json!({
        "issuer": named(&own),
        "authorization_endpoint": format!("{own}/authorize"),
        "token_endpoint": format!("{own}/token"),
        "jwks_uri": format!("{own}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    });
    let router = Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(|| async move { axum::Json(discovery) }),
        )
        .route("/token", token);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Issuer::new(IssuerConfig::new(own.parse().unwrap(), "client")).unwrap()
}

fn granted(expires_in: &str) -> Response {
    let body = format!(r#"{{"access_token":"at-secret","token_type":"Bearer"{expires_in}}}"#);
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn refused(status: u16, error: &str) -> Response {
    let body = format!(r#"{{"error":"{error}"}}"#);
    let status = StatusCode::from_u16(status).unwrap();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

#[tokio::test]
async fn a_life_is_understood_however_it_is_written() {
    let secs = |secs| Expiry::In(Duration::from_secs(secs));
    let cases: [(Make, Expiry); 7] = [
        (|| granted(""), Expiry::Unknown),
        (|| granted(r#","expires_in":60"#), secs(60)),
        (|| granted(r#","expires_in":"60""#), secs(60)),
        (|| granted(r#","expires_in":0"#), secs(0)),
        (|| granted(r#","expires_in":-1"#), secs(0)),
        (|| granted(r#","expires_in":31536000"#), secs(31_536_000)),
        (|| granted(r#","expires_in":null"#), Expiry::Unknown),
    ];
    for (make, expiry) in cases {
        let (answer, asked) = ask(make).await;
        assert_eq!(asked, 1);
        let TokenResponse::Tokens(grant) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(grant.expiry, expiry);
        assert_eq!(grant.access_token.expose(), "at-secret");
    }
}

#[tokio::test]
async fn whatever_may_pass_keeps_the_session() {
    let cases: [(Make, Outage); 7] = [
        (|| refused(500, "invalid_grant"), Outage::Overloaded),
        (|| refused(503, "server_error"), Outage::Overloaded),
        (
            || "<html>sign in to the network</html>".into_response(),
            Outage::Malformed,
        ),
        (|| granted(r#","expires_in":"#), Outage::Malformed),
        (
            || "x".repeat(2 * 1024 * 1024).into_response(),
            Outage::Malformed,
        ),
        (|| refused(404, "not_found"), Outage::Malformed),
        (|| StatusCode::FOUND.into_response(), Outage::Malformed),
    ];
    for (make, outage) in cases {
        let (answer, asked) = ask(make).await;
        assert_eq!(asked, 1);
        assert!(
            matches!(answer, TokenResponse::Unavailable { outage: o, .. } if o == outage),
            "{answer:?} instead of {outage:?}"
        );
    }
}

#[tokio::test]
async fn an_issuer_that_asks_for_patience_gets_it() {
    let (answer, _) = ask(|| {
        (
            StatusCode::TOO_MANY_REQUESTS,
            [(header::RETRY_AFTER, "7")],
            "slow down",
        )
            .into_response()
    })
    .await;
    let TokenResponse::Unavailable {
        outage,
        retry_after,
    } = answer
    else {
        panic!("{answer:?}")
    };
    assert_eq!(
        (outage, retry_after),
        (Outage::Overloaded, Some(Duration::from_secs(7)))
    );
}

#[tokio::test]
async fn only_invalid_grant_is_a_refusal() {
    let (answer, asked) = ask(|| refused(400, "invalid_grant")).await;
    assert!(matches!(answer, TokenResponse::Refused), "{answer:?}");
    assert_eq!(asked, 1);
    for make in [
        || refused(401, "invalid_client"),
        || refused(400, "unauthorized_client"),
    ] {
        let (answer, _) = ask(make).await;
        assert!(matches!(answer, TokenResponse::Misconfigured), "{answer:?}");
    }
    let (answer, asked) = ask(|| refused(409, "refresh_token_superseded")).await;
    assert!(matches!(answer, TokenResponse::Superseded), "{answer:?}");
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn a_discovery_document_of_another_issuer_is_refused() {
    // Norm 16.
    let issuer = serve(
        |_| "https://else.example".to_owned(),
        post(|| async { granted("") }),
    )
    .await;
    let exchanged = issuer.exchange(&Request::ClientCredentials).await;
    assert!(
        matches!(exchanged.answer, TokenResponse::Misconfigured),
        "{exchanged:?}"
    );
}

#[tokio::test]
async fn an_issuer_that_is_not_there_is_an_outage() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let issuer = Issuer::new(IssuerConfig::new(own.parse().unwrap(), "client")).unwrap();
    let exchanged = issuer.exchange(&Request::ClientCredentials).await;
    assert!(
        matches!(exchanged.answer, TokenResponse::Unavailable { .. }),
        "{exchanged:?}"
    );
}

#[test]
fn plain_http_is_for_this_machine_only() {
    for (address, fine) in [
        ("https://id.example", true),
        ("http://localhost:1", true),
        ("http://127.0.0.1:1", true),
        ("http://[::1]:1", true),
        ("http://id.example", false),
        ("http://127.0.0.1.example", false),
        ("ftp://id.example", false),
    ] {
        let made = Issuer::new(IssuerConfig::new(address.parse().unwrap(), "client"));
        let kind = made.map(drop).map_err(|error| error.kind());
        let wanted = if fine {
            Ok(())
        } else {
            Err(IssuerErrorKind::Misconfigured)
        };
        assert_eq!(kind, wanted, "{address}");
    }
}
