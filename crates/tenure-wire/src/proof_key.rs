//! The key that tokens are bound to (RFC 9449).

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Form,
    form::{redacted, sealed},
};

/// A private key for proofs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofKey {
    /// The private JWK (RFC 7517).
    pub jwk: Map<String, Value>,
}

impl sealed::Sealed for ProofKey {}

impl Form for ProofKey {
    const NAME: &'static str = "the key for proofs";
    const VERSION: u8 = 1;
}

impl fmt::Debug for ProofKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted("ProofKey", f)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::golden::is_document;

    #[test]
    fn the_key_for_proofs_is_these_bytes() {
        let members = [("crv", "P-256"), ("d", "ZA"), ("kty", "EC")];
        let members = members.map(|(name, value)| (name.to_owned(), json!(value)));
        let jwk = Map::from_iter(members);
        is_document(
            &ProofKey { jwk },
            r#"{"v":1,"jwk":{"crv":"P-256","d":"ZA","kty":"EC"}}"#,
        );
    }
}
