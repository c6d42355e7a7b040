//! An issuer of bound tokens, and an API that checks proofs as RFC 9449 §4.3 says.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::{
    digest,
    signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey},
};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::{Value, json};
use tenure_client::{
    Endpoint,
    dpop::ProofKey,
    issuer::{Exchanged, IssuerError},
};
use tenure_core::{
    holder::{Expiry, Request, TokenGrant, TokenResponse},
    secret::{AccessToken, RefreshToken},
    time::Timestamp,
};
use tokio::net::TcpListener;
use url::Url;

/// Answers the n-th request with the token `at-n`, bound to its key.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    key: Option<ProofKey>,
    asked: Arc<AtomicUsize>,
}

impl Bound {
    pub(crate) fn new(key: Option<ProofKey>) -> Self {
        Self {
            key,
            asked: Arc::default(),
        }
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Endpoint for Bound {
    async fn exchange(&self, _: Request) -> Exchanged {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        Exchanged::new(TokenResponse::Tokens(grant(number)))
    }

    async fn revoke(&self, _: RefreshToken) -> Result<(), IssuerError> {
        Ok(())
    }

    fn proof_key(&self) -> Option<ProofKey> {
        self.key.clone()
    }
}

#[allow(clippy::disallowed_methods, reason = "this test's own clock")]
pub(crate) fn grant(number: usize) -> TokenGrant {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    TokenGrant {
        access_token: AccessToken::new(format!("at-{number}")),
        token_type: "DPoP".to_owned(),
        expiry: Expiry::In(Duration::from_secs(600)),
        refresh_token: Some(RefreshToken::new(format!("rt-{number}"))),
        id_token: None,
        scope: None,
        subject: Some("ann".to_owned()),
        requested_at: Timestamp::from_secs(i64::try_from(now.as_secs()).unwrap()),
    }
}

/// What an API wants in its proofs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    Proofs,
    Nonces,
    EverNewNonces,
}

/// A resource server that takes one token.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    inner: Arc<Inner>,
    pub(crate) url: Url,
}

#[derive(Debug)]
struct Inner {
    good: &'static str,
    wants: Wants,
    thumbprint: Option<String>,
    bodies: Mutex<Vec<String>>,
    used: Mutex<HashSet<String>>,
}

impl Api {
    pub(crate) async fn start(good: &'static str, wants: Wants, issuer: &Bound) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let inner = Inner {
            good,
            wants,
            thumbprint: issuer.key.as_ref().map(|key| key.thumbprint().to_owned()),
            bodies: Mutex::default(),
            used: Mutex::default(),
        };
        let api = Self {
            inner: Arc::new(inner),
            url: url.parse().unwrap(),
        };
        let router = Router::new().fallback(answer).with_state(api.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        api
    }

    /// How many requests came.
    pub(crate) fn came(&self) -> usize {
        self.bodies().len()
    }

    pub(crate) fn bodies(&self) -> Vec<String> {
        self.inner.bodies.lock().unwrap().clone()
    }

    /// The claims of a proof that holds for this request.
    fn checked(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Value {
        let authorization = headers[header::AUTHORIZATION].to_str().unwrap();
        let token = authorization.strip_prefix("DPoP ").unwrap();
        let proof = headers["dpop"].to_str().unwrap();
        let (signed, signature) = proof.rsplit_once('.').unwrap();
        let (head, claims) = signed.split_once('.').unwrap();
        let head: Value = serde_json::from_slice(&bytes(head)).unwrap();
        let claims: Value = serde_json::from_slice(&bytes(claims)).unwrap();
        assert_eq!(
            (&head["typ"], &head["alg"]),
            (&json!("dpop+jwt"), &json!("ES256"))
        );

        let jwk = &head["jwk"];
        assert!(jwk.get("d").is_none(), "the private half is in the proof");
        let [x, y] = ["x", "y"].map(|name| jwk[name].as_str().unwrap());
        let point = [vec![4], bytes(x), bytes(y)].concat();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        key.verify(signed.as_bytes(), &bytes(signature)).unwrap();
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        assert_eq!(Some(hash(&canonical)), self.inner.thumbprint);

        assert_eq!(claims["htm"], method.as_str());
        assert_eq!(claims["htu"], self.url.join(uri.path()).unwrap().as_str());
        assert_eq!(claims["ath"], hash(token).as_str());
        assert!(claims["iat"].is_number());
        let id = claims["jti"].as_str().unwrap().to_owned();
        assert!(self.inner.used.lock().unwrap().insert(id), "a replay");
        claims
    }
}

async fn answer(
    State(api): State<Api>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = String::from_utf8(body.to_vec()).unwrap();
    api.inner.bodies.lock().unwrap().push(body);
    let claims = api.checked(&method, &uri, &headers);
    let content = match api.inner.wants {
        Wants::Proofs => true,
        Wants::Nonces => claims["nonce"] == "the nonce",
        Wants::EverNewNonces => false,
    };
    if !content {
        let challenge = r#"DPoP error="use_dpop_nonce", error_description="a nonce, please""#;
        let headers = [("www-authenticate", challenge), ("dpop-nonce", "the nonce")];
        return (StatusCode::UNAUTHORIZED, headers).into_response();
    }
    if headers[header::AUTHORIZATION] != format!("DPoP {}", api.inner.good) {
        let challenge = [("www-authenticate", r#"DPoP error="invalid_token""#)];
        return (StatusCode::UNAUTHORIZED, challenge).into_response();
    }
    StatusCode::OK.into_response()
}

fn bytes(text: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(text).unwrap()
}

fn hash(text: &str) -> String {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    Base64UrlUnpadded::encode_string(digest.as_ref())
}
