//! The rows of a person who may sign in.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Form,
    form::{redacted, sealed},
};

/// An account. Its row is found by the digest of its subject.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// What tokens call it.
    pub subject: String,
    /// What its person calls it.
    pub username: String,
    /// In the PHC string format.
    pub password_hash: String,
    /// In milliseconds since 1970.
    pub created_at: i64,
    /// Sign-ins from before this time no longer count; in milliseconds since 1970.
    pub not_before: i64,
    /// Whether its person is kept out.
    #[serde(default)]
    pub disabled: bool,
    /// What the operator wrote about the person.
    #[serde(default)]
    pub claims: Map<String, Value>,
}

impl sealed::Sealed for Account {}

impl Form for Account {
    const NAME: &'static str = "an account";
    const VERSION: u8 = 1;
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted("Account", f)
    }
}

/// Which account a name belongs to. Its row is found by the digest of the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountName {
    /// The account's subject.
    pub subject: String,
}

impl sealed::Sealed for AccountName {}

impl Form for AccountName {
    const NAME: &'static str = "the name of an account";
    const VERSION: u8 = 1;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::golden::is_row;

    #[test]
    fn an_account_is_these_bytes() {
        let account = Account {
            subject: "c3ViamVjdA".to_owned(),
            username: "ada".to_owned(),
            password_hash: "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA".to_owned(),
            created_at: 1_800_000_000_000,
            not_before: 1_800_000_000_001,
            disabled: true,
            claims: Map::from_iter([("teams".to_owned(), json!(["red", 2]))]),
        };
        is_row(
            &account,
            1,
            concat!(
                r#"{"subject":"c3ViamVjdA","username":"ada","#,
                r#""password_hash":"$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA","#,
                r#""created_at":1800000000000,"not_before":1800000000001,"disabled":true,"#,
                r#""claims":{"teams":["red",2]}}"#
            ),
        );
    }

    #[test]
    fn the_name_of_an_account_is_these_bytes() {
        let subject = "c3ViamVjdA".to_owned();
        is_row(&AccountName { subject }, 1, r#"{"subject":"c3ViamVjdA"}"#);
    }
}
