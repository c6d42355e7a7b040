use core::time::Duration;

use tenure_core::{
    holder::{
        ExchangeOp, Expiry, Generation, Input, LoadFault, LoadOp, LockOp, Outage, SaveFault,
        SaveOp, SignOutScope, TokenGrant, TokenResponse, Waiter,
    },
    secret::{AccessToken, IdToken, RefreshToken},
    time::Timestamp,
};
use tenure_oidc::message::TokenAnswer;

use crate::{
    fields::{Read, Reader},
    stored,
};

pub(crate) fn read(message: &str) -> Read<Input> {
    let mut from = Reader::new(message);
    let input = match from.text("name") {
        "opened" => Input::Opened,
        "peer_changed" => Input::PeerChanged,
        "loaded" => loaded(&mut from)?,
        "token_wanted" => Input::TokenWanted {
            waiter: Waiter(from.number("waiter")),
            rejected: from.optional_number("rejected").map(Generation::from_u64),
        },
        "signed_in" => Input::SignedIn {
            waiter: Waiter(from.number("waiter")),
            grant: grant(&mut from),
        },
        "sign_out_wanted" => Input::SignOutWanted {
            waiter: Waiter(from.number("waiter")),
            scope: match from.text("scope") {
                "issuer" => SignOutScope::Issuer,
                "local" => SignOutScope::Local,
                _ => return Err("scope"),
            },
        },
        "lock_granted" => Input::LockGranted {
            op: lock_op(&mut from),
        },
        "lock_refused" => Input::LockRefused {
            op: lock_op(&mut from),
        },
        "lock_lost" => Input::LockLost {
            op: lock_op(&mut from),
        },
        "exchanged" => exchanged(&mut from)?,
        "saved" => saved(&mut from)?,
        "user_active" => Input::UserActive,
        "hidden" => Input::Hidden,
        "woke_up" => Input::WokeUp,
        "online" => Input::Online,
        "elapsed" => Input::Elapsed,
        _ => return Err("name"),
    };
    from.end()?;
    Ok(input)
}

fn lock_op(from: &mut Reader<'_>) -> LockOp {
    LockOp(from.number("op"))
}

/// `op, "failed" | "newer" | "empty" | "damaged", generation | "found", …`
fn loaded(from: &mut Reader<'_>) -> Read<Input> {
    let op = LoadOp(from.number("op"));
    let result = match from.text("outcome") {
        "failed" => Err(LoadFault::Failed),
        "damaged" => {
            let at = from.optional_number("generation").unwrap_or_default();
            Err(LoadFault::Damaged(Generation::from_u64(at)))
        }
        "newer" => Err(LoadFault::Newer),
        "empty" => Ok(None),
        "found" => Ok(Some(stored::read(from))),
        _ => return Err("outcome"),
    };
    Ok(Input::Loaded { op, result })
}

fn saved(from: &mut Reader<'_>) -> Read<Input> {
    let op = SaveOp(from.number("op"));
    let result = match from.text("outcome") {
        "done" => Ok(()),
        "conflict" => Err(SaveFault::Conflict),
        "failed" => Err(SaveFault::Failed),
        _ => return Err("outcome"),
    };
    Ok(Input::Saved { op, result })
}

/// `op, issuer_time, "tokens", grant…` for tokens that were handed in, or
/// `op, issuer_time, "answer", requested_at, answer…` for what a token endpoint said, or
/// `op, issuer_time, "refused" | "unavailable" | "misconfigured"`.
fn exchanged(from: &mut Reader<'_>) -> Read<Input> {
    let op = ExchangeOp(from.number("op"));
    let issuer_time = from.optional_time("issuer_time");
    let answer = match from.text("answer") {
        "tokens" => TokenResponse::Tokens(grant(from)),
        "answer" => {
            let requested_at = from.time("requested_at");
            token_answer(from).meaning(requested_at)
        }
        "refused" => TokenResponse::Refused,
        "unavailable" => TokenResponse::Unavailable {
            outage: Outage::Network,
            retry_after: None,
        },
        "misconfigured" => TokenResponse::Misconfigured,
        _ => return Err("answer"),
    };
    Ok(Input::Exchanged {
        op,
        answer,
        issuer_time,
    })
}

/// `status, timed_out, retry_after, access_token, token_type, expires_in, refresh_token,
/// id_token, scope, error`; times are milliseconds.
pub(crate) fn token_answer(from: &mut Reader<'_>) -> TokenAnswer {
    TokenAnswer {
        status: from
            .optional_number("status")
            .and_then(|status| u16::try_from(status).ok()),
        timed_out: from.flag(),
        retry_after: from.millis("retry_after"),
        access_token: from.optional().map(AccessToken::new),
        token_type: from.optional().map(Into::into),
        expires_in: from.millis("expires_in"),
        refresh_token: from.optional().map(RefreshToken::new),
        id_token: from.optional().map(IdToken::new),
        scope: from.optional().map(Into::into),
        error: from.optional().map(Into::into),
    }
}

/// `access_token, token_type, expires_in, expires_at, refresh_token, id_token, scope, subject,
/// requested_at`: `expires_in` is a span, `expires_at` a point on the issuer's clock.
fn grant(from: &mut Reader<'_>) -> TokenGrant {
    let access_token = AccessToken::new(from.text("access_token"));
    let token_type = from.optional().unwrap_or("Bearer").into();
    let expires_in: Option<Duration> = from.millis("expires_in");
    let expires_at: Option<Timestamp> = from.optional_time("expires_at");
    let expiry = match (expires_in, expires_at) {
        (Some(life), _) => Expiry::In(life),
        (None, Some(at)) => Expiry::AtIssuer(at),
        (None, None) => Expiry::Unknown,
    };
    TokenGrant {
        access_token,
        token_type,
        expiry,
        refresh_token: from.optional().map(RefreshToken::new),
        id_token: from.optional().map(IdToken::new),
        scope: from.optional().map(Into::into),
        subject: from.optional().map(Into::into),
        requested_at: from.time("requested_at"),
    }
}
