//! Many rows, large rows, names of every shape.

use std::sync::Arc;

use tenure_store::{Entry, Key, Kind, Store};
use tokio::task::JoinSet;

use super::Checked;
use super::steps::{NOW, ensure_absent, entry, key, put, read};
use crate::violation::{ensure, ensure_eq};
use crate::{Factory, Violation};

pub(crate) async fn names_of_all_kinds_are_told_apart(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let longest = [b'x'; 64];
    let names: [&[u8]; 9] = [
        b"",
        b"\0",
        b"\0\0",
        b"a",
        b"A",
        b"a\0",
        b"1:a",
        &[0xff, 0xfe, b'\'', b'%'],
        &longest,
    ];
    let all = || {
        Kind::ALL
            .into_iter()
            .flat_map(|kind| names.map(|name| Key::new(kind, name)))
    };
    for key in all() {
        put(&store, &key, None, entry(&format!("{key:?}"))).await?;
    }
    for key in all() {
        let found = read(&store, &key, NOW).await?;
        ensure_eq!(
            found.bytes,
            format!("{key:?}").as_bytes(),
            "a row has another's bytes"
        );
    }
    store
        .remove(&Key::new(Kind::Code, *b"a"), None, NOW)
        .await?;
    ensure_absent(&store, &Key::new(Kind::Code, *b"a"), NOW).await?;
    read(&store, &Key::new(Kind::Transaction, *b"a"), NOW).await?;
    Ok(())
}

pub(crate) async fn large_rows_read_back(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let bytes: Vec<u8> = (0..=255_u8).cycle().take(1 << 20).collect();
    let large = Entry {
        bytes: bytes.clone(),
        expires_at: None,
        owner: None,
    };
    let first = put(&store, &key("large"), None, large.clone()).await?;
    ensure!(
        read(&store, &key("large"), NOW).await?.bytes == bytes,
        "a megabyte came back changed"
    );
    let second = put(&store, &key("large"), Some(first), entry("small")).await?;
    ensure_eq!(
        read(&store, &key("large"), NOW).await?.bytes,
        b"small",
        "the bytes differ"
    );
    put(&store, &key("large"), Some(second), large).await?;
    ensure!(
        read(&store, &key("large"), NOW).await?.bytes == bytes,
        "a megabyte came back changed"
    );
    Ok(())
}

pub(crate) async fn ten_thousand_rows_read_back(factory: &impl Factory) -> Checked {
    let store = Arc::new(factory.make().await?);
    let mut writers = JoinSet::new();
    for first in 0..50 {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            for row in (first..10_000).step_by(50) {
                put(
                    &*store,
                    &key(&row.to_string()),
                    None,
                    entry(&row.to_string()),
                )
                .await?;
            }
            Ok::<_, Violation>(())
        });
    }
    while let Some(written) = writers.join_next().await {
        written.map_err(|panic| Violation::new(format!("a task broke: {panic}")))??;
    }
    for row in 0..10_000 {
        let found = read(&*store, &key(&row.to_string()), NOW).await?;
        ensure_eq!(
            found.bytes,
            row.to_string().as_bytes(),
            "a row has another's bytes"
        );
    }
    Ok(())
}
