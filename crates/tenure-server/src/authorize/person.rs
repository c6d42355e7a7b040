use serde::Deserialize;
use serde_json::{Map, Value};
use tenure_store::StoreError;

use super::request::{Refusal, Request};
use crate::accounts::{EMAIL, EMAIL_VERIFIED};
use crate::app::App;
use crate::sign_in::SignIn;
use crate::token::hinted;

/// The person that an authorization request asks for, and what it wants to be told.
///
/// A client that names a person gets no tokens of another one (OpenID Connect Core §3.1.2.1 and
/// §3.1.2.2). A `login_hint` is what somebody typed, so it names nobody.
#[derive(Default)]
pub(crate) struct Wanted {
    /// Whom the `id_token_hint` is about.
    hinted: Option<String>,
    /// Whom the parameter `claims` names.
    named: Option<Vec<String>>,
    /// The claims about the person that the ID token shall have, as `claims` names them.
    pub(crate) id_token_claims: Vec<String>,
}

impl Wanted {
    /// # Errors
    ///
    /// Outside, the store's; inside, what the client is told.
    pub(crate) async fn read(
        app: &App,
        request: &Request,
    ) -> Result<Result<Self, Refusal>, StoreError> {
        let mut wanted = match request.find("claims").map(claims) {
            None => Self::default(),
            Some(Some(wanted)) => wanted,
            Some(None) => return Ok(Err(("invalid_request", "claims cannot be read"))),
        };
        if let Some(token) = request.find("id_token_hint") {
            let Some(claims) = hinted(app, token).await? else {
                let what = "the id_token_hint is not an ID token from here: leave it out";
                return Ok(Err(("invalid_request", what)));
            };
            wanted.hinted = Some(claims.sub);
        }
        Ok(Ok(wanted))
    }

    /// Whether tokens of this sign-in may be given.
    pub(crate) fn fits(&self, sign_in: &SignIn) -> bool {
        let subject = &sign_in.subject;
        let hinted = self.hinted.as_ref();
        let named = self.named.as_ref();
        hinted.is_none_or(|hinted| hinted == subject)
            && named.is_none_or(|named| named.contains(subject))
    }
}

/// The parameter `claims` (OpenID Connect Core §5.5), as far as it is looked at: `sub`, `email`
/// and `email_verified` of the ID token. What is not understood is left out.
fn claims(text: &str) -> Option<Wanted> {
    let mut asked: Map<String, Value> = serde_json::from_str(text).ok()?;
    let id_token = asked.remove("id_token").unwrap_or_default();
    let id_token: Option<Map<String, Value>> = serde_json::from_value(id_token).ok()?;
    let mut id_token = id_token.unwrap_or_default();
    let subject = id_token.remove("sub").unwrap_or_default();
    let subject: Option<Subject> = serde_json::from_value(subject).ok()?;
    let known = |name: &&str| id_token.contains_key(*name);
    let told = [EMAIL, EMAIL_VERIFIED].into_iter().filter(known);
    Some(Wanted {
        hinted: None,
        named: subject.and_then(Subject::named),
        id_token_claims: told.map(str::to_owned).collect(),
    })
}

#[derive(Deserialize)]
struct Subject {
    value: Option<String>,
    values: Option<Vec<String>>,
}

impl Subject {
    fn named(self) -> Option<Vec<String>> {
        match (self.value, self.values) {
            (None, values) => values,
            (Some(value), Some(values)) if !values.contains(&value) => Some(Vec::new()),
            (Some(value), _) => Some(vec![value]),
        }
    }
}
