use tenure_store::StoreError;

use super::Admin;
use crate::demo;

/// Whom and what there is to sign in with in a demonstration.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Demo {
    /// The account's name.
    pub username: &'static str,
    /// Its password.
    pub password: &'static str,
    /// The secret of the client `demo-service`.
    pub service_secret: &'static str,
}

impl Admin {
    /// Makes the demo account and the demo clients of `tenure dev`, if they are not there yet.
    /// Their secrets are known to everyone.
    ///
    /// # Errors
    ///
    /// As the store.
    pub async fn dangerous_seed_demo(&self) -> Result<Demo, StoreError> {
        demo::seed(&self.app).await?;
        Ok(Demo {
            username: demo::USERNAME,
            password: demo::PASSWORD,
            service_secret: demo::SERVICE_SECRET,
        })
    }
}
