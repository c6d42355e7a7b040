use alloc::{string::String, vec::Vec};
use core::fmt;

use tenure_core::secret::IdToken;

use super::{Endpoint, Hint, Provider, SignOutForm};
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
    /// The address the provider's own pages lie below, where they are not announced.
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
        match self.sign_out {
            SignOutForm::EndSession { hint } => end_session(hint, from),
            SignOutForm::Own {
                client_id,
                return_to,
            } => {
                let address = from
                    .base
                    .and_then(|base| self.endpoint(Endpoint::SignOut, base));
                let address = address.ok_or(SignOutFault::NoEndpoint)?;
                let parameters = [
                    (client_id, Some(from.client_id)),
                    (return_to, from.return_to),
                ];
                Ok(request(address, parameters))
            }
        }
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
