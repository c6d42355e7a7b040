use tenure_wire::sign_in;

use super::SignIn;
use crate::rows::Kept;

impl Kept for SignIn {
    type Form = sign_in::SignIn;

    fn to_form(&self) -> sign_in::SignIn {
        let Self {
            id,
            subject,
            auth_time,
            last_seen,
            absolute_deadline,
            address,
            user_agent,
        } = self.clone();
        sign_in::SignIn {
            id,
            subject,
            auth_time,
            last_seen,
            absolute_deadline,
            address,
            user_agent,
        }
    }

    fn from_form(row: sign_in::SignIn) -> Self {
        Self {
            id: row.id,
            subject: row.subject,
            auth_time: row.auth_time,
            last_seen: row.last_seen,
            absolute_deadline: row.absolute_deadline,
            address: row.address,
            user_agent: row.user_agent,
        }
    }
}
