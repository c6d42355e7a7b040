use super::{Audience, ClaimNames, Endpoint, Hint, KnownBy, Provider, Quirk, SignOutForm};

/// Auth0.
///
/// The issuer ends with a slash. Signing out: `GET /v2/logout` of its Authentication API, with
/// `client_id` and `returnTo`; tenants that switch it on announce `/oidc/logout` beside it, also
/// below a domain of their own. An issuer that announces another one is not Auth0.
/// Without `audience` access tokens are opaque (Auth0's page on access tokens). Groups and roles
/// are claims that a tenant adds under a name of its own.
pub const AUTH0: Provider = Provider {
    name: "auth0",
    issuer_template: Some("https://{domain}/"),
    endpoints: &[(Endpoint::Revocation, "/oauth/revoke")],
    audience: Audience::Parameter("audience"),
    sign_out: SignOutForm::Own {
        page: "/v2/logout",
        return_to: "returnTo",
        known_by: KnownBy::EndSessionEndpoint("/oidc/logout"),
    },
    scopes: &["openid", "profile", "email", "offline_access"],
    claims: ClaimNames {
        user_name: Some("nickname"),
        groups: None,
        roles: None,
        tenant: Some("org_id"),
        session: Some("sid"),
    },
    quirks: &[
        Quirk::OpaqueWithoutAudience,
        Quirk::NeedsOfflineAccess,
        Quirk::SignOutKeepsRefreshTokens,
    ],
};

/// Microsoft Entra ID, version 2.0 of its endpoints.
///
/// The tenants `common`, `organizations` and `consumers` publish an issuer with `{tenantid}` in
/// it, so only `tid` tells which one a token is of. An API is asked for by a scope such as
/// `api://…/read`. Names from the ID token claims reference of the Microsoft identity platform.
/// There is no RFC 7009 endpoint.
pub const ENTRA: Provider = Provider {
    name: "entra",
    issuer_template: Some("https://login.microsoftonline.com/{tenant}/v2.0"),
    endpoints: &[],
    audience: Audience::Scope,
    sign_out: SignOutForm::EndSession {
        hint: Hint::Optional,
    },
    scopes: &["openid", "profile", "email", "offline_access"],
    claims: ClaimNames {
        user_name: Some("preferred_username"),
        groups: Some("groups"),
        roles: Some("roles"),
        tenant: Some("tid"),
        session: Some("sid"),
    },
    quirks: &[
        Quirk::IssuerTemplate,
        Quirk::NeedsOfflineAccess,
        Quirk::BrowserRefreshEndsAfterADay,
        Quirk::SignOutKeepsRefreshTokens,
    ],
};

/// Amazon Cognito user pools.
///
/// The issuer is the pool's address, the endpoints lie below the pool's domain. Signing out:
/// `GET /logout` with `client_id` and `logout_uri` (the logout endpoint of the developer guide);
/// there is no RP-Initiated Logout, though discovery may announce that page. Refresh tokens come
/// without `offline_access`, which is no scope of a pool.
pub const COGNITO: Provider = Provider {
    name: "cognito",
    issuer_template: Some("https://cognito-idp.{region}.amazonaws.com/{pool}"),
    endpoints: &[
        (Endpoint::Authorization, "/oauth2/authorize"),
        (Endpoint::Token, "/oauth2/token"),
        (Endpoint::Revocation, "/oauth2/revoke"),
        (Endpoint::Login, "/login"),
    ],
    audience: Audience::Fixed,
    sign_out: SignOutForm::Own {
        page: "/logout",
        return_to: "logout_uri",
        known_by: KnownBy::Issuer("https://cognito-idp."),
    },
    scopes: &["openid", "profile", "email"],
    claims: ClaimNames {
        user_name: Some("cognito:username"),
        groups: Some("cognito:groups"),
        roles: Some("cognito:roles"),
        tenant: None,
        session: None,
    },
    quirks: &[
        Quirk::EndpointsOnOtherHost,
        Quirk::RefusesOfflineAccess,
        Quirk::SignOutKeepsRefreshTokens,
    ],
};

/// Okta with a custom authorization server; `default` is the one every organisation starts with.
///
/// Signing out needs the `id_token_hint` (logout in its OpenID Connect API reference). The API
/// is the authorization server's own setting. `groups` is a claim that an administrator adds.
pub const OKTA: Provider = Provider {
    name: "okta",
    issuer_template: Some("https://{domain}/oauth2/{server}"),
    endpoints: &[],
    audience: Audience::Fixed,
    sign_out: SignOutForm::EndSession {
        hint: Hint::Required,
    },
    scopes: &["openid", "profile", "email", "offline_access"],
    claims: ClaimNames {
        user_name: Some("preferred_username"),
        groups: Some("groups"),
        roles: None,
        tenant: None,
        session: None,
    },
    quirks: &[Quirk::NeedsOfflineAccess, Quirk::SignOutKeepsRefreshTokens],
};

/// OneLogin, version 2 of its OpenID Connect endpoints.
///
/// Signing out takes `id_token_hint` and `post_logout_redirect_uri` (provider configuration and
/// logout pages of its API). `groups` comes with the scope of that name.
pub const ONELOGIN: Provider = Provider {
    name: "onelogin",
    issuer_template: Some("https://{subdomain}.onelogin.com/oidc/2"),
    endpoints: &[],
    audience: Audience::Fixed,
    sign_out: SignOutForm::EndSession {
        hint: Hint::Required,
    },
    scopes: &["openid", "profile", "groups"],
    claims: ClaimNames {
        user_name: Some("preferred_username"),
        groups: Some("groups"),
        roles: None,
        tenant: None,
        session: Some("sid"),
    },
    quirks: &[Quirk::SignOutKeepsRefreshTokens],
};

/// Keycloak, since version 17 without `/auth` in front of the realm.
///
/// Refresh tokens belong to the login session and end with it; `offline_access` asks for ones
/// that do not. The audience is set by a mapper. Without `id_token_hint` the person is asked
/// (RP-Initiated Logout in the guide on securing applications).
pub const KEYCLOAK: Provider = Provider {
    name: "keycloak",
    issuer_template: Some("https://{host}/realms/{realm}"),
    endpoints: &[],
    audience: Audience::Fixed,
    sign_out: SignOutForm::EndSession {
        hint: Hint::Optional,
    },
    scopes: &["openid", "profile", "email"],
    claims: ClaimNames {
        user_name: Some("preferred_username"),
        groups: Some("groups"),
        roles: Some("realm_access.roles"),
        tenant: None,
        session: Some("sid"),
    },
    quirks: &[],
};

/// Reapit Connect, a Cognito pool behind a domain of its own.
///
/// Paths lie directly below `connectOAuthUrl`; a request without `scope` gets the client's own
/// ones. The tokens' issuer is the Cognito pool. From the wire behaviour of the package
/// `@reapit/connect-session`, versions 3 to 6.
pub const REAPIT_CONNECT: Provider = Provider {
    name: "reapit-connect",
    issuer_template: Some("https://cognito-idp.{region}.amazonaws.com/{pool}"),
    endpoints: &[
        (Endpoint::Authorization, "/authorize"),
        (Endpoint::Token, "/token"),
        (Endpoint::Revocation, "/oauth2/revoke"),
        (Endpoint::Login, "/login"),
    ],
    audience: Audience::Fixed,
    sign_out: SignOutForm::Own {
        page: "/logout",
        return_to: "logout_uri",
        known_by: KnownBy::Issuer("https://cognito-idp."),
    },
    scopes: &[],
    claims: ClaimNames {
        user_name: Some("email"),
        groups: Some("cognito:groups"),
        roles: None,
        tenant: Some("custom:reapit:clientCode"),
        session: None,
    },
    quirks: &[
        Quirk::EndpointsOnOtherHost,
        Quirk::NoDiscoveryAtBase,
        Quirk::RefusesOfflineAccess,
        Quirk::SignOutKeepsRefreshTokens,
        Quirk::TextFlags,
    ],
};

/// Any provider that keeps to OpenID Connect Discovery 1.0 and RP-Initiated Logout 1.0; the API
/// is asked for by `resource` (RFC 8707).
pub const GENERIC: Provider = Provider {
    name: "generic",
    issuer_template: None,
    endpoints: &[],
    audience: Audience::Parameter("resource"),
    sign_out: SignOutForm::EndSession {
        hint: Hint::Optional,
    },
    scopes: &["openid", "offline_access"],
    claims: ClaimNames {
        user_name: Some("preferred_username"),
        groups: Some("groups"),
        roles: Some("roles"),
        tenant: None,
        session: Some("sid"),
    },
    quirks: &[],
};
