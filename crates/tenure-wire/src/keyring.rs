//! Which entry of the system's keyring has a folder's key.

use serde::{Deserialize, Serialize};

use crate::{Form, form::sealed};

/// Names an entry; no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyringEntry {
    /// Its name.
    pub entry: String,
}

impl sealed::Sealed for KeyringEntry {}

impl Form for KeyringEntry {
    const NAME: &'static str = "the name of a keyring entry";
    const VERSION: u8 = 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::is_document;

    #[test]
    fn the_name_of_a_keyring_entry_is_these_bytes() {
        let entry = "00ff".to_owned();
        is_document(&KeyringEntry { entry }, r#"{"v":1,"entry":"00ff"}"#);
    }
}
