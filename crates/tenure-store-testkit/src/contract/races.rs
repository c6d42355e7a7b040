//! Many callers, one row.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tenure_store::{Entry, Key, Replaced, Store, StoreError};
use tokio::task::JoinSet;

use super::Checked;
use super::steps::{NOW, at, entry, expiring, key, put, read};
use crate::violation::{ensure, ensure_eq};
use crate::{Factory, Violation};

pub(crate) async fn one_of_many_creators_wins(factory: &impl Factory) -> Checked {
    let store = Arc::new(factory.make().await?);
    for round in 0..20 {
        let key = key(&format!("round {round}"));
        let outcomes = race(WRITERS, |writer| {
            let (store, key) = (Arc::clone(&store), key.clone());
            async move {
                store
                    .replace(&key, None, entry(&writer.to_string()), NOW)
                    .await
            }
        })
        .await?;
        ensure_single_winner(&*store, &key, outcomes).await?;
    }
    Ok(())
}

pub(crate) async fn one_of_many_writers_wins_each_version(factory: &impl Factory) -> Checked {
    let store = Arc::new(factory.make().await?);
    let key = key("a");
    let mut version = put(&*store, &key, None, entry("start")).await?;
    for _ in 0..20 {
        let outcomes = race(WRITERS, |writer| {
            let (store, key) = (Arc::clone(&store), key.clone());
            async move {
                store
                    .replace(&key, Some(version), entry(&writer.to_string()), NOW)
                    .await
            }
        })
        .await?;
        ensure_single_winner(&*store, &key, outcomes).await?;
        version = read(&*store, &key, NOW).await?.version;
    }
    Ok(())
}

pub(crate) async fn a_thousand_racing_increments_all_count(factory: &impl Factory) -> Checked {
    let store = Arc::new(factory.make().await?);
    put(&*store, &key("counter"), None, entry("0")).await?;
    let counted = race(20, |_| {
        let store = Arc::clone(&store);
        async move {
            for _ in 0..50 {
                increment(&*store, &key("counter")).await?;
            }
            Ok::<_, Violation>(())
        }
    });
    counted.await?.into_iter().collect::<Result<(), _>>()?;
    let count = read(&*store, &key("counter"), NOW).await?.bytes;
    ensure_eq!(String::from_utf8_lossy(&count), "1000", "updates were lost");
    Ok(())
}

pub(crate) async fn a_removal_and_a_write_do_not_both_win(factory: &impl Factory) -> Checked {
    let store = Arc::new(factory.make().await?);
    for round in 0..50 {
        let key = key(&format!("round {round}"));
        let version = put(&*store, &key, None, entry("start")).await?;
        let outcomes = race(2, |racer| {
            let (store, key) = (Arc::clone(&store), key.clone());
            async move {
                if racer == round % 2 {
                    return Ok(store.remove(&key, Some(version), NOW).await? == Replaced::Done(()));
                }
                let written = store
                    .replace(&key, Some(version), entry("kept"), NOW)
                    .await?;
                Ok::<_, StoreError>(written != Replaced::Conflict)
            }
        });
        let won = outcomes.await?.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (is_removed, is_written) = (won[round % 2], won[1 - round % 2]);
        ensure!(
            is_removed != is_written,
            "removed: {is_removed}, written: {is_written}"
        );
        let is_there = store.find(&key, NOW).await?.is_some();
        ensure_eq!(is_there, is_written, "the row is not as the winner left it");
    }
    Ok(())
}

pub(crate) async fn sweeping_while_writing_loses_nothing(factory: &impl Factory) -> Checked {
    let store = Arc::new(factory.make().await?);
    let outcomes = race(8, |task| {
        let store = Arc::clone(&store);
        async move {
            if task < 2 {
                for _ in 0..100 {
                    store.sweep(at(10), 7).await?;
                    tokio::task::yield_now().await;
                }
                return Ok::<_, Violation>(());
            }
            for rows in [0..10, 10..20, 20..30, 30..40] {
                let keys: Vec<Key> = rows.map(|row| key(&format!("{task} {row}"))).collect();
                replace_expired(&*store, &keys).await?;
            }
            Ok(())
        }
    });
    outcomes.await?.into_iter().collect::<Result<(), _>>()?;
    while store.sweep(at(10), 1000).await? > 0 {}
    for (task, row) in (2..8).flat_map(|task| (0..40).map(move |row| (task, row))) {
        let found = read(&*store, &key(&format!("{task} {row}")), at(10)).await?;
        ensure_eq!(
            found.bytes,
            b"kept",
            "a row is not as its last writer left it"
        );
    }
    Ok(())
}

/// Writes rows that somebody who sweeps takes for expired, and over them some that are not.
async fn replace_expired(store: &impl Store, keys: &[Key]) -> Checked {
    for key in keys {
        put(store, key, None, expiring("old", at(5))).await?;
    }
    // Gives a sweep the time to come upon them; nothing depends on it.
    tokio::time::sleep(Duration::from_millis(1)).await;
    for key in keys {
        let created = store
            .replace(key, None, expiring("kept", at(900)), at(10))
            .await?;
        ensure!(
            matches!(created, Replaced::Done(_)),
            "an expired row stands against a new one"
        );
    }
    Ok(())
}

async fn increment(store: &impl Store, key: &Key) -> Checked {
    loop {
        let found = read(store, key, NOW).await?;
        let count: u64 = String::from_utf8_lossy(&found.bytes)
            .parse()
            .map_err(|_| Violation::new("the counter is not a number"))?;
        let next: Entry = entry(&(count + 1).to_string());
        if store.replace(key, Some(found.version), next, NOW).await? != Replaced::Conflict {
            return Ok(());
        }
    }
}

async fn ensure_single_winner(
    store: &impl Store,
    key: &Key,
    outcomes: Vec<Result<Replaced, StoreError>>,
) -> Checked {
    let mut winners = Vec::new();
    for (writer, outcome) in outcomes.into_iter().enumerate() {
        if let Replaced::Done(version) = outcome? {
            winners.push((writer, version));
        }
    }
    let [(writer, version)] = winners[..] else {
        return Err(Violation::new(format!(
            "{} writers won one version",
            winners.len()
        )));
    };
    let found = read(store, key, NOW).await?;
    ensure_eq!(
        found.bytes,
        writer.to_string().as_bytes(),
        "the row is not the winner's"
    );
    ensure_eq!(found.version, version, "the version is not the winner's");
    Ok(())
}

/// Starts tasks at the same moment; returns what they returned, in the order of their numbers.
async fn race<T, F>(tasks: usize, task: impl Fn(usize) -> F) -> Result<Vec<T>, Violation>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(tokio::sync::Barrier::new(tasks));
    let mut running = JoinSet::new();
    for number in 0..tasks {
        let (start, task) = (Arc::clone(&start), task(number));
        running.spawn(async move {
            start.wait().await;
            (number, task.await)
        });
    }
    let mut ended = Vec::with_capacity(tasks);
    while let Some(outcome) = running.join_next().await {
        ended.push(outcome.map_err(|panic| Violation::new(format!("a task broke: {panic}")))?);
    }
    ended.sort_by_key(|(number, _)| *number);
    Ok(ended.into_iter().map(|(_, outcome)| outcome).collect())
}

const WRITERS: usize = 16;
