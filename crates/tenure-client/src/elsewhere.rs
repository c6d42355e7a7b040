//! Telling another issuer that a session of its own is over.

use tenure_core::{holder::Binding, secret::RefreshToken};

use crate::issuer::{Issuer, IssuerConfig, IssuerError};

/// Revokes a refresh token where it came from. A client with a secret cannot be spoken for: the
/// secret that is known here is that of another client.
pub(crate) async fn revoke(home: &Binding, refresh_token: &RefreshToken) -> Result<(), String> {
    let name = format!("{}, client {}", home.issuer(), home.client_id());
    let Ok(issuer) = home.issuer().parse() else {
        return Err(format!("{name}: that is no address"));
    };
    let told = async {
        let issuer = Issuer::new(IssuerConfig::new(issuer, home.client_id()))?;
        issuer.revoke(refresh_token).await
    };
    told.await
        .map_err(|error: IssuerError| format!("the session before, of {name}: {error}"))
}
