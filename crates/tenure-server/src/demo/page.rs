//! The demo page of `tenure dev`: one page, at its own path and where sign-ins come back to.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;
use crate::digest::{b64, sha256};
use crate::http::no_store;

/// The page and what it loads. For `tenure dev` alone.
pub(crate) fn router() -> Router<Arc<App>> {
    let mut router = Router::new()
        .route("/demo", get(page))
        .route("/callback", get(callback));
    for (path, content_type, text) in FILES {
        let answer = move |headers: HeaderMap| async move { file(&headers, content_type, text) };
        router = router.route(path, get(answer));
    }
    router
}

/// `GET /demo`. It knows the issuer, so that a page under another name of this machine can go there.
async fn page(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    guarded(file(&headers, HTML, &markup(&app)))
}

/// `GET /callback`: the same page. Its address carries a code, so nothing keeps it.
async fn callback(State(app): State<Arc<App>>) -> Response {
    let content_type = [(header::CONTENT_TYPE, HTML)];
    guarded((no_store(), content_type, markup(&app)).into_response())
}

fn markup(app: &App) -> String {
    // A checked issuer is an origin: it has nothing that markup would take for its own.
    PAGE.replace("{issuer}", &app.policy.issuer)
}

/// Asked for again at every visit, and sent only if it changed.
fn file(headers: &HeaderMap, content_type: &'static str, text: &str) -> Response {
    let tag = format!("\"{}\"", b64(&sha256(text.as_bytes())));
    let known = headers.get(header::IF_NONE_MATCH);
    let mut response = if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, content_type)], text.to_owned()).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Nobody frames the page, and it runs nothing but its own files (norm 20).
fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    let policy = HeaderValue::from_static(POLICY);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    connect-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; \
    form-action 'self'";
const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const PAGE: &str = include_str!("../../assets/demo/index.html");

/// Path, content type, text.
const FILES: [(&str, &str, &str); 12] = [
    (
        "/demo/page.css",
        CSS,
        include_str!("../../assets/demo/page.css"),
    ),
    (
        "/demo/page.js",
        SCRIPT,
        include_str!("../../assets/demo/page.js"),
    ),
    (
        "/demo/actions.js",
        SCRIPT,
        include_str!("../../assets/demo/actions.js"),
    ),
    (
        "/demo/events.js",
        SCRIPT,
        include_str!("../../assets/demo/events.js"),
    ),
    (
        "/demo/network.js",
        SCRIPT,
        include_str!("../../assets/demo/network.js"),
    ),
    (
        "/demo/picture.js",
        SCRIPT,
        include_str!("../../assets/demo/picture.js"),
    ),
    (
        "/demo/sessions.js",
        SCRIPT,
        include_str!("../../assets/demo/sessions.js"),
    ),
    (
        "/demo/story.js",
        SCRIPT,
        include_str!("../../assets/demo/story.js"),
    ),
    (
        "/demo/tabs.js",
        SCRIPT,
        include_str!("../../assets/demo/tabs.js"),
    ),
    (
        "/demo/view.js",
        SCRIPT,
        include_str!("../../assets/demo/view.js"),
    ),
    (
        "/demo/client.js",
        SCRIPT,
        include_str!("../../assets/demo/client.js"),
    ),
    (
        "/demo/mark.svg",
        "image/svg+xml",
        include_str!("../../assets/demo/mark.svg"),
    ),
];

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use tenure_store::{AnyStore, MemoryStore};
    use tower::ServiceExt as _;

    use super::*;
    use crate::{Clock, Policy, Server};

    async fn answers(config: Policy, path: &str) -> Response {
        let store = AnyStore::new(MemoryStore::new());
        let server = Server::start(config, store, Clock::system()).await.unwrap();
        let request = Request::get(path).body(Body::empty()).unwrap();
        server.router().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn a_server_that_is_no_demonstration_has_no_demo_page() {
        let demonstration = || Policy {
            demo_page: true,
            ..Policy::default()
        };
        let paths = FILES.map(|(path, ..)| path);
        for path in ["/demo", "/callback"].iter().chain(&paths) {
            let answer = answers(demonstration(), path).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            let answer = answers(Policy::default(), path).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    // Norm 20.
    #[tokio::test]
    async fn nobody_may_frame_the_page_or_put_a_script_in_it() {
        let config = Policy {
            demo_page: true,
            ..Policy::default()
        };
        let answer = answers(config, "/callback?code=x").await;
        let header = |name| answer.headers()[&name].to_str().unwrap();
        let policy = header(header::CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"));
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        assert_eq!(header(header::CACHE_CONTROL), "no-store");
        assert!(!PAGE.contains("<style") && !PAGE.contains(" style="));
    }
}
