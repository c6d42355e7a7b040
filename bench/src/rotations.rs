//! Rotations on durable SQLite, without HTTP: what the store leaves for the rest.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use tenure_core::issuer::RatchetKeys;
use tenure_store::Store;
use tenure_store_sqlite::SqliteStore;

use crate::{
    family::{self, Rotating},
    latency::Latencies,
    table::Table,
};

/// Compares 64 clients at once with a single one: the difference is what group commit gives.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let store = SqliteStore::open(folder.path().join("tenure.db")).await?;
    let keys = family::ring()?;
    let alone = rotate(&store, &keys, 1, SPAN).await?;
    table.noted("store: rotations, SQLite durable, 1 client", alone.line());
    let together = rotate(&store, &keys, CLIENTS, SPAN).await?;
    table.noted(
        "store: rotations, SQLite durable, 64 clients",
        together.line(),
    );
    let gain = together.per_second() / alone.per_second();
    table.noted("store: gain by group commit", format!("{gain:.1} times"));
    store.close().await;
    Ok(())
}

async fn rotate<S: Store + Clone>(
    store: &S,
    keys: &RatchetKeys,
    clients: usize,
    span: Duration,
) -> Result<Latencies> {
    let mut ready = Vec::new();
    for _ in 0..clients {
        ready.push(Rotating::begin(store, keys).await?);
    }
    let store = Arc::new(store.clone());
    let started = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for mut client in ready {
        let store = Arc::clone(&store);
        running.spawn(async move {
            let mut calls = Vec::new();
            while started.elapsed() < span {
                let call = Instant::now();
                client.rotate(&*store).await?;
                calls.push(call.elapsed());
            }
            anyhow::Ok(calls)
        });
    }
    let mut calls = Vec::new();
    while let Some(done) = running.join_next().await {
        calls.extend(done??);
    }
    Ok(Latencies::new(calls, started.elapsed()))
}

const CLIENTS: usize = 64;
const SPAN: Duration = Duration::from_secs(5);
