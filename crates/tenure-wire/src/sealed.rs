//! The rows of sealed data at a server.

use serde::{Deserialize, Serialize};

use crate::{Form, form::sealed};

/// A sealed entry. Its row is found by the digest of the public key and the namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedEntry {
    /// The sealed text, as its owner signed it.
    pub data: String,
    /// Who may read it.
    pub readers: Readers,
    /// In milliseconds since 1970.
    pub ends_at: i64,
}

/// From which pages an entry may be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Readers {
    /// Any page, and programs, too.
    Anyone,
    /// Programs alone, which name no origin.
    Programs,
    /// Pages of this origin alone.
    Origin(String),
}

impl sealed::Sealed for SealedEntry {}

impl Form for SealedEntry {
    const NAME: &'static str = "a sealed entry";
    const VERSION: u8 = 1;
}

/// That a sealed text was accepted once. Its row is found by the digest of the public key and the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedMark {}

impl sealed::Sealed for SealedMark {}

impl Form for SealedMark {
    const NAME: &'static str = "the mark of a sealed text";
    const VERSION: u8 = 1;
}

/// The sealed text beside a token family. Its row is found by the family's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionData {
    /// Sealed, to a key that the server does not have.
    pub session_data: String,
}

impl sealed::Sealed for SessionData {}

impl Form for SessionData {
    const NAME: &'static str = "the data of a token session";
    const VERSION: u8 = 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::is_row;

    #[test]
    fn a_sealed_entry_is_these_bytes() {
        for (readers, written) in [
            (Readers::Anyone, r#""anyone""#),
            (Readers::Programs, r#""programs""#),
            (
                Readers::Origin("https://a.example".to_owned()),
                r#"{"origin":"https://a.example"}"#,
            ),
        ] {
            let entry = SealedEntry {
                data: r#"{"iv":"00"}"#.to_owned(),
                readers,
                ends_at: 1_800_000_060_000,
            };
            let json = format!(
                r#"{{"data":"{{\"iv\":\"00\"}}","readers":{written},"ends_at":1800000060000}}"#
            );
            is_row(&entry, 1, &json);
        }
    }

    #[test]
    fn the_mark_of_a_sealed_text_is_these_bytes() {
        is_row(&SealedMark {}, 1, "{}");
    }

    #[test]
    fn the_data_of_a_token_session_are_these_bytes() {
        let data = SessionData {
            session_data: "text".to_owned(),
        };
        is_row(&data, 1, r#"{"session_data":"text"}"#);
    }
}
