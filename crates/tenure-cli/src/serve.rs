use std::net::SocketAddr;

use tenure_server::{Clock, Demo, Server};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use super::settings::Settings;
use super::store::Opened;
use super::{CliError, Dev, out};

/// Which of the two it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Demo,
    Real,
}

pub(crate) async fn dev(dev: Dev) -> Result<(), CliError> {
    let settings = dev.settings()?;
    if !settings.installation.listen.ip().is_loopback() {
        let what = "the demo account is for this machine alone: listen on 127.0.0.1 or [::1]";
        return Err(CliError::Usage(what.to_owned()));
    }
    if settings.names_issuer && !settings.policy.is_loopback() {
        return Err(CliError::Usage(format!(
            "the demo account is for this machine alone, and TENURE_ISSUER is `{}`: unset it, \
             write an address on 127.0.0.1, or start `tenure serve`",
            settings.policy.issuer
        )));
    }
    run(settings, Mode::Demo).await
}

impl Dev {
    /// What `tenure serve` would read from the environment, and on top of it what is asked for
    /// here and what makes a demonstration.
    fn settings(self) -> Result<Settings, CliError> {
        let mut settings = Settings::load(None)?;
        let Settings {
            installation,
            policy,
            ..
        } = &mut settings;
        installation.listen = self.listen.unwrap_or(installation.listen);
        if let Some(data) = self.data {
            installation.data_dir = data;
        }
        policy.access_token_ttl_secs = self
            .access_token_ttl
            .unwrap_or(policy.access_token_ttl_secs);
        policy.allow_loopback_origins = true;
        policy.signup = true;
        policy.demo_page = true;
        settings.check()?;
        Ok(settings)
    }
}

pub(crate) async fn serve(settings: Settings) -> Result<(), CliError> {
    if !settings.names_issuer && !settings.installation.listen.ip().is_loopback() {
        let what = "`issuer` is missing: write the address that people see, such as \
            https://id.example.com";
        return Err(CliError::Usage(what.to_owned()));
    }
    run(settings, Mode::Real).await
}

async fn run(settings: Settings, mode: Mode) -> Result<(), CliError> {
    let Settings {
        installation,
        mut policy,
        names_issuer,
    } = settings;
    log(installation.log_json);
    make_private(&installation.data_dir)?;
    let opened = Opened::open(&installation).await?;
    let listener = TcpListener::bind(installation.listen).await?;
    let at = listener.local_addr()?;
    if !names_issuer {
        policy.issuer = format!("http://{at}");
    }
    let issuer = policy.issuer.clone();
    let server = Server::start(policy, opened.store.clone(), Clock::system()).await?;
    let demo = match mode {
        Mode::Demo => Some(server.admin().dangerous_seed_demo().await?),
        Mode::Real => None,
    };
    let (stop, stopped) = watch::channel(false);
    let signalled = signalled();
    tokio::spawn(async move {
        signalled.await;
        tracing::info!("stopping");
        // Nobody listens any more if the server has failed already.
        let _ = stop.send(true);
    });
    let ready = tokio::spawn(announce(at, issuer, demo));
    server.run(listener, installation.limits(), stopped).await;
    ready.abort();
    opened.close().await;
    Ok(())
}

/// Says that the server is ready as soon as it takes connections.
async fn announce(at: SocketAddr, address: String, demo: Option<Demo>) {
    if tokio::net::TcpStream::connect(at).await.is_ok() {
        out::line(&format!("Tenure is ready: {address}"));
        if let Some(demo) = demo {
            out::line(&format!("See a session at work: {address}/demo"));
            out::line(&known(&demo));
        }
    }
}

/// Whom and what there is to sign in with, for the person who started the server.
fn known(demo: &Demo) -> String {
    format!(
        "Sign in as {} with the password: {}\n\
         Clients, from any port of 127.0.0.1, [::1] and localhost:\n  \
         demo-spa      for pages: back to / or /callback, after sign-out to /, /callback or \
         /signed-out\n  \
         demo-cli      for `tenure login` and other programs of a person: back to /callback, or \
         by a code\n  \
         demo-service  for programs without a person: the secret {}, the scope api\n  \
         connect-demo, connect-demo-3, connect-demo-service: for @reapit/connect-session",
        demo.username, demo.password, demo.service_secret
    )
}

#[cfg(unix)]
fn make_private(directory: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

#[cfg(not(unix))]
fn make_private(directory: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)
}

/// Listens for the signal to stop from now on, not only from when it is awaited: whoever is told
/// that the server is ready may stop it at once.
#[cfg(unix)]
fn signalled() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = signal(SignalKind::terminate());
    async move {
        let Ok(mut terminated) = terminated else {
            let _ = tokio::signal::ctrl_c().await;
            return;
        };
        tokio::select! {
            _ = terminated.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
}

#[cfg(not(unix))]
async fn signalled() {
    let _ = tokio::signal::ctrl_c().await;
}

/// Logs go to standard error: standard output is for the line that says "ready".
fn log(json: bool) {
    let filter = EnvFilter::try_from_env("TENURE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let installed = if json {
        builder.json().try_init()
    } else {
        builder.try_init()
    };
    if installed.is_err() {
        out::problem("logs go where they went before");
    }
}
