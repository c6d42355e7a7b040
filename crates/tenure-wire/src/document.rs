//! Files that other programs may look at: a JSON object whose member `v` is the version.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{DecodeError, Form};

/// Writes a document.
#[must_use]
pub fn encode<F: Form>(value: &F) -> Vec<u8> {
    let document = Versioned {
        v: F::VERSION,
        value,
    };
    // Numbers, texts, and lists and maps of them are always written.
    serde_json::to_vec(&document).unwrap_or_default()
}

/// Reads a document.
///
/// # Errors
///
/// If the bytes are of a newer version, damaged, or something else.
pub fn decode<F: Form>(bytes: &[u8]) -> Result<F, DecodeError> {
    read(bytes, None)
}

/// Reads a document of a form that had no member `v` at first; then it is of version 1.
pub(crate) fn decode_or_first<F: Form>(bytes: &[u8]) -> Result<F, DecodeError> {
    read(bytes, Some(1))
}

fn read<F: Form>(bytes: &[u8], unnamed: Option<u64>) -> Result<F, DecodeError> {
    // The reader's own errors are left out: they may quote a value.
    let damaged = DecodeError::Damaged { form: F::NAME };
    let mut members: Map<String, Value> = serde_json::from_slice(bytes).map_err(|_| damaged)?;
    let version = match members.remove("v") {
        Some(version) => version.as_u64(),
        None => unnamed,
    };
    match version.ok_or(damaged)? {
        version if version > u64::from(F::VERSION) => Err(DecodeError::Newer {
            form: F::NAME,
            version,
            reads: F::VERSION,
        }),
        version if version == u64::from(F::VERSION) => {
            serde_json::from_value(Value::Object(members)).map_err(|_| damaged)
        }
        _ => Err(damaged),
    }
}

#[derive(Serialize)]
struct Versioned<'a, F> {
    v: u8,
    #[serde(flatten)]
    value: &'a F,
}
