use std::{
    fmt::Display,
    sync::{Arc, Mutex, PoisonError},
};

use keyring_core::{CredentialStore, Entry, Error, Result};
use zeroize::Zeroizing;

/// The keyring of the person who runs this program. Every call connects anew: a keyring that was
/// away when the program started, or was restarted since, is found as soon as it is there.
///
/// Calls block, for as long as a person is asked to unlock it.
#[derive(Debug, Clone)]
pub(super) struct System {
    service: Arc<str>,
    trouble: Arc<Mutex<Option<String>>>,
}

impl System {
    pub(super) fn new(service: String) -> Self {
        Self {
            service: service.into(),
            trouble: Arc::default(),
        }
    }

    /// Why the last call failed, if it did, and what to do about it.
    pub(super) fn trouble(&self) -> Option<String> {
        let trouble = self.trouble.lock();
        trouble.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// For a call that somebody has given up on.
    pub(super) fn does_not_answer(&self) {
        self.remember(Some(unusable("it does not answer")));
    }

    /// The secret of an entry; `None` if there is no such entry.
    pub(super) fn find(&self, entry: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let found = self.ask(entry, |entry| match entry.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })?;
        if found.is_none() {
            self.remember(Some("the system's keyring has lost its key".to_owned()));
        }
        Ok(found)
    }

    pub(super) fn keep(&self, entry: &str, secret: &[u8]) -> Result<()> {
        self.ask(entry, |entry| entry.set_secret(secret))
    }

    pub(super) fn remove(&self, entry: &str) -> Result<()> {
        self.ask(entry, Entry::delete_credential)
    }

    fn ask<T>(&self, entry: &str, ask: impl FnOnce(&Entry) -> Result<T>) -> Result<T> {
        let answer = connect().and_then(|store| ask(&store.build(&self.service, entry, None)?));
        // Only its text: the other face of some of these errors shows what was stored.
        self.remember(answer.as_ref().err().map(unusable));
        answer
    }

    fn remember(&self, trouble: Option<String>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

fn unusable(why: impl Display) -> String {
    format!("the system's keyring cannot be used: {why}; start and unlock it")
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
