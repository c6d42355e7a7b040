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
    let mut world = World::with(config.unwrap()).await;
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

#[test]
fn what_the_documentation_shows_is_a_configuration() {
    let text = include_str!("../../../../docs/operators.md");
    let examples: Vec<_> = text.split("```toml\n").skip(1).collect();
    assert!(examples.len() > 1, "the examples are where they were");
    for example in examples {
        let example = example.split("```").next().unwrap();
        assert!(configured(example).is_ok(), "{example}");
    }
}

#[test]
fn leniency_is_written_by_name_or_refused() {
    let client = "[[clients]]\nid = \"web\"\n[clients.compatibility]\n";
    let fine = "dangerous_leniency = [\"sign_in_without_challenge\", \"sign_in_at_login\"]\n\
        id_token_on_refresh = true\ntoken_use_claim = true\n\
        account_claims = [\"email\", \"custom:*\"]\n\
        dangerous_id_token_issuer = \"https://id.example.com/pool\"";
    assert!(configured(&format!("{client}{fine}")).is_ok());
    let cases = [
        (
            "dangerous_leniency = [\"everything\"]",
            "sign_in_without_challenge",
        ),
        ("lenient = true", "`lenient` is not a key"),
        ("account_claims = [\"sub\"]", "remove it"),
        ("account_claims = [\"*\"]", "remove it"),
        (
            "dangerous_id_token_issuer = \"http://id.example.com\"",
            "write an https address",
        ),
    ];
    for (text, expected) in cases {
        let told = configured(&format!("{client}{text}")).unwrap_err();
        assert!(told.contains(expected), "{text}: {told}");
    }
}

pub(crate) fn configured(text: &str) -> Result<Policy, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenure.toml");
    std::fs::write(&file, text).unwrap();
    Policy::load(Some(&file)).map_err(|error| error.to_string())
}
