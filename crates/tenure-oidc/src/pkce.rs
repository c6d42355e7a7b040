//! Proof Key for Code Exchange (RFC 7636), method `S256` only.

use alloc::string::String;

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use tenure_core::secret::CodeVerifier;

/// The `code_challenge_method` that goes with [`code_challenge`].
pub const METHOD: &str = "S256";

/// Makes a verifier of 43 characters from 32 random bytes (RFC 7636 §4.1).
#[must_use]
pub fn code_verifier(random: &[u8; 32]) -> CodeVerifier {
    CodeVerifier::new(base64url(random))
}

/// The challenge that belongs to a verifier: base64url of its SHA-256 (RFC 7636 §4.2).
#[must_use]
pub fn code_challenge(verifier: &CodeVerifier) -> String {
    base64url(&Sha256::digest(verifier.expose().as_bytes()))
}

/// Base64url without padding (RFC 4648 §5), the form that challenges and random values have.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636 appendix B.
    #[test]
    fn the_vector_of_the_rfc_comes_out() {
        let octets = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212,
            37, 77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        let verifier = code_verifier(&octets);
        assert_eq!(
            verifier.expose(),
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        );
        assert_eq!(
            code_challenge(&verifier),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
