//! `tenure-seal` for JavaScript: the curve and Keccak, which a browser lacks. The rest of sealing
//! (SHA-512, AES, HMAC, JSON) is WebCrypto's.
//!
//! Keys, points and signatures are hexadecimal digits, as they are stored and sent. An error is
//! one sentence.
//!
//! ```
//! use tenure_seal_wasm::{agree, public_key};
//!
//! let (one, other) = (public_key("1").unwrap(), public_key("2").unwrap());
//! assert_eq!(agree("1", &other), agree("2", &one));
//! ```
//!
//! Signatures are made here and checked by the server: a page has nothing to check, and it would cost
//! 2 KB.
//!
//! It draws no random numbers and does no I/O: the module imports nothing from its surroundings.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

#[cfg(target_family = "wasm")]
mod bare;

use alloc::string::{String, ToString};
use core::fmt::Display;

use tenure_seal::{PublicKey, SealKey, Signature};
use wasm_bindgen::prelude::wasm_bindgen;

/// The public key of a secret one: 130 digits that begin with `04`.
///
/// # Errors
///
/// If the secret is not hexadecimal, zero, or not below the order of the curve.
#[wasm_bindgen]
pub fn public_key(secret: &str) -> Result<String, String> {
    Ok(key(secret)?.public().to_string())
}

/// What the owners of both keys can compute, in 64 digits: the keys of the cipher are made of it.
///
/// # Errors
///
/// As [`public_key`], and if the other key is no uncompressed point of the curve.
#[wasm_bindgen]
pub fn agree(secret: &str, other: &str) -> Result<String, String> {
    let shared = key(secret)?.agree(&point(other)?);
    Ok(shared.expose_hex().to_string())
}

/// Signs a text: DER in hexadecimal digits.
///
/// # Errors
///
/// As [`public_key`].
#[wasm_bindgen]
pub fn sign(secret: &str, text: &str) -> Result<String, String> {
    Ok(Signature::sign(&key(secret)?, text).to_string())
}

fn key(secret: &str) -> Result<SealKey, String> {
    secret.parse().map_err(sentence)
}

fn point(public: &str) -> Result<PublicKey, String> {
    public.parse().map_err(sentence)
}

fn sentence(error: impl Display) -> String {
    error.to_string()
}
