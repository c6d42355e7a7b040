//! The index of owners.

use tenure_store::{Entry, Key, Kind, Owner, Page, Store};

use super::Checked;
use super::steps::{NOW, all_of, at, entry, key, owned, put};
use crate::violation::{ensure, ensure_eq};
use crate::{Factory, Violation};

pub(crate) async fn owners_see_their_own_rows(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let (ann, anna) = (Owner("ann".to_owned()), Owner("anna".to_owned()));
    let family = Key::new(Kind::Family, *b"a");
    put(&store, &key("b"), None, owned(&ann)).await?;
    put(&store, &key("a"), None, owned(&ann)).await?;
    put(&store, &key("c"), None, owned(&anna)).await?;
    put(&store, &key("nobody's"), None, entry("one")).await?;
    put(&store, &family, None, owned(&ann)).await?;

    let sessions = all_of(&store, &ann, Kind::Session).await?;
    ensure_eq!(sessions, [key("a"), key("b")], "one owner's sessions");
    let families = all_of(&store, &ann, Kind::Family).await?;
    ensure_eq!(families, [family], "one owner's families");
    let others = all_of(&store, &anna, Kind::Session).await?;
    ensure_eq!(others, [key("c")], "the other owner's sessions");
    let strangers = all_of(&store, &Owner("an".to_owned()), Kind::Session).await?;
    ensure!(strangers.is_empty(), "an owner without rows has some");
    Ok(())
}

pub(crate) async fn owners_do_not_see_expired_or_removed_rows(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let ann = Owner("ann".to_owned());
    let until = |millis| Entry {
        expires_at: Some(at(millis)),
        ..owned(&ann)
    };
    put(&store, &key("at once"), None, until(0)).await?;
    put(&store, &key("soon"), None, until(1)).await?;
    put(&store, &key("touched"), None, until(1)).await?;
    put(&store, &key("removed"), None, owned(&ann)).await?;
    store.remove(&key("removed"), None, NOW).await?;
    store.touch(&key("touched"), at(0), NOW).await?;
    ensure_eq!(
        all_of(&store, &ann, Kind::Session).await?,
        [key("soon")],
        "an owner's rows"
    );

    // Rows that have expired take no room on a page.
    put(&store, &key("z"), None, owned(&ann)).await?;
    let first = store
        .owned_by(
            &ann,
            Kind::Session,
            Page {
                after: None,
                limit: 1,
            },
            at(1),
        )
        .await?;
    ensure_eq!(first, [key("z")], "a page of one");
    Ok(())
}

pub(crate) async fn rows_change_owners_with_their_bytes(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let (ann, bob) = (Owner("ann".to_owned()), Owner("bob".to_owned()));
    let first = put(&store, &key("a"), None, owned(&ann)).await?;
    let second = put(&store, &key("a"), Some(first), owned(&bob)).await?;
    ensure!(
        all_of(&store, &ann, Kind::Session).await?.is_empty(),
        "the old owner has the row"
    );
    ensure_eq!(
        all_of(&store, &bob, Kind::Session).await?,
        [key("a")],
        "the new owner's rows"
    );
    put(&store, &key("a"), Some(second), entry("nobody's")).await?;
    ensure!(
        all_of(&store, &bob, Kind::Session).await?.is_empty(),
        "a row without owner has one"
    );
    Ok(())
}

pub(crate) async fn pages_cover_every_key_once(factory: &impl Factory) -> Checked {
    let store = factory.make().await?;
    let ann = Owner("ann".to_owned());
    let mut written = Vec::new();
    for row in 0_u8..23 {
        let key = Key::new(Kind::Session, [row.wrapping_mul(97), 0, row]);
        put(&store, &key, None, owned(&ann)).await?;
        written.push(key);
    }
    written.sort();
    let none = store
        .owned_by(&ann, Kind::Session, Page::default(), NOW)
        .await?;
    ensure!(none.is_empty(), "a page of nothing has keys");
    for is_removed in [false, true] {
        let seen = page_through(&store, &ann, is_removed).await?;
        ensure!(seen == written, "the pages do not have each key once");
    }
    Ok(())
}

/// All keys of an owner, five at a time. When the last key of a page is removed, the next page
/// still goes on behind it.
async fn page_through(
    store: &impl Store,
    owner: &Owner,
    is_removed: bool,
) -> Result<Vec<Key>, Violation> {
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = Page {
            after: after.take(),
            limit: 5,
        };
        let keys = store.owned_by(owner, Kind::Session, page, NOW).await?;
        ensure!(keys.len() <= 5, "a page of five has {} keys", keys.len());
        ensure!(seen.len() < 1000, "the pages do not end");
        let Some(last) = keys.last() else { break };
        if is_removed {
            store.remove(last, None, NOW).await?;
        }
        after = Some(last.clone());
        seen.extend(keys);
    }
    seen.sort();
    Ok(seen)
}
