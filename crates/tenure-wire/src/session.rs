//! A session as a holder stores it: JSON that other languages can read and write.
//!
//! | field | what |
//! |---|---|
//! | `tenure` | the version of this form: 2 where `issuer` and `client_id` are there, 1 otherwise |
//! | `generation` | counts the writes; the file's name repeats it |
//! | `signed_out` | `reason` and `at`, after a sign-out; then nothing of the rest is there |
//! | `login` | `generation` and `at` of the sign-in |
//! | `last_active` | when the person last did something |
//! | `tokens` | `access_token`, `token_type`, `obtained_at`, `issued` (the generation they came with), and where known `expires_at`, `forced`, `refresh_token`, `id_token`, `scope`, `subject` |
//! | `issuer`, `client_id` | whose session it is: only this pair uses, refreshes or revokes it |
//!
//! Version 1 of a session names no pair: its reader says whose it is. A sign-out is written as
//! version 1, so that it wins for readers of that version, too; a session that names its pair
//! they report as newer and leave alone.
//!
//! Times are milliseconds since the Unix epoch. Unknown fields are refused: they belong to a
//! newer version, which says so in `tenure`.

use serde::{Deserialize, Serialize};
use tenure_core::{
    holder::{
        Binding, Body, Generation, Login, SignedOut, SignedOutReason, Stored, StoredSession,
        TokenSet,
    },
    secret::{AccessToken, IdToken, RefreshToken},
    time::Timestamp,
};

use crate::DecodeError;

const FORM: &str = "a session";
const DAMAGED: DecodeError = DecodeError::Damaged { form: FORM };
const VERSION: u8 = 1;
/// The version of a session that names its pair.
const NAMED: u8 = 2;

#[derive(Serialize, Deserialize)]
struct Version {
    tenure: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    tenure: u8,
    generation: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_out: Option<Ended>,
    #[serde(skip_serializing_if = "Option::is_none")]
    login: Option<SignIn>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_active: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<Tokens>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ended {
    reason: Reason,
    at: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    generation: u64,
    at: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tokens {
    access_token: String,
    token_type: String,
    obtained_at: i64,
    issued: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    forced: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reason {
    NeverSignedIn,
    User,
    Refused,
    Expired,
    Idle,
    AbsoluteLimit,
    RefreshFailed,
    Foreign,
}

/// Writes a session. The bytes hold its secrets: keep them where only their owner can read.
#[must_use]
pub fn encode(stored: &Stored) -> Vec<u8> {
    let mut document = Document {
        tenure: VERSION,
        generation: stored.generation.as_u64(),
        signed_out: None,
        login: None,
        last_active: None,
        tokens: None,
        issuer: None,
        client_id: None,
    };
    match &stored.body {
        Body::SignedOut(mark) => {
            document.signed_out = Some(Ended {
                reason: Reason::from(mark.reason),
                at: mark.at.as_millis(),
            });
        }
        Body::Active(session) => {
            document.login = Some(SignIn {
                generation: session.login.generation.as_u64(),
                at: session.login.at.as_millis(),
            });
            document.last_active = Some(session.last_active.as_millis());
            document.tokens = Some(Tokens::from(&session.tokens));
            if let Some(pair) = &session.binding {
                document.tenure = NAMED;
                document.issuer = Some(pair.issuer().to_owned());
                document.client_id = Some(pair.client_id().to_owned());
            }
        }
    }
    // A document of numbers and texts is always written.
    serde_json::to_vec(&document).unwrap_or_default()
}

/// Reads a session.
///
/// # Errors
///
/// If the bytes are of a newer version, or not a session.
pub fn decode(bytes: &[u8]) -> Result<Stored, DecodeError> {
    let version: Version = serde_json::from_slice(bytes).map_err(|_| DAMAGED)?;
    if version.tenure > u64::from(NAMED) {
        return Err(too_new(version.tenure));
    }
    let document: Document = serde_json::from_slice(bytes).map_err(|_| DAMAGED)?;
    let generation = Generation::from_u64(document.generation);
    let binding = match (document.tenure, document.issuer, document.client_id) {
        (VERSION, None, None) => None,
        (NAMED, Some(issuer), Some(client_id)) => Some(Binding::new(&issuer, &client_id)),
        _ => return Err(DAMAGED),
    };
    let parts = (
        document.signed_out,
        document.login,
        document.last_active,
        document.tokens,
    );
    let body = match parts {
        (Some(ended), None, None, None) if binding.is_none() => Body::SignedOut(SignedOut {
            reason: ended.reason.into(),
            at: Timestamp::from_millis(ended.at),
        }),
        (None, Some(login), Some(last_active), Some(tokens)) => Body::Active(StoredSession {
            login: Login {
                generation: Generation::from_u64(login.generation),
                at: Timestamp::from_millis(login.at),
            },
            last_active: Timestamp::from_millis(last_active),
            tokens: tokens.into(),
            binding,
        }),
        _ => return Err(DAMAGED),
    };
    Ok(Stored { generation, body })
}

const fn too_new(version: u64) -> DecodeError {
    DecodeError::Newer {
        form: FORM,
        version,
        reads: NAMED,
    }
}

impl From<&TokenSet> for Tokens {
    fn from(tokens: &TokenSet) -> Self {
        Self {
            access_token: tokens.access_token.expose().to_owned(),
            token_type: tokens.token_type.clone(),
            obtained_at: tokens.obtained_at.as_millis(),
            issued: tokens.issued.as_u64(),
            expires_at: tokens.expires_at.map(Timestamp::as_millis),
            forced: tokens.forced,
            refresh_token: tokens.refresh_token.as_ref().map(|t| t.expose().to_owned()),
            id_token: tokens.id_token.as_ref().map(|t| t.expose().to_owned()),
            scope: tokens.scope.clone(),
            subject: tokens.subject.clone(),
        }
    }
}

impl From<Tokens> for TokenSet {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: AccessToken::new(tokens.access_token),
            token_type: tokens.token_type,
            obtained_at: Timestamp::from_millis(tokens.obtained_at),
            expires_at: tokens.expires_at.map(Timestamp::from_millis),
            issued: Generation::from_u64(tokens.issued),
            forced: tokens.forced,
            refresh_token: tokens.refresh_token.map(RefreshToken::new),
            id_token: tokens.id_token.map(IdToken::new),
            scope: tokens.scope,
            subject: tokens.subject,
        }
    }
}

impl From<SignedOutReason> for Reason {
    fn from(reason: SignedOutReason) -> Self {
        match reason {
            SignedOutReason::NeverSignedIn => Self::NeverSignedIn,
            SignedOutReason::User => Self::User,
            SignedOutReason::Refused => Self::Refused,
            SignedOutReason::Expired => Self::Expired,
            SignedOutReason::Idle => Self::Idle,
            SignedOutReason::AbsoluteLimit => Self::AbsoluteLimit,
            SignedOutReason::RefreshFailed => Self::RefreshFailed,
            SignedOutReason::Foreign => Self::Foreign,
        }
    }
}

impl From<Reason> for SignedOutReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::NeverSignedIn => Self::NeverSignedIn,
            Reason::User => Self::User,
            Reason::Refused => Self::Refused,
            Reason::Expired => Self::Expired,
            Reason::Idle => Self::Idle,
            Reason::AbsoluteLimit => Self::AbsoluteLimit,
            Reason::RefreshFailed => Self::RefreshFailed,
            Reason::Foreign => Self::Foreign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLDEN: &str = concat!(
        r#"{"tenure":2,"generation":7,"login":{"generation":3,"at":1000},"last_active":2000,"#,
        r#""tokens":{"access_token":"at","token_type":"Bearer","obtained_at":3000,"issued":6,"#,
        r#""expires_at":4000,"forced":true,"refresh_token":"rt","subject":"ann"},"#,
        r#""issuer":"https://id.example","client_id":"cards"}"#,
    );
    /// What was written before sessions named their pair.
    const UNNAMED: &str = concat!(
        r#"{"tenure":1,"generation":7,"login":{"generation":3,"at":1000},"last_active":2000,"#,
        r#""tokens":{"access_token":"at","token_type":"Bearer","obtained_at":3000,"issued":6,"#,
        r#""expires_at":4000,"forced":true,"refresh_token":"rt","subject":"ann"}}"#,
    );
    const SIGNED_OUT: &str =
        r#"{"tenure":1,"generation":8,"signed_out":{"reason":"user","at":5000}}"#;

    fn session() -> Stored {
        stored(Some(Binding::new("https://id.example", "cards")))
    }

    fn stored(binding: Option<Binding>) -> Stored {
        Stored {
            generation: Generation::from_u64(7),
            body: Body::Active(StoredSession {
                login: Login {
                    generation: Generation::from_u64(3),
                    at: Timestamp::from_millis(1000),
                },
                last_active: Timestamp::from_millis(2000),
                tokens: TokenSet {
                    access_token: AccessToken::new("at"),
                    token_type: "Bearer".to_owned(),
                    obtained_at: Timestamp::from_millis(3000),
                    expires_at: Some(Timestamp::from_millis(4000)),
                    issued: Generation::from_u64(6),
                    forced: true,
                    refresh_token: Some(RefreshToken::new("rt")),
                    id_token: None,
                    scope: None,
                    subject: Some("ann".to_owned()),
                },
                binding,
            }),
        }
    }

    #[test]
    fn a_session_is_these_bytes_and_these_bytes_are_the_session() {
        assert_eq!(String::from_utf8(encode(&session())).unwrap(), GOLDEN);
        assert_eq!(decode(GOLDEN.as_bytes()).unwrap(), session());
    }

    /// The same file is read and written in `packages/client/test/golden.test.ts`.
    #[test]
    fn other_languages_are_held_to_the_same_bytes() {
        let held: Vec<&str> = include_str!("session/golden.txt").lines().collect();
        assert_eq!(held, [GOLDEN, UNNAMED, SIGNED_OUT]);
    }

    #[test]
    fn a_session_that_names_no_pair_is_read_and_written_as_before() {
        let unnamed = stored(None);
        assert_eq!(decode(UNNAMED.as_bytes()).unwrap(), unnamed);
        assert_eq!(String::from_utf8(encode(&unnamed)).unwrap(), UNNAMED);
    }

    #[test]
    fn a_sign_out_is_understood_by_readers_of_the_first_version() {
        let at = Timestamp::from_millis(5000);
        let reason = SignedOutReason::User;
        let stored = Stored {
            generation: Generation::from_u64(8),
            body: Body::SignedOut(SignedOut { reason, at }),
        };
        assert_eq!(String::from_utf8(encode(&stored)).unwrap(), SIGNED_OUT);
        assert_eq!(decode(SIGNED_OUT.as_bytes()).unwrap(), stored);
    }

    #[test]
    fn half_a_pair_and_one_in_the_wrong_version_are_damage() {
        let half = GOLDEN.replace(r#","client_id":"cards""#, "");
        let old = GOLDEN.replace(r#""tenure":2"#, r#""tenure":1"#);
        let none = UNNAMED.replace(r#""tenure":1"#, r#""tenure":2"#);
        for damaged in [half, old, none] {
            assert_eq!(decode(damaged.as_bytes()), Err(DAMAGED));
        }
    }

    #[test]
    fn every_reason_survives() {
        for reason in [
            SignedOutReason::NeverSignedIn,
            SignedOutReason::User,
            SignedOutReason::Refused,
            SignedOutReason::Expired,
            SignedOutReason::Idle,
            SignedOutReason::AbsoluteLimit,
            SignedOutReason::RefreshFailed,
            SignedOutReason::Foreign,
        ] {
            let at = Timestamp::from_millis(5);
            let body = Body::SignedOut(SignedOut { reason, at });
            let stored = Stored {
                generation: Generation::from_u64(9),
                body,
            };
            assert_eq!(decode(&encode(&stored)).unwrap(), stored);
        }
    }

    #[test]
    fn what_is_cut_short_foreign_or_newer_is_told_apart() {
        for length in 0..GOLDEN.len() {
            assert_eq!(decode(&GOLDEN.as_bytes()[..length]), Err(DAMAGED));
        }
        assert_eq!(decode(b"{\"name\":\"something else\"}"), Err(DAMAGED));
        assert_eq!(decode(b"{\"tenure\":1,\"generation\":1}"), Err(DAMAGED));
        assert_eq!(
            decode(GOLDEN.replacen('2', "0", 1).as_bytes()),
            Err(DAMAGED)
        );
        let newer = br#"{"tenure":3,"anything":true}"#;
        assert_eq!(decode(newer), Err(too_new(3)));
    }
}
