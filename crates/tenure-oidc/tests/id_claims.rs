//! Drives `cases/id_claims.json` through the claims check. The file is data, so that every
//! verifier of ID tokens can be driven by the same cases.
#![allow(
    clippy::unwrap_used,
    reason = "a case that cannot be read is a failed test"
)]

use std::time::Duration;

use serde_json::{Map, Value};
use tenure_core::{secret::Nonce, time::Timestamp};
use tenure_oidc::{ClaimFault, ClaimValue, IdCheck, IdClaims, IssuerRule};

// Norms 41 and 42; for `max_age` and `nonce` norms 40 and 43.
#[test]
fn every_case_gets_the_answer_of_the_table() {
    let table: Value = serde_json::from_str(include_str!("../cases/id_claims.json")).unwrap();
    let cases = table["cases"].as_array().unwrap();
    assert!(cases.len() > 50);
    for case in cases {
        let fault = run(&table, case).err().map(ClaimFault::code);
        assert_eq!(fault.as_deref(), case["fault"].as_str(), "{}", case["name"]);
    }
}

#[test]
fn any_tenant_of_entra_is_admitted_only_under_its_own_name() {
    let tenant = "9188040d-6c67-4c5b-b112-36a304b66dad";
    let base = |iss: &str, tid: &str| {
        IdClaims::from_pairs([
            ("iss", ClaimValue::from(iss)),
            ("tid", tid.into()),
            ("sub", "ada".into()),
            ("aud", "cards".into()),
            ("exp", 1_700_000_300.0.into()),
            ("iat", 1_700_000_000.0.into()),
        ])
        .unwrap()
    };
    let template = "https://login.microsoftonline.com/{tenantid}/v2.0";
    let check = IdCheck::new(IssuerRule::EntraTenant(template.into()), "cards");
    let own = template.replace("{tenantid}", tenant);
    let cases = [
        (own.as_str(), tenant, Ok(())),
        (own.as_str(), "other", Err(ClaimFault::IssuerMismatch)),
        (own.as_str(), "", Err(ClaimFault::IssuerMismatch)),
        (template, "{tenantid}", Err(ClaimFault::IssuerMismatch)),
        (
            "https://evil.example/x/v2.0",
            tenant,
            Err(ClaimFault::IssuerMismatch),
        ),
    ];
    for (iss, tid, outcome) in cases {
        assert_eq!(
            check.login(&base(iss, tid), Timestamp::from_secs(1_700_000_000)),
            outcome
        );
    }
}

fn run(table: &Value, case: &Value) -> Result<(), ClaimFault> {
    let expect = &table["expect"];
    let issuer = IssuerRule::Exact(expect["issuer"].as_str().unwrap().into());
    let mut check = IdCheck::new(issuer, expect["client_id"].as_str().unwrap())
        .nonce(Nonce::new(expect["nonce"].as_str().unwrap()))
        .skew(Duration::from_secs(case["skew"].as_u64().unwrap_or(60)));
    if let Some(audience) = case["trusted"].as_str() {
        check = check.trusting(audience);
    }
    if let Some(secs) = case["max_age"].as_u64() {
        check = check.max_age(Duration::from_secs(secs));
    }
    if let Some(acr) = case["acr"].as_str() {
        check = check.acr(acr);
    }
    let now = Timestamp::from_secs(case["now"].as_i64().unwrap_or(1_700_000_000));
    let claims = claims(&table["base"], &case["change"])?;
    match case.get("previous") {
        None => check.login(&claims, now),
        Some(change) => check.refreshed(&claims, &self::claims(&table["base"], change)?, now),
    }
}

fn claims(base: &Value, change: &Value) -> Result<IdClaims, ClaimFault> {
    let mut members: Map<String, Value> = base.as_object().unwrap().clone();
    members.extend(change.as_object().unwrap().clone());
    IdClaims::from_pairs(
        members
            .into_iter()
            .map(|(name, value)| (name, value_of(value))),
    )
}

fn value_of(value: Value) -> ClaimValue {
    match value {
        Value::Null => ClaimValue::Null,
        Value::Bool(it) => ClaimValue::Bool(it),
        Value::Number(it) => ClaimValue::Number(it.as_f64().unwrap()),
        Value::String(it) => ClaimValue::Text(it),
        Value::Array(it) => ClaimValue::List(it.into_iter().map(value_of).collect()),
        Value::Object(it) => ClaimValue::Map(
            it.into_iter()
                .map(|(name, it)| (name, value_of(it)))
                .collect(),
        ),
    }
}
