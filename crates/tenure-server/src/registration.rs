//! What becomes of clients that are no longer where they came from.

use std::collections::BTreeSet;

use tenure_core::issuer::RevokedReason;
use tenure_store::StoreError;

use crate::app::App;
use crate::clients::Origin;

impl App {
    /// Makes the clients that come from a configuration those that stand in it now.
    pub(crate) async fn register_configured(&self) -> Result<(), StoreError> {
        let at = self.policy.clients_from.as_deref();
        let from = || Origin::Configuration(at.unwrap_or("the configuration").to_owned());
        for configured in &self.policy.clients {
            let client = configured.client(from());
            let before = self.clients.find(&client.id).await?;
            if before.is_some_and(|before| before.origin == Origin::CommandLine) {
                tracing::warn!(
                    client = %client.id,
                    "a client that was added by command line stands in the configuration: it is \
                     what stands there from now on"
                );
            }
            self.clients.put(&client).await?;
        }
        // Who starts without any list says nothing about clients, so nobody is signed out by a
        // file that was not named.
        if at.is_some() || !self.policy.clients.is_empty() {
            let standing: BTreeSet<_> = self.policy.clients.iter().map(|one| one.id()).collect();
            let from_there = |origin: &Origin| matches!(origin, Origin::Configuration(_));
            self.retire_others(&standing, from_there).await?;
        }
        self.warn_of_demo().await
    }

    async fn warn_of_demo(&self) -> Result<(), StoreError> {
        let clients = self.clients.list().await?;
        let demo = clients.iter().any(|client| client.origin == Origin::Demo);
        if demo && !self.policy.demo_page {
            tracing::warn!(
                "this data is that of `tenure dev`: everyone knows the password of its account and \
                 the secrets of its clients; serve from another data directory"
            );
        }
        Ok(())
    }

    /// Removes the clients of an origin that are not among those that stand there.
    pub(crate) async fn retire_others(
        &self,
        standing: &BTreeSet<&str>,
        from_there: impl Fn(&Origin) -> bool + Send,
    ) -> Result<(), StoreError> {
        let mut gone = BTreeSet::new();
        for client in self.clients.list().await? {
            if from_there(&client.origin) && !standing.contains(client.id.as_str()) {
                gone.insert(client.id);
            }
        }
        if gone.is_empty() {
            return Ok(());
        }
        let ended = self.retire(&gone).await?;
        tracing::warn!(clients = ?gone, ended, "clients are gone from where they stood");
        Ok(())
    }

    /// Removes clients and ends their families; returns how many of those were alive. A client
    /// goes last: if this is cut short, the next time does the rest.
    pub(crate) async fn retire(&self, ids: &BTreeSet<String>) -> Result<usize, StoreError> {
        let mut ended = 0;
        let mut after = None;
        loop {
            let (accounts, last) = self.accounts.some(after).await?;
            for account in accounts {
                for family in self.families.of(&account.subject).await? {
                    if ids.contains(&family.client_id) {
                        let why = RevokedReason::Administrator;
                        ended += usize::from(self.families.end(family.id, why).await?);
                    }
                }
            }
            after = last;
            if after.is_none() {
                break;
            }
        }
        for id in ids {
            self.clients.remove(id).await?;
        }
        Ok(ended)
    }
}
