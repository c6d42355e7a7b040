//! Which path is answered by what.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::app::App;
use crate::http::OAuthError;
use crate::http::bounds;
use crate::http::layers::{cors, observe};
use crate::sessions::{self, api};
use crate::token::{self, introspect, revoke, userinfo};
use crate::{
    authorize, demo, device, discovery, operation, sealed, sign_in, sign_out, token_sessions,
};

/// The metadata alone, where RFC 8414 §3.1 looks for that of an issuer with a path.
pub(crate) fn inserted_metadata(app: Arc<App>) -> Router {
    let path = format!("{METADATA}{}", app.policy.path());
    let open = Router::new()
        .route(&path, get(discovery::metadata))
        .layer(from_fn(bounds::of_call))
        .layer(from_fn_with_state(Arc::clone(&app), cors))
        .layer(within(TIME_LIMIT));
    watched(open, app)
}

/// All endpoints, behind limits on time and size.
pub(crate) fn router(app: Arc<App>) -> Router {
    let open = shared()
        .merge(token_sessions::called())
        .layer(from_fn(bounds::of_call))
        .merge(token_sessions::router())
        .layer(from_fn_with_state(Arc::clone(&app), cors));
    let mut pages = pages();
    if app.policy.demo_page {
        pages = pages.merge(demo::page::router());
    }
    let forms = passwords()
        .layer(from_fn(bounds::of_page))
        .layer(within(QUEUE_LIMIT));
    let all = pages
        .layer(from_fn(bounds::of_page))
        .merge(open)
        .merge(sealed::router())
        .layer(within(TIME_LIMIT))
        .merge(forms);
    watched(all, app)
}

fn watched(router: Router<Arc<App>>, app: Arc<App>) -> Router {
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(Arc::clone(&app), observe))
        .with_state(app)
}

fn within(limit: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limit)
}

/// Where passwords are hashed, a few at a time: when very many people come at once, they wait.
fn passwords() -> Router<Arc<App>> {
    Router::new()
        .route("/login", get(sign_in::show).post(sign_in::submit))
        .route("/oauth2/login", get(sign_in::show).post(sign_in::submit))
        .route(
            "/signup",
            get(sign_in::show_signup).post(sign_in::submit_signup),
        )
}

/// What people's browsers open; no other origin may read it (norm 19).
fn pages() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(sessions::show))
        .route("/sessions/end", post(sessions::end))
        .route(
            "/oauth2/authorize",
            get(authorize::show).post(authorize::posted),
        )
        .route("/authorize", get(authorize::show).post(authorize::posted))
        .route(
            "/device",
            get(device::routes::show).post(device::routes::submit),
        )
        .route("/logout", get(sign_out::show).post(sign_out::submit))
        .route("/oauth2/logout", get(sign_out::show).post(sign_out::submit))
        .route("/healthz", get(operation::health))
        .route("/readyz", get(operation::ready))
        .route("/metrics", get(operation::metrics))
}

/// What programs call, also from pages of registered clients.
fn shared() -> Router<Arc<App>> {
    let mut router = Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(discovery::metadata),
        )
        .route(METADATA, get(discovery::metadata))
        .route("/.well-known/jwks.json", get(discovery::jwks))
        .route("/v1/sessions", get(api::list).delete(api::end_others))
        .route("/v1/sessions/{id}", delete(api::end_one));
    for prefix in ["", "/oauth2"] {
        router = router
            .route(&format!("{prefix}/token"), post(token::endpoint))
            .route(
                &format!("{prefix}/device_authorization"),
                post(device::routes::authorization),
            )
            .route(&format!("{prefix}/revoke"), post(revoke::endpoint))
            .route(&format!("{prefix}/introspect"), post(introspect::endpoint))
            .route(
                &format!("{prefix}/userinfo"),
                get(userinfo::endpoint).post(userinfo::endpoint),
            );
    }
    router
}

/// The panic's message stays in the process: it may quote anything.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the layer hands the payload over"
)]
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a request panicked");
    let mut error = OAuthError::new("server_error", "something went wrong here");
    error.status = StatusCode::INTERNAL_SERVER_ERROR;
    error.into_response()
}

const METADATA: &str = "/.well-known/oauth-authorization-server";
const TIME_LIMIT: Duration = Duration::from_secs(15);
const QUEUE_LIMIT: Duration = Duration::from_secs(60);
