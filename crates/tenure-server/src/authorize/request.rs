use std::sync::Arc;

use crate::app::App;
use crate::clients::{Client, GrantType, Leniency};
use crate::http::Parameters;
use crate::token::narrow;

/// An authorization request whose client and redirect URI are known to belong together.
pub(crate) struct Request {
    pub(crate) client: Arc<Client>,
    pub(crate) redirect_uri: String,
    pub(crate) parameters: Parameters,
}

/// An error for the client: its code, and what to do instead.
pub(crate) type Refusal = (&'static str, &'static str);

impl Request {
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.parameters.find(name)
    }

    /// Whether the client wants this page, or none.
    pub(crate) fn prompts(&self, wanted: &str) -> bool {
        let prompts = self.find("prompt").unwrap_or_default();
        prompts.split(' ').any(|prompt| prompt == wanted)
    }

    pub(crate) fn login_hint(&self) -> Option<&str> {
        self.find("login_hint")
    }

    /// The scope that is granted.
    pub(crate) fn scope(&self) -> Result<String, Refusal> {
        let granted = narrow(self.find("scope"), &self.client.scope);
        granted.map_err(|error| (error.code, error.description))
    }

    /// Everything but who is signed in.
    pub(crate) fn check(&self, app: &App) -> Result<(), Refusal> {
        self.check_form()?;
        self.check_lengths()?;
        self.check_challenge()?;
        self.check_prompt(app)?;
        let age = self.find("max_age");
        if age.is_some_and(|age| age.parse::<u64>().is_err()) {
            return Err(("invalid_request", "max_age is not a number of seconds"));
        }
        self.scope().map(drop)
    }

    fn check_form(&self) -> Result<(), Refusal> {
        if self.find("request").is_some() {
            return Err(("request_not_supported", "send plain parameters"));
        }
        if self.find("request_uri").is_some() {
            return Err(("request_uri_not_supported", "send plain parameters"));
        }
        match self.find("response_type") {
            Some("code") => {}
            None => return Err(("invalid_request", "response_type is missing")),
            // Norm 7: no tokens in URLs.
            Some(_) => return Err(("unsupported_response_type", "only code is supported")),
        }
        if !self.client.may(GrantType::AuthorizationCode) {
            return Err(("unauthorized_client", "this client may not sign people in"));
        }
        if self
            .find("response_mode")
            .is_some_and(|mode| mode != "query")
        {
            return Err(("invalid_request", "only response_mode query is supported"));
        }
        Ok(())
    }

    /// What is kept for months, or sent on in an address, is not for a client to fill.
    fn check_lengths(&self) -> Result<(), Refusal> {
        let longer = |name, most| self.find(name).is_some_and(|text| text.len() > most);
        if longer("nonce", MAX_NONCE) {
            return Err(("invalid_request", "nonce is longer than 512 bytes"));
        }
        if longer("state", MAX_STATE) {
            return Err(("invalid_request", "state is longer than 2048 bytes"));
        }
        Ok(())
    }

    /// Norm 5: PKCE with S256, always.
    fn check_challenge(&self) -> Result<(), Refusal> {
        let challenge = self.find("code_challenge");
        let method = self.find("code_challenge_method");
        let challenged = method == Some("S256") && challenge.is_some_and(|given| given.len() == 43);
        let silent = challenge.or(method).is_none();
        let excused = silent && self.client.permits(Leniency::SignInWithoutChallenge);
        if challenged || excused {
            return Ok(());
        }
        Err((
            "invalid_request",
            "send a code_challenge with the method S256",
        ))
    }

    /// A value that is not known is ignored, as OpenID Connect Core §3.1.2.1 advises.
    fn check_prompt(&self, app: &App) -> Result<(), Refusal> {
        if self.prompts("none") && self.find("prompt") != Some("none") {
            return Err(("invalid_request", "prompt none excludes the others"));
        }
        if self.prompts("consent") {
            let what = "nobody is asked for consent here, where all clients are the operator's \
                own: leave prompt consent out";
            return Err(("consent_required", what));
        }
        if self.prompts("create") && !app.policy.signup {
            let what = "accounts are made by the operator here: leave prompt create out";
            return Err(("invalid_request", what));
        }
        Ok(())
    }
}

const MAX_NONCE: usize = 512;
/// Libraries keep what they need to know later in it, sealed.
const MAX_STATE: usize = 2048;
