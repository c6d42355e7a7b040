mod client;
mod proxies;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format as _, Toml};
use serde::{Deserialize, Serialize};
use tenure_core::issuer::{PolicyFault, RatchetPolicy};

pub use self::client::{ClientConfig, DEFAULT_SCOPE};
use crate::clients::redirect::{is_loopback_origin, origin};
use crate::keys::Algorithm;

/// What an operator decides. Every key is also an environment variable: `listen` is
/// `TENURE_LISTEN`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Policy {
    /// The server's public address, the `iss` of its tokens; `http://` and the listening address
    /// if it is not set.
    pub issuer: Option<String>,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the database is.
    pub data_dir: PathBuf,
    /// Whether people may make accounts themselves.
    pub signup: bool,
    /// Whether logs are lines of JSON.
    pub log_json: bool,
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
    /// How long a connection may be open without a request, a half-sent one included.
    pub header_timeout_secs: u64,
    /// How many connections may be open at once.
    pub max_connections: usize,
    /// The addresses and networks of the proxies that are believed about who is asking, by what
    /// they write in `X-Forwarded-For` or `Forwarded`.
    #[serde(deserialize_with = "proxies::read")]
    pub trusted_proxies: Vec<String>,
    /// Whether pages of this machine may call the server: for development.
    pub allow_loopback_origins: bool,
    /// Whether the demo page is there: for `tenure dev` alone, so it is no key.
    #[serde(skip)]
    pub demo_page: bool,
    /// Where the list of clients was read; nowhere, if no such list was given.
    #[serde(skip)]
    pub(crate) clients_from: Option<String>,
    /// The operator's clients.
    pub clients: Vec<ClientConfig>,
}

/// Why a configuration is refused: one sentence that says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{0}")]
#[allow(clippy::exhaustive_structs, reason = "one sentence is all it is")]
pub struct PolicyError(pub String);

impl Default for Policy {
    fn default() -> Self {
        Self {
            issuer: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8484)),
            data_dir: PathBuf::from(".tenure"),
            signup: false,
            log_json: false,
            algorithm: Algorithm::Es256,
            access_token_ttl_secs: 15 * MINUTE,
            code_ttl_secs: MINUTE,
            session_idle_secs: 7 * DAY,
            session_absolute_secs: 30 * DAY,
            refresh_idle_secs: 30 * DAY,
            refresh_absolute_secs: 90 * DAY,
            lost_window_secs: MINUTE,
            straggler_window_secs: 10,
            header_timeout_secs: 10,
            max_connections: 10_000,
            trusted_proxies: Vec::new(),
            allow_loopback_origins: false,
            demo_page: false,
            clients_from: None,
            clients: Vec::new(),
        }
    }
}

impl Policy {
    /// Reads a configuration file, if one is named, and the environment, which wins.
    ///
    /// # Errors
    ///
    /// [`PolicyError`], if something in it is not right.
    pub fn load(file: Option<&Path>) -> Result<Self, PolicyError> {
        let mut figment = Figment::new();
        if let Some(file) = file {
            if !file.is_file() {
                let file = file.display();
                return Err(PolicyError(format!(
                    "there is no file {file}: name one that exists"
                )));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        let mut config: Self = figment
            .merge(Env::prefixed("TENURE_").only(KEYS))
            .extract()
            .map_err(|e| told(&e))?;
        config.clients_from = clients_from(file);
        config.check()?;
        Ok(config)
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    ///
    /// [`PolicyError`], for the first thing that is not right.
    pub fn check(&self) -> Result<(), PolicyError> {
        self.issuer.as_deref().map_or(Ok(()), check_issuer)?;
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
            ("header_timeout_secs", self.header_timeout_secs, MINUTE),
            (
                "max_connections",
                u64::try_from(self.max_connections).unwrap_or(u64::MAX),
                1_000_000,
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

    pub(crate) fn issuer(&self) -> &str {
        self.issuer.as_deref().unwrap_or("http://127.0.0.1:8484")
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.issuer().starts_with("https://")
    }

    pub(crate) fn session_cookie(&self) -> &'static str {
        if self.is_secure() {
            "__Host-tenure"
        } else {
            "tenure"
        }
    }

    pub(crate) fn form_cookie(&self) -> &'static str {
        if self.is_secure() {
            "__Host-tenure-form"
        } else {
            "tenure-form"
        }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data_dir.join("tenure.db")
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

/// The file's name in whole, so that it can be told to whoever asks from another folder.
fn clients_from(file: Option<&Path>) -> Option<String> {
    if std::env::var_os(CLIENTS_VARIABLE).is_some() {
        return Some(CLIENTS_VARIABLE.to_owned());
    }
    let file = file?;
    let whole = std::path::absolute(file);
    Some(whole.as_deref().unwrap_or(file).display().to_string())
}

fn check_issuer(issuer: &str) -> Result<(), PolicyError> {
    let Some(origin) = origin(issuer) else {
        return Err(PolicyError(format!(
            "`issuer` is `{issuer}`: write an address such as https://id.example.com"
        )));
    };
    if origin != issuer {
        return Err(PolicyError(format!(
            "`issuer` is `{issuer}`: write `{origin}`, without a path or a slash at the end"
        )));
    }
    if issuer.starts_with("https://") || is_loopback_origin(issuer) {
        return Ok(());
    }
    Err(PolicyError(format!(
        "`issuer` is `{issuer}`: write it with https://; http:// is for 127.0.0.1, [::1] and \
         localhost alone"
    )))
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

fn told(error: &figment::Error) -> PolicyError {
    use figment::error::Kind;
    PolicyError(match &error.kind {
        Kind::UnknownField(name, known) => {
            format!(
                "`{name}` is not a key: remove it, or write one of {}",
                known.join(", ")
            )
        }
        Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => {
            format!("`{}` is not right: write {expected}", error.path.join("."))
        }
        Kind::UnknownVariant(name, known) => {
            format!("`{name}` is not known: write one of {}", known.join(", "))
        }
        Kind::MissingField(name) => format!("`{name}` is missing: write it"),
        // Other texts may quote what was written, which may be a secret.
        Kind::Message(_)
        | Kind::InvalidLength(..)
        | Kind::DuplicateField(_)
        | Kind::ISizeOutOfRange(_)
        | Kind::USizeOutOfRange(_)
        | Kind::Unsupported(_)
        | Kind::UnsupportedKey(..) => {
            let path = error.path.join(".");
            format!("the configuration cannot be read at `{path}`: write it as TOML")
        }
    })
}

const KEYS: &[&str] = &[
    "issuer",
    "listen",
    "data_dir",
    "signup",
    "log_json",
    "algorithm",
    "access_token_ttl_secs",
    "code_ttl_secs",
    "session_idle_secs",
    "session_absolute_secs",
    "refresh_idle_secs",
    "refresh_absolute_secs",
    "lost_window_secs",
    "straggler_window_secs",
    "header_timeout_secs",
    "max_connections",
    "trusted_proxies",
    "allow_loopback_origins",
    "clients",
];
const CLIENTS_VARIABLE: &str = "TENURE_CLIENTS";
const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;
