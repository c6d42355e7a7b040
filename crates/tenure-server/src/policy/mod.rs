mod client;
mod proxies;

use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tenure_core::issuer::{PolicyFault, RatchetPolicy};

pub use self::client::{ClientConfig, DEFAULT_SCOPE};
use crate::clients::redirect::{is_loopback_origin, origin};
use crate::keys::Algorithm;

/// What an issuer decides. It can be read from any format that serde knows; an unknown key is
/// refused.
///
/// ```
/// use tenure_server::{ClientConfig, Policy};
///
/// let mut policy = Policy::new("https://id.example.com");
/// policy.access_token_ttl_secs = 300;
/// let callback = "https://app.example.com/callback".to_owned();
/// policy.clients = vec![ClientConfig::new("app").with_redirect_uris(vec![callback])];
/// assert!(policy.check().is_ok());
/// policy.issuer = "http://id.example.com".to_owned();
/// assert!(policy.check().is_err());
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Policy {
    /// The server's public address, the `iss` of its tokens. It may have a path, such as
    /// `https://example.com/auth`; see [`Policy::path`].
    pub issuer: String,
    /// Whether people may make accounts themselves.
    pub signup: bool,
    /// How tokens are signed, unless a client says otherwise.
    pub algorithm: Algorithm,
    /// The life of access tokens and ID tokens.
    pub access_token_ttl_secs: u64,
    /// The life of authorization codes.
    pub code_ttl_secs: u64,
    /// How long a browser's sign-in lasts unused.
    pub session_idle_secs: u64,
    /// How long a browser's sign-in lasts at most.
    pub session_absolute_secs: u64,
    /// How long a token family lasts without a refresh.
    pub refresh_idle_secs: u64,
    /// How long a token family lasts at most.
    pub refresh_absolute_secs: u64,
    /// How long a lost answer to a refresh is given again to a client that sent no retry key.
    pub lost_window_secs: u64,
    /// How long a request that was overtaken is not taken for a thief's.
    pub straggler_window_secs: u64,
    /// The addresses and networks of the proxies that are believed about who is asking, by what
    /// they write in `X-Forwarded-For` or `Forwarded`.
    #[serde(deserialize_with = "proxies::read")]
    pub trusted_proxies: Vec<String>,
    /// How many requests about sealed entries one address may send in a minute.
    pub sealed_requests_per_minute: NonZeroU32,
    /// How many bytes of sealed entries one address may send in an hour.
    pub sealed_bytes_per_hour: NonZeroU32,
    /// Whether pages of this machine may call the server: for development.
    pub allow_loopback_origins: bool,
    /// Whether the demo page is there: for `tenure dev` alone, so it is no key.
    #[serde(skip)]
    pub demo_page: bool,
    /// Where the list of clients was read, such as a file's name, which is told to whoever tries
    /// to change one of them otherwise; nowhere, if no such list was given.
    #[serde(skip)]
    pub clients_from: Option<String>,
    /// The operator's clients. An empty list that came from somewhere removes those that stood
    /// there before; one that came from nowhere says nothing about them.
    pub clients: Vec<ClientConfig>,
}

/// Why a policy is refused: one sentence that says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{0}")]
#[allow(clippy::exhaustive_structs, reason = "one sentence is all it is")]
pub struct PolicyError(pub String);

impl Default for Policy {
    fn default() -> Self {
        Self {
            issuer: "http://127.0.0.1:8484".to_owned(),
            signup: false,
            algorithm: Algorithm::Es256,
            access_token_ttl_secs: 15 * MINUTE,
            code_ttl_secs: MINUTE,
            session_idle_secs: 7 * DAY,
            session_absolute_secs: 30 * DAY,
            refresh_idle_secs: 30 * DAY,
            refresh_absolute_secs: 90 * DAY,
            lost_window_secs: MINUTE,
            straggler_window_secs: 10,
            trusted_proxies: Vec::new(),
            sealed_requests_per_minute: SEALED_REQUESTS,
            sealed_bytes_per_hour: SEALED_BYTES,
            allow_loopback_origins: false,
            demo_page: false,
            clients_from: None,
            clients: Vec::new(),
        }
    }
}

impl Policy {
    /// The usual policy of an issuer at this address.
    #[must_use]
    pub fn new(issuer: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            ..Self::default()
        }
    }

    /// Whether the issuer is on this very machine, as in development.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        origin(&self.issuer).is_some_and(|origin| is_loopback_origin(&origin))
    }

    /// Where on its host the issuer is: empty, or such as `/auth`, without a slash at the end.
    #[must_use]
    pub fn path(&self) -> &str {
        let host = self.issuer.find("://").map_or(0, |at| at + 3);
        let path = self.issuer[host..].find('/');
        path.map_or("", |at| &self.issuer[host + at..])
    }

    /// A path of this server as a page of it has to write it.
    pub(crate) fn link(&self, to: &str) -> String {
        match (self.path(), to) {
            ("", to) => to.to_owned(),
            (path, "/") => path.to_owned(),
            (path, to) => format!("{path}{to}"),
        }
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    ///
    /// [`PolicyError`], for the first thing that is not right.
    pub fn check(&self) -> Result<(), PolicyError> {
        check_issuer(&self.issuer)?;
        if self.demo_page && !self.path().is_empty() {
            let what = "the demo page is at the root of its host: write an `issuer` without a path";
            return Err(PolicyError(what.to_owned()));
        }
        self.check_limits()?;
        proxies::check(&self.trusted_proxies)?;
        self.clients.iter().try_for_each(ClientConfig::check)?;
        client::check_ids(&self.clients)
    }

    fn check_limits(&self) -> Result<(), PolicyError> {
        let limits = [
            ("access_token_ttl_secs", self.access_token_ttl_secs, DAY),
            ("code_ttl_secs", self.code_ttl_secs, 10 * MINUTE),
            ("session_idle_secs", self.session_idle_secs, 400 * DAY),
            (
                "session_absolute_secs",
                self.session_absolute_secs,
                400 * DAY,
            ),
            ("refresh_idle_secs", self.refresh_idle_secs, 400 * DAY),
            (
                "refresh_absolute_secs",
                self.refresh_absolute_secs,
                400 * DAY,
            ),
        ];
        for (key, value, most) in limits {
            if value == 0 || value > most {
                return Err(PolicyError(format!(
                    "write a `{key}` from 1 to {most}, not {value}"
                )));
            }
        }
        self.ratchet().checked().map_err(windows)?;
        Ok(())
    }

    /// How forgiving the rotation of refresh tokens is.
    pub(crate) fn ratchet(&self) -> RatchetPolicy {
        RatchetPolicy {
            idle_limit: Duration::from_secs(self.refresh_idle_secs),
            lost_window: Duration::from_secs(self.lost_window_secs),
            straggler_window: Duration::from_secs(self.straggler_window_secs),
            ..RatchetPolicy::default()
        }
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.issuer.starts_with("https://")
    }

    pub(crate) fn session_cookie(&self) -> String {
        self.cookie("tenure")
    }

    pub(crate) fn form_cookie(&self) -> String {
        self.cookie("tenure-form")
    }

    /// A name for this issuer alone. The prefix, which no other host can write, asks for `Path=/`
    /// (norm 52), so that issuers at different paths of one host are told apart by names.
    fn cookie(&self, name: &str) -> String {
        let prefix = if self.is_secure() { "__Host-" } else { "" };
        format!("{prefix}{name}{}", self.path().replace('/', "."))
    }

    pub(crate) const fn access_token_ttl(&self) -> Duration {
        Duration::from_secs(self.access_token_ttl_secs)
    }

    pub(crate) const fn session_idle(&self) -> Duration {
        Duration::from_secs(self.session_idle_secs)
    }

    pub(crate) const fn session_absolute(&self) -> Duration {
        Duration::from_secs(self.session_absolute_secs)
    }

    pub(crate) const fn refresh_absolute(&self) -> Duration {
        Duration::from_secs(self.refresh_absolute_secs)
    }
}

fn check_issuer(issuer: &str) -> Result<(), PolicyError> {
    let refused = |what: &str| Err(PolicyError(format!("`issuer` is `{issuer}`: {what}")));
    let Some((url, origin)) = url::Url::parse(issuer).ok().zip(origin(issuer)) else {
        return refused("write an address such as https://id.example.com");
    };
    let path = url.path().trim_end_matches('/');
    if format!("{origin}{path}") != issuer {
        return refused(&format!(
            "write `{origin}{path}`, without a slash at the end"
        ));
    }
    // Each part is a part of cookies' names, too.
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let fine = |part: &str| !part.is_empty() && part.chars().all(plain);
    if !path.split('/').skip(1).all(fine) {
        return refused("write a path of letters, digits, - and _, such as /auth");
    }
    if issuer.starts_with("https://") || is_loopback_origin(&origin) {
        return Ok(());
    }
    refused("write it with https://; http:// is for 127.0.0.1, [::1] and localhost alone")
}

fn windows(fault: PolicyFault) -> PolicyError {
    let key = match fault {
        PolicyFault::LostWindow => "lost_window_secs",
        PolicyFault::StragglerWindow => "straggler_window_secs",
        // No key sets it.
        PolicyFault::KeyedLostWindow => return PolicyError(fault.to_string()),
    };
    let allowed = fault.allowed();
    let (least, most) = (allowed.start().as_secs(), allowed.end().as_secs());
    PolicyError(format!("write a `{key}` from {least} to {most}"))
}

/// Ten a second.
const SEALED_REQUESTS: NonZeroU32 = NonZeroU32::MIN.saturating_add(599);
/// Thirty entries of a megabyte, in hexadecimal digits.
const SEALED_BYTES: NonZeroU32 = NonZeroU32::MIN.saturating_add(64 * 1024 * 1024 - 1);
const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;
