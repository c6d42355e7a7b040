use alloc::{string::String, vec::Vec};

use tenure_core::{
    holder::Expiry,
    secret::{AuthorizationCode, CodeVerifier, IdToken, LoginState, Nonce, RefreshToken},
    time::Timestamp,
};
use tenure_oidc::{
    Callback, CallbackFault, LoginIntent, Record, RecordFate, RedirectGuard, RefusalKind,
    StateFault, Transaction, TransactionLimits, Transactions,
    message::{AuthorizationRequest, LoginFailure, TokenRequest},
};

use super::fault;
use crate::{
    fields::{Read, Reader, Writer},
    input::token_answer,
    output::outage_name,
};

/// Begins a login: `"url", url, record…`.
pub(super) fn begin(mut from: Reader<'_>) -> Read<String> {
    let now = from.time("now");
    let mut intent = LoginIntent::new(from.text("issuer"), from.text("redirect_uri"));
    if let Some(place) = from.optional() {
        intent = intent.returning_to(place);
    }
    let login = Transaction::from_parts(
        LoginState::new(from.text("state")),
        Nonce::new(from.text("nonce")),
        CodeVerifier::new(from.text("code_verifier")),
        intent,
    );
    let code_challenge = from.text("code_challenge");
    let endpoint = from.text("endpoint");
    let client_id = from.text("client_id");
    let scope = from.raw("scope");
    let mut logins = records(&mut from)?;
    let rest = from.rest();
    from.end()?;
    let more = rest
        .chunks_exact(2)
        .map(|pair| (pair[0], pair[1]))
        .collect();
    let request = AuthorizationRequest {
        endpoint,
        client_id,
        scope,
        more,
    };
    Ok(match request.url(&login, code_challenge) {
        Ok(url) => {
            logins.begin_with(login, now);
            write_records(Writer::new("url").text(&url), &logins).done()
        }
        Err(forbidden) => Writer::new("fault")
            .text("forbidden_parameter")
            .text(forbidden.name())
            .done(),
    })
}

/// Uses up a login: `"login", redirect_uri, return_to, nonce, code_verifier, issuer, record…` or
/// `"fault", code, record…`.
pub(super) fn finish(mut from: Reader<'_>) -> Read<String> {
    let now = from.time("now");
    let state = from.optional().map(LoginState::new);
    let iss = from.optional();
    let mut logins = records(&mut from)?;
    from.end()?;
    let to = match logins.finish(state.as_ref(), now) {
        // RFC 9207 §2.4.
        Ok(login) if iss.is_some_and(|iss| iss != login.issuer()) => {
            Writer::new("fault").text("issuer_mismatch")
        }
        Ok(login) => Writer::new("login")
            .text(login.redirect_uri())
            .optional(login.return_to())
            .text(login.nonce().expose())
            .text(login.code_verifier().expose())
            .text(login.issuer()),
        Err(why) => Writer::new("fault").text(state_fault(why)),
    };
    Ok(write_records(to, &logins).done())
}

/// Reads a redirect: `"code", code, state, iss`, `"refusal", error, kind, state, iss,
/// description` or `"fault", code`.
pub(super) fn callback(mut from: Reader<'_>) -> Read<String> {
    let rest = from.rest();
    let pairs = rest.chunks_exact(2).map(|pair| (pair[0], pair[1]));
    let callback = match Callback::parse(pairs) {
        Ok(callback) => callback,
        Err(why) => {
            return Ok(fault(match why {
                CallbackFault::NotACallback => "not_a_callback",
                CallbackFault::CodeAndError => "code_and_error",
                CallbackFault::Repeated(_) | _ => "repeated",
            }));
        }
    };
    let state = callback.state().map(LoginState::expose);
    Ok(match callback.code() {
        Ok(code) => Writer::new("code")
            .text(code.expose())
            .optional(state)
            .optional(callback.iss()),
        Err(refusal) => Writer::new("refusal")
            .text(refusal.error())
            .text(match refusal.kind() {
                RefusalKind::Denied => "denied",
                RefusalKind::InteractionRequired => "interaction_required",
                RefusalKind::Unavailable => "unavailable",
                RefusalKind::Misconfigured | _ => "misconfigured",
            })
            .optional(state)
            .optional(callback.iss())
            .optional(refusal.error_description()),
    }
    .done())
}

/// The body that exchanges a code.
pub(super) fn code(mut from: Reader<'_>) -> Read<String> {
    let client_id = from.raw("client_id");
    let code = AuthorizationCode::new(from.text("code"));
    let redirect_uri = from.text("redirect_uri");
    let verifier = CodeVerifier::new(from.text("code_verifier"));
    from.end()?;
    let login = Transaction::from_parts(
        LoginState::new(""),
        Nonce::new(""),
        verifier,
        LoginIntent::new("", redirect_uri),
    );
    Ok(TokenRequest::Code {
        code: &code,
        login: &login,
    }
    .body(client_id))
}

/// What a code brought: `"grant", access_token, token_type, expires_in, refresh_token, id_token,
/// scope` or `"fault", "refused" | "misconfigured" | "unavailable", outage`.
pub(super) fn tokens(mut from: Reader<'_>) -> Read<String> {
    let requested_at = from.time("requested_at");
    let answer = token_answer(&mut from);
    from.end()?;
    Ok(match answer.login(requested_at) {
        Ok(grant) => {
            let to = Writer::new("grant")
                .text(grant.access_token.expose())
                .text(&grant.token_type);
            let to = match grant.expiry {
                Expiry::In(life) => to.span(life),
                Expiry::AtIssuer(_) | Expiry::Unknown => to.text(""),
            };
            to.optional(grant.refresh_token.as_ref().map(RefreshToken::expose))
                .optional(grant.id_token.as_ref().map(IdToken::expose))
                .optional(grant.scope.as_deref())
                .done()
        }
        Err(LoginFailure::Refused) => fault("refused"),
        Err(LoginFailure::Misconfigured) => fault("misconfigured"),
        Err(LoginFailure::Unavailable(outage)) => Writer::new("fault")
            .text("unavailable")
            .text(outage_name(outage))
            .done(),
    })
}

/// Whether one more redirect is admitted: `"ok", time…` or `"fault", "loop"`.
pub(super) fn allow_redirect(mut from: Reader<'_>) -> Read<String> {
    let now = from.time("now");
    let limit = usize::try_from(from.number("limit")).map_err(|_| "limit")?;
    let within = from.millis("within").unwrap_or_default();
    let recent = from.rest();
    from.end()?;
    let recent = recent.into_iter().filter(|text| !text.is_empty());
    let recent: Result<Vec<i64>, _> = recent.map(str::parse).collect();
    let recent = recent.map_err(|_| "times")?;
    let recent = recent.into_iter().map(Timestamp::from_millis).collect();
    let mut guard = RedirectGuard::new(limit, within).with_recent(recent);
    Ok(match guard.admit(now) {
        Ok(()) => guard
            .recent()
            .iter()
            .fold(Writer::new("ok"), |to, at| to.time(*at))
            .done(),
        Err(_) => fault("loop"),
    })
}

/// `count`, then for each `state, begun_at, fate, nonce, code_verifier, issuer, redirect_uri,
/// return_to`; the last five are empty unless the login is pending.
fn records(from: &mut Reader<'_>) -> Read<Transactions> {
    let count = from.number("count");
    let mut records = Vec::new();
    for _ in 0..count {
        if from.is_wrong() {
            break;
        }
        let state = LoginState::new(from.text("state"));
        let begun_at = from.time("begun_at");
        let fate = from.text("fate");
        let nonce = Nonce::new(from.raw("nonce"));
        let verifier = CodeVerifier::new(from.raw("code_verifier"));
        let mut intent = LoginIntent::new(from.raw("issuer"), from.raw("redirect_uri"));
        if let Some(place) = from.optional() {
            intent = intent.returning_to(place);
        }
        let fate = match fate {
            "pending" => RecordFate::Pending(Transaction::from_parts(
                state.clone(),
                nonce,
                verifier,
                intent,
            )),
            "used" => RecordFate::Used,
            "expired" => RecordFate::Expired,
            _ => return Err("fate"),
        };
        records.push(Record::from_parts(state, begun_at, fate));
    }
    Ok(Transactions::from_records(
        TransactionLimits::default(),
        records,
    ))
}

fn write_records(to: Writer, logins: &Transactions) -> Writer {
    let to = to.number(logins.records().len() as u64);
    logins.records().iter().fold(to, |to, record| {
        let to = to.text(record.state().expose()).time(record.begun_at());
        match record.fate() {
            RecordFate::Pending(login) => to
                .text("pending")
                .text(login.nonce().expose())
                .text(login.code_verifier().expose())
                .text(login.issuer())
                .text(login.redirect_uri())
                .optional(login.return_to()),
            RecordFate::Used => over(to, "used"),
            RecordFate::Expired => over(to, "expired"),
        }
    })
}

fn over(to: Writer, fate: &str) -> Writer {
    let to = to.text(fate);
    (0..5).fold(to, |to, _| to.text(""))
}

const fn state_fault(fault: StateFault) -> &'static str {
    match fault {
        StateFault::Missing => "state_missing",
        StateFault::Expired => "state_expired",
        StateFault::AlreadyUsed => "state_already_used",
        StateFault::Mismatch | _ => "state_mismatch",
    }
}
