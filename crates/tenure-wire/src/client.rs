//! The row of a registered client.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    Form,
    form::{redacted, sealed},
    keys::Algorithm,
};

/// A registered client (RFC 6749 §2). Its row is found by the digest of its id.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// The `client_id`.
    pub id: String,
    /// SHA-256 of its secret in base64url; a public client has none.
    pub secret_digest: Option<String>,
    /// Where it may send people after a sign-in.
    pub redirect_uris: Vec<String>,
    /// Where it may send people after a sign-out.
    pub post_logout_redirect_uris: Vec<String>,
    /// How it may get tokens.
    pub grants: Vec<GrantType>,
    /// What it may ask for, separated by spaces.
    pub scope: String,
    /// Who else its access tokens are for.
    pub audience: Option<String>,
    /// How its tokens are signed, if not as the server's are.
    pub algorithm: Option<Algorithm>,
    /// What it is excused from.
    #[serde(default)]
    pub compatibility: Compatibility,
    /// Where it was registered.
    #[serde(default)]
    pub origin: Origin,
}

impl sealed::Sealed for Client {}

impl Form for Client {
    const NAME: &'static str = "a client";
    const VERSION: u8 = 1;
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted("Client", f)
    }
}

/// A `grant_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §6.
    RefreshToken,
    /// RFC 6749 §4.4.
    ClientCredentials,
    /// RFC 8628.
    DeviceCode,
    /// None of RFC 6749: the client names whose session begins.
    DangerousNamedSubject,
}

/// How a client is treated that cannot be changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Compatibility {
    /// The rules that do not hold for it.
    pub dangerous_leniency: BTreeSet<Leniency>,
    /// Whether a refresh brings an ID token.
    pub id_token_on_refresh: bool,
    /// Whether its tokens have the claim `token_use`.
    pub token_use_claim: bool,
    /// Which claims of an account its ID tokens have.
    pub account_claims: Vec<String>,
    /// The `iss` of its ID tokens.
    pub dangerous_id_token_issuer: Option<String>,
}

/// A rule that does not hold for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leniency {
    /// A sign-in needs a `code_challenge`.
    SignInWithoutChallenge,
    /// A `code_verifier` needs a challenge.
    VerifierWithoutChallenge,
    /// Authorization requests go to the authorization endpoint.
    SignInAtLogin,
    /// Authorization responses have `iss`.
    AnswerWithoutIssuer,
    /// Token requests have their parameters in the body.
    TokenParametersInQuery,
    /// Secrets in a Basic header are encoded.
    UnencodedBasicSecret,
    /// A sign-out is asked about.
    SignOutWithoutQuestion,
    /// A sign-out returns to a whole address.
    RelativeLogoutUri,
}

/// Where a client was registered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Not known.
    #[default]
    Unknown,
    /// In this file, or in this environment variable.
    Configuration(String),
    /// By a command.
    CommandLine,
    /// By `tenure dev`.
    Demo,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{golden::is_row, row::decode};

    const BARE: &str = concat!(
        r#"{"id":"cards","secret_digest":null,"redirect_uris":[],"#,
        r#""post_logout_redirect_uris":[],"grants":[],"scope":"api","audience":null,"#,
        r#""algorithm":null,"compatibility":{"dangerous_leniency":[],"#,
        r#""id_token_on_refresh":false,"token_use_claim":false,"account_claims":[],"#,
        r#""dangerous_id_token_issuer":null},"origin":"unknown"}"#
    );

    fn bare() -> Client {
        Client {
            id: "cards".to_owned(),
            secret_digest: None,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            grants: Vec::new(),
            scope: "api".to_owned(),
            audience: None,
            algorithm: None,
            compatibility: Compatibility::default(),
            origin: Origin::Unknown,
        }
    }

    fn full() -> Client {
        Client {
            secret_digest: Some("ZGlnZXN0".to_owned()),
            redirect_uris: vec!["https://cards.example/callback".to_owned()],
            post_logout_redirect_uris: vec!["https://cards.example/".to_owned()],
            grants: vec![
                GrantType::AuthorizationCode,
                GrantType::RefreshToken,
                GrantType::ClientCredentials,
                GrantType::DeviceCode,
                GrantType::DangerousNamedSubject,
            ],
            audience: Some("https://api.example".to_owned()),
            algorithm: Some(Algorithm::Rs256),
            compatibility: Compatibility {
                dangerous_leniency: BTreeSet::from([
                    Leniency::SignInWithoutChallenge,
                    Leniency::VerifierWithoutChallenge,
                    Leniency::SignInAtLogin,
                    Leniency::AnswerWithoutIssuer,
                    Leniency::TokenParametersInQuery,
                    Leniency::UnencodedBasicSecret,
                    Leniency::SignOutWithoutQuestion,
                    Leniency::RelativeLogoutUri,
                ]),
                id_token_on_refresh: true,
                token_use_claim: true,
                account_claims: vec!["team*".to_owned()],
                dangerous_id_token_issuer: Some("https://pool.example".to_owned()),
            },
            origin: Origin::Configuration("tenure.toml".to_owned()),
            ..bare()
        }
    }

    #[test]
    fn a_client_is_these_bytes() {
        is_row(&bare(), 1, BARE);
        is_row(
            &full(),
            1,
            concat!(
                r#"{"id":"cards","secret_digest":"ZGlnZXN0","#,
                r#""redirect_uris":["https://cards.example/callback"],"#,
                r#""post_logout_redirect_uris":["https://cards.example/"],"#,
                r#""grants":["authorization_code","refresh_token","client_credentials","#,
                r#""device_code","dangerous_named_subject"],"scope":"api","audience":"https://api.example","#,
                r#""algorithm":"RS256","compatibility":{"dangerous_leniency":["#,
                r#""sign_in_without_challenge","verifier_without_challenge","#,
                r#""sign_in_at_login","answer_without_issuer","token_parameters_in_query","#,
                r#""unencoded_basic_secret","sign_out_without_question","#,
                r#""relative_logout_uri"],"id_token_on_refresh":true,"token_use_claim":true,"#,
                r#""account_claims":["team*"],"#,
                r#""dangerous_id_token_issuer":"https://pool.example"},"#,
                r#""origin":{"configuration":"tenure.toml"}}"#
            ),
        );
    }

    #[test]
    fn every_origin_has_its_word() {
        for (origin, word) in [
            (Origin::CommandLine, "command_line"),
            (Origin::Demo, "demo"),
        ] {
            let json = BARE.replace("unknown", word);
            is_row(&Client { origin, ..bare() }, 1, &json);
        }
    }

    #[test]
    fn a_client_from_before_origins_and_excuses_has_none() {
        let end = BARE.find(r#","compatibility""#).unwrap();
        let json = format!("\u{1}{}}}", &BARE[..end]);
        assert_eq!(decode::<Client>(json.as_bytes()), Ok(bare()));
    }
}
