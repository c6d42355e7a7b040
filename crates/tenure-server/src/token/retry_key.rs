use base64ct::{Base64UrlUnpadded, Encoding as _};

use crate::http::{OAuthError, Parameters};

/// Whether the family that begins is keyed: its holder sends a `retry_key` with the code, thirty-two
/// bytes in base64url, and so knows what 409 means. Asked when a family begins and never again, or
/// a thief would choose.
pub(crate) fn is_sent(form: &Parameters) -> Result<bool, OAuthError> {
    let Some(text) = form.find("retry_key") else {
        return Ok(false);
    };
    let mut bytes = [0; 33];
    match Base64UrlUnpadded::decode(text, &mut bytes) {
        Ok(decoded) if decoded.len() == 32 => Ok(true),
        Ok(_) | Err(_) => Err(OAuthError::request(
            "retry_key is not 32 bytes: send 43 letters of base64url, or leave it out",
        )),
    }
}
