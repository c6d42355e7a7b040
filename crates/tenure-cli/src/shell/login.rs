use std::process::{Command, ExitCode, Stdio};

use clap::Args;
use tenure_client::{ErrorKind, Session, Snapshot, issuer::LoginOptions};
use tenure_core::holder::{Request, TokenGrant, TokenResponse};

use super::{
    place::{Place, Profile},
    report::{Failure, print, warn},
};

/// Sign in
#[derive(Debug, Args)]
#[command(after_help = STORAGE)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct Login {
    /// The issuer; the last one, TENURE_ISSUER or that of `tenure dev` if left out
    #[arg(long)]
    issuer: Option<url::Url>,
    /// The client to sign in as
    #[arg(long)]
    client_id: Option<String>,
    /// The scope to ask for, separated by spaces
    #[arg(long)]
    scope: Option<String>,
    /// Print the URL alone on a line and wait, without opening a browser
    #[arg(long)]
    no_browser: bool,
    /// Sign in on another device by a code
    #[arg(long, conflicts_with = "no_browser")]
    device: bool,
    /// Sign in as the client itself; its secret is read from TENURE_CLIENT_SECRET
    #[arg(long, conflicts_with_all = ["device", "no_browser"])]
    client_credentials: bool,
    /// Bind the tokens to a key of this machine, where the issuer can (DPoP)
    #[arg(long)]
    dpop: bool,
}

impl Login {
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let place = Place::find()?;
        let mut found = place.found().await?;
        self.choose(&mut found.profile);
        let profile = found.profile.clone();
        let issuer = place.issuer(&profile).await?;
        let session = found.session(issuer.clone());
        takes_a_sign_in(&session).await?;
        let grant = if profile.client_credentials {
            by_credentials(&issuer).await?
        } else if self.device {
            issuer.login_by_device_code(show_code).await?
        } else {
            let open = !self.no_browser;
            issuer
                .login_by_loopback(|url| show_url(url, open), LoginOptions::default())
                .await?
        };
        session.sign_in(grant).await?;
        // After the session, which says itself whose it is: until this is written, or if it never
        // is, the next command goes by that.
        let noted = place.save_profile(&profile);
        let who = match &*session.snapshot() {
            Snapshot::Active { session, .. } => session.tokens.subject.clone(),
            Snapshot::Loading | Snapshot::Failed(_) | Snapshot::SignedOut(_) => None,
        };
        let handle = session.clone();
        session.close().await;
        if let Some(why) = handle.not_revoked() {
            warn(&format!(
                "the issuer of the session that this one replaced could not be told: {why}"
            ));
        }
        if let Err(failure) = noted {
            warn(&format!(
                "the next `tenure login` will not know this one: {}",
                failure.message()
            ));
        }
        warn(&format!(
            "signed in as {}",
            who.as_deref().unwrap_or("the client itself")
        ));
        Ok(ExitCode::SUCCESS)
    }

    /// The profile of the last sign-in, with what was asked for now.
    fn choose(&self, profile: &mut Profile) {
        if let Some(issuer) = &self.issuer {
            profile.issuer = issuer.clone();
        }
        if let Some(client_id) = &self.client_id {
            profile.client_id.clone_from(client_id);
        }
        if let Some(scope) = &self.scope {
            profile.scope = scope.split_whitespace().map(str::to_owned).collect();
        }
        if self.client_credentials && self.scope.is_none() {
            profile.scope.clear();
        }
        profile.client_credentials = self.client_credentials;
        profile.dpop = self.dpop;
    }
}

/// Tells before a person goes to the trouble that what is stored is in the way.
async fn takes_a_sign_in(session: &Session) -> Result<(), Failure> {
    match session.loaded().await {
        Err(error) if matches!(error.kind(), ErrorKind::Storage(t) if t.sign_in_helps()) => Ok(()),
        known => Ok(known.map(drop)?),
    }
}

async fn by_credentials(issuer: &tenure_client::issuer::Issuer) -> Result<TokenGrant, Failure> {
    if std::env::var_os("TENURE_CLIENT_SECRET").is_none() {
        return Err(Failure::usage(
            "put the client's secret into TENURE_CLIENT_SECRET",
        ));
    }
    let exchanged = issuer.exchange(&Request::ClientCredentials).await;
    let detail = exchanged
        .detail
        .map(|detail| format!(": {detail}"))
        .unwrap_or_default();
    match exchanged.answer {
        TokenResponse::Tokens(grant) => Ok(grant),
        TokenResponse::Refused | TokenResponse::Superseded | TokenResponse::Misconfigured => Err(
            Failure::usage(format!("the issuer refuses this client{detail}")),
        ),
        TokenResponse::Unavailable { .. } => Err(Failure::unavailable(format!(
            "the issuer cannot be asked now{detail}"
        ))),
    }
}

fn show_url(url: &url::Url, open: bool) {
    if !open || !open_browser(url) {
        // The line that scripts read; a closed standard output only means that nobody does.
        let _ = print(url);
    }
}

fn open_browser(url: &url::Url) -> bool {
    warn(&format!("opening {}", url.origin().ascii_serialization()));
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let mut command = Command::new(opener);
    command
        .arg(url.as_str())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().is_ok()
}

fn show_code(prompt: &tenure_client::issuer::DevicePrompt) {
    warn(&format!(
        "open {} and enter {}",
        prompt.verification_uri, prompt.user_code
    ));
    if let Some(complete) = &prompt.verification_uri_complete {
        let _ = print(complete);
    }
}

const STORAGE: &str = "The session is kept in files under TENURE_HOME that only you can read; with \
TENURE_STORAGE=keyring in the environment of every command they are sealed with a key in the \
system's keyring.";
