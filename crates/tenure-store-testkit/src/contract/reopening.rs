//! What outlives the store.

use tenure_store::{Entry, Kind, Owner, Replaced, Store};

use super::Checked;
use super::steps::{NOW, all_of, at, ensure_absent, entry, key, owned, put, read};
use crate::Factory;
use crate::violation::{ensure, ensure_eq};

pub(crate) async fn rows_survive_reopening(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let ann = Owner("ann".to_owned());
    let kept = Entry {
        expires_at: Some(at(50)),
        ..owned(&ann)
    };
    let version = put(&store, &key("kept"), None, kept.clone()).await?;
    let removed = put(&store, &key("removed"), None, entry("one")).await?;
    store.remove(&key("removed"), None, NOW).await?;
    let Some(store) = factory.reopen(store).await? else {
        return Ok(());
    };

    let found = read(&store, &key("kept"), NOW).await?;
    ensure_eq!(found.bytes, kept.bytes, "the bytes differ");
    ensure_eq!(found.version, version, "the version differs");
    ensure_eq!(found.expires_at, kept.expires_at, "the deadline differs");
    ensure_eq!(
        all_of(&store, &ann, Kind::Session).await?,
        [key("kept")],
        "the owner's rows"
    );
    ensure_absent(&store, &key("removed"), NOW).await?;

    put(&store, &key("removed"), None, entry("two")).await?;
    let late = store
        .replace(&key("removed"), Some(removed), entry("three"), NOW)
        .await?;
    ensure_eq!(
        late,
        Replaced::Conflict,
        "a write with a version from before"
    );
    let next = put(&store, &key("kept"), Some(version), entry("next")).await?;
    ensure!(next != version, "a version was given twice");
    Ok(())
}
