use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::json;

use crate::app::App;
use crate::http::OAuthError;
use crate::keys::{Algorithm, PUBLISHED_FOR};
use crate::token::{DEVICE_CODE, PERSONAL_SCOPES};

/// The server's metadata (RFC 8414, OpenID Connect Discovery; norm 16).
pub(crate) async fn metadata(State(app): State<Arc<App>>) -> impl IntoResponse {
    let issuer = app.policy.issuer.as_str();
    let at = |path: &str| format!("{issuer}{path}");
    let methods = json!(["client_secret_basic", "client_secret_post", "none"]);
    let confidential = json!(["client_secret_basic", "client_secret_post"]);
    // Without the store it is those that the server itself knows.
    let scopes = app.clients.scopes().await.unwrap_or_default();
    let own = PERSONAL_SCOPES.map(str::to_owned);
    let others = scopes.iter().filter(|scope| !own.contains(scope));
    let scopes: Vec<_> = own.iter().chain(others).collect();
    let mut prompts = vec!["none", "login", "select_account"];
    prompts.extend(app.policy.signup.then_some("create"));
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": at("/oauth2/authorize"),
        "token_endpoint": at("/token"),
        "device_authorization_endpoint": at("/device_authorization"),
        "userinfo_endpoint": at("/userinfo"),
        "jwks_uri": at("/.well-known/jwks.json"),
        "revocation_endpoint": at("/revoke"),
        "introspection_endpoint": at("/introspect"),
        "end_session_endpoint": at("/logout"),
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported":
            ["authorization_code", "refresh_token", "client_credentials", DEVICE_CODE],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": Algorithm::ALL.map(Algorithm::name),
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": confidential,
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": prompts,
        "claims_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
        "retry_key_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "sid",
            "name", "preferred_username", "email", "email_verified"],
    }))
}

/// The public keys, old and new.
pub(crate) async fn jwks(State(app): State<Arc<App>>) -> Result<impl IntoResponse, OAuthError> {
    let ring = app.keys.ring().await?;
    let kept = format!("public, max-age={}", PUBLISHED_FOR.as_secs());
    Ok(([(header::CACHE_CONTROL, kept)], Json(ring.jwks())))
}
