use super::*;

#[tokio::test]
async fn a_request_that_is_sent_again_changes_nothing() {
    let mut world = World::new().await;
    let (create, update) = (sealed(1, "one", 2), sealed(1, "two", 3));
    let invalidate = with(sealed(1, "{}", 4), "timeout", json!(1));
    done(&mut world, "set", &create).await;
    // Whoever lost the answer asks again, and has what was asked for.
    world.pass(Duration::from_secs(3600));
    done(&mut world, "set", &create).await;
    done(&mut world, "update", &create).await;
    done(&mut world, "update", &update).await;
    done(&mut world, "update", &update).await;
    is_refused(&mut world, "set", &create, 409, "replayed").await;
    is_refused(&mut world, "update", &create, 409, "replayed").await;
    assert_eq!(read(&mut world, &update, None).await, update["data"]);
    // Not even into another place, or for longer.
    let elsewhere = with(create.clone(), "namespace", json!("other"));
    is_refused(&mut world, "set", &elsewhere, 409, "replayed").await;
    let longer = with(update.clone(), "timeout", json!(2_592_000));
    done(&mut world, "set", &longer).await;
    done(&mut world, "set", &invalidate).await;
    done(&mut world, "set", &invalidate).await;
    world.pass(Duration::from_secs(1));
    assert_eq!(read(&mut world, &update, None).await, "");
    for days in [0, 1, 28] {
        world.pass(DAY * days);
        for body in [&create, &update, &invalidate] {
            is_refused(&mut world, "set", body, 409, "replayed").await;
            is_refused(&mut world, "update", body, 409, "replayed").await;
        }
        assert_eq!(read(&mut world, &update, None).await, "");
    }
}

#[tokio::test]
async fn the_first_life_is_not_lengthened_by_a_repetition() {
    let mut world = World::new().await;
    let body = with(sealed(1, "one", 2), "timeout", json!(60));
    done(&mut world, "set", &body).await;
    world.pass(Duration::from_secs(59));
    done(&mut world, "set", &body).await;
    world.pass(Duration::from_secs(1));
    assert_eq!(read(&mut world, &body, None).await, "");
}

#[tokio::test]
async fn one_request_sixty_four_times_at_once_makes_one_entry() {
    let mut world = World::durable("").await;
    let body = sealed(1, "one", 2);
    let statuses = set_at_once(&world, vec![body.to_string(); 64]).await;
    assert_eq!(statuses, [StatusCode::OK; 64]);
    // All of them are one: what they kept is there, and its place can be taken once, for good.
    assert_eq!(read(&mut world, &body, None).await, body["data"]);
    done(&mut world, "set", &sealed(1, "two", 3)).await;
    is_refused(&mut world, "set", &body, 409, "replayed").await;
}

#[tokio::test]
async fn of_two_writers_at_once_the_last_one_stays_and_neither_comes_back() {
    let mut world = World::durable("").await;
    let bodies: Vec<Value> = (2..18).map(|draw| sealed(1, "text", draw)).collect();
    let sent = bodies.iter().map(Value::to_string).collect();
    let statuses = set_at_once(&world, sent).await;
    assert_eq!(statuses, [StatusCode::OK; 16]);
    let stays = read(&mut world, &bodies[0], None).await;
    for body in &bodies {
        let answer = call(&mut world, "set", body, None).await;
        let expected = if body["data"] == stays { 200 } else { 409 };
        assert_eq!(answer.status, expected, "{}", answer.text);
    }
}
