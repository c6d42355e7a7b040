use tenure_wire::code::{AuthorizationCode, CodeState};

use super::{Code, State};
use crate::rows::Kept;

impl Kept for Code {
    type Form = AuthorizationCode;

    fn to_form(&self) -> AuthorizationCode {
        let own = self.clone();
        AuthorizationCode {
            client_id: own.client_id,
            redirect_uri: own.redirect_uri,
            challenge: own.challenge,
            scope: own.scope,
            nonce: own.nonce,
            id_token_claims: own.id_token_claims,
            subject: own.subject,
            sign_in: own.sign_in,
            auth_time: own.auth_time,
            expires_at: own.expires_at,
            family: own.family,
            state: match own.state {
                State::Fresh => CodeState::Fresh,
                State::Used => CodeState::Used,
                State::Replayed => CodeState::Replayed,
            },
        }
    }

    fn from_form(row: AuthorizationCode) -> Self {
        Self {
            client_id: row.client_id,
            redirect_uri: row.redirect_uri,
            challenge: row.challenge,
            scope: row.scope,
            nonce: row.nonce,
            id_token_claims: row.id_token_claims,
            subject: row.subject,
            sign_in: row.sign_in,
            auth_time: row.auth_time,
            expires_at: row.expires_at,
            family: row.family,
            state: match row.state {
                CodeState::Fresh => State::Fresh,
                CodeState::Used => State::Used,
                CodeState::Replayed => State::Replayed,
            },
        }
    }
}
