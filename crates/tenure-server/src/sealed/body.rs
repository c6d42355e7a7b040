//! What a request to write or to read says, and whether it may.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tenure_seal::{PublicKey, Sealed, Signature};
use tenure_wire::sealed::Readers;

use super::origin::{Asked, readers};
use super::routes::SealedError;

/// A request to write an entry, checked.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) name: Name,
    /// The sealed text.
    pub(super) data: String,
    pub(super) readers: Readers,
    /// How long the entry lives, if it does not live already.
    pub(super) life: Duration,
}

/// Which entry: a public key, and the part of it that an application calls its own.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) key: [u8; 65],
    pub(super) namespace: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WriteBody {
    key: String,
    data: String,
    signature: String,
    namespace: Option<String>,
    allowed_origin: Option<Asked>,
    timeout: Option<Value>,
}

#[derive(Deserialize)]
struct ReadBody {
    key: String,
    namespace: Option<String>,
}

impl Write {
    /// Reads a request that came from a page of `origin`. What is cheap to see is looked at first,
    /// the signature last.
    pub(super) fn read(body: &[u8], origin: Option<&str>) -> Result<Self, SealedError> {
        let body: WriteBody = parse(body, SealedError::WRITE)?;
        let readers = readers(body.allowed_origin.as_ref(), origin);
        let readers = readers.ok_or(SealedError::ORIGIN)?;
        let life = life(body.timeout.as_ref())?;
        let (name, key) = Name::read(&body.key, body.namespace)?;
        let signature: Signature = body.signature.parse().map_err(|_| SealedError::SIGNATURE)?;
        // Nothing is kept that anybody could read.
        body.data.parse::<Sealed>().map_err(|_| SealedError::DATA)?;
        if !signature.is_of(&key, &body.data) {
            return Err(SealedError::FOREIGN);
        }
        Ok(Self {
            name,
            data: body.data,
            readers,
            life,
        })
    }
}

impl Name {
    /// Reads a request to read.
    pub(super) fn asked(body: &[u8]) -> Result<Self, SealedError> {
        let ReadBody { key, namespace } = parse(body, SealedError::READ)?;
        Self::read(&key, namespace).map(|(name, _)| name)
    }

    fn read(key: &str, namespace: Option<String>) -> Result<(Self, PublicKey), SealedError> {
        let namespace = namespace.unwrap_or_default();
        if namespace.len() > MAX_NAMESPACE {
            return Err(SealedError::NAMESPACE);
        }
        let public: PublicKey = key.parse().map_err(|_| SealedError::KEY)?;
        let key = public.to_bytes();
        Ok((Self { key, namespace }, public))
    }
}

fn parse<T: DeserializeOwned>(body: &[u8], otherwise: SealedError) -> Result<T, SealedError> {
    serde_json::from_slice(body).map_err(|_| otherwise)
}

fn life(timeout: Option<&Value>) -> Result<Duration, SealedError> {
    let Some(timeout) = timeout.filter(|timeout| !timeout.is_null()) else {
        return Ok(DEFAULT_LIFE);
    };
    let asked = timeout.as_u64().map(Duration::from_secs);
    asked
        .filter(|life| (MIN_LIFE..=MAX_LIFE).contains(life))
        .ok_or(SealedError::TIMEOUT)
}

/// Of `namespace`, in bytes.
const MAX_NAMESPACE: usize = 256;
const MIN_LIFE: Duration = Duration::from_secs(1);
/// The longest that an entry may live.
pub(super) const MAX_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);
/// What the original asks for if its user does not.
const DEFAULT_LIFE: Duration = Duration::from_secs(24 * 3600);
