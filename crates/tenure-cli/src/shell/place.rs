use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use tenure_client::{
    Binding, HolderConfig, Renewal, Session, TokenSource, Unnamed,
    dpop::ProofKey,
    issuer::{Issuer, IssuerConfig},
    storage::{AnyStorage, FileStorage, KeyringStorage},
};
use tenure_core::{
    holder::{Body, Stored, StoredSession},
    secret::ClientSecret,
};
use tenure_wire::{DecodeError, Form as _, profile};

use super::report::Failure;

/// Where the shell's session is kept: `TENURE_HOME`, or the user's state folder.
#[derive(Debug)]
pub(super) struct Place {
    home: PathBuf,
}

/// The session as it was found, with what this shell needs to know of it.
#[derive(Debug)]
pub(super) struct Found {
    /// Whose it is: what the session says counts more than what the profile says.
    pub(super) profile: Profile,
    /// Whose it is if it does not say so itself.
    unnamed: Option<Binding>,
    storage: AnyStorage,
}

/// With whom and as what this shell is signed in; no secret.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub(super) issuer: url::Url,
    pub(super) client_id: String,
    pub(super) scope: Vec<String>,
    pub(super) client_credentials: bool,
    /// Whether its tokens are bound to a key.
    pub(super) dpop: bool,
}

/// What `TENURE_STORAGE` can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Keyring,
}

impl Place {
    pub(super) fn find() -> Result<Self, Failure> {
        if let Some(home) = env::var_os("TENURE_HOME").filter(|home| !home.is_empty()) {
            return Ok(Self { home: home.into() });
        }
        let state = env::var_os("XDG_STATE_HOME").map(PathBuf::from);
        let state = state
            .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state")));
        match state {
            Some(state) => Ok(Self {
                home: state.join("tenure"),
            }),
            None => Err(Failure::usage(
                "set TENURE_HOME to a folder for the session",
            )),
        }
    }

    /// What is stored, and the profile of the last sign-in, or that of `tenure dev`. The two are
    /// written one after the other, so the session itself says whose it is, wherever it can.
    pub(super) async fn found(&self) -> Result<Found, Failure> {
        let storage = self.storage()?;
        let last = self.last_profile()?;
        let unnamed = last.as_ref().map(Profile::binding);
        let mut profile = match last {
            Some(last) => last,
            None => Profile::of_demo()?,
        };
        // What cannot be read is told by the session, which reads it again.
        if let Ok(Some(Stored {
            body: Body::Active(session),
            ..
        })) = storage.load().await
        {
            profile = profile.of_session(&session);
        }
        Ok(Found {
            profile,
            unnamed,
            storage,
        })
    }

    fn last_profile(&self) -> Result<Option<Profile>, Failure> {
        let path = self.home.join(PROFILE);
        match fs::read(&path) {
            Ok(bytes) => Profile::read(&bytes).map(Some).map_err(|error| {
                let what = match error {
                    DecodeError::Newer { .. } => "use the version of Tenure that wrote it, or",
                    DecodeError::Damaged { .. } => "it was left as it is:",
                };
                let path = path.display();
                Failure::unavailable(format!(
                    "{path}: {error}; {what} move it away and sign in again"
                ))
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::unavailable(format!("{}: {error}", path.display()))),
        }
    }

    pub(super) fn save_profile(&self, profile: &Profile) -> Result<(), Failure> {
        let write = || -> io::Result<()> {
            fs::create_dir_all(&self.home)?;
            let mut file = tempfile::NamedTempFile::new_in(&self.home)?;
            file.write_all(&profile.written())?;
            file.as_file().sync_all()?;
            file.persist(self.home.join(PROFILE))?;
            Ok(())
        };
        write().map_err(|error| {
            let home = self.home.display();
            Failure::unavailable(format!(
                "{home} cannot be written: {error}; nothing was lost"
            ))
        })
    }

    pub(super) async fn session(&self) -> Result<Session, Failure> {
        let found = self.found().await?;
        let issuer = self.issuer(&found.profile).await?;
        Ok(found.session(issuer))
    }

    pub(super) async fn issuer(&self, profile: &Profile) -> Result<Issuer, Failure> {
        let mut config = IssuerConfig::new(profile.issuer.clone(), &*profile.client_id)
            .with_scope(profile.scope.clone());
        if let Ok(secret) = env::var("TENURE_CLIENT_SECRET") {
            config = config.with_client_secret(ClientSecret::new(secret));
        }
        if profile.dpop {
            config = config.with_dpop(self.proof_key().await?);
        }
        Ok(Issuer::new(config)?)
    }

    /// Both kinds use one folder, so that a session never stays behind unseen: what the other
    /// kind wrote is refused, not overwritten.
    fn storage(&self) -> Result<AnyStorage, Failure> {
        let dir = self.home.join(SESSION);
        let opened = match Kind::chosen()? {
            Kind::File => FileStorage::open(&dir).map(AnyStorage::new),
            Kind::Keyring => KeyringStorage::open(&dir, SERVICE).map(AnyStorage::new),
        };
        opened.map_err(|error| unusable(&dir, &error))
    }

    async fn proof_key(&self) -> Result<ProofKey, Failure> {
        let dir = self.home.join(SESSION);
        let found = match Kind::chosen()? {
            Kind::File => async { FileStorage::open(&dir)?.proof_key().await }.await,
            Kind::Keyring => async { KeyringStorage::open(&dir, SERVICE)?.proof_key().await }.await,
        };
        found.map_err(|error| unusable(&dir, &error))
    }
}

impl Found {
    /// The session, as this issuer's.
    pub(super) fn session(self, issuer: Issuer) -> Session {
        let source = if self.profile.client_credentials {
            TokenSource::ClientCredentials
        } else {
            TokenSource::RefreshToken
        };
        let config = HolderConfig {
            source,
            renewal: Renewal::OnDemand,
            skew: Duration::from_secs(30),
            unnamed: Unnamed::Of(self.unnamed),
            ..HolderConfig::default()
        };
        Session::open_with(issuer, self.storage, config)
    }
}

impl Kind {
    /// What to do where the folder holds the other kind.
    pub(super) fn advice() -> &'static str {
        match Self::chosen() {
            Ok(Self::Keyring) => ": set TENURE_STORAGE=file",
            Ok(Self::File) | Err(_) => ": set TENURE_STORAGE=keyring",
        }
    }

    fn chosen() -> Result<Self, Failure> {
        let kind = env::var("TENURE_STORAGE").unwrap_or_default();
        match &*kind {
            "" | "file" => Ok(Self::File),
            "keyring" => Ok(Self::Keyring),
            other => Err(Failure::usage(format!(
                "TENURE_STORAGE is {other:?}; it can be \"file\" or \"keyring\""
            ))),
        }
    }
}

fn usual_scope() -> Vec<String> {
    ["openid", "profile", "offline_access"]
        .map(str::to_owned)
        .to_vec()
}

fn unusable(dir: &Path, error: &io::Error) -> Failure {
    Failure::unavailable(format!("{} cannot be used: {error}", dir.display()))
}

impl Profile {
    fn read(bytes: &[u8]) -> Result<Self, DecodeError> {
        let row = profile::decode(bytes)?;
        let form = profile::Profile::NAME;
        let issuer = row.issuer.parse();
        Ok(Self {
            issuer: issuer.map_err(|_| DecodeError::Damaged { form })?,
            client_id: row.client_id,
            scope: row.scope,
            client_credentials: row.client_credentials,
            dpop: row.dpop,
        })
    }

    fn written(&self) -> Vec<u8> {
        let own = self.clone();
        profile::encode(&profile::Profile {
            issuer: own.issuer.into(),
            client_id: own.client_id,
            scope: own.scope,
            client_credentials: own.client_credentials,
            dpop: own.dpop,
        })
    }

    /// With what the stored session says of itself: a profile that was written for another one
    /// must not lead it elsewhere.
    fn of_session(mut self, session: &StoredSession) -> Self {
        let tokens = &session.tokens;
        if let Some(pair) = session.binding.as_ref().filter(|p| **p != self.binding())
            && let Ok(issuer) = pair.issuer().parse()
        {
            self = Self {
                issuer,
                client_id: pair.client_id().to_owned(),
                scope: usual_scope(),
                client_credentials: false,
                dpop: false,
            };
        }
        // Whoever has a refresh token is a person, and never becomes the client itself.
        self.client_credentials &= tokens.refresh_token.is_none();
        self.dpop |= tokens.token_type.eq_ignore_ascii_case("DPoP");
        self
    }

    fn binding(&self) -> Binding {
        Binding::new(self.issuer.as_str(), &self.client_id)
    }

    pub(super) fn without_dpop(self) -> Self {
        Self {
            dpop: false,
            ..self
        }
    }

    fn of_demo() -> Result<Self, Failure> {
        let issuer = env::var("TENURE_ISSUER").unwrap_or_else(|_| DEMO.to_owned());
        let issuer = issuer
            .parse()
            .map_err(|error| Failure::usage(format!("TENURE_ISSUER is no URL: {error}")))?;
        Ok(Self {
            issuer,
            client_id: "demo-cli".to_owned(),
            scope: usual_scope(),
            client_credentials: false,
            dpop: false,
        })
    }
}

const PROFILE: &str = "profile.json";
const SESSION: &str = "session";
/// Under this name a person finds the key in the keyring.
const SERVICE: &str = "tenure";
const DEMO: &str = "http://127.0.0.1:8484";
