//! The rows of a browser's sign-in at a server.

use serde::{Deserialize, Serialize};

use crate::{Form, form::sealed};

/// A browser's sign-in. Its row is found by the digest of the cookie's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// What lists and links call it; no secret.
    pub id: String,
    /// Whose it is.
    pub subject: String,
    /// In milliseconds since 1970.
    pub auth_time: i64,
    /// In milliseconds since 1970.
    pub last_seen: i64,
    /// In milliseconds since 1970.
    pub absolute_deadline: i64,
    /// Where it was made from.
    pub address: Option<String>,
    /// With which browser.
    pub user_agent: Option<String>,
}

impl sealed::Sealed for SignIn {}

impl Form for SignIn {
    const NAME: &'static str = "a sign-in";
    const VERSION: u8 = 1;
}

/// The id of the sign-in that a token family came from. Its row is found by the family's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FamilyLink(pub String);

impl sealed::Sealed for FamilyLink {}

impl Form for FamilyLink {
    const NAME: &'static str = "the link from a token family to its sign-in";
    const VERSION: u8 = 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::is_row;

    #[test]
    fn a_sign_in_is_these_bytes() {
        let sign_in = SignIn {
            id: "aWQ".to_owned(),
            subject: "c3ViamVjdA".to_owned(),
            auth_time: 1_800_000_000_000,
            last_seen: 1_800_000_060_000,
            absolute_deadline: 1_802_592_000_000,
            address: Some("203.0.113.7".to_owned()),
            user_agent: None,
        };
        is_row(
            &sign_in,
            1,
            concat!(
                r#"{"id":"aWQ","subject":"c3ViamVjdA","auth_time":1800000000000,"#,
                r#""last_seen":1800000060000,"absolute_deadline":1802592000000,"#,
                r#""address":"203.0.113.7","user_agent":null}"#
            ),
        );
    }

    #[test]
    fn the_link_of_a_family_is_these_bytes() {
        is_row(&FamilyLink("aWQ".to_owned()), 1, r#""aWQ""#);
    }
}
