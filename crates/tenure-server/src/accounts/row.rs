use tenure_wire::account;

use super::Account;
use crate::rows::Kept;

impl Kept for Account {
    type Form = account::Account;

    fn to_form(&self) -> account::Account {
        let Self {
            subject,
            username,
            password_hash,
            created_at,
            not_before,
            disabled,
            claims,
        } = self.clone();
        account::Account {
            subject,
            username,
            password_hash,
            created_at,
            not_before,
            disabled,
            claims,
        }
    }

    fn from_form(row: account::Account) -> Self {
        Self {
            subject: row.subject,
            username: row.username,
            password_hash: row.password_hash,
            created_at: row.created_at,
            not_before: row.not_before,
            disabled: row.disabled,
            claims: row.claims,
        }
    }
}
