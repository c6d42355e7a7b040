use std::sync::Arc;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tenure_core::secret::Password;
use tokio::sync::Semaphore;

/// Makes and checks password hashes: argon2id, on threads of their own, a few at a time, so that
/// sign-ins cannot take all memory or starve the rest.
#[derive(Debug, Clone)]
pub(crate) struct Hasher {
    at_once: Arc<Semaphore>,
}

impl Hasher {
    pub(crate) fn new() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, Into::into);
        Self {
            at_once: Arc::new(Semaphore::new(threads)),
        }
    }

    /// The hash of a password, with its salt and costs, as text; `None` if it cannot be made.
    pub(crate) async fn hash(&self, password: Password) -> Option<String> {
        self.run(move |argon2| {
            let hash = argon2.hash_password(password.expose().as_bytes()).ok()?;
            Some(hash.to_string())
        })
        .await
        .flatten()
    }

    /// Whether this is the password; `None` for the hash costs the same time and says no.
    pub(crate) async fn verify(&self, password: Password, hash: Option<String>) -> bool {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let verified = self
            .run(move |argon2| {
                argon2
                    .verify_password(password.expose().as_bytes(), hash.as_str())
                    .is_ok()
            })
            .await;
        known && verified == Some(true)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'static>) -> T + Send + 'static,
    ) -> Option<T> {
        let permit = Arc::clone(&self.at_once).acquire_owned().await.ok()?;
        let work = move || {
            let _held_until_done = permit;
            let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
            Some(work(&Argon2::new(
                Algorithm::Argon2id,
                Version::V0x13,
                params,
            )))
        };
        tokio::task::spawn_blocking(work).await.ok().flatten()
    }
}

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A hash of these costs that no password has: what an unknown name is checked against.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmUh\
    $AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_another_is_not() {
        let hasher = Hasher::new();
        let hash = hasher.hash(Password::new("right")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(
            hasher
                .verify(Password::new("right"), Some(hash.clone()))
                .await
        );
        assert!(!hasher.verify(Password::new("wrong"), Some(hash)).await);
        assert!(!hasher.verify(Password::new(""), None).await);
    }

    #[test]
    fn an_unknown_name_costs_a_whole_hash() {
        let nobody = argon2::PasswordHash::new(NOBODY).unwrap();
        assert_eq!(nobody.params.get_decimal("m"), Some(MEMORY_KIB));
        assert_eq!(nobody.params.get_decimal("t"), Some(PASSES));
        assert_eq!(nobody.hash.unwrap().len(), 32);
    }
}
