//! A stale version never matches.

use std::collections::HashSet;

use tenure_store::{Replaced, Store};

use super::Checked;
use super::steps::{NOW, at, entry, expiring, key, put};
use crate::Factory;
use crate::violation::{ensure, ensure_eq};

pub(crate) async fn every_write_has_a_new_version(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let mut seen = HashSet::new();
    let mut last = None;
    for write in 0..100 {
        // The same bytes again are a write, too.
        let version = put(&store, &key("a"), last, entry("same")).await?;
        last = Some(version);
        ensure!(
            seen.insert(version),
            "write {write} has a version seen before"
        );
    }
    Ok(())
}

pub(crate) async fn versions_do_not_return_after_removal(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let mut seen = HashSet::new();
    for life in 0..20 {
        let first = put(&store, &key("a"), None, entry("one")).await?;
        let second = put(&store, &key("a"), Some(first), entry("two")).await?;
        ensure!(
            seen.insert(first),
            "life {life} begins with a version seen before"
        );
        ensure!(
            seen.insert(second),
            "life {life} goes on with a version seen before"
        );
        let by = if life % 2 == 0 { Some(second) } else { None };
        store.remove(&key("a"), by, NOW).await?;
    }
    Ok(())
}

pub(crate) async fn versions_do_not_return_after_expiry(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    for is_swept in [false, true] {
        let key = key(if is_swept { "swept" } else { "left" });
        let old = put(&store, &key, None, expiring("one", at(10))).await?;
        if is_swept {
            store.sweep(at(10), 100).await?;
        }
        let created = store.replace(&key, None, entry("two"), at(10)).await?;
        ensure!(
            matches!(created, Replaced::Done(_)),
            "an expired row stands against a new one"
        );
        let late = store
            .replace(&key, Some(old), entry("three"), at(10))
            .await?;
        ensure_eq!(
            late,
            Replaced::Conflict,
            "a write with the version of an earlier life"
        );
        let late = store.remove(&key, Some(old), at(10)).await?;
        ensure_eq!(
            late,
            Replaced::Conflict,
            "a removal with the version of an earlier life"
        );
    }
    Ok(())
}
