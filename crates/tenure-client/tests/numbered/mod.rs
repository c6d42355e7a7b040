//! An issuer that hands out numbered tokens.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tenure_client::{
    Endpoint,
    issuer::{Exchanged, IssuerError},
};
use tenure_core::{
    holder::{Expiry, Outage, Request, TokenGrant, TokenResponse},
    secret::{AccessToken, RefreshToken},
    time::Timestamp,
};
use tokio::sync::Semaphore;

/// Answers the n-th request with the access token `at-n`, once its gate lets it; is away while its
/// gate is closed for good.
#[derive(Debug, Clone)]
pub(crate) struct Numbered {
    asked: Arc<AtomicUsize>,
    pub(crate) gate: Arc<Semaphore>,
}

impl Default for Numbered {
    fn default() -> Self {
        Self {
            asked: Arc::default(),
            gate: Arc::new(Semaphore::new(1000)),
        }
    }
}

impl Numbered {
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Endpoint for Numbered {
    async fn exchange(&self, _: Request) -> Exchanged {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let Ok(permit) = self.gate.acquire().await else {
            return Exchanged::new(TokenResponse::Unavailable {
                outage: Outage::Overloaded,
                retry_after: None,
            });
        };
        permit.forget();
        Exchanged::new(TokenResponse::Tokens(grant(number, 600)))
    }

    async fn revoke(&self, _: RefreshToken) -> Result<(), IssuerError> {
        Ok(())
    }
}

/// The tokens `at-<number>` of Ann, which live this many seconds.
#[allow(clippy::disallowed_methods, reason = "this test's own clock")]
pub(crate) fn grant(number: usize, life: u64) -> TokenGrant {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_millis();
    TokenGrant {
        access_token: AccessToken::new(format!("at-{number}")),
        token_type: "Bearer".to_owned(),
        expiry: Expiry::In(Duration::from_secs(life)),
        refresh_token: Some(RefreshToken::new(format!("rt-{number}"))),
        id_token: None,
        scope: None,
        subject: Some("ann".to_owned()),
        requested_at: Timestamp::from_millis(i64::try_from(now).unwrap()),
    }
}
