//! What stands in a file instead of a value that is sealed.

use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{Form, form::sealed};

/// A sealed session, or a sealed key for proofs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// The number of the key in the register of keys.
    pub key: u64,
    /// Nonce, text and tag of AES-256-GCM in base64url.
    pub sealed: String,
}

impl sealed::Sealed for Envelope {}

impl Form for Envelope {
    const NAME: &'static str = "a sealed value";
    const VERSION: u8 = 1;
}

/// Whether bytes are a sealed value, of whatever version.
#[must_use]
pub fn is_sealed(bytes: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Sealed {
        #[serde(rename = "v")]
        _v: u64,
        #[serde(rename = "sealed")]
        _sealed: IgnoredAny,
    }
    serde_json::from_slice::<Sealed>(bytes).is_ok()
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
        assert!(is_sealed(GOLDEN.as_bytes()));
        assert!(is_sealed(newer));
        assert!(!is_sealed(br#"{"tenure":1,"generation":1}"#));
        assert!(!is_sealed(br#"{"v":1,"entry":"00ff"}"#));
    }
}
