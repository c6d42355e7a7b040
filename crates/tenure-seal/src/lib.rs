//! Sealed data: only whoever has a 32-byte key can read it or put something in its place.
//!
//! ```
//! # #[cfg(feature = "sealed")] {
//! use tenure_seal::{SealKey, Signature, open, seal};
//!
//! // Random bytes come from the caller; these are for reading only.
//! let key = SealKey::from_bytes(&[1; 32])?;
//! let sealed = seal(&key.public(), br#"{"user":"ada"}"#, &SealKey::from_bytes(&[2; 32])?, [3; 16]);
//! let text = sealed.to_string();
//! let signature = Signature::sign(&key, &text);
//!
//! // Whoever keeps the text can check who wrote it, and read nothing.
//! assert!(signature.is_of(&key.public(), &text));
//! assert_eq!(open(&key, &text.parse()?)?, br#"{"user":"ada"}"#);
//! # }
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! The scheme is that of `@toruslabs/eccrypto`, byte for byte: ECIES on secp256k1 with SHA-512,
//! AES-256-CBC and HMAC-SHA-256, as JSON with hexadecimal members; signatures are deterministic
//! ECDSA (RFC 6979) over the Keccak-256 digest of that text.
//!
//! - [`SealKey`], [`PublicKey`]: whoever has the first can open and sign.
//! - `seal`, `open`, `Sealed`: data to text that says nothing, and back. They are the feature
//!   `sealed`, which is on by default; a browser does this part by itself.
//! - [`Signature`]: who wrote a text.
//!
//! It draws no random numbers and does no I/O. It hides neither the length of the data nor when
//! it was written, and a signature says nothing of the time: whoever must not accept an old text
//! again has to remember it.

#![no_std]

extern crate alloc;

#[cfg(feature = "sealed")]
mod cipher;
mod hex;
mod key;
#[cfg(feature = "sealed")]
mod sealed;
mod signature;

#[cfg(feature = "sealed")]
pub use cipher::{OpenError, open, seal};
pub use key::{KeyError, PublicKey, SealKey, SharedSecret};
#[cfg(feature = "sealed")]
pub use sealed::{Sealed, SealedError};
pub use signature::{Signature, SignatureError};
