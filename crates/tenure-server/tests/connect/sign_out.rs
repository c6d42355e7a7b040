use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::world::World;
use crate::{LENIENT, ORDINARY, refresh, tokens};

#[tokio::test]
async fn a_sign_out_without_a_question_is_for_the_lenient_client_alone() {
    let mut world = World::new().await;
    let tokens = tokens(&mut world).await;
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let logout = |client: &str, uri: &str| format!("/logout?client_id={client}&logout_uri={uri}");
    let home = "http://127.0.0.1:50123/login";
    let asked = world.get(&logout(ORDINARY, home)).await;
    assert_eq!(asked.status, StatusCode::OK, "a question");
    assert_ne!(asked.field("csrf"), "");
    let elsewhere = world
        .get(&logout(LENIENT, "https://other.example/login"))
        .await;
    assert_eq!(elsewhere.status, StatusCode::BAD_REQUEST);
    let out = world.get(&logout(LENIENT, home)).await;
    assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, home));
    assert_eq!(world.cookie("tenure").unwrap(), "");
    // What the sign-in granted has ended with it.
    assert_eq!(
        refresh(&mut world, LENIENT, refresh_token).await.error(),
        "invalid_grant"
    );
}

#[tokio::test]
async fn a_relative_logout_uri_is_on_the_page_that_sent_it_and_registered() {
    let mut world = World::new().await;
    let mut out = async |path: &str, from: &str| {
        let path = format!("/logout?client_id={LENIENT}&logout_uri={path}");
        let mut request = Request::get(path);
        if !from.is_empty() {
            request = request.header(header::REFERER, from);
        }
        let answer = world.send(request.body(Body::empty()).unwrap()).await;
        (answer.status, answer.location().to_owned())
    };
    let here = "http://localhost:5173/";
    let (status, to) = out("/custom", here).await;
    assert_eq!(
        (status, to.as_str()),
        (StatusCode::SEE_OTHER, "http://localhost:5173/custom")
    );
    let refused = [
        ("/elsewhere", here),
        ("//evil.example/custom", here),
        ("/custom", "https://evil.example/"),
        // Several origins are registered, and none is named.
        ("/custom", ""),
    ];
    for (path, from) in refused {
        assert_eq!(
            out(path, from).await.0,
            StatusCode::BAD_REQUEST,
            "{path} {from}"
        );
    }
}
