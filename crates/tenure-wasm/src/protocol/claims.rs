use alloc::{string::String, vec::Vec};

use tenure_core::secret::Nonce;
use tenure_oidc::{ClaimFault, ClaimValue, IdCheck, IdClaims, IssuerRule};

use crate::fields::{Read, Reader};

/// Checks the claims of an ID token whose signature was found good. Empty: they are believed.
///
/// `issuer, client_id, nonce, max_age, acr, skew, trusted, now, count`, then the claims, and after
/// them, where it is a refreshed token, the claims of the one before it.
pub(super) fn check(mut from: Reader<'_>) -> Read<String> {
    let issuer = from.text("issuer");
    let issuer = if issuer.contains('{') {
        IssuerRule::EntraTenant(issuer.into())
    } else {
        IssuerRule::Exact(issuer.into())
    };
    let mut check = IdCheck::new(issuer, from.text("client_id"));
    if let Some(nonce) = from.optional() {
        check = check.nonce(Nonce::new(nonce));
    }
    if let Some(age) = from.millis("max_age") {
        check = check.max_age(age);
    }
    if let Some(acr) = from.optional() {
        check = check.acr(acr);
    }
    if let Some(skew) = from.millis("skew") {
        check = check.skew(skew);
    }
    if let Some(trusted) = from.optional() {
        check = check.trusting(trusted);
    }
    let now = from.time("now");
    let refreshed = from.flag();
    let claims = self::claims(&mut from)?;
    let previous = if refreshed {
        Some(self::claims(&mut from)?)
    } else {
        None
    };
    from.end()?;
    let outcome = claims.and_then(|claims| match previous {
        Some(previous) => check.refreshed(&claims, &previous?, now),
        None => check.login(&claims, now),
    });
    Ok(outcome.err().map(ClaimFault::code).unwrap_or_default())
}

fn claims(from: &mut Reader<'_>) -> Read<Result<IdClaims, ClaimFault>> {
    let ClaimValue::Map(members) = value(from, MOST_NESTED)? else {
        return Err("claims");
    };
    Ok(IdClaims::from_pairs(members))
}

/// A tag, then what belongs to it: `z`, `t`, `f`, `s` a text, `n` thousandths of a number, `l` a
/// count and so many values, `m` a count and so many names and values.
fn value(from: &mut Reader<'_>, depth: u8) -> Read<ClaimValue> {
    let deeper = depth.checked_sub(1).ok_or("claims are nested too deep")?;
    Ok(match from.text("claim") {
        "z" => ClaimValue::Null,
        "t" => ClaimValue::Bool(true),
        "f" => ClaimValue::Bool(false),
        "s" => ClaimValue::Text(from.raw("text").into()),
        "n" => ClaimValue::Number(from.signed("number") as f64 / 1000.0),
        "l" => {
            let count = from.number("count");
            let mut list = Vec::new();
            for _ in 0..count.min(MOST_MEMBERS) {
                list.push(value(from, deeper)?);
            }
            ClaimValue::List(list)
        }
        "m" => {
            let count = from.number("count");
            let mut map = Vec::new();
            for _ in 0..count.min(MOST_MEMBERS) {
                let name = from.raw("name");
                map.push((name.into(), value(from, deeper)?));
            }
            ClaimValue::Map(map)
        }
        _ => return Err("claim"),
    })
}

const MOST_NESTED: u8 = 16;
const MOST_MEMBERS: u64 = 1000;
