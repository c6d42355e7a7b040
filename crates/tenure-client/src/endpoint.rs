use std::future::Future;

use tenure_core::{
    holder::{Binding, Request},
    secret::RefreshToken,
};

use crate::dpop::ProofKey;
use crate::issuer::{Exchanged, Issuer, IssuerError};

/// Where a session's tokens come from.
///
/// [`Issuer`] is one; a function of the application can be another. One call makes at most one
/// token request and never repeats it: when to ask again is the session's decision.
pub trait Endpoint: Send + Sync + 'static {
    /// Asks for tokens. Every outcome is an answer; it should come within ten seconds.
    fn exchange(&self, request: Request) -> impl Future<Output = Exchanged> + Send;

    /// Says that a refresh token is no longer wanted.
    ///
    /// # Errors
    ///
    /// If the issuer could not be told; the session is over here all the same.
    fn revoke(
        &self,
        refresh_token: RefreshToken,
    ) -> impl Future<Output = Result<(), IssuerError>> + Send;

    /// Whose a session from here is: a stored one of another pair is neither used nor refreshed
    /// nor revoked. `None` is a pair of its own: such an endpoint leaves alone what names one.
    fn binding(&self) -> Option<Binding> {
        None
    }

    /// The key that its tokens are bound to, if they are (RFC 9449).
    fn proof_key(&self) -> Option<ProofKey> {
        None
    }
}

impl Endpoint for Issuer {
    async fn exchange(&self, request: Request) -> Exchanged {
        Self::exchange(self, &request).await
    }

    async fn revoke(&self, refresh_token: RefreshToken) -> Result<(), IssuerError> {
        Self::revoke(self, &refresh_token).await
    }

    fn binding(&self) -> Option<Binding> {
        Some(Self::binding(self))
    }

    fn proof_key(&self) -> Option<ProofKey> {
        Self::proof_key(self)
    }
}
