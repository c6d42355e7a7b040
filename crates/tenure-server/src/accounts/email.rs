use serde_json::{Map, Value};
use tenure_store::StoreError;

use super::{Account, Accounts, NotMade};

/// An e-mail address, as far as its form can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Email(String);

impl Email {
    pub(crate) fn read(text: &str) -> Result<Self, NotMade> {
        let plain = |c: char| !c.is_whitespace() && !c.is_control();
        let parts = text.rsplit_once('@');
        let fine = parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        if fine && text.len() <= MAX_EMAIL && text.chars().all(plain) {
            return Ok(Self(text.to_owned()));
        }
        Err(NotMade::Invalid(
            "write an e-mail address such as ada@example.com",
        ))
    }
}

/// Whether somebody made sure that an address is the person's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Checked {
    Yes,
    No,
}

impl Account {
    /// What the scope `email` tells (OpenID Connect Core §5.4): the address, and whether it was
    /// checked; nothing if there is none. It is kept among the claims, its one place.
    pub(crate) fn email_claims(&self) -> Map<String, Value> {
        let mut told = Map::new();
        let kept = self.claims.get(EMAIL);
        if let Some(email) = kept.filter(|kept| kept.is_string()) {
            told.insert(EMAIL.to_owned(), email.clone());
            told.insert(EMAIL_VERIFIED.to_owned(), self.email_is_verified().into());
        }
        told
    }

    /// Claims were texts alone once, so it may be written as one.
    fn email_is_verified(&self) -> bool {
        let kept = self.claims.get(EMAIL_VERIFIED);
        kept.is_some_and(|kept| kept == &Value::Bool(true) || kept == "true")
    }
}

impl Accounts {
    /// Writes a person's e-mail address, or removes it. A new one is as checked as is said now,
    /// whatever was known about the one before.
    pub(crate) async fn set_email(
        &self,
        username: &str,
        email: Option<&Email>,
        checked: Checked,
    ) -> Result<Option<Account>, StoreError> {
        let change = |account: &mut Account| {
            account.claims.remove(EMAIL);
            account.claims.remove(EMAIL_VERIFIED);
            if let Some(Email(email)) = email {
                let verified = (checked == Checked::Yes).into();
                account
                    .claims
                    .insert(EMAIL.to_owned(), email.clone().into());
                account.claims.insert(EMAIL_VERIFIED.to_owned(), verified);
            }
        };
        self.change(username, change).await
    }
}

pub(crate) const EMAIL: &str = "email";
pub(crate) const EMAIL_VERIFIED: &str = "email_verified";
const MAX_EMAIL: usize = 254;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rows::Kept as _;

    #[test]
    fn a_row_of_before_is_read_as_what_it_meant() {
        let row = |claims: Value| {
            let mut row = json!({ "subject": "s", "username": "ada", "password_hash": "h",
                "created_at": 1, "not_before": 1 });
            if !claims.is_null() {
                row["claims"] = claims;
            }
            Account::from_form(serde_json::from_value(row).unwrap())
        };
        let told =
            |email: &str, verified: bool| json!({ "email": email, "email_verified": verified });
        let cases = [
            (Value::Null, json!({})),
            (json!({ "email_verified": "true" }), json!({})),
            (json!({ "email": ["a@b", "c@d"] }), json!({})),
            (json!({ "email": "a@b" }), told("a@b", false)),
            (
                json!({ "email": "a@b", "email_verified": "true" }),
                told("a@b", true),
            ),
            (
                json!({ "email": "a@b", "email_verified": ["true"] }),
                told("a@b", false),
            ),
        ];
        for (claims, expected) in cases {
            let told = row(claims.clone()).email_claims();
            assert_eq!(Value::Object(told), expected, "{claims}");
        }
    }

    #[test]
    fn an_address_has_two_parts_and_no_gap() {
        for text in ["ada@example.com", "a+b@c", "\"a@b\"@example.com"] {
            assert!(Email::read(text).is_ok(), "{text}");
        }
        let long = format!("{}@example.com", "a".repeat(254));
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a da@b",
            "ada@b\n",
            &long,
        ] {
            assert!(Email::read(text).is_err(), "{text}");
        }
    }
}
