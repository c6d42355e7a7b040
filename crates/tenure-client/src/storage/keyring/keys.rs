use std::{io, path::Path, sync::Arc, thread, time::Duration};

use tenure_wire::{DecodeError, document, keyring::KeyringEntry};
use tokio::{
    sync::{Mutex, OwnedMutexGuard, oneshot},
    time::timeout,
};
use zeroize::Zeroizing;

use super::system::System;
use crate::storage::register::{Put, Register};

/// The key of a folder, which the keyring holds under a name that the folder holds.
///
/// A keyring cannot compare and set, the folder's register can: a process that finds no key puts
/// a new one into the keyring under a name of its own, then the name into the register. Who loses
/// takes the winner's.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    place: Place,
    /// Held while the keyring is asked, so that a keyring which keeps a caller waiting has one
    /// thread and not one per caller.
    known: Arc<Mutex<Option<Key>>>,
}

/// A key and the number of its name in the register.
#[derive(Debug, Clone)]
pub(super) struct Key {
    number: u64,
    bytes: Arc<Secret>,
}

struct Secret(Zeroizing<[u8; LENGTH]>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// There is no such key any more.
    Gone,
    /// A newer version of Tenure made it.
    Newer,
    /// It could not be found out.
    Failed,
}

#[derive(Debug, Clone)]
struct Place {
    register: Register,
    system: System,
}

impl Keys {
    pub(super) fn new(dir: &Path, service: String) -> Self {
        let place = Place {
            register: Register::new(dir, "key"),
            system: System::new(service),
        };
        Self {
            place,
            known: Arc::default(),
        }
    }

    /// The key with this number.
    pub(super) async fn to_open(&self, number: u64) -> Result<Key, Fault> {
        self.ask(move |place, known| {
            if let Some(key) = known.filter(|key| key.number == number) {
                return Ok(key);
            }
            match place.latest()? {
                Some((latest, Some(name))) if latest == number => place.find(latest, &name),
                Some(_) | None => Err(Fault::Gone),
            }
        })
        .await
    }

    /// The key that counts now; made where there is none.
    pub(super) async fn to_seal(&self) -> Result<Key, Fault> {
        self.ask(|place, known| {
            for _ in 0..MOST_LOST_RACES {
                let latest = place.latest()?;
                let number = latest.as_ref().map_or(0, |(number, _)| *number);
                if let Some(key) = known.as_ref().filter(|key| key.number == number) {
                    return Ok(key.clone());
                }
                let name = latest.and_then(|(_, name)| name);
                match name.map(|name| place.find(number, &name)) {
                    Some(Ok(key)) => return Ok(key),
                    Some(Err(fault @ (Fault::Failed | Fault::Newer))) => return Err(fault),
                    Some(Err(Fault::Gone)) | None => {}
                }
                if let Some(key) = place.make(number)? {
                    return Ok(key);
                }
            }
            Err(Fault::Failed)
        })
        .await
    }

    /// What is wrong with the keyring, for people.
    pub(super) fn trouble(&self) -> Option<String> {
        self.place.system.trouble()
    }

    /// Runs `work` on a thread of its own, which nobody has to wait for: a keyring may ask a
    /// person, and neither a caller nor the end of the program hangs on the answer. An answer
    /// that comes later serves the next caller.
    async fn ask<W>(&self, work: W) -> Result<Key, Fault>
    where
        W: FnOnce(&Place, Option<Key>) -> Result<Key, Fault> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let ask = async {
            let mut known: OwnedMutexGuard<_> = self.known.clone().lock_owned().await;
            let place = self.place.clone();
            let thread = thread::Builder::new().name("tenure-keyring".to_owned());
            let begun = thread.spawn(move || {
                let answer = work(&place, known.clone());
                if let Ok(key) = &answer {
                    *known = Some(key.clone());
                }
                drop(known);
                // Whoever asked may have given up.
                let _ = tell.send(answer);
            });
            begun.map_err(|_| Fault::Failed)?;
            told.await.unwrap_or(Err(Fault::Failed))
        };
        timeout(PATIENCE, ask).await.unwrap_or_else(|_| {
            tracing::warn!("the system's keyring does not answer; unlock it and try again");
            self.place.system.does_not_answer();
            Err(Fault::Failed)
        })
    }
}

impl Place {
    /// Which name counts now; none of it where it is damaged, so that the next one takes its place.
    fn latest(&self) -> Result<Option<(u64, Option<KeyringEntry>)>, Fault> {
        let found = self.register.latest().map_err(|error| folder(&error))?;
        let Some((number, bytes)) = found else {
            return Ok(None);
        };
        document::decode(&bytes)
            .map(|name| Some((number, Some(name))))
            .or_else(|error| {
                let path = self.register.path(number);
                tracing::warn!(path = %path.display(), %error, "it does not name a keyring entry");
                match error {
                    DecodeError::Newer { .. } => Err(Fault::Newer),
                    DecodeError::Damaged { .. } => Ok(Some((number, None))),
                }
            })
    }

    fn find(&self, number: u64, name: &KeyringEntry) -> Result<Key, Fault> {
        let secret = self.system.find(&name.entry).map_err(|e| keyring(&e))?;
        let Some(secret) = secret else {
            let path = self.register.path(number);
            tracing::warn!(
                path = %path.display(),
                "the system's keyring has lost the session's key; sign in again"
            );
            return Err(Fault::Gone);
        };
        match <[u8; LENGTH]>::try_from(&**secret) {
            Ok(bytes) => Ok(Key::new(number, Zeroizing::new(bytes))),
            Err(_) => Err(Fault::Gone),
        }
    }

    /// Makes the key after `number`; `None` if somebody else did.
    fn make(&self, number: u64) -> Result<Option<Key>, Fault> {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        let mut entry = [0; 16];
        getrandom::fill(&mut *bytes).map_err(|_| Fault::Failed)?;
        getrandom::fill(&mut entry).map_err(|_| Fault::Failed)?;
        let name = KeyringEntry {
            entry: entry.iter().map(|byte| format!("{byte:02x}")).collect(),
        };
        let text = document::encode(&name);
        let kept = self.system.keep(&name.entry, &*bytes);
        kept.map_err(|error| keyring(&error))?;
        match self.register.put(number, &text) {
            Ok(Put::Done) => return Ok(Some(Key::new(number + 1, bytes))),
            Ok(Put::Lost) => {}
            Err(error) => {
                // Its name may stand in the register nevertheless: an entry too many does no harm.
                return Err(folder(&error));
            }
        }
        if let Err(error) = self.system.remove(&name.entry) {
            tracing::debug!(%error, "an unused keyring entry stays behind");
        }
        Ok(None)
    }
}

impl Key {
    pub(super) fn new(number: u64, bytes: Zeroizing<[u8; LENGTH]>) -> Self {
        let bytes = Arc::new(Secret(bytes));
        Self { number, bytes }
    }

    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &*self.bytes.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Only its text: the other face of some of these errors shows what was stored.
fn keyring(error: &keyring_core::Error) -> Fault {
    tracing::warn!(
        %error,
        "the system's keyring cannot be used; start and unlock it, or keep the session in a file"
    );
    Fault::Failed
}

fn folder(error: &io::Error) -> Fault {
    tracing::warn!(%error, "the name of the keyring's entry cannot be read or written");
    Fault::Failed
}

const LENGTH: usize = 32;
const MOST_LOST_RACES: usize = 8;
/// Long enough for a person to type a password.
const PATIENCE: Duration = Duration::from_secs(60);
