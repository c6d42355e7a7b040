use super::*;

#[tokio::test]
async fn what_the_original_sent_is_kept_and_answered() {
    let table = include_str!("../../../tenure-seal/cases/vectors.json");
    let table: Value = serde_json::from_str(table).unwrap();
    let mut world = World::new().await;
    let sent = |case: &Value, name: &str| {
        let body = case[name]["body"].as_str().unwrap();
        serde_json::from_str::<Value>(body).unwrap()
    };
    for case in table["vectors"].as_array().unwrap() {
        let (create, asked) = (sent(case, "create_request"), sent(case, "get_request"));
        done(&mut world, "set", &create).await;
        let page = create["allowedOrigin"].as_str().filter(|rule| *rule != "*");
        let answer = call(&mut world, "get", &asked, page).await;
        assert_eq!(answer.json()["message"], create["data"]);
        let update = sent(case, "update_request");
        done(&mut world, "update", &update).await;
        assert_eq!(read(&mut world, &update, page).await, update["data"]);
        done(&mut world, "set", &sent(case, "invalidate_request")).await;
        assert!(!read(&mut world, &update, None).await.is_empty());
        world.pass(Duration::from_secs(1));
        assert_eq!(read(&mut world, &update, None).await, "");
    }
}

#[tokio::test]
async fn an_entry_lives_as_long_as_it_was_asked_to_and_an_update_does_not_lengthen_it() {
    let mut world = World::new().await;
    let (one, two) = (sealed(1, "one", 2), sealed(1, "two", 3));
    done(&mut world, "set", &with(one.clone(), "timeout", json!(60))).await;
    world.pass(Duration::from_secs(59));
    done(
        &mut world,
        "update",
        &with(two.clone(), "timeout", json!(60)),
    )
    .await;
    assert_eq!(read(&mut world, &two, None).await, two["data"]);
    world.pass(Duration::from_secs(1));
    assert_eq!(read(&mut world, &two, None).await, "");
    let three = sealed(1, "three", 4);
    is_refused(&mut world, "update", &three, 404, "not_found").await;
    // Nothing was made by it, and the key is not used up.
    assert_eq!(read(&mut world, &three, None).await, "");
    done(&mut world, "set", &three).await;
    world.pass(DAY - Duration::from_secs(1));
    assert_eq!(read(&mut world, &three, None).await, three["data"]);
}

#[tokio::test]
async fn namespaces_are_apart() {
    let mut world = World::new().await;
    let bare = sealed(1, "bare", 2);
    let named = with(sealed(1, "named", 3), "namespace", json!("wallet"));
    done(&mut world, "set", &bare).await;
    assert_eq!(read(&mut world, &named, None).await, "");
    done(&mut world, "set", &named).await;
    assert_eq!(read(&mut world, &bare, None).await, bare["data"]);
    assert_eq!(read(&mut world, &named, None).await, named["data"]);
}

#[tokio::test]
async fn an_entry_is_read_from_the_pages_that_it_names() {
    let mut world = World::new().await;
    let all = [
        None,
        Some(A),
        Some(B),
        Some("null"),
        Some("https://a.example:8443"),
    ];
    let rules = [
        (json!("*"), Some(A), &all[..]),
        (json!(null), Some(A), &all),
        (json!(false), Some(A), &all),
        (json!(A), Some(B), &[Some(A)]),
        (json!(true), Some(A), &[Some(A)]),
        (json!(true), None, &[None]),
    ];
    for (draw, (rule, from, readers)) in (2..).zip(rules) {
        let body = with(sealed(1, "data", draw), "allowedOrigin", rule.clone());
        let answer = call(&mut world, "set", &body, from).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        for origin in all {
            let found = read(&mut world, &body, origin).await;
            let expected = readers.contains(&origin);
            assert_eq!(
                !found.is_empty(),
                expected,
                "{rule} from {from:?}: {origin:?}"
            );
        }
    }
    // An update says anew who reads.
    let body = with(sealed(1, "data", 9), "allowedOrigin", json!(B));
    done(&mut world, "update", &body).await;
    assert_eq!(read(&mut world, &body, None).await, "");
    assert_eq!(read(&mut world, &body, Some(B)).await, body["data"]);
}

#[tokio::test]
async fn a_page_of_any_origin_may_call() {
    let mut world = World::new().await;
    for (path, method) in [("set", "POST"), ("update", "PUT"), ("get", "POST")] {
        let preflight = Request::options(format!("/v2/store/{path}"))
            .header("origin", A)
            .header("access-control-request-method", method)
            .header(
                "access-control-request-headers",
                "content-type,x-api-key,x-embed-host",
            );
        let answer = world.send(preflight.body(Body::empty()).unwrap()).await;
        assert!(answer.status.is_success(), "{}", answer.status);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let headers = answer.header("access-control-allow-headers");
        for name in ["content-type", "authorization", "x-api-key", "x-embed-host"] {
            assert!(headers.contains(name), "{headers}");
        }
        assert!(
            answer
                .header("access-control-allow-methods")
                .contains(method)
        );
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    let answer = call(&mut world, "get", &json!({ "key": "04" }), Some(A)).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
}
