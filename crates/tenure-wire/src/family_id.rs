//! The id of a token family, as its text.

use serde::{Deserialize, Deserializer, Serializer, de::Error};
use tenure_core::issuer::FamilyId;

pub(crate) fn serialize<S: Serializer>(id: &FamilyId, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(id)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<FamilyId, D::Error> {
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}
