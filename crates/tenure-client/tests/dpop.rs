//! Requests with a token that is bound to a key (RFC 9449), against an API that checks proofs.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod dpop_world;

use std::fs;

use dpop_world::{Api, Bound, Wants};
use reqwest::{Body, Method, StatusCode};
use tenure_client::{
    Session,
    dpop::ProofKey,
    http::{Client, HttpError},
    storage::{FileStorage, MemoryStorage},
};

struct Set {
    api: Api,
    issuer: Bound,
    client: Client,
}

/// An API that takes this token, and a session whose first token is `at-0`.
async fn set(good: &'static str, wants: Wants) -> Set {
    let issuer = Bound::new(Some(ProofKey::generate()));
    let api = Api::start(good, wants, &issuer).await;
    let session = Session::open(issuer.clone(), MemoryStorage::default());
    session.sign_in(dpop_world::grant(0)).await.unwrap();
    let client = Client::new(session, reqwest::Client::new()).allow(&api.url);
    Set {
        api,
        issuer,
        client,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_has_a_proof_of_its_own_for_its_token() {
    // Norm 31. The API checks the signature, `htm`, `htu`, `ath`, and that no `jti` comes twice.
    let set = set("at-0", Wants::Proofs).await;
    let url = set.api.url.join("notes?of=today#top").unwrap();
    for method in [Method::GET, Method::POST, Method::GET] {
        let sent = set.client.send(set.client.request(method, url.clone()));
        assert_eq!(sent.await.unwrap().status(), StatusCode::OK);
    }
    assert_eq!(set.api.came(), 3);
    assert_eq!(set.issuer.asked(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_is_answered_once_and_remembered() {
    // Norm 35.
    let set = set("at-0", Wants::Nonces).await;
    let send = || {
        let request = set.client.request(Method::PUT, set.api.url.clone());
        set.client.send(request.body("a note"))
    };
    assert_eq!(send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(set.api.came(), 2);
    assert_eq!(send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(set.api.came(), 3);
    assert!(set.api.bodies().iter().all(|body| body == "a note"));
    // A nonce is not the token's fault.
    assert_eq!(set.issuer.asked(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_is_never_content_with_a_nonce_is_asked_twice() {
    let set = set("at-0", Wants::EverNewNonces).await;
    let request = set.client.request(Method::GET, set.api.url.clone());
    let response = set.client.send(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(set.api.came(), 2);
    assert_eq!(set.issuer.asked(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_replaced_by_one_with_its_own_proof() {
    let set = set("at-1", Wants::Nonces).await;
    let request = set.client.request(Method::GET, set.api.url.clone());
    let response = set.client.send(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    // For the nonce, with it, and with the newer token.
    assert_eq!(set.api.came(), 3);
    assert_eq!(set.issuer.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_not_sent_again_for_a_nonce_but_the_next_request_has_it() {
    let set = set("at-0", Wants::Nonces).await;
    let upload = || {
        let parts = ["one ", "two"].map(Ok::<_, std::io::Error>);
        let body = Body::wrap_stream(futures_util::stream::iter(parts));
        let request = set.client.request(Method::PUT, set.api.url.clone());
        set.client.send(request.body(body))
    };
    assert_eq!(upload().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(upload().await.unwrap().status(), StatusCode::OK);
    assert_eq!(set.api.came(), 2);
    assert_eq!(set.issuer.asked(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bound_token_without_its_key_goes_nowhere() {
    let issuer = Bound::new(None);
    let api = Api::start("at-0", Wants::Proofs, &issuer).await;
    let session = Session::open(issuer, MemoryStorage::default());
    session.sign_in(dpop_world::grant(0)).await.unwrap();
    let client = Client::new(session, reqwest::Client::new()).allow(&api.url);
    let sent = client.send(client.request(Method::GET, api.url.clone()));
    let error = sent.await.unwrap_err();
    assert!(matches!(error, HttpError::NoProofKey), "{error:?}");
    assert!(error.to_string().contains("with_dpop"), "{error}");
    assert_eq!(api.came(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_opens_a_folder_gets_the_same_key_and_a_damaged_one_stays() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("session");
    let all = (0..8).map(|_| {
        let folder = folder.clone();
        tokio::spawn(async move {
            FileStorage::open(folder)
                .unwrap()
                .proof_key()
                .await
                .unwrap()
        })
    });
    let mut thumbprints = Vec::new();
    for key in all.collect::<Vec<_>>() {
        thumbprints.push(key.await.unwrap().thumbprint().to_owned());
    }
    thumbprints.dedup();
    assert_eq!(thumbprints.len(), 1);

    let file = folder.join("dpop.00000000000000000001.json");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let storage = FileStorage::open(&folder).unwrap();
    let said = storage.proof_key().await.unwrap_err().to_string();
    assert!(said.contains(file.to_str().unwrap()), "{said}");
    assert_eq!(fs::read(&file).unwrap(), whole[..whole.len() / 2]);
}
