//! The sealed data beside a family, with its life.

use tenure_core::issuer::{Family, FamilyId};
use tenure_store::{Key, Kind, StoreError};
use tenure_wire::sealed::SessionData;

use crate::rows::{Change, Life, Rows};

/// The data of a token session; `None` if the family is none.
pub(super) async fn of(rows: &Rows, family: FamilyId) -> Result<Option<String>, StoreError> {
    let found = rows.read::<SessionData>(&key(family)).await?;
    Ok(found.map(|(row, _)| row.session_data))
}

/// Keeps data for as long as the family can live.
pub(super) async fn keep(rows: &Rows, family: &Family, data: &str) -> Result<(), StoreError> {
    let decide = |_: Option<SessionData>| {
        let row = SessionData {
            session_data: data.to_owned(),
        };
        Change::Write(row, Life::until(family.absolute_deadline), ())
    };
    rows.change(&key(family.id), decide).await
}

/// Removes the data of a family that ended.
pub(super) async fn remove(rows: &Rows, family: FamilyId) -> Result<(), StoreError> {
    rows.remove(&key(family)).await
}

/// Families have names of 16 bytes, sealed entries those of digests.
fn key(family: FamilyId) -> Key {
    Key::new(Kind::Sealed, family.0)
}
