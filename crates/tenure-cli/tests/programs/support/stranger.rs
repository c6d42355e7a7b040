use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

/// An issuer that lets everybody in by device code, and keeps all that it is told.
pub(crate) struct Stranger {
    url: String,
    heard: Heard,
}

type Heard = Arc<Mutex<Vec<String>>>;

impl Stranger {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = Heard::default();
        let described = describe(&url);
        let router = Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(|| async { Json(described) }),
            )
            .route("/device", post(device))
            .route("/token", post(token))
            .route("/revoke", post(revoke))
            .with_state(heard.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        Self { url, heard }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Fails if this secret, of somebody else, was told here.
    pub(crate) fn heard_nothing_of(&self, secret: &str) {
        let heard = self.heard.lock().unwrap();
        let leak = heard.iter().find(|body| body.contains(secret));
        assert_eq!(leak, None, "the stranger was told");
    }
}

fn describe(url: &str) -> Value {
    json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "device_authorization_endpoint": format!("{url}/device"),
        "revocation_endpoint": format!("{url}/revoke"),
        "jwks_uri": format!("{url}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    })
}

async fn device(State(heard): State<Heard>, body: String) -> Json<Value> {
    heard.lock().unwrap().push(body);
    Json(json!({
        "device_code": "device-code",
        "user_code": "ABCD",
        "verification_uri": "http://127.0.0.1/device",
        "expires_in": 300,
        "interval": 1,
    }))
}

async fn token(State(heard): State<Heard>, body: String) -> Json<Value> {
    heard.lock().unwrap().push(body);
    Json(json!({
        "access_token": "at-of-the-stranger",
        "refresh_token": "rt-of-the-stranger",
        "token_type": "Bearer",
        "expires_in": 300,
    }))
}

async fn revoke(State(heard): State<Heard>, body: String) {
    heard.lock().unwrap().push(body);
}
