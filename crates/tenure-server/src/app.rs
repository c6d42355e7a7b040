use std::sync::Arc;

use tenure_core::issuer::RatchetPolicy;
use tenure_store::{AnyStore, StoreError};

use crate::accounts::Accounts;
use crate::clients::Clients;
use crate::device::Devices;
use crate::families::Families;
use crate::http::client_info::Proxies;
use crate::keys::Keys;
use crate::metrics::Metrics;
use crate::rows::Rows;
use crate::{Clock, Policy, sealed};

/// Everything that the endpoints share.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) policy: Policy,
    pub(crate) rows: Rows,
    pub(crate) keys: Keys,
    pub(crate) clients: Clients,
    pub(crate) accounts: Accounts,
    pub(crate) families: Families,
    pub(crate) devices: Devices,
    pub(crate) metrics: Metrics,
    pub(crate) ratchet: RatchetPolicy,
    pub(crate) proxies: Proxies,
    pub(crate) sealed_rates: sealed::Rates,
}

impl App {
    pub(crate) fn new(policy: Policy, store: AnyStore, clock: Clock) -> Arc<Self> {
        let rows = Rows { store, clock };
        Arc::new(Self {
            keys: Keys::new(rows.clone(), policy.algorithm),
            clients: Clients::new(rows.clone()),
            accounts: Accounts::new(rows.clone()),
            families: Families::new(rows.clone()),
            devices: Devices::new(rows.clone()),
            metrics: Metrics::new(),
            ratchet: policy.ratchet(),
            proxies: Proxies::new(&policy.trusted_proxies),
            sealed_rates: sealed::Rates::new(
                policy.sealed_requests_per_minute,
                policy.sealed_bytes_per_hour,
            ),
            policy,
            rows,
        })
    }

    /// Makes what must be there before the first request: keys, and the configured clients.
    pub(crate) async fn prepare(&self) -> Result<(), StoreError> {
        self.keys.ring().await?;
        self.register_configured().await
    }
}
