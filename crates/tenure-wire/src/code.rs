//! The row of an authorization code.

use serde::{Deserialize, Serialize};
use tenure_core::issuer::FamilyId;

use crate::{Form, form::sealed};

/// What an authorization code stands for. Its row is found by the digest of the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorizationCode {
    /// Whom it was given to.
    pub client_id: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// The S256 challenge (RFC 7636).
    pub challenge: Option<String>,
    /// What is granted, separated by spaces.
    pub scope: String,
    /// What the ID token repeats.
    pub nonce: Option<String>,
    /// Which claims about the person the ID token has.
    pub id_token_claims: Vec<String>,
    /// Whose sign-in it is.
    pub subject: String,
    /// The id of the browser's sign-in.
    pub sign_in: String,
    /// In milliseconds since 1970.
    pub auth_time: i64,
    /// In milliseconds since 1970.
    pub expires_at: i64,
    /// The family that it begins.
    #[serde(with = "crate::family_id")]
    pub family: FamilyId,
    /// What became of it.
    pub state: CodeState,
}

impl sealed::Sealed for AuthorizationCode {}

impl Form for AuthorizationCode {
    const NAME: &'static str = "an authorization code";
    const VERSION: u8 = 1;
}

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeState {
    /// Nothing yet.
    Fresh,
    /// It was turned into tokens.
    Used,
    /// It came again after that.
    Replayed,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::is_row;

    const GOLDEN: &str = concat!(
        r#"{"client_id":"cards","redirect_uri":"https://cards.example/callback","#,
        r#""challenge":"Y2hhbGxlbmdl","scope":"openid","nonce":null,"#,
        r#""id_token_claims":["email"],"subject":"c3ViamVjdA","sign_in":"aWQ","#,
        r#""auth_time":1800000000000,"expires_at":1800000060000,"#,
        r#""family":"EREREREREREREREREREREQ","state":"fresh"}"#
    );

    fn code(state: CodeState) -> AuthorizationCode {
        AuthorizationCode {
            client_id: "cards".to_owned(),
            redirect_uri: "https://cards.example/callback".to_owned(),
            challenge: Some("Y2hhbGxlbmdl".to_owned()),
            scope: "openid".to_owned(),
            nonce: None,
            id_token_claims: vec!["email".to_owned()],
            subject: "c3ViamVjdA".to_owned(),
            sign_in: "aWQ".to_owned(),
            auth_time: 1_800_000_000_000,
            expires_at: 1_800_000_060_000,
            family: FamilyId([0x11; 16]),
            state,
        }
    }

    #[test]
    fn an_authorization_code_is_these_bytes() {
        is_row(&code(CodeState::Fresh), 1, GOLDEN);
        for (state, word) in [(CodeState::Used, "used"), (CodeState::Replayed, "replayed")] {
            is_row(&code(state), 1, &GOLDEN.replace("fresh", word));
        }
    }
}
