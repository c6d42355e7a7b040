use tenure_core::time::Timestamp;

/// What a client gets from a refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TokenGrant {
    pub(super) refresh: String,
    /// What the access token says about where it comes from.
    pub(super) access: u32,
}

/// The answer to a refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenResponse {
    Granted(TokenGrant),
    /// A sibling was faster; look into storage (409).
    Conflict,
    /// `invalid_grant`.
    Refused,
}

/// One session at an issuer.
pub(super) trait Issuer {
    /// What signing in granted.
    fn first(&self) -> TokenGrant;
    /// Presents a refresh token.
    fn refresh(&mut self, token: &str, now: Timestamp) -> TokenResponse;
    /// Presents an access token to the service.
    fn used(&mut self, access: u32, now: Timestamp);
    /// True once the session was ended because two parties were seen to have it.
    fn ended(&self) -> bool;
}
