//! What stands in a file instead of a value that is sealed.

use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::Form;

/// A sealed session, or a sealed key for proofs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// The number of the key in the register of keys.
    pub key: u64,
    /// Nonce, text and tag of AES-256-GCM in base64url.
    pub sealed: String,
}

impl Form for Envelope {
    const NAME: &'static str = "a sealed value";
    const VERSION: u8 = 1;
}

/// The version of what is sealed, also if this release cannot read it; `None` where it is not.
#[must_use]
pub fn version_of(bytes: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Sealed {
        v: u64,
        #[serde(rename = "sealed")]
        _sealed: IgnoredAny,
    }
    let sealed: Sealed = serde_json::from_slice(bytes).ok()?;
    Some(sealed.v)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::is_document;

    const GOLDEN: &str = r#"{"v":1,"key":7,"sealed":"c2VhbGVk"}"#;

    #[test]
    fn an_envelope_is_these_bytes() {
        let sealed = "c2VhbGVk".to_owned();
        is_document(&Envelope { key: 7, sealed }, GOLDEN);
    }

    #[test]
    fn what_is_sealed_is_known_in_any_version() {
        let newer = br#"{"v":300,"sealed":{"by":"another cipher"}}"#;
        assert_eq!(version_of(GOLDEN.as_bytes()), Some(1));
        assert_eq!(version_of(newer), Some(300));
        assert_eq!(version_of(br#"{"tenure":1,"generation":1}"#), None);
    }
}
