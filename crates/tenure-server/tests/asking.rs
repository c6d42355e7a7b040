//! Who is asking, as far as connections and proxies tell.
#![allow(missing_docs, reason = "a test program")]
#![allow(
    clippy::unwrap_used,
    reason = "a failure of a helper is the test's failure"
)]

mod world;

use std::time::Duration;

use axum::http::StatusCode;
use world::edge::{ELSEWHERE, HOME, PROXIED};
use world::{PASSWORD, World, request};

/// A peer, what proxies wrote, and who asks.
type Case = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

/// What a session list says of where its session is.
async fn listed(world: &mut World) -> String {
    let tokens = world.second().await;
    let token = tokens["access_token"].as_str().unwrap();
    let list = world.get_with("/v1/sessions", token).await.json();
    let sessions = list["sessions"].as_array().unwrap().clone();
    let own = sessions.iter().find(|one| one["current"] == true).unwrap();
    let newest = sessions.iter().filter(|one| one["kind"] == "browser");
    let newest = newest.max_by_key(|one| one["created_at"].as_i64()).unwrap();
    assert_eq!(own["address"], newest["address"], "{list}");
    own["address"].as_str().unwrap_or("-").to_owned()
}

#[tokio::test]
async fn sessions_show_the_address_that_the_last_trusted_proxy_saw() {
    let mut world = World::configured(PROXIED).await;
    let cases: [Case; 11] = [
        ("127.0.0.1", &[(XFF, HOME)], HOME),
        // What the person wrote stands to the left of what the proxy saw.
        ("127.0.0.1", &[(XFF, "192.0.2.1, 203.0.113.7")], HOME),
        (
            "10.9.8.7",
            &[(XFF, "192.0.2.1, 203.0.113.7, 10.1.1.1")],
            HOME,
        ),
        (
            "10.9.8.7",
            &[(XFF, "192.0.2.1"), (XFF, "203.0.113.7, 10.1.1.1")],
            HOME,
        ),
        (
            "::ffff:10.9.8.7",
            &[(XFF, "[2001:db8::7]:443")],
            "2001:db8::7",
        ),
        (
            "127.0.0.1",
            &[(
                "forwarded",
                "for=192.0.2.1, For=\"203.0.113.7:80\";proto=https",
            )],
            HOME,
        ),
        (
            "fd00::1",
            &[("forwarded", "for=\"[2001:db8::7]\", for=10.1.1.1")],
            "2001:db8::7",
        ),
        // A header that this proxy does not write is the person's own.
        (
            "127.0.0.1",
            &[("forwarded", "for=192.0.2.1"), (XFF, HOME)],
            HOME,
        ),
        // Nobody in between says where it came from.
        ("127.0.0.1", &[(XFF, "192.0.2.1, unknown")], "127.0.0.1"),
        ("127.0.0.1", &[], "127.0.0.1"),
        // Nobody trusts this one.
        (
            ELSEWHERE,
            &[(XFF, HOME), ("forwarded", "for=203.0.113.7")],
            ELSEWHERE,
        ),
    ];
    for (peer, headers, expected) in cases {
        world.pass(Duration::from_secs(1));
        world.ask_from(peer, headers);
        assert_eq!(listed(&mut world).await, expected, "{peer} {headers:?}");
    }
}

#[tokio::test]
async fn without_trusted_proxies_no_header_is_believed_and_loopback_is_not_limited() {
    // Norm 18.
    let mut world = World::new().await;
    world.come_from(HOME);
    assert_eq!(listed(&mut world).await, "127.0.0.1");
    world.forget_cookies();
    for i in 0..105 {
        let name = format!("nobody-{i}");
        let status = world.try_as(&name, "wrong").await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{i}");
    }
    assert_eq!(world.try_as("demo", PASSWORD).await, StatusCode::SEE_OTHER);
    // The limit per name stays.
    for _ in 0..10 {
        world.try_as("demo", "wrong").await;
    }
    let limited = world.try_as("demo", PASSWORD).await;
    assert_eq!(limited, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn the_device_page_shows_where_the_device_asked_from() {
    let mut world = World::proxied().await;
    let asked = world
        .post("/device_authorization", &[("client_id", "demo-cli")])
        .await;
    let code = asked.json()["user_code"].as_str().unwrap().to_owned();
    world.come_from(ELSEWHERE);
    world.sign_in(&request(&[])).await;
    let page = world.get("/device").await;
    let csrf = page.field("csrf");
    let fields = [("csrf", csrf.as_str()), ("user_code", code.as_str())];
    let question = world.post("/device", &fields).await;
    let from = format!("from {HOME}");
    assert!(question.text.contains(&from), "{}", question.text);
}

#[tokio::test]
async fn a_link_on_another_site_uses_up_no_wrong_codes() {
    let mut world = World::proxied().await;
    world.sign_in(&request(&[])).await;
    let links = [("x-forwarded-for", HOME), ("sec-fetch-site", "cross-site")];
    world.ask_from("127.0.0.1", &links);
    for _ in 0..12 {
        let page = world.get("/device?user_code=BCDF-GHJB").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(page.text.contains("value=\"BCDF-GHJB\""), "{}", page.text);
    }
    world.come_from(HOME);
    let page = world.get("/device?user_code=BCDF-GHJB").await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "one's own look at it");
}

const XFF: &str = "x-forwarded-for";
