use axum::http::StatusCode;
use base64ct::{Base64, Encoding as _};
use tenure_server::Policy;

use crate::world::{BASIC, World};
use crate::{LENIENT, by_query, claims};

#[tokio::test]
async fn a_secret_that_encoding_changes_is_read_as_it_is_where_that_is_excused() {
    let client = |id: &str, more: &str| {
        format!(
            "[[clients]]\nid = \"{id}\"\nsecret = \"a secret of 32 and more %41+characters\"\n{more}\n"
        )
    };
    let lenient = "[clients.compatibility]\ndangerous_leniency = [\"unencoded_basic_secret\"]";
    let config = configured(&(client("plain", "") + &client("lenient", lenient)));
    let mut world = World::with(config).await;
    for (id, expected) in [
        ("plain", StatusCode::UNAUTHORIZED),
        ("lenient", StatusCode::OK),
    ] {
        let pair = format!("{id}:a secret of 32 and more %41+characters");
        let basic = format!("Basic {}", Base64::encode_string(pair.as_bytes()));
        let fields = [("grant_type", "client_credentials")];
        let answer = world.post_as("/token", &fields, Some(&basic)).await;
        assert_eq!(answer.status, expected, "{id}: {}", answer.text);
        let encoded = format!("{id}:a+secret+of+32+and+more+%2541%2Bcharacters");
        let basic = format!("Basic {}", Base64::encode_string(encoded.as_bytes()));
        let answer = world.post_as("/token", &fields, Some(&basic)).await;
        assert_eq!(answer.status, StatusCode::OK, "{id}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_service_may_send_an_empty_object_and_its_secret_as_it_is() {
    let mut world = World::new().await;
    let basic = |pair: &str| format!("Basic {}", Base64::encode_string(pair.as_bytes()));
    let query = "grant_type=client_credentials&client_id=connect-demo-service";
    let right = basic("connect-demo-service:demo-secret");
    let answer = by_query(&mut world, query, Some(&right), "{}").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(
        claims(&answer.json()["access_token"])["sub"],
        "connect-demo-service"
    );
    let wrong = basic("connect-demo-service:demo-secreu");
    assert_eq!(
        by_query(&mut world, query, Some(&wrong), "{}")
            .await
            .error(),
        "invalid_client"
    );
    let ordinary = "grant_type=client_credentials&client_id=demo-service";
    let answer = by_query(&mut world, ordinary, Some(BASIC), "{}").await;
    assert_eq!(answer.error(), "invalid_request", "grant_type is missing");
    // Nor does a page get tokens for itself.
    let page = format!("grant_type=client_credentials&client_id={LENIENT}");
    assert_eq!(
        by_query(&mut world, &page, None, "{}").await.error(),
        "unauthorized_client"
    );
}

pub(crate) fn configured(text: &str) -> Policy {
    toml::from_str(text).unwrap()
}
