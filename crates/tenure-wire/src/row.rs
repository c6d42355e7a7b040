//! Rows of a server's store: a byte that is the version, then JSON.

use crate::{DecodeError, Form};

/// Writes a row.
#[must_use]
pub fn encode<F: Form>(value: &F) -> Vec<u8> {
    // Numbers, texts, and lists and maps of them are always written.
    let json = serde_json::to_vec(value).unwrap_or_default();
    [[F::VERSION].as_slice(), &json].concat()
}

/// Reads a row.
///
/// # Errors
///
/// If the bytes are of a newer version, damaged, or something else.
pub fn decode<F: Form>(bytes: &[u8]) -> Result<F, DecodeError> {
    let damaged = DecodeError::Damaged { form: F::NAME };
    match bytes.split_first() {
        // The reader's own error is left out: it may quote a value.
        Some((version, json)) if *version == F::VERSION => {
            serde_json::from_slice(json).map_err(|_| damaged)
        }
        Some((&version, _)) if version > F::VERSION => Err(DecodeError::Newer {
            form: F::NAME,
            version: version.into(),
            reads: F::VERSION,
        }),
        Some(_) | None => Err(damaged),
    }
}
