//! The verifier that native programs use, driven by the cases that every verifier of ID tokens
//! has to answer alike.
#![allow(
    clippy::unwrap_used,
    reason = "a case that cannot be read is a failed test"
)]

use std::time::Duration;

use huskarl::{
    core::{
        crypto::{
            KeyMatchStrength,
            verifier::{JwsVerifier, KeyMatch, VerifyError},
        },
        jwt::validator::ValidatedJwt,
        platform::MaybeSendBoxFuture,
        time::{ManualTime, timestamp_from_unix_parts},
    },
    token::id_token::{IdToken, IdTokenClaims, IdTokenValidationError, IdTokenValidator},
};
use serde_json::{Map, Value};

// Norms 41 and 42; for `max_age` and `nonce` norms 40 and 43.
#[tokio::test]
async fn the_native_verifier_answers_every_case_like_the_table() {
    let table = include_str!("../../tenure-oidc/cases/id_claims.json");
    let table: Value = serde_json::from_str(table).unwrap();
    let mut differs = Vec::new();
    for case in table["cases"].as_array().unwrap() {
        let outcome = run(&table, case).await;
        let believed = case.get("native").unwrap_or(&case["fault"]).is_null();
        if outcome.is_ok() != believed {
            differs.push((&case["name"], outcome.err()));
        }
    }
    assert!(differs.is_empty(), "{differs:#?}");
}

async fn run(
    table: &Value,
    case: &Value,
) -> Result<ValidatedJwt<IdTokenClaims>, IdTokenValidationError> {
    let expect = &table["expect"];
    let now = case["now"].as_i64().unwrap_or(1_700_000_000);
    let skew = case["skew"].as_u64().unwrap_or(60).min(300);
    let validator = IdTokenValidator::builder()
        .verifier(SignaturesAreFine)
        .issuer(expect["issuer"].as_str().unwrap())
        .audience(expect["client_id"].as_str().unwrap())
        .trusted_audiences(
            case["trusted"]
                .as_str()
                .map(str::to_owned)
                .into_iter()
                .collect(),
        )
        .clock(ManualTime::new(timestamp_from_unix_parts(now, 0).unwrap()))
        .clock_leeway(Duration::from_secs(skew))
        .maybe_max_age(case["max_age"].as_u64().map(Duration::from_secs))
        .maybe_required_acr(case["acr"].as_str())
        .build();
    let token = token(&table["base"], &case["change"]);
    match case.get("previous") {
        None => validator.validate(&token, expect["nonce"].as_str()).await,
        Some(change) => {
            let long_ago = timestamp_from_unix_parts(1_700_000_000, 0).unwrap();
            let previous = self::token(&table["base"], change);
            let previous = validator
                .validate_at(&previous, None, long_ago)
                .await
                .unwrap();
            validator.validate_refresh(&token, &previous).await
        }
    }
}

fn token(base: &Value, change: &Value) -> IdToken {
    let mut members: Map<String, Value> = base.as_object().unwrap().clone();
    members.extend(change.as_object().unwrap().clone());
    members.retain(|_, value| !value.is_null());
    let header = base64url(br#"{"alg":"ES256"}"#);
    let payload = base64url(&serde_json::to_vec(&members).unwrap());
    IdToken::from(format!("{header}.{payload}.c2lnbmF0dXJl"))
}

fn base64url(bytes: &[u8]) -> String {
    tenure_oidc::pkce::base64url(bytes)
}

/// Only the claims are looked at here.
#[derive(Debug)]
struct SignaturesAreFine;

impl JwsVerifier for SignaturesAreFine {
    fn key_match(&self, _: &KeyMatch<'_>) -> Option<KeyMatchStrength> {
        Some(KeyMatchStrength::ByAlgorithm)
    }

    fn verify<'a>(
        &'a self,
        _: &'a [u8],
        _: &'a [u8],
        _: &'a KeyMatch<'a>,
    ) -> MaybeSendBoxFuture<'a, Result<(), VerifyError>> {
        Box::pin(async { Ok(()) })
    }
}
