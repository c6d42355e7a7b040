//! What is in storage, as fields. JavaScript makes the JSON of `tenure_wire::session` of them.

use tenure_core::{
    holder::{
        Binding, Body, Generation, Login, SignedOut, SignedOutReason, Stored, StoredSession,
        TokenSet,
    },
    secret::{AccessToken, IdToken, RefreshToken},
    time::Timestamp,
};

use crate::fields::{Reader, Writer};

/// `generation, "active", login_generation, login_at, last_active, access_token, token_type,
/// obtained_at, issued, expires_at, forced, refresh_token, id_token, scope, subject, issuer,
/// client_id` or
/// `generation, "signed_out", reason, at`.
pub(crate) fn write(to: Writer, stored: &Stored) -> Writer {
    let to = to.number(stored.generation.as_u64());
    match &stored.body {
        Body::SignedOut(mark) => to
            .text("signed_out")
            .text(reason_name(mark.reason))
            .time(mark.at),
        Body::Active(session) => write_active(to.text("active"), session),
    }
}

pub(crate) fn write_active(to: Writer, session: &StoredSession) -> Writer {
    let tokens = &session.tokens;
    to.number(session.login.generation.as_u64())
        .time(session.login.at)
        .time(session.last_active)
        .text(tokens.access_token.expose())
        .text(&tokens.token_type)
        .time(tokens.obtained_at)
        .number(tokens.issued.as_u64())
        .optional_time(tokens.expires_at)
        .flag(tokens.forced)
        .optional(tokens.refresh_token.as_ref().map(RefreshToken::expose))
        .optional(tokens.id_token.as_ref().map(IdToken::expose))
        .optional(tokens.scope.as_deref())
        .optional(tokens.subject.as_deref())
        .pair(session.binding.as_ref())
}

pub(crate) fn read(from: &mut Reader<'_>) -> Stored {
    let generation = Generation::from_u64(from.number("generation"));
    let body = match from.text("body") {
        "active" => Body::Active(read_active(from)),
        other => {
            if other != "signed_out" {
                from.wrong("body");
            }
            Body::SignedOut(SignedOut {
                reason: reason(from),
                at: from.time("at"),
            })
        }
    };
    Stored { generation, body }
}

fn read_active(from: &mut Reader<'_>) -> StoredSession {
    let login = Login {
        generation: Generation::from_u64(from.number("login_generation")),
        at: from.time("login_at"),
    };
    let last_active: Timestamp = from.time("last_active");
    let tokens = TokenSet {
        access_token: AccessToken::new(from.text("access_token")),
        token_type: from.text("token_type").into(),
        obtained_at: from.time("obtained_at"),
        issued: Generation::from_u64(from.number("issued")),
        expires_at: from.optional_time("expires_at"),
        forced: from.flag(),
        refresh_token: from.optional().map(RefreshToken::new),
        id_token: from.optional().map(IdToken::new),
        scope: from.optional().map(Into::into),
        subject: from.optional().map(Into::into),
    };
    StoredSession {
        login,
        tokens,
        last_active,
        binding: pair(from),
    }
}

/// `issuer, client_id`, or two empty fields.
pub(crate) fn pair(from: &mut Reader<'_>) -> Option<Binding> {
    let (issuer, client_id) = (from.raw("issuer"), from.raw("client_id"));
    (!issuer.is_empty()).then(|| Binding::new(issuer, client_id))
}

pub(crate) const fn reason_name(reason: SignedOutReason) -> &'static str {
    match reason {
        SignedOutReason::NeverSignedIn => "never_signed_in",
        SignedOutReason::User => "user",
        SignedOutReason::Refused => "refused",
        SignedOutReason::Expired => "expired",
        SignedOutReason::Idle => "idle",
        SignedOutReason::AbsoluteLimit => "absolute_limit",
        SignedOutReason::RefreshFailed => "refresh_failed",
        SignedOutReason::Foreign => "foreign",
    }
}

fn reason(from: &mut Reader<'_>) -> SignedOutReason {
    match from.text("reason") {
        "never_signed_in" => SignedOutReason::NeverSignedIn,
        "user" => SignedOutReason::User,
        "refused" => SignedOutReason::Refused,
        "expired" => SignedOutReason::Expired,
        "idle" => SignedOutReason::Idle,
        "absolute_limit" => SignedOutReason::AbsoluteLimit,
        "refresh_failed" => SignedOutReason::RefreshFailed,
        _ => {
            from.wrong("reason");
            SignedOutReason::NeverSignedIn
        }
    }
}
