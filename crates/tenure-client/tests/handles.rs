//! What callers on other threads see of a session.
#![allow(clippy::unwrap_used, reason = "a broken set-up is a failed test")]

use std::time::Duration;

use tenure_client::{
    Endpoint, HolderConfig, Session, SignOutScope, Snapshot,
    issuer::{Exchanged, IssuerError},
    storage::{AnyStorage, MemoryStorage},
};
use tenure_core::{
    holder::{Expiry, Request, TokenGrant, TokenResponse},
    secret::{AccessToken, RefreshToken},
    time::Timestamp,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_call_did_is_known_when_it_returns() {
    for _ in 0..300 {
        let storage = AnyStorage::new(MemoryStorage::default());
        let session = Session::open_with(Nobody, storage, HolderConfig::default());
        session.sign_in(grant()).await.unwrap();
        assert!(matches!(&*session.snapshot(), Snapshot::Active { .. }));
        session.sign_out(SignOutScope::Local).await.unwrap();
        assert!(matches!(&*session.snapshot(), Snapshot::SignedOut(_)));
    }
}

fn grant() -> TokenGrant {
    TokenGrant {
        access_token: AccessToken::new("access"),
        token_type: "Bearer".into(),
        expiry: Expiry::In(Duration::from_secs(300)),
        refresh_token: Some(RefreshToken::new("refresh")),
        id_token: None,
        scope: None,
        subject: Some("ada".into()),
        requested_at: Timestamp::from_secs(1_900_000_000),
    }
}

/// An issuer that cannot be reached.
struct Nobody;

impl Endpoint for Nobody {
    async fn exchange(&self, _: Request) -> Exchanged {
        Exchanged::new(TokenResponse::Unavailable {
            outage: tenure_core::holder::Outage::Network,
            retry_after: None,
        })
    }

    async fn revoke(&self, _: RefreshToken) -> Result<(), IssuerError> {
        Ok(())
    }
}
