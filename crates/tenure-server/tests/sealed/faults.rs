use super::*;

/// A member, what it may not be beside good ones, and what is said of it.
fn faults(data: &str) -> Vec<(&'static str, Vec<Value>, u16, &'static str)> {
    let foreign = Signature::sign(&key(9), data).to_string();
    vec![
        ("key", vec![json!(7), json!(null)], 400, "invalid_request"),
        (
            "key",
            KEYS.map(|digits| json!(digits)).to_vec(),
            400,
            "invalid_key",
        ),
        (
            "key",
            vec![json!("04".repeat(65)), json!("04".repeat(10_000))],
            400,
            "invalid_key",
        ),
        (
            "key",
            vec![json!(key(9).public().to_string())],
            403,
            "invalid_signature",
        ),
        ("signature", vec![json!(foreign)], 403, "invalid_signature"),
        (
            "signature",
            vec![json!(""), json!(r#"{"r":"0","s":"1"}"#)],
            400,
            "invalid_signature",
        ),
        ("data", vec![json!(null)], 400, "invalid_request"),
        (
            "data",
            vec![json!("in clear"), json!(data.to_uppercase())],
            400,
            "invalid_data",
        ),
        (
            "data",
            vec![json!(format!("{data} "))],
            403,
            "invalid_signature",
        ),
        (
            "namespace",
            [257, 10_000]
                .map(|length| json!("n".repeat(length)))
                .to_vec(),
            400,
            "invalid_namespace",
        ),
        (
            "allowedOrigin",
            vec![json!("https://a.example/"), json!("null")],
            400,
            "invalid_origin",
        ),
        ("allowedOrigin", vec![json!(7)], 400, "invalid_request"),
        (
            "timeout",
            TIMEOUTS.map(|seconds| json!(seconds)).to_vec(),
            400,
            "invalid_timeout",
        ),
        (
            "timeout",
            vec![json!("60"), json!(1_u64 << 53)],
            400,
            "invalid_timeout",
        ),
    ]
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_is_kept() {
    let mut world = World::new().await;
    let good = sealed(1, "one", 2);
    let data = good["data"].as_str().unwrap();
    let doubled = good.to_string().replacen('{', "{\"key\":\"\",", 1);
    for body in [json!(""), json!("[]"), json!("{"), json!(doubled)] {
        is_refused(&mut world, "set", &body, 400, "invalid_request").await;
    }
    for (name, values, status, code) in faults(data) {
        for value in values {
            let body = with(good.clone(), name, value);
            for what in ["set", "update"] {
                is_refused(&mut world, what, &body, status, code).await;
            }
        }
    }
    assert_eq!(read(&mut world, &good, None).await, "");
    for body in [
        json!("{}"),
        json!("null"),
        json!({ "key": "04" }),
        json!({ "key": 1 }),
    ] {
        let answer = call(&mut world, "get", &body, None).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
    // Both forms of a signature, and what other clients write around them.
    done(&mut world, "set", &with(good, "more", json!([1]))).await;
}

#[tokio::test]
async fn a_megabyte_is_kept_and_what_is_larger_is_refused() {
    let mut world = World::new().await;
    let large = sealed(1, &"x".repeat(1 << 20), 2);
    assert!(large.to_string().len() > 2 << 20);
    done(&mut world, "set", &large).await;
    assert_eq!(read(&mut world, &large, None).await, large["data"]);
    let too_large = with(large, "more", json!("x".repeat(1 << 20)));
    is_refused(&mut world, "set", &too_large, 413, "too_large").await;
    let answer = call(&mut world, "get", &too_large, None).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn one_address_is_limited_and_another_is_not() {
    let few = "sealed_requests_per_minute = 3\nsealed_bytes_per_hour = 3000";
    let mut world = World::configured(few).await;
    world.ask_from(HOME, &[]);
    let (one, two) = (sealed(1, "one", 2), sealed(1, &"x".repeat(1000), 3));
    done(&mut world, "set", &one).await;
    is_refused(&mut world, "set", &two, 429, "slow_down").await;
    assert_eq!(read(&mut world, &one, None).await, one["data"]);
    let answer = call(&mut world, "get", &one, None).await;
    assert_eq!(
        answer.status,
        StatusCode::TOO_MANY_REQUESTS,
        "{}",
        answer.text
    );
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    world.ask_from(ELSEWHERE, &[]);
    assert_eq!(read(&mut world, &one, None).await, one["data"]);
}
