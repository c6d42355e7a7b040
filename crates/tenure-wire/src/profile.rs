//! With whom and as what a shell is signed in.

use serde::{Deserialize, Serialize};

use crate::{DecodeError, Form, document, form::sealed};

/// A shell's last sign-in; no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The issuer's URL.
    pub issuer: String,
    /// As which client.
    pub client_id: String,
    /// What was asked for.
    pub scope: Vec<String>,
    /// Whether the client acts for itself.
    pub client_credentials: bool,
    /// Whether the tokens are bound to a key.
    #[serde(default)]
    pub dpop: bool,
}

impl sealed::Sealed for Profile {}

impl Form for Profile {
    const NAME: &'static str = "the profile";
    const VERSION: u8 = 1;
}

/// Writes a profile.
#[must_use]
pub fn encode(profile: &Profile) -> Vec<u8> {
    document::encode(profile)
}

/// Reads a profile. One without a version is from before profiles had one.
///
/// # Errors
///
/// If the bytes are of a newer version, damaged, or something else.
pub fn decode(bytes: &[u8]) -> Result<Profile, DecodeError> {
    document::decode_or_first(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::is_document;

    const GOLDEN: &str = concat!(
        r#"{"v":1,"issuer":"https://id.example/","client_id":"cards","#,
        r#""scope":["openid","offline_access"],"client_credentials":false,"dpop":true}"#
    );

    fn profile() -> Profile {
        Profile {
            issuer: "https://id.example/".to_owned(),
            client_id: "cards".to_owned(),
            scope: vec!["openid".to_owned(), "offline_access".to_owned()],
            client_credentials: false,
            dpop: true,
        }
    }

    #[test]
    fn a_profile_is_these_bytes() {
        is_document(&profile(), GOLDEN);
        assert_eq!(encode(&profile()), GOLDEN.as_bytes());
        assert_eq!(decode(GOLDEN.as_bytes()), Ok(profile()));
    }

    #[test]
    fn a_profile_of_before_has_no_version_and_one_of_tomorrow_is_newer() {
        let of_before = GOLDEN
            .replace(r#""v":1,"#, "")
            .replace(r#","dpop":true"#, "");
        let bound_to_nothing = Profile {
            dpop: false,
            ..profile()
        };
        assert_eq!(decode(of_before.as_bytes()), Ok(bound_to_nothing));
        let newer = DecodeError::Newer {
            form: "the profile",
            version: 2,
            reads: 1,
        };
        assert_eq!(decode(br#"{"v":2}"#), Err(newer));
        let form = "the profile";
        assert_eq!(decode(b"{}"), Err(DecodeError::Damaged { form }));
    }
}
