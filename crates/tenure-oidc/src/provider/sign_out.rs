use alloc::{string::String, vec::Vec};
use core::fmt;

use tenure_core::secret::IdToken;

use super::{GENERIC, Hint, KnownBy, Provider, SignOutForm};
use crate::urlencode;

/// What a sign-out at the provider is made from; what is not known stays empty.
#[derive(Debug, Clone, Default)]
#[allow(
    clippy::exhaustive_structs,
    reason = "callers build it with `..Default::default()`"
)]
pub struct SignOut<'a> {
    /// The client.
    pub client_id: &'a str,
    /// `end_session_endpoint` of the discovery document.
    pub end_session_endpoint: Option<&'a str>,
    /// Who issues the tokens.
    pub issuer: Option<&'a str>,
    /// The address that the page to sign in and the provider's own others lie below.
    pub base: Option<&'a str>,
    /// The page to return to; registered at the provider.
    pub return_to: Option<&'a str>,
    /// The last ID token, even if it has expired.
    pub id_token: Option<&'a IdToken>,
    /// Comes back with the person, where the provider supports it.
    pub state: Option<&'a str>,
}

/// Where to send the browser so that the provider ends its own session.
///
/// It can carry the ID token, as the standard wants it: navigate to it, do not log it. `Debug`
/// shows the address alone. A provider must also accept the parameters as a posted form, which
/// keeps them out of histories and logs.
#[derive(Clone, PartialEq, Eq)]
pub struct SignOutRequest {
    address: String,
    parameters: Vec<(&'static str, String)>,
}

impl SignOutRequest {
    /// The address without parameters.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The parameters, not yet encoded.
    #[must_use]
    pub fn parameters(&self) -> &[(&'static str, String)] {
        &self.parameters
    }

    /// The address with the parameters in its query.
    #[must_use]
    pub fn url(&self) -> String {
        let pairs = self
            .parameters
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        urlencode::with_query(&self.address, pairs)
    }
}

impl fmt::Debug for SignOutRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignOutRequest({}?…)", self.address)
    }
}

/// Why a person cannot be signed out at the provider. The local sign-out does not need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignOutFault {
    /// Neither discovery nor configuration names a sign-out page.
    NoEndpoint,
    /// The provider refuses to sign anybody out without an ID token.
    NoIdToken,
}

impl fmt::Display for SignOutFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoEndpoint => "the provider names no sign-out page",
            Self::NoIdToken => "the provider signs nobody out without an ID token",
        })
    }
}

impl core::error::Error for SignOutFault {}

impl Provider {
    /// Makes the sign-out request in the provider's own form.
    ///
    /// Whoever describes a server as a provider that it is not, such as one's own as Auth0, still
    /// signs people out there: an announced endpoint that is not that provider's is used as the
    /// standard says.
    ///
    /// ```
    /// use tenure_oidc::provider::{AUTH0, SignOut};
    ///
    /// let request = AUTH0.sign_out(&SignOut {
    ///     client_id: "cards",
    ///     base: Some("https://acme.eu.auth0.com"),
    ///     return_to: Some("https://app.example/bye"),
    ///     ..SignOut::default()
    /// })?;
    /// assert_eq!(
    ///     request.url(),
    ///     "https://acme.eu.auth0.com/v2/logout?client_id=cards&returnTo=https%3A%2F%2Fapp.example%2Fbye",
    /// );
    /// # Ok::<(), tenure_oidc::provider::SignOutFault>(())
    /// ```
    ///
    /// # Errors
    /// If the provider has no such page, or wants an ID token and there is none.
    pub fn sign_out(&self, from: &SignOut<'_>) -> Result<SignOutRequest, SignOutFault> {
        self.sign_out.request(from)
    }
}

impl SignOutForm {
    /// The form of the provider with this short name, and the standard one for any other.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let found = FORMS.iter().find(|(known, _)| *known == name);
        found.map_or(GENERIC.sign_out, |(_, form)| *form)
    }

    /// Makes the request, see [`Provider::sign_out`].
    ///
    /// # Errors
    /// If the provider has no such page, or wants an ID token and there is none.
    pub fn request(self, from: &SignOut<'_>) -> Result<SignOutRequest, SignOutFault> {
        match self {
            Self::EndSession { hint } => end_session(hint, from),
            Self::Own { known_by, .. } if known_by.excludes(from) => {
                end_session(Hint::Optional, from)
            }
            Self::Own {
                page, return_to, ..
            } => {
                let base = from.base.ok_or(SignOutFault::NoEndpoint)?;
                let address = String::from(base.trim_end_matches('/')) + page;
                let parameters = [
                    ("client_id", Some(from.client_id)),
                    (return_to, from.return_to),
                ];
                Ok(request(address, parameters))
            }
        }
    }
}

impl KnownBy {
    /// Whether the server announces a standard sign-out and is not the provider.
    fn excludes(self, from: &SignOut<'_>) -> bool {
        let announced = from.end_session_endpoint;
        announced.is_some_and(|endpoint| match self {
            Self::Issuer(beginning) => !from.issuer.unwrap_or_default().starts_with(beginning),
            Self::EndSessionEndpoint(end) => !endpoint.ends_with(end),
        })
    }
}

/// RP-Initiated Logout 1.0 §2.
fn end_session(hint: Hint, from: &SignOut<'_>) -> Result<SignOutRequest, SignOutFault> {
    let address = from.end_session_endpoint.ok_or(SignOutFault::NoEndpoint)?;
    if hint == Hint::Required && from.id_token.is_none() {
        return Err(SignOutFault::NoIdToken);
    }
    let parameters = [
        ("client_id", Some(from.client_id)),
        ("post_logout_redirect_uri", from.return_to),
        ("id_token_hint", from.id_token.map(IdToken::expose)),
        ("state", from.state),
    ];
    Ok(request(address.into(), parameters))
}

fn request<'a>(
    address: String,
    parameters: impl IntoIterator<Item = (&'static str, Option<&'a str>)>,
) -> SignOutRequest {
    let known = parameters
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?.into())));
    SignOutRequest {
        address,
        parameters: known.collect(),
    }
}

/// Of each provider's description what a browser needs of it.
const FORMS: [(&str, SignOutForm); Provider::ALL.len()] = {
    let mut forms = [("", GENERIC.sign_out); Provider::ALL.len()];
    let mut at = 0;
    while at < forms.len() {
        forms[at] = (Provider::ALL[at].name, Provider::ALL[at].sign_out);
        at += 1;
    }
    forms
};
