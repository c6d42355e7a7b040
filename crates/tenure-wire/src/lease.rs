//! What the lock of a session's folder says of itself on disk.

use serde::{Deserialize, Serialize};

use crate::{DecodeError, Form, document, form::sealed};

/// A lease. Its number, the fence, is in the file's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lease {
    /// The process that holds it, for people.
    pub pid: u32,
    /// When it ends unless it is renewed; in milliseconds since 1970.
    pub expires_at_ms: u64,
    /// Whether it was given back.
    pub released: bool,
}

impl sealed::Sealed for Lease {}

impl Form for Lease {
    const NAME: &'static str = "a lease";
    const VERSION: u8 = 1;
}

/// Writes a lease. Its first version has no member `v`: other languages write it, too.
#[must_use]
pub fn encode(lease: &Lease) -> Vec<u8> {
    // Numbers are always written.
    serde_json::to_vec(lease).unwrap_or_default()
}

/// Reads a lease.
///
/// # Errors
///
/// If the bytes are of a newer version, damaged, or something else.
pub fn decode(bytes: &[u8]) -> Result<Lease, DecodeError> {
    document::decode_or_first(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLDEN: &str = r#"{"pid":42,"expires_at_ms":1800000002000,"released":true}"#;

    #[test]
    fn a_lease_is_these_bytes() {
        let lease = Lease {
            pid: 42,
            expires_at_ms: 1_800_000_002_000,
            released: true,
        };
        assert_eq!(encode(&lease), GOLDEN.as_bytes());
        assert_eq!(decode(GOLDEN.as_bytes()), Ok(lease));
    }

    #[test]
    fn a_lease_that_cannot_be_read_is_newer_or_damaged() {
        let damaged = Err(DecodeError::Damaged { form: "a lease" });
        for length in 0..GOLDEN.len() {
            assert_eq!(decode(&GOLDEN.as_bytes()[..length]), damaged);
        }
        for bytes in ["[]", r#"{"pid":42}"#, r#"{"v":0,"pid":42}"#, "null"] {
            assert_eq!(decode(bytes.as_bytes()), damaged, "{bytes}");
        }
        let newer = DecodeError::Newer {
            form: "a lease",
            version: 2,
            reads: 1,
        };
        assert_eq!(decode(br#"{"v":2,"until":"noon"}"#), Err(newer));
    }
}
