//! Data that a server keeps and only the owner of a key reads: [`SealedStorage`].
//!
//! ```no_run
//! use tenure_client::sealed::{SealedStorage, generate_key};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let storage = SealedStorage::new("https://id.example".parse()?, generate_key());
//! storage.create(&["a", "list"]).await?;
//! let found: Option<Vec<String>> = storage.authorize().await?;
//! assert_eq!(found.unwrap(), ["a", "list"]);
//! storage.invalidate().await?;
//! # Ok(())
//! # }
//! ```
//!
//! Whoever has the key opens and replaces the data, on any machine; nobody else does, the server
//! included. The same entries are read and written by `@toruslabs/session-manager` and
//! `@tenure/session-manager`, whose session id is the key.

use std::time::Duration;

use reqwest::{Method, StatusCode, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tenure_seal::{Sealed, Signature, open, seal};
use url::Url;

pub use tenure_seal::{KeyError, OpenError, PublicKey, SealKey};

/// One entry: the data that a server keeps sealed for the owner of a key.
#[derive(Debug, Clone)]
pub struct SealedStorage {
    server: Url,
    key: SealKey,
    namespace: Option<String>,
    life: Duration,
    readers: Readers,
    http: reqwest::Client,
}

/// From where an entry may be read. It is no secret of the key's: who has the text still needs
/// the key to open it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Readers {
    /// Programs and the pages of any origin.
    #[default]
    Anyone,
    /// Programs alone.
    Programs,
    /// Pages of one origin, such as `https://app.example`.
    Origin(String),
}

/// A new key of random bytes. It is the only way to the data: store it where secrets are stored.
#[must_use]
pub fn generate_key() -> SealKey {
    SealKey::generate(random)
}

impl SealedStorage {
    /// The entry of a key at a server, which lives for a day.
    #[must_use]
    pub fn new(server: Url, key: SealKey) -> Self {
        Self {
            server,
            key,
            namespace: None,
            life: Duration::from_secs(24 * 3600),
            readers: Readers::default(),
            http: reqwest::Client::new(),
        }
    }

    /// The same of another key.
    #[must_use]
    pub fn with_key(mut self, key: SealKey) -> Self {
        self.key = key;
        self
    }

    /// The part of the key's entries that one application calls its own: at most 256 bytes.
    #[must_use]
    pub fn with_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// How long an entry lives that is created from now on: whole seconds, from one to 30 days.
    #[must_use]
    pub const fn with_life(mut self, life: Duration) -> Self {
        self.life = life;
        self
    }

    /// From where entries may be read that are written from now on.
    #[must_use]
    pub fn with_readers(mut self, readers: Readers) -> Self {
        self.readers = readers;
        self
    }

    /// Sends requests by a client that was configured elsewhere.
    #[must_use]
    pub fn with_http_client(mut self, http: reqwest::Client) -> Self {
        self.http = http;
        self
    }

    /// Keeps data, in the place of what is there.
    ///
    /// # Errors
    ///
    /// [`SealedStorageError`]; nothing of the data is in it.
    pub async fn create<T: Serialize + Sync + ?Sized>(
        &self,
        data: &T,
    ) -> Result<(), SealedStorageError> {
        let mut body = self.sealed(data)?;
        body["timeout"] = json!(self.life.as_secs());
        body["allowedOrigin"] = self.readers.told();
        self.write(Method::POST, "v2/store/set", &body).await
    }

    /// The data, unless there are none, or they ended, or this program may not read them.
    ///
    /// # Errors
    ///
    /// [`SealedStorageError`]. Data of another shape than `T` are [`SealedStorageError::Foreign`].
    pub async fn authorize<T: DeserializeOwned>(&self) -> Result<Option<T>, SealedStorageError> {
        let body = json!({ "key": self.public(), "namespace": self.namespace });
        let found: Found = self.send(Method::POST, "v2/store/get", &body).await?;
        if found.message.is_empty() {
            return Ok(None);
        }
        let sealed: Sealed = found
            .message
            .parse()
            .map_err(|_| SealedStorageError::Damaged)?;
        let data = open(&self.key, &sealed).map_err(|_| SealedStorageError::Damaged)?;
        let value = serde_json::from_slice(&data).map_err(|_| SealedStorageError::Foreign)?;
        Ok(Some(value))
    }

    /// Puts other data into an entry that is there. It ends when it would have ended.
    ///
    /// # Errors
    ///
    /// [`SealedStorageError`]; [`SealedStorageError::Absent`] if there is no entry.
    pub async fn update<T: Serialize + Sync + ?Sized>(
        &self,
        data: &T,
    ) -> Result<(), SealedStorageError> {
        let mut body = self.sealed(data)?;
        body["allowedOrigin"] = self.readers.told();
        self.write(Method::PUT, "v2/store/update", &body).await
    }

    /// Ends the entry: nothing is in it any more, and a second later it is gone.
    ///
    /// # Errors
    ///
    /// [`SealedStorageError`].
    pub async fn invalidate(&self) -> Result<(), SealedStorageError> {
        let mut body = self.sealed(&json!({}))?;
        body["timeout"] = json!(1);
        self.write(Method::POST, "v2/store/set", &body).await
    }

    fn public(&self) -> String {
        self.key.public().to_string()
    }

    /// What every request to write has.
    fn sealed<T: Serialize + ?Sized>(&self, data: &T) -> Result<Value, SealedStorageError> {
        let plain = serde_json::to_vec(data).map_err(|_| SealedStorageError::Foreign)?;
        let text = seal(&self.key.public(), &plain, &generate_key(), random()).to_string();
        Ok(json!({
            "key": self.public(),
            "signature": Signature::sign(&self.key, &text).to_string(),
            "data": text,
            "namespace": self.namespace,
        }))
    }

    /// Writes, and once more if the answer was lost: the server knows the second for the first.
    async fn write(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<(), SealedStorageError> {
        let first = self.send::<Found>(method.clone(), path, body).await;
        match first {
            Err(SealedStorageError::Unavailable { .. }) => {
                self.send::<Found>(method, path, body).await.map(drop)
            }
            other => other.map(drop),
        }
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<T, SealedStorageError> {
        let url = within(&self.server, path).ok_or(SealedStorageError::Misconfigured)?;
        let request = self.http.request(method, url).timeout(PATIENCE);
        let answer = request.json(body).send().await.map_err(unreachable)?;
        let status = answer.status();
        let retry_after = answer
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        let read = answer.bytes().await.map_err(unreachable)?;
        if status.is_success() {
            return serde_json::from_slice(&read).map_err(|_| SealedStorageError::Misconfigured);
        }
        Err(refusal(status, retry_after, &read))
    }
}

impl Readers {
    fn told(&self) -> Value {
        match self {
            Self::Anyone => json!("*"),
            Self::Programs => json!(true),
            Self::Origin(origin) => json!(origin),
        }
    }
}

/// Why a sealed entry was not read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealedStorageError {
    /// The server cannot be reached, or is busy; asking again may help.
    #[error("the server of sealed data is not available now: ask again later")]
    Unavailable {
        /// When it may help, if the server said so.
        retry_after: Option<Duration>,
    },
    /// The server does not take the request: what it says about it.
    #[error("the server of sealed data refused: {description}")]
    Refused {
        /// What programs tell refusals apart by.
        code: String,
        /// One sentence.
        description: String,
    },
    /// There is no entry to update.
    #[error("there is no sealed entry to update: create one")]
    Absent,
    /// The entry is not what the owner of the key sealed.
    #[error("the sealed entry is damaged, or not of this key")]
    Damaged,
    /// The data are of another shape than the caller's type, or cannot be JSON.
    #[error("the data of a sealed entry are not of the type that was asked for")]
    Foreign,
    /// The address is not that of a server of sealed data.
    #[error("the server does not speak as a server of sealed data: check its address")]
    Misconfigured,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
struct Fault {
    error: String,
    #[serde(default)]
    error_description: String,
}

fn refusal(status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> SealedStorageError {
    let passing = status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT;
    if passing {
        return SealedStorageError::Unavailable { retry_after };
    }
    match serde_json::from_slice(body) {
        Ok(Fault { error, .. }) if error == "not_found" => SealedStorageError::Absent,
        Ok(fault) => SealedStorageError::Refused {
            code: fault.error,
            description: fault.error_description,
        },
        Err(_) => SealedStorageError::Misconfigured,
    }
}

/// The cause is left out: it may quote an address.
fn unreachable(error: reqwest::Error) -> SealedStorageError {
    tracing::debug!(
        timeout = error.is_timeout(),
        connect = error.is_connect(),
        "a request about sealed data has no answer"
    );
    drop(error);
    SealedStorageError::Unavailable { retry_after: None }
}

/// A path below a server's address, which may have a path of its own.
fn within(server: &Url, path: &str) -> Option<Url> {
    let base = server.as_str().trim_end_matches('/');
    Url::parse(&format!("{base}/{path}")).ok()
}

#[allow(
    clippy::panic,
    reason = "without random numbers no secret can be made, so nothing may go on"
)]
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if getrandom::fill(&mut bytes).is_err() {
        panic!("the operating system gave no random numbers");
    }
    bytes
}

/// A megabyte takes its time on a slow line.
const PATIENCE: Duration = Duration::from_secs(30);
