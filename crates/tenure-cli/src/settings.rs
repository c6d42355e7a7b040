//! What an operator writes in a file or in the environment.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format as _, Toml};
use figment::value::{Dict, Value};
use serde::Deserialize;

use tenure_server::{Limits, Policy, PolicyError};

/// Everything that an operator decides. Every key is also an environment variable: `listen` is
/// `TENURE_LISTEN`.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) installation: Installation,
    pub(super) policy: Policy,
    /// Whether somebody wrote `issuer`; the listening address takes its place if nobody did.
    pub(super) names_issuer: bool,
}

/// What concerns this installation alone, and not what it issues.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Installation {
    /// Where to listen.
    pub(super) listen: SocketAddr,
    /// Where the database is.
    pub(super) data_dir: PathBuf,
    /// Whether logs are lines of JSON.
    pub(super) log_json: bool,
    header_timeout_secs: u64,
    max_connections: usize,
}

/// Why settings are refused: one sentence that says what to write instead.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct SettingsError(String);

impl Default for Installation {
    fn default() -> Self {
        let usual = Limits::default();
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8484)),
            data_dir: PathBuf::from(".tenure"),
            log_json: false,
            header_timeout_secs: usual.header_timeout.as_secs(),
            max_connections: usual.max_connections,
        }
    }
}

impl Settings {
    /// Reads a configuration file, if one is named, and the environment, which wins.
    pub(super) fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        let mut figment = Figment::new();
        if let Some(file) = file {
            if !file.is_file() {
                let file = file.display();
                return Err(SettingsError(format!(
                    "there is no file {file}: name one that exists"
                )));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        let figment = figment.merge(Env::prefixed("TENURE_").only(&keys()));
        let written: Dict = figment.extract().map_err(|error| told(&error))?;
        let mut settings = Self::divided(written)?;
        settings.policy.clients_from = clients_from(file);
        settings.check()?;
        Ok(settings)
    }

    /// Each key to where it belongs.
    fn divided(written: Dict) -> Result<Self, SettingsError> {
        let known = keys();
        if let Some(name) = written.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(not_a_key(name, &known));
        }
        let names_issuer = written.contains_key("issuer");
        let (installation, policy): (Dict, Dict) = written
            .into_iter()
            .partition(|(name, _)| INSTALLATION.contains(&name.as_str()));
        let told = |error| told(&error);
        Ok(Self {
            installation: Value::from(installation).deserialize().map_err(told)?,
            policy: Value::from(policy).deserialize().map_err(told)?,
            names_issuer,
        })
    }

    /// Checks what types cannot.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        self.policy.check()?;
        self.installation.check()
    }
}

impl Installation {
    pub(super) fn database(&self) -> PathBuf {
        self.data_dir.join("tenure.db")
    }

    pub(super) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.header_timeout = Duration::from_secs(self.header_timeout_secs);
        limits.max_connections = self.max_connections;
        limits
    }

    fn check(&self) -> Result<(), SettingsError> {
        let connections = u64::try_from(self.max_connections).unwrap_or(u64::MAX);
        let limits = [
            ("header_timeout_secs", self.header_timeout_secs, 60),
            ("max_connections", connections, 1_000_000),
        ];
        for (key, value, most) in limits {
            if value == 0 || value > most {
                let what = format!("write a `{key}` from 1 to {most}, not {value}");
                return Err(SettingsError(what));
            }
        }
        Ok(())
    }
}

impl From<PolicyError> for SettingsError {
    fn from(error: PolicyError) -> Self {
        Self(error.to_string())
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

fn told(error: &figment::Error) -> SettingsError {
    use figment::error::Kind;
    SettingsError(match &error.kind {
        Kind::UnknownField(name, known) => return not_a_key(name, known),
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

fn not_a_key(name: &str, known: &[&str]) -> SettingsError {
    let known = known.join(", ");
    SettingsError(format!(
        "`{name}` is not a key: remove it, or write one of {known}"
    ))
}

fn keys() -> Vec<&'static str> {
    [INSTALLATION, POLICY].concat()
}

/// The keys of [`Installation`].
const INSTALLATION: &[&str] = &[
    "listen",
    "data_dir",
    "log_json",
    "header_timeout_secs",
    "max_connections",
];
/// The keys of [`Policy`].
const POLICY: &[&str] = &[
    "issuer",
    "signup",
    "algorithm",
    "access_token_ttl_secs",
    "code_ttl_secs",
    "session_idle_secs",
    "session_absolute_secs",
    "refresh_idle_secs",
    "refresh_absolute_secs",
    "lost_window_secs",
    "straggler_window_secs",
    "trusted_proxies",
    "sealed_requests_per_minute",
    "sealed_bytes_per_hour",
    "allow_loopback_origins",
    "clients",
];
const CLIENTS_VARIABLE: &str = "TENURE_CLIENTS";

#[cfg(test)]
mod tests;
