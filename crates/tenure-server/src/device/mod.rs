//! Sign-in by a code that is entered on another device (RFC 8628): what the device asked for, and
//! what a person said to it.

pub(crate) mod exchange;
mod page;
pub(crate) mod routes;
mod row;
mod user_code;

use std::time::Duration;

use tenure_core::issuer::FamilyId;
use tenure_core::secret::DeviceCode;
use tenure_core::time::Timestamp;
use tenure_store::{Key, Kind, Replaced, StoreError};
use tenure_wire::device as wire;

pub(crate) use self::user_code::UserCode;
use crate::clients::Client;
use crate::digest::{b64, random, random_text, sha256, unb64};
use crate::http::ClientInfo;
use crate::rows::{ATTEMPTS, Change, Life, Rows, too_busy};

/// What a device asked for. Its row is found by the digest of the device code; a row beside it
/// leads there from the digest of the user code.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) client_id: String,
    pub(crate) scope: String,
    pub(crate) address: Option<String>,
    asked_at: i64,
    expires_at: i64,
    interval_secs: u64,
    polled_at: Option<i64>,
    /// The family that a yes begins, drawn beforehand, so that a second use can end it.
    family: FamilyId,
    said: Said,
}

#[derive(Clone, PartialEq, Eq)]
enum Said {
    Nothing,
    No,
    Yes {
        subject: String,
        auth_time: i64,
    },
    /// The yes was turned into tokens.
    Used,
    Replayed,
}

/// What a person says to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Yes,
    No,
}

/// What a device gets that asks for its tokens (RFC 8628 §3.5).
pub(crate) enum PollOutcome {
    Unknown,
    Expired,
    Pending,
    SlowDown,
    Denied,
    /// Tokens were given for it before; the family that they began.
    Replayed(FamilyId),
    Approved(Approval),
}

/// A yes, to be turned into tokens once.
pub(crate) struct Approval {
    pub(crate) family: FamilyId,
    pub(crate) subject: String,
    pub(crate) scope: String,
    pub(crate) auth_time: Timestamp,
}

/// The devices that wait, in the store.
#[derive(Debug)]
pub(crate) struct Devices {
    rows: Rows,
}

impl Devices {
    pub(crate) fn new(rows: Rows) -> Self {
        Self { rows }
    }

    /// Notes what a device asks for, and gives it its two codes.
    pub(crate) async fn start(
        &self,
        client: &Client,
        scope: String,
        client_info: &ClientInfo,
    ) -> Result<(DeviceCode, UserCode), StoreError> {
        let code = DeviceCode::new(random_text::<32>());
        let now = self.rows.now();
        let asked = Asked {
            client_id: client.id.clone(),
            scope,
            address: client_info.address.clone(),
            asked_at: now.as_millis(),
            expires_at: now.saturating_add(LIFE).as_millis(),
            interval_secs: INTERVAL.as_secs(),
            polled_at: None,
            family: FamilyId(random()),
            said: Said::Nothing,
        };
        let digest = digest(code.expose());
        self.rows
            .write(&key(&digest), None, &asked, asked.life())
            .await?;
        let shown = wire::UserCode {
            device_code_digest: b64(&digest),
        };
        for _ in 0..ATTEMPTS {
            let user_code = UserCode::draw();
            let life = Life::until(now.saturating_add(LIFE));
            let written = self
                .rows
                .write(&user_key(&user_code), None, &shown, life)
                .await?;
            if let Replaced::Done(_) = written {
                return Ok((code, user_code));
            }
        }
        Err(too_busy())
    }

    /// What the device asks for that shows this code, if nobody has answered it yet.
    pub(crate) async fn find_pending(&self, code: &UserCode) -> Result<Option<Asked>, StoreError> {
        let Some(key) = self.key_of(code).await? else {
            return Ok(None);
        };
        let found = self.rows.read::<Asked>(&key).await?;
        let asked = found.map(|(asked, _)| asked);
        Ok(asked.filter(|asked| asked.waits(self.rows.now())))
    }

    /// Answers a device for a person who signed in at that time; false if there is none that waits with this code.
    pub(crate) async fn decide(
        &self,
        code: &UserCode,
        decision: Decision,
        (subject, auth_time): (&str, Timestamp),
    ) -> Result<bool, StoreError> {
        let Some(key) = self.key_of(code).await? else {
            return Ok(false);
        };
        let said = |asked: Option<Asked>| {
            let Some(asked) = asked.filter(|asked| asked.waits(self.rows.now())) else {
                return Change::Leave(false);
            };
            let said = match decision {
                Decision::No => Said::No,
                Decision::Yes => Said::Yes {
                    subject: subject.to_owned(),
                    auth_time: auth_time.as_millis(),
                },
            };
            let asked = Asked { said, ..asked };
            let life = asked.life();
            Change::Write(asked, life, true)
        };
        self.rows.change(&key, said).await
    }

    /// What a device gets now; a yes counts as used from here on.
    pub(crate) async fn poll(
        &self,
        code: &str,
        client: &Client,
    ) -> Result<PollOutcome, StoreError> {
        let polled = |asked: Option<Asked>| {
            let Some(asked) = asked.filter(|asked| asked.client_id == client.id) else {
                return Change::Leave(PollOutcome::Unknown);
            };
            match asked.polled(self.rows.now()) {
                (Some(next), polled) => {
                    let life = next.life();
                    Change::Write(next, life, polled)
                }
                (None, polled) => Change::Leave(polled),
            }
        };
        self.rows.change(&key(&digest(code)), polled).await
    }

    /// Whether the yes of this code was turned into tokens just once.
    pub(crate) async fn used_once(&self, code: &str) -> Result<bool, StoreError> {
        let asked = self.rows.read::<Asked>(&key(&digest(code))).await?;
        Ok(asked.is_some_and(|(asked, _)| asked.said == Said::Used))
    }

    /// The row to which a user code leads.
    async fn key_of(&self, code: &UserCode) -> Result<Option<Key>, StoreError> {
        let found = self.rows.read::<wire::UserCode>(&user_key(code)).await?;
        let digest = found.and_then(|(found, _)| unb64(&found.device_code_digest));
        Ok(digest.map(|digest| Key::new(Kind::Code, digest)))
    }
}

impl Asked {
    /// What a device gets that asks at this time, and the row to write first, if it changes.
    fn polled(self, now: Timestamp) -> (Option<Self>, PollOutcome) {
        let family = self.family;
        let over = now.as_millis() >= self.expires_at;
        match &self.said {
            Said::Used => {
                let said = Said::Replayed;
                (Some(Self { said, ..self }), PollOutcome::Replayed(family))
            }
            Said::Replayed => (None, PollOutcome::Replayed(family)),
            Said::No => (None, PollOutcome::Denied),
            Said::Nothing | Said::Yes { .. } if over => (None, PollOutcome::Expired),
            Said::Yes { subject, auth_time } => {
                let granted = Approval {
                    family,
                    subject: subject.clone(),
                    scope: self.scope.clone(),
                    auth_time: Timestamp::from_millis(*auth_time),
                };
                let said = Said::Used;
                (Some(Self { said, ..self }), PollOutcome::Approved(granted))
            }
            Said::Nothing if self.is_too_soon(now) => {
                let next = Self {
                    polled_at: Some(now.as_millis()),
                    interval_secs: self.interval_secs + INTERVAL.as_secs(),
                    ..self
                };
                (Some(next), PollOutcome::SlowDown)
            }
            Said::Nothing => {
                let polled_at = Some(now.as_millis());
                (Some(Self { polled_at, ..self }), PollOutcome::Pending)
            }
        }
    }

    /// A clock that was set back makes nothing too soon.
    fn is_too_soon(&self, now: Timestamp) -> bool {
        let interval = Duration::from_secs(self.interval_secs).saturating_sub(JITTER);
        self.polled_at.is_some_and(|at| {
            let at = Timestamp::from_millis(at);
            at <= now && now.since(at) < interval
        })
    }

    /// Whether a person may still answer.
    fn waits(&self, now: Timestamp) -> bool {
        self.said == Said::Nothing && now.as_millis() < self.expires_at
    }

    /// How long ago the device asked.
    pub(crate) fn age(&self, now: Timestamp) -> Duration {
        now.since(Timestamp::from_millis(self.asked_at))
    }

    /// It is remembered for a while after its end, so that the device is told what became of it.
    fn life(&self) -> Life {
        Life::until(Timestamp::from_millis(self.expires_at).saturating_add(LIFE))
    }
}

fn digest(code: &str) -> [u8; 32] {
    // Another name space than that of authorization codes.
    sha256(format!("device:{code}").as_bytes())
}

fn key(digest: &[u8; 32]) -> Key {
    Key::new(Kind::Code, *digest)
}

fn user_key(code: &UserCode) -> Key {
    let name = format!("user-code:{}", code.letters());
    Key::new(Kind::Transaction, sha256(name.as_bytes()))
}

/// How long a person has to enter a code.
pub(crate) const LIFE: Duration = Duration::from_secs(600);
/// How long a device waits between two questions at first, and how much longer each time that it
/// did not (RFC 8628 §3.5).
pub(crate) const INTERVAL: Duration = Duration::from_secs(5);
/// By how much the network may bring two questions closer together.
const JITTER: Duration = Duration::from_millis(500);
