use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

use tenure_core::time::Timestamp;

use crate::{Entry, Key, Kind, Owner, Page, Version};

/// Some of the rows, with an index by owner and one by deadline.
#[derive(Default)]
pub(super) struct Shard {
    rows: HashMap<Key, Row>,
    owned: BTreeSet<(Owner, Key)>,
    expiring: BTreeSet<(Timestamp, Key)>,
}

pub(super) struct Row {
    pub(super) entry: Entry,
    pub(super) version: Version,
}

impl Row {
    fn is_live(&self, now: Timestamp) -> bool {
        self.entry.expires_at.is_none_or(|deadline| now < deadline)
    }
}

impl Shard {
    pub(super) fn live(&self, key: &Key, now: Timestamp) -> Option<&Row> {
        self.rows.get(key).filter(|row| row.is_live(now))
    }

    pub(super) fn put(&mut self, key: &Key, row: Row) {
        self.delete(key);
        if let Some(owner) = &row.entry.owner {
            self.owned.insert((owner.clone(), key.clone()));
        }
        if let Some(deadline) = row.entry.expires_at {
            self.expiring.insert((deadline, key.clone()));
        }
        self.rows.insert(key.clone(), row);
    }

    pub(super) fn delete(&mut self, key: &Key) {
        let Some(row) = self.rows.remove(key) else {
            return;
        };
        if let Some(owner) = row.entry.owner {
            self.owned.remove(&(owner, key.clone()));
        }
        if let Some(deadline) = row.entry.expires_at {
            self.expiring.remove(&(deadline, key.clone()));
        }
    }

    pub(super) fn move_deadline(&mut self, key: &Key, to: Timestamp) {
        let Some(row) = self.rows.get_mut(key) else {
            return;
        };
        if let Some(old) = row.entry.expires_at.replace(to) {
            self.expiring.remove(&(old, key.clone()));
        }
        self.expiring.insert((to, key.clone()));
    }

    pub(super) fn owned_by(
        &self,
        owner: &Owner,
        kind: Kind,
        page: &Page,
        now: Timestamp,
    ) -> Vec<Key> {
        let start = match &page.after {
            Some(after) => Bound::Excluded((owner.clone(), Key::new(kind, after.name()))),
            None => Bound::Included((owner.clone(), Key::new(kind, []))),
        };
        self.owned
            .range((start, Bound::Unbounded))
            .take_while(|(of, key)| of == owner && key.kind() == kind)
            .filter(|(_, key)| self.live(key, now).is_some())
            .map(|(_, key)| key.clone())
            .take(page.limit)
            .collect()
    }

    pub(super) fn sweep(&mut self, now: Timestamp, limit: usize) -> usize {
        let mut swept = 0;
        while swept < limit {
            let Some((deadline, key)) = self.expiring.first() else {
                break;
            };
            if *deadline > now {
                break;
            }
            let key = key.clone();
            self.delete(&key);
            swept += 1;
        }
        swept
    }
}
