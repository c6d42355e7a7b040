//! One caller, one row.

use tenure_store::{Replaced, Store, Touched, Version};

use super::Checked;
use super::steps::{NOW, at, ensure_absent, entry, expiring, key, put, read};
use crate::Factory;
use crate::violation::{ensure, ensure_eq};

pub(crate) async fn rows_read_back_as_written(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let first = put(&store, &key("a"), None, expiring("one", at(500))).await?;
    let found = read(&store, &key("a"), NOW).await?;
    ensure_eq!(found.bytes, b"one", "the bytes differ");
    ensure_eq!(
        found.version,
        first,
        "the version is not the one of the write"
    );
    ensure_eq!(found.expires_at, Some(at(500)), "the deadline differs");

    let second = put(&store, &key("a"), Some(first), entry("")).await?;
    let found = read(&store, &key("a"), NOW).await?;
    ensure_eq!(found.bytes, b"", "the bytes differ");
    ensure_eq!(
        found.version,
        second,
        "the version is not the one of the write"
    );
    ensure_eq!(found.expires_at, None, "the deadline differs");
    Ok(())
}

pub(crate) async fn absent_rows_are_values_not_errors(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let (key, version) = (key("nowhere"), Some(Version(1)));
    ensure_absent(&store, &key, NOW).await?;
    let replaced = store.replace(&key, version, entry("late"), NOW).await?;
    ensure_eq!(
        replaced,
        Replaced::Conflict,
        "a write expects what is not there"
    );
    ensure_absent(&store, &key, NOW).await?;
    let removed = store.remove(&key, version, NOW).await?;
    ensure_eq!(
        removed,
        Replaced::Conflict,
        "a removal expects what is not there"
    );
    let removed = store.remove(&key, None, NOW).await?;
    ensure_eq!(
        removed,
        Replaced::Done(()),
        "a removal of whatever is there"
    );
    Ok(())
}

pub(crate) async fn stale_versions_conflict(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let first = put(&store, &key("a"), None, entry("one")).await?;
    let second = put(&store, &key("a"), Some(first), entry("two")).await?;
    let far = Version(second.0.wrapping_add(1000));
    for stale in [first, far, Version(0), Version(u64::MAX)] {
        let replaced = store
            .replace(&key("a"), Some(stale), entry("lost"), NOW)
            .await?;
        ensure_eq!(replaced, Replaced::Conflict, "a write with a wrong version");
    }
    let found = read(&store, &key("a"), NOW).await?;
    ensure!(
        found.bytes == b"two" && found.version == second,
        "a conflict changed the row"
    );
    Ok(())
}

pub(crate) async fn present_rows_are_not_created_again(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let version = put(&store, &key("a"), None, expiring("one", at(1))).await?;
    let replaced = store.replace(&key("a"), None, entry("two"), NOW).await?;
    ensure_eq!(replaced, Replaced::Conflict, "creating what is there");
    let found = read(&store, &key("a"), NOW).await?;
    ensure!(
        found.bytes == b"one" && found.version == version,
        "a conflict changed the row"
    );
    Ok(())
}

pub(crate) async fn removal_obeys_the_version(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let first = put(&store, &key("a"), None, entry("one")).await?;
    let second = put(&store, &key("a"), Some(first), entry("two")).await?;
    let removed = store.remove(&key("a"), Some(first), NOW).await?;
    ensure_eq!(
        removed,
        Replaced::Conflict,
        "a removal with a stale version"
    );
    ensure_eq!(
        read(&store, &key("a"), NOW).await?.bytes,
        b"two",
        "a conflict removed the row"
    );
    let removed = store.remove(&key("a"), Some(second), NOW).await?;
    ensure_eq!(
        removed,
        Replaced::Done(()),
        "a removal with the right version"
    );
    ensure_absent(&store, &key("a"), NOW).await?;

    put(&store, &key("a"), None, entry("three")).await?;
    let removed = store.remove(&key("a"), None, NOW).await?;
    ensure_eq!(
        removed,
        Replaced::Done(()),
        "a removal of whatever is there"
    );
    ensure_absent(&store, &key("a"), NOW).await
}

pub(crate) async fn touch_moves_the_deadline_and_nothing_else(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    for (name, written) in [
        ("dated", expiring("one", at(100))),
        ("undated", entry("one")),
    ] {
        let version = put(&store, &key(name), None, written).await?;
        for deadline in [at(900), at(50)] {
            let touched = store.touch(&key(name), deadline, NOW).await?;
            ensure_eq!(touched, Touched::Done, "touching a row that is there");
            let found = read(&store, &key(name), at(49)).await?;
            ensure_eq!(found.expires_at, Some(deadline), "the deadline differs");
            ensure_eq!(found.bytes, b"one", "a touch changed the bytes");
            ensure_eq!(found.version, version, "a touch changed the version");
        }
        ensure_absent(&store, &key(name), at(50)).await?;
    }
    Ok(())
}

pub(crate) async fn touch_never_creates_a_row(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let touched = store.touch(&key("nowhere"), at(900), NOW).await?;
    ensure_eq!(touched, Touched::Gone, "touching what is not there");
    ensure_absent(&store, &key("nowhere"), NOW).await?;

    put(&store, &key("removed"), None, entry("one")).await?;
    store.remove(&key("removed"), None, NOW).await?;
    let touched = store.touch(&key("removed"), at(900), NOW).await?;
    ensure_eq!(touched, Touched::Gone, "touching what was removed");
    ensure_absent(&store, &key("removed"), NOW).await
}
