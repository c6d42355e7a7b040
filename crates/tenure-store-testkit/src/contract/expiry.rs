//! Deadlines and sweeping.

use tenure_core::time::Timestamp;
use tenure_store::{Replaced, Store, Touched};

use super::Checked;
use super::steps::{NOW, at, ensure_absent, entry, expiring, key, put, read};
use crate::Factory;
use crate::violation::{ensure, ensure_eq};

pub(crate) async fn rows_are_gone_at_their_deadline(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    put(&store, &key("a"), None, expiring("one", at(1000))).await?;
    read(&store, &key("a"), at(999)).await?;
    ensure_absent(&store, &key("a"), at(1000)).await?;
    ensure_absent(&store, &key("a"), at(1001)).await?;
    // A clock that was set back finds it again, for it was not swept.
    read(&store, &key("a"), at(0)).await?;
    Ok(())
}

pub(crate) async fn expired_rows_count_as_absent(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let (key, late) = (key("a"), at(10));
    let old = put(&store, &key, None, expiring("one", late)).await?;
    let touched = store.touch(&key, at(900), late).await?;
    ensure_eq!(touched, Touched::Gone, "touching an expired row");
    let replaced = store.replace(&key, Some(old), entry("two"), late).await?;
    ensure_eq!(replaced, Replaced::Conflict, "writing to an expired row");
    let removed = store.remove(&key, Some(old), late).await?;
    ensure_eq!(
        removed,
        Replaced::Conflict,
        "removing an expired row by version"
    );
    ensure_absent(&store, &key, late).await?;

    let created = store.replace(&key, None, entry("three"), late).await?;
    ensure!(
        matches!(created, Replaced::Done(_)),
        "an expired row stands against a new one"
    );
    let found = read(&store, &key, late).await?;
    ensure_eq!(found.bytes, b"three", "the bytes differ");
    ensure_eq!(found.expires_at, None, "the new row has the old deadline");
    Ok(())
}

pub(crate) async fn far_deadlines_are_kept(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let end = Timestamp::from_millis(i64::MAX);
    put(&store, &key("end"), None, expiring("one", end)).await?;
    let found = read(&store, &key("end"), at(1_000_000_000_000)).await?;
    ensure_eq!(found.expires_at, Some(end), "the deadline differs");
    put(
        &store,
        &key("start"),
        None,
        expiring("one", Timestamp::EPOCH),
    )
    .await?;
    ensure_absent(&store, &key("start"), NOW).await
}

pub(crate) async fn sweep_deletes_expired_rows_only(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    put(&store, &key("past"), None, expiring("one", at(-1))).await?;
    put(&store, &key("boundary"), None, expiring("one", at(10))).await?;
    put(&store, &key("future"), None, expiring("one", at(11))).await?;
    put(&store, &key("always"), None, entry("one")).await?;
    ensure_eq!(store.sweep(at(10), 100).await?, 2, "swept rows");
    read(&store, &key("future"), at(10)).await?;
    read(&store, &key("always"), at(10)).await?;
    // Also a clock that is set back finds nothing that was swept.
    ensure_absent(&store, &key("boundary"), at(0)).await?;
    ensure_eq!(store.sweep(at(10), 100).await?, 0, "rows swept twice");
    Ok(())
}

pub(crate) async fn sweep_deletes_at_most_its_limit(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    for row in 0..25 {
        put(
            &store,
            &key(&format!("row {row}")),
            None,
            expiring("one", at(row)),
        )
        .await?;
    }
    ensure_eq!(
        store.sweep(at(100), 0).await?,
        0,
        "rows swept with a limit of nothing"
    );
    ensure_eq!(
        store.sweep(at(100), 10).await?,
        10,
        "rows of the first sweep"
    );
    ensure_eq!(
        store.sweep(at(100), 10).await?,
        10,
        "rows of the second sweep"
    );
    ensure_eq!(store.sweep(at(100), 10).await?, 5, "rows of the last sweep");
    for row in 0..25 {
        ensure_absent(&store, &key(&format!("row {row}")), at(-1)).await?;
    }
    Ok(())
}

pub(crate) async fn sweep_obeys_a_moved_deadline(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    put(&store, &key("later"), None, expiring("one", at(10))).await?;
    put(&store, &key("sooner"), None, expiring("one", at(900))).await?;
    put(&store, &key("dated"), None, entry("one")).await?;
    let version = put(&store, &key("undated"), None, expiring("one", at(10))).await?;
    store.touch(&key("later"), at(900), NOW).await?;
    store.touch(&key("sooner"), at(10), NOW).await?;
    store.touch(&key("dated"), at(10), NOW).await?;
    put(&store, &key("undated"), Some(version), entry("two")).await?;
    ensure_eq!(store.sweep(at(100), 100).await?, 2, "swept rows");
    read(&store, &key("later"), NOW).await?;
    read(&store, &key("undated"), NOW).await?;
    Ok(())
}
