use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tenure_store::{AnyStore, Store as _, StoreError};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::App;
use crate::connections::{self, Limits};
use crate::{Admin, Clock, Policy, PolicyError, routes};

/// The service, ready to answer.
#[derive(Debug, Clone)]
pub struct Server {
    app: Arc<App>,
}

impl Server {
    /// Makes what the service needs in the store, if it is not there yet.
    ///
    /// # Errors
    ///
    /// [`StartError`], if the policy is not right or the store fails.
    pub async fn start(policy: Policy, store: AnyStore, clock: Clock) -> Result<Self, StartError> {
        policy.check()?;
        let app = App::new(policy, store, clock);
        app.prepare().await?;
        Ok(Self { app })
    }

    /// What an operator does with the data of this server.
    #[must_use]
    pub fn admin(&self) -> Admin {
        let app = Arc::clone(&self.app);
        Admin { app }
    }

    /// All endpoints, as seen from the issuer's address: to nest at [`Policy::path`] in an
    /// application of that host, or to serve as they are if that is empty.
    ///
    /// An issuer with a path is found by `/.well-known/openid-configuration` behind its path.
    /// RFC 8414 §3.1 looks at the root of the host, which only the application around it can
    /// answer: [`host_router`](Self::host_router) does.
    pub fn router(&self) -> Router {
        routes::router(Arc::clone(&self.app))
    }

    /// All endpoints, as seen from the root of the issuer's host: to serve as they are or, if
    /// the issuer has a path, to merge into an application of that host.
    pub fn host_router(&self) -> Router {
        let path = self.app.policy.path();
        if path.is_empty() {
            return self.router();
        }
        let inserted = routes::inserted_metadata(Arc::clone(&self.app));
        inserted.nest(path, self.router())
    }

    /// Answers at the issuer's path until `stop` changes, then finishes what was begun, for ten seconds at most.
    ///
    /// A connection on which nothing is asked for [`Limits::header_timeout`] is closed, and no
    /// more than [`Limits::max_connections`] are open at once.
    pub async fn run(&self, listener: TcpListener, limits: Limits, stop: watch::Receiver<bool>) {
        let server = self.clone();
        let sweeper = tokio::spawn(async move { server.sweep().await });
        connections::serve(listener, self.host_router(), limits, stop).await;
        sweeper.abort();
    }

    /// Deletes expired rows in small batches, for as long as it is polled. [`run`](Self::run) does
    /// so by itself; an application that serves [`router`](Self::router) otherwise spawns this.
    pub async fn sweep(&self) {
        let rows = &self.app.rows;
        loop {
            tokio::time::sleep(SWEEP_EVERY).await;
            self.app.sealed_rates.sweep();
            loop {
                match rows.store.sweep(rows.now(), SWEEP_BATCH).await {
                    Ok(went) if went == SWEEP_BATCH => tokio::time::sleep(SWEEP_PAUSE).await,
                    Ok(_) => break,
                    Err(error) => {
                        tracing::warn!(%error, "expired rows could not be deleted");
                        break;
                    }
                }
            }
        }
    }
}

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The policy is not right.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const SWEEP_EVERY: Duration = Duration::from_secs(60);
const SWEEP_PAUSE: Duration = Duration::from_millis(50);
const SWEEP_BATCH: usize = 500;
