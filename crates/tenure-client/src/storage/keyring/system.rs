use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error, Result};
use zeroize::Zeroizing;

/// The keyring of the person who runs this program. Every call connects anew: a keyring that was
/// away when the program started, or was restarted since, is found as soon as it is there.
///
/// Calls block, for as long as a person is asked to unlock it.
#[derive(Debug, Clone)]
pub(super) struct System {
    service: Arc<str>,
}

impl System {
    pub(super) fn new(service: String) -> Self {
        Self {
            service: service.into(),
        }
    }

    /// The secret of an entry; `None` if there is no such entry.
    pub(super) fn find(&self, entry: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        match self.entry(entry)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) fn keep(&self, entry: &str, secret: &[u8]) -> Result<()> {
        self.entry(entry)?.set_secret(secret)
    }

    pub(super) fn remove(&self, entry: &str) -> Result<()> {
        self.entry(entry)?.delete_credential()
    }

    fn entry(&self, entry: &str) -> Result<Entry> {
        connect()?.build(&self.service, entry, None)
    }
}

fn connect() -> Result<Arc<CredentialStore>> {
    #[cfg(target_os = "macos")]
    return Ok(apple_native_keyring_store::keychain::Store::new()?);
    #[cfg(windows)]
    return Ok(windows_native_keyring_store::Store::new()?);
    #[cfg(all(
        unix,
        not(any(target_os = "macos", target_os = "ios", target_os = "android"))
    ))]
    return Ok(zbus_secret_service_keyring_store::Store::new()?);
    #[cfg(not(any(windows, all(unix, not(any(target_os = "ios", target_os = "android"))))))]
    return Err(Error::NotSupportedByStore(
        "this system has no keyring that Tenure knows".to_owned(),
    ));
}
