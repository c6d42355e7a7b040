//! What discovery does not say about the well-known identity providers, as data.
//!
//! Endpoints come from the provider's discovery document. This module knows the rest: how its
//! issuer is written, how an API is asked for, how a person is signed out, what the claims are
//! called, and where it departs from the norms. Sources stand at each provider's constant.

mod known;
mod sign_out;

use alloc::string::String;

pub use known::{AUTH0, COGNITO, ENTRA, GENERIC, KEYCLOAK, OKTA, ONELOGIN, REAPIT_CONNECT};
pub use sign_out::{SignOut, SignOutFault, SignOutRequest};

/// One identity provider, described.
///
/// ```
/// use tenure_oidc::provider::{KEYCLOAK, Provider};
///
/// let keycloak = Provider::by_name("keycloak").unwrap_or(&KEYCLOAK);
/// let issuer = keycloak.issuer(&[("host", "id.example"), ("realm", "staff")]);
/// assert_eq!(issuer.as_deref(), Some("https://id.example/realms/staff"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provider {
    /// The short name for configuration files.
    pub name: &'static str,
    /// The issuer, with what differs between customers in braces. `None`: any.
    pub issuer_template: Option<&'static str>,
    /// Endpoints below the provider's own address that discovery leaves out.
    pub endpoints: &'static [(Endpoint, &'static str)],
    /// How an access token for one's own API is asked for.
    pub audience: Audience,
    /// How a person is signed out at the provider.
    pub sign_out: SignOutForm,
    /// Scopes to ask for so that there is an ID token and a refresh token.
    pub scopes: &'static [&'static str],
    /// What its claims are called.
    pub claims: ClaimNames,
    /// Where it departs from the norms.
    pub quirks: &'static [Quirk],
}

impl Provider {
    /// All described providers, the generic one last.
    pub const ALL: [&'static Self; 8] = [
        &AUTH0,
        &ENTRA,
        &COGNITO,
        &OKTA,
        &ONELOGIN,
        &KEYCLOAK,
        &REAPIT_CONNECT,
        &GENERIC,
    ];

    /// The provider with this short name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        Self::ALL.into_iter().find(|provider| provider.name == name)
    }

    /// The issuer, made from what the provider's console calls a person's own parts. `None` if a
    /// part is missing or is more than a plain name, or if the provider has no template.
    #[must_use]
    pub fn issuer(&self, parts: &[(&str, &str)]) -> Option<String> {
        let mut rest = self.issuer_template?;
        let mut issuer = String::new();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            let (_, value) = parts.iter().find(|(given, _)| *given == name)?;
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:".contains(&b);
            if value.is_empty() || !value.bytes().all(plain) {
                return None;
            }
            issuer.push_str(before);
            issuer.push_str(value);
            rest = after;
        }
        issuer.push_str(rest);
        Some(issuer)
    }

    /// The address of an endpoint that discovery leaves out, below the provider's own address.
    #[must_use]
    pub fn endpoint(&self, endpoint: Endpoint, base: &str) -> Option<String> {
        let (_, path) = self
            .endpoints
            .iter()
            .find(|(known, _)| *known == endpoint)?;
        Some(String::from(base.trim_end_matches('/')) + path)
    }

    /// The parameter that asks for an access token for `api`, if the provider has one.
    #[must_use]
    pub fn audience_parameter<'a>(&self, api: &'a str) -> Option<(&'static str, &'a str)> {
        match self.audience {
            Audience::Parameter(name) => Some((name, api)),
            Audience::Scope | Audience::Fixed => None,
        }
    }

    /// Whether the provider has this quirk.
    #[must_use]
    pub fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }
}

/// An endpoint that a discovery document may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Endpoint {
    /// Where a login begins.
    Authorization,
    /// Where codes and refresh tokens are exchanged.
    Token,
    /// Where tokens are revoked (RFC 7009).
    Revocation,
    /// A login page that always asks, even if the person is signed in.
    Login,
}

/// How an access token for one's own API is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Audience {
    /// By this parameter of the authorization request.
    Parameter(&'static str),
    /// By a scope that names the API.
    Scope,
    /// Not at all: it is set at the provider.
    Fixed,
}

/// How a person is signed out at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignOutForm {
    /// RP-Initiated Logout 1.0: `post_logout_redirect_uri`, `id_token_hint`, `state`.
    EndSession {
        /// Whether the provider refuses or asks the person when the `id_token_hint` is missing.
        hint: Hint,
    },
    /// The provider's own page, which is told the `client_id`.
    Own {
        /// Its path.
        page: &'static str,
        /// The parameter that names the page to return to.
        return_to: &'static str,
        /// How the provider itself is known. Any other server that announces an
        /// `end_session_endpoint` is signed out of in the standard form.
        known_by: KnownBy,
    },
}

/// What tells a provider with a sign-out form of its own from a server that keeps to the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KnownBy {
    /// Its issuers begin so.
    Issuer(&'static str),
    /// The `end_session_endpoint` that it announces, if it does, ends so.
    EndSessionEndpoint(&'static str),
}

/// Whether a sign-out request must carry the ID token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hint {
    /// It is refused without.
    Required,
    /// Without it, `client_id` is enough, or the person is asked.
    Optional,
}

/// What a provider's claims are called; `None` where it has no such claim by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimNames {
    /// The name a person signs in with.
    pub user_name: Option<&'static str>,
    /// The groups a person is in.
    pub groups: Option<&'static str>,
    /// The roles a person has; dots lead into objects.
    pub roles: Option<&'static str>,
    /// The customer the person belongs to.
    pub tenant: Option<&'static str>,
    /// The provider's session.
    pub session: Option<&'static str>,
}

/// Where a provider departs from the norms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quirk {
    /// Access tokens are opaque unless an API is asked for.
    OpaqueWithoutAudience,
    /// The common endpoints' discovery names an issuer with `{tenantid}` in it; see
    /// [`IssuerRule::EntraTenant`](crate::IssuerRule::EntraTenant).
    IssuerTemplate,
    /// The issuer and the endpoints have different hosts.
    EndpointsOnOtherHost,
    /// There is no refresh token unless the scope `offline_access` is asked for.
    NeedsOfflineAccess,
    /// The scope `offline_access` is refused.
    RefusesOfflineAccess,
    /// A refresh that names a scope is refused.
    RefusesScopeOnRefresh,
    /// Refresh tokens given to a page in a browser end after 24 hours.
    BrowserRefreshEndsAfterADay,
    /// Signing out at the provider leaves its refresh tokens alive: revoke them first.
    SignOutKeepsRefreshTokens,
    /// A flag among the claims is the text `true` or `false`.
    TextFlags,
    /// There is no discovery document where the tokens' issuer is not known beforehand.
    NoDiscoveryAtBase,
}
