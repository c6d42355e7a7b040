//! A person signs in: by a browser on this machine, or by a code on another device.
#![allow(clippy::unwrap_used, reason = "a broken set-up is a failed test")]

mod issuer_provider;

use std::{collections::HashMap, time::Duration};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use issuer_provider::{Provider, Reply, query};
use serde_json::{Value, json};
use tenure_client::issuer::{IssuerError, IssuerErrorKind, LoginOptions};
use tenure_core::{holder::TokenGrant, secret::CodeVerifier, time::Timestamp};
use tenure_oidc::pkce::code_challenge;
use tokio::{io::AsyncWriteExt as _, net::TcpStream, sync::oneshot, task::JoinHandle};
use url::Url;

/// A sign-in that waits for its browser.
struct Waiting {
    provider: Provider,
    login: JoinHandle<Result<TokenGrant, IssuerError>>,
    asks: HashMap<String, String>,
}

impl Waiting {
    async fn begin(provider: Provider) -> Self {
        let (shown, url) = oneshot::channel();
        let issuer = provider.issuer();
        let login = tokio::spawn(async move {
            let show = |url: &Url| shown.send(url.clone()).unwrap();
            let options = LoginOptions::default().with_patience(Duration::from_secs(20));
            issuer.login_by_loopback(show, options).await
        });
        let asks = query(&url.await.unwrap());
        Self {
            provider,
            login,
            asks,
        }
    }

    fn tokens(&self, change: &Value) -> Reply {
        let mut claims = json!({ "nonce": self.asks["nonce"] });
        claims
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        granted(&self.provider.id_token(&claims))
    }

    /// The browser comes back with these parameters.
    async fn visit(&self, parameters: &[(&str, &str)]) -> (u16, String) {
        let url = Url::parse_with_params(&self.asks["redirect_uri"], parameters).unwrap();
        let response = reqwest::get(url).await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn come_back(&self) -> (u16, String) {
        let (state, iss) = (&self.asks["state"], &self.provider.address);
        self.visit(&[("code", "c0de"), ("state", state), ("iss", iss)])
            .await
    }

    /// How it ends; a sign-in that does not is a failed test.
    async fn end(self) -> Result<TokenGrant, IssuerErrorKind> {
        let ended = tokio::time::timeout(Duration::from_secs(15), self.login).await;
        ended.unwrap().unwrap().map_err(|error| error.kind())
    }
}

fn granted(id_token: &str) -> Reply {
    Reply::Json(
        200,
        json!({
            "access_token": "at", "token_type": "Bearer", "expires_in": 300,
            "refresh_token": "rt", "id_token": id_token, "scope": "openid",
        }),
    )
}

#[tokio::test]
async fn a_person_who_comes_back_is_signed_in() {
    let waiting = Waiting::begin(Provider::start().await).await;
    assert!(waiting.asks["redirect_uri"].starts_with("http://127.0.0.1:"));
    assert!(waiting.asks["redirect_uri"].ends_with("/callback"));
    let before = Timestamp::from_secs(now());
    waiting.provider.reply("/token", waiting.tokens(&json!({})));
    let (status, page) = waiting.come_back().await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("You can close this page"), "{page}");

    let form = waiting.provider.asked("/token").pop().unwrap().form;
    assert_eq!(form["code"], "c0de");
    let challenge = code_challenge(&CodeVerifier::new(form["code_verifier"].clone()));
    assert_eq!(waiting.asks["code_challenge"], challenge);
    assert_eq!(waiting.asks["code_challenge_method"], "S256");
    let grant = waiting.end().await.unwrap();
    assert_eq!(grant.subject.as_deref(), Some("ada"));
    assert!(grant.id_token.is_some() && grant.refresh_token.is_some());
    assert!(
        grant.requested_at >= before,
        "the life counts from the request for tokens"
    );
}

#[tokio::test]
async fn strangers_do_not_end_the_wait() {
    let waiting = Waiting::begin(Provider::start().await).await;
    let redirect_uri: Url = waiting.asks["redirect_uri"].parse().unwrap();
    let port = redirect_uri.port().unwrap();
    // A browser opens connections that it does not use.
    let idle = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let mut garbage = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    garbage.write_all(b"\x16\x03\x01\r\n\r\n").await.unwrap();
    let state = waiting.asks["state"].clone();
    for parameters in [
        &[][..],
        &[("code", "c0de")],
        &[("code", "c0de"), ("state", "foreign")],
        &[("error", "access_denied"), ("state", "foreign")],
        &[("error", "access_denied")],
        &[("code", "c0de"), ("state", &state), ("state", &state)],
    ] {
        assert_eq!(waiting.visit(parameters).await.0, 400, "{parameters:?}");
    }
    let elsewhere = redirect_uri.join("/favicon.ico").unwrap();
    assert_eq!(reqwest::get(elsewhere).await.unwrap().status(), 404);
    assert!(waiting.provider.asked("/token").is_empty());

    waiting.provider.reply("/token", waiting.tokens(&json!({})));
    assert_eq!(waiting.come_back().await.0, 200);
    assert!(waiting.end().await.is_ok());
    drop(idle);
}

// Norms 41 and 43.
#[tokio::test]
async fn an_id_token_that_does_not_hold_signs_nobody_in() {
    for change in [
        json!({ "iss": "https://else.example" }),
        json!({ "aud": "another-client" }),
        json!({ "aud": ["a-client", "another-client"] }),
        json!({ "azp": "another-client" }),
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "sub": null }),
        json!({ "exp": now() - 61 }),
        json!({ "exp": null }),
        json!({ "iat": now() + 120 }),
    ] {
        let waiting = Waiting::begin(Provider::start().await).await;
        waiting.provider.reply("/token", waiting.tokens(&change));
        assert_eq!(waiting.come_back().await.0, 400, "{change}");
        let ended = waiting.end().await;
        assert_eq!(
            ended.unwrap_err(),
            IssuerErrorKind::InvalidAnswer,
            "{change}"
        );
    }
}

#[tokio::test]
async fn a_signature_that_is_none_or_another_s_signs_nobody_in() {
    let stranger = Provider::start().await;
    for (alg, forger) in [("none", None), ("HS256", None), ("ES256", Some(&stranger))] {
        let waiting = Waiting::begin(Provider::start().await).await;
        let header = json!({ "alg": alg, "kid": "one" });
        let claims = json!({ "nonce": waiting.asks["nonce"], "iss": waiting.provider.address });
        let signer = forger.unwrap_or(&waiting.provider);
        let id_token = signer.id_token_of(&header, &claims);
        waiting.provider.reply("/token", granted(&id_token));
        waiting.come_back().await;
        assert_eq!(
            waiting.end().await.unwrap_err(),
            IssuerErrorKind::InvalidAnswer,
            "{alg}"
        );
    }
}

#[tokio::test]
async fn a_clock_that_is_half_a_minute_off_is_no_fault() {
    for change in [
        json!({ "iat": now() + 30 }),
        json!({ "iat": now() - 400, "exp": now() - 30 }),
    ] {
        let waiting = Waiting::begin(Provider::start().await).await;
        waiting.provider.reply("/token", waiting.tokens(&change));
        waiting.come_back().await;
        assert!(waiting.end().await.is_ok(), "{change}");
    }
}

#[tokio::test]
async fn an_answer_of_another_issuer_is_not_taken() {
    let waiting = Waiting::begin(Provider::start().await).await;
    let state = waiting.asks["state"].clone();
    let from = [
        ("code", "c0de"),
        ("state", &state),
        ("iss", "https://else.example"),
    ];
    waiting.visit(&from).await;
    assert!(waiting.provider.asked("/token").is_empty());
    assert_eq!(
        waiting.end().await.unwrap_err(),
        IssuerErrorKind::InvalidAnswer
    );
    // This one announces that it always names itself.
    let waiting = Waiting::begin(Provider::start().await).await;
    let state = waiting.asks["state"].clone();
    waiting.visit(&[("code", "c0de"), ("state", &state)]).await;
    assert_eq!(
        waiting.end().await.unwrap_err(),
        IssuerErrorKind::InvalidAnswer
    );
}

#[tokio::test]
async fn a_refusal_in_the_redirect_says_whose_it_is() {
    let unavailable = IssuerErrorKind::Unavailable { retry_after: None };
    for (error, kind) in [
        ("access_denied", IssuerErrorKind::Refused),
        ("login_required", IssuerErrorKind::Refused),
        ("temporarily_unavailable", unavailable),
        ("invalid_scope", IssuerErrorKind::Misconfigured),
    ] {
        let waiting = Waiting::begin(Provider::start().await).await;
        let (state, iss) = (&waiting.asks["state"], &waiting.provider.address);
        waiting
            .visit(&[("error", error), ("state", state), ("iss", iss)])
            .await;
        assert_eq!(waiting.end().await.unwrap_err(), kind, "{error}");
    }
}

#[tokio::test]
async fn a_token_endpoint_that_gives_nothing_says_why() {
    let after = |secs| IssuerErrorKind::Unavailable {
        retry_after: Some(Duration::from_secs(secs)),
    };
    let fault = |status, error| Reply::Json(status, json!({ "error": error }));
    let busy = Reply::Raw(503, "Retry-After: 4\r\n", "busy".to_owned());
    for (reply, kind) in [
        (fault(400, "invalid_grant"), IssuerErrorKind::Refused),
        (fault(401, "invalid_client"), IssuerErrorKind::Misconfigured),
        (busy, after(4)),
    ] {
        let waiting = Waiting::begin(Provider::start().await).await;
        waiting.provider.reply("/token", reply);
        waiting.come_back().await;
        assert_eq!(waiting.provider.asked("/token").len(), 1);
        assert_eq!(waiting.end().await.unwrap_err(), kind);
    }
}

#[tokio::test]
async fn keys_that_cannot_be_had_are_an_outage_and_no_forgery() {
    let waiting = Waiting::begin(Provider::start().await).await;
    waiting.provider.reply("/token", waiting.tokens(&json!({})));
    waiting
        .provider
        .reply("/jwks", Reply::Raw(503, "", String::new()));
    waiting.come_back().await;
    let kind = IssuerErrorKind::Unavailable { retry_after: None };
    assert_eq!(waiting.end().await.unwrap_err(), kind);
}

#[tokio::test]
async fn an_issuer_that_offers_only_plain_is_still_asked_with_s256() {
    let provider = Provider::start().await;
    let mut discovery = provider.discovery();
    discovery["code_challenge_methods_supported"] = json!(["plain"]);
    provider.reply(
        "/.well-known/openid-configuration",
        Reply::Json(200, discovery),
    );
    let waiting = Waiting::begin(provider).await;
    assert_eq!(waiting.asks["code_challenge_method"], "S256");
}

#[tokio::test]
async fn a_person_who_never_comes_is_not_waited_for() {
    let provider = Provider::start().await;
    let options = LoginOptions::default().with_patience(Duration::from_millis(50));
    let ended = provider.issuer().login_by_loopback(|_| {}, options).await;
    assert!(matches!(
        ended.unwrap_err().kind(),
        IssuerErrorKind::Unavailable { .. }
    ));
}

/// Signs in by a device code, with these answers to the polls.
async fn by_device(provider: &Provider, polls: Vec<Reply>) -> Result<TokenGrant, IssuerErrorKind> {
    let begun = json!({
        "device_code": "device-s3cr3t", "user_code": "ABCD-EFGH", "interval": 1,
        "verification_uri": "https://id.example/device\u{1b}[2J", "expires_in": 60,
    });
    provider.reply("/device", Reply::Json(200, begun));
    provider.replies("/token", polls);
    let mut prompt = None;
    let show = |shown: &tenure_client::issuer::DevicePrompt| prompt = Some(shown.clone());
    let ended = provider.issuer().login_by_device_code(show).await;
    let prompt = prompt.unwrap();
    assert_eq!(prompt.user_code, "ABCD-EFGH");
    assert_eq!(prompt.verification_uri, "https://id.example/device[2J");
    ended.map_err(|error| error.kind())
}

#[tokio::test]
async fn a_person_signs_in_on_another_device() {
    let provider = Provider::start().await;
    let pending = Reply::Json(400, json!({ "error": "authorization_pending" }));
    let tokens = granted(&provider.id_token(&json!({})));
    // A connection that breaks on the way is no answer: it is asked again.
    let polls = vec![pending, Reply::CutAfter(""), tokens];
    let grant = by_device(&provider, polls).await.unwrap();
    assert_eq!(grant.subject.as_deref(), Some("ada"));
    assert_eq!(provider.asked("/token").len(), 3);
}

#[tokio::test]
async fn a_device_code_that_leads_nowhere_says_why() {
    let foreign = |provider: &Provider| granted(&provider.id_token(&json!({ "aud": "else" })));
    let fault = |status, error| Reply::Json(status, json!({ "error": error }));
    let provider = Provider::start().await;
    for (reply, kind) in [
        (fault(400, "access_denied"), IssuerErrorKind::Refused),
        (fault(400, "expired_token"), IssuerErrorKind::Refused),
        (fault(401, "invalid_client"), IssuerErrorKind::Misconfigured),
        (foreign(&provider), IssuerErrorKind::InvalidAnswer),
    ] {
        assert_eq!(by_device(&provider, vec![reply]).await.unwrap_err(), kind);
    }
}

/// A provider that says this of retry keys.
async fn provider_that_says(supported: Value) -> Provider {
    let provider = Provider::start().await;
    let mut discovery = provider.discovery();
    discovery["retry_key_supported"] = supported;
    provider.reply(
        "/.well-known/openid-configuration",
        Reply::Json(200, discovery),
    );
    provider
}

#[tokio::test]
async fn a_retry_key_goes_with_the_code_where_the_issuer_takes_one() {
    let mut keys = Vec::new();
    for (supported, sent) in [
        (json!(true), true),
        (json!(true), true),
        (json!(false), false),
        (json!("true"), false),
        (Value::Null, false),
    ] {
        let waiting = Waiting::begin(provider_that_says(supported.clone()).await).await;
        waiting.provider.reply("/token", waiting.tokens(&json!({})));
        waiting.come_back().await;
        let form = waiting.provider.asked("/token").pop().unwrap().form;
        let key = form.get("retry_key").cloned();
        assert_eq!(key.is_some(), sent, "{supported}");
        keys.extend(key);
        waiting.end().await.unwrap();
    }
    let bytes = keys.iter().map(|key| Base64UrlUnpadded::decode_vec(key));
    assert!(bytes.into_iter().all(|bytes| bytes.unwrap().len() == 32));
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test]
async fn a_retry_key_goes_with_every_poll_of_a_device_code_and_nowhere_else() {
    let provider = provider_that_says(json!(true)).await;
    let pending = Reply::Json(400, json!({ "error": "authorization_pending" }));
    let tokens = granted(&provider.id_token(&json!({})));
    by_device(&provider, vec![pending, tokens]).await.unwrap();
    assert!(!provider.asked("/device")[0].form.contains_key("retry_key"));
    let polls = provider.asked("/token");
    assert_eq!(polls.len(), 2);
    assert_eq!(polls[0].form["retry_key"].len(), 43);
    assert_eq!(polls[0].form["retry_key"], polls[1].form["retry_key"]);
}

#[allow(clippy::disallowed_methods, reason = "this test's own clock")]
fn now() -> i64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    i64::try_from(since.as_secs()).unwrap()
}
