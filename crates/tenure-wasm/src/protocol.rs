//! The messages of OAuth and OpenID Connect.

mod claims;
mod login;

use alloc::string::String;

use tenure_core::secret::{IdToken, RefreshToken};
use tenure_oidc::{
    Callback,
    message::{Metadata, MetadataFault, TokenRequest, discovery_url},
    provider::{SignOut, SignOutForm},
};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::fields::{Read, Reader, Writer};

/// Answers one question about the protocol: a message in, a message out.
///
/// | question | fields | answer |
/// |---|---|---|
/// | `discovery_url` | `issuer` | the address |
/// | `metadata` | `issuer, found_issuer, authorization, token, jwks, revocation, end_session` | empty, or why it cannot be used |
/// | `begin_login` | `now, issuer, redirect_uri, return_to, state, nonce, code_verifier, code_challenge, endpoint, client_id, scope, records, more…` | the address and the records to keep |
/// | `finish_login` | `now, state, iss, records…` | the login, or `fault` |
/// | `callback_names` | | the names that `callback` looks at |
/// | `callback` | `name, value, …` | `code`, `refusal` or `fault` |
/// | `code` | `client_id, code, redirect_uri, verifier` | a body |
/// | `refresh` | `client_id, refresh_token` | a body |
/// | `client_credentials` | `client_id, scope` | a body |
/// | `revoke` | `client_id, refresh_token` | a body |
/// | `token_response` | `requested_at, answer…` | the grant, or `fault` |
/// | `claims` | `issuer, client_id, nonce, max_age, acr, skew, now, trusted, claims…` | empty, or the fault |
/// | `sign_out` | `provider, client_id, issuer, base, end_session, return_to, id_token, state` | the address, or empty where there is no page |
/// | `allow_redirect` | `now, limit, within, times…` | the times to keep, or `fault` |
///
/// # Errors
///
/// If the message is not understood: the name of the field.
#[wasm_bindgen]
pub fn oidc(message: &str) -> Result<String, String> {
    answer(message).map_err(String::from)
}

pub(crate) fn answer(message: &str) -> Read<String> {
    let mut from = Reader::new(message);
    Ok(match from.text("question") {
        "discovery_url" => {
            let issuer = from.text("issuer");
            from.end()?;
            discovery_url(issuer)
        }
        "metadata" => metadata(from)?,
        "begin_login" => login::begin(from)?,
        "finish_login" => login::finish(from)?,
        "callback_names" => {
            let [first, more @ ..] = Callback::NAMES;
            more.iter()
                .fold(Writer::new(first), |to, name| to.text(name))
                .done()
        }
        "callback" => login::callback(from)?,
        "code" => login::code(from)?,
        question @ ("refresh" | "revoke" | "client_credentials") => body(question, from)?,
        "token_response" => login::tokens(from)?,
        "claims" => claims::check(from)?,
        "sign_out" => sign_out(from)?,
        "allow_redirect" => login::allow_redirect(from)?,
        _ => return Err("question"),
    })
}

/// `client_id`, then the refresh token or the scope.
fn body(question: &str, mut from: Reader<'_>) -> Read<String> {
    let client_id = from.raw("client_id");
    let what = match question {
        "client_credentials" => from.raw("scope"),
        _ => from.text("refresh_token"),
    };
    from.end()?;
    let refresh_token = RefreshToken::new(what);
    let request = match question {
        "refresh" => TokenRequest::Refresh {
            refresh_token: &refresh_token,
        },
        "revoke" => TokenRequest::Revoke {
            refresh_token: &refresh_token,
        },
        _ => TokenRequest::ClientCredentials { scope: what },
    };
    Ok(request.body(client_id))
}

fn metadata(mut from: Reader<'_>) -> Read<String> {
    let issuer = from.text("issuer");
    let found = Metadata {
        issuer: from.raw("found_issuer").into(),
        authorization_endpoint: from.raw("authorization_endpoint").into(),
        token_endpoint: from.raw("token_endpoint").into(),
        jwks_uri: from.raw("jwks_uri").into(),
        revocation_endpoint: from.optional().map(Into::into),
        end_session_endpoint: from.optional().map(Into::into),
    };
    from.end()?;
    Ok(match found.check(issuer) {
        Ok(()) => String::new(),
        Err(MetadataFault::Missing(name)) => Writer::new("missing").text(name).done(),
        Err(MetadataFault::Insecure(name)) => Writer::new("insecure").text(name).done(),
        Err(_) => String::from("foreign_issuer"),
    })
}

fn sign_out(mut from: Reader<'_>) -> Read<String> {
    let form = SignOutForm::of(from.raw("provider"));
    let client_id = from.text("client_id");
    let issuer = from.optional();
    let base = from.optional();
    let end_session_endpoint = from.optional();
    let return_to = from.optional();
    let id_token = from.optional().map(IdToken::new);
    let state = from.optional();
    from.end()?;
    let request = form.request(&SignOut {
        client_id,
        end_session_endpoint,
        issuer,
        base,
        return_to,
        id_token: id_token.as_ref(),
        state,
    });
    Ok(request.map_or(String::new(), |request| request.url()))
}

fn fault(what: &str) -> String {
    Writer::new("fault").text(what).done()
}
