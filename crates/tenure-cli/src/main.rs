//! The program `tenure`: the service, and the operator's commands on its data.

mod clients;
mod keys;
mod out;
mod serve;
mod sessions;
mod settings;
mod shell;
mod store;
mod users;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, Parser, Subcommand};
use tenure_server::{Admin, AdminError, Clock, StartError};
use tenure_store::StoreError;

use self::settings::{Settings, SettingsError};
use self::store::Opened;

#[derive(Parser)]
#[command(name = "tenure", version, about = "Keeps users signed in")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve with a demo account and demo clients
    Dev(Dev),
    /// Serve
    Serve(DataArgs),
    /// The people who may sign in
    Users {
        #[command(subcommand)]
        command: users::Command,
        #[command(flatten)]
        at: DataArgs,
    },
    /// The programs that may ask for tokens
    Clients {
        #[command(subcommand)]
        command: clients::Command,
        #[command(flatten)]
        at: DataArgs,
    },
    /// Who is signed in where
    Sessions {
        #[command(subcommand)]
        command: sessions::Command,
        #[command(flatten)]
        at: DataArgs,
    },
    /// The keys that sign tokens
    Keys {
        #[command(subcommand)]
        command: keys::Command,
        #[command(flatten)]
        at: DataArgs,
    },
    #[command(flatten)]
    Holder(shell::HolderCommand),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Args)]
struct Dev {
    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:8484]
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Where everything is kept [default: .tenure]
    #[arg(long)]
    data: Option<PathBuf>,
    /// The life of access tokens [default: 900]
    #[arg(long, value_name = "SECS")]
    access_token_ttl: Option<u64>,
}

/// Which server's data: by its configuration file, or by its data directory.
#[derive(Args)]
struct DataArgs {
    /// The configuration file
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// The data directory, instead of the configured one
    #[arg(long, global = true)]
    data: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error("{0}")]
    Settings(#[from] SettingsError),
    #[error("{0}")]
    Usage(String),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl From<StartError> for CliError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Store(error) => Self::Store(error),
            other @ (StartError::Policy(_) | _) => Self::Usage(other.to_string()),
        }
    }
}

impl From<AdminError> for CliError {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Store(error) => Self::Store(error),
            other @ (AdminError::Taken(_)
            | AdminError::Configured(_)
            | AdminError::Invalid(_)
            | _) => Self::Usage(other.to_string()),
        }
    }
}

impl CliError {
    const fn exit_code(&self) -> u8 {
        match self {
            Self::Settings(_) | Self::Usage(_) => 2,
            Self::Store(_) | Self::Io(_) => 4,
        }
    }
}

/// Reads the arguments, does the command, and says how it went.
fn main() -> ExitCode {
    let command = Cli::parse().command;
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    runtime
        .block_on(run(command))
        .unwrap_or_else(|error| failed(&error))
}

async fn run(command: Command) -> Result<ExitCode, CliError> {
    match command {
        Command::Dev(dev) => serve::dev(dev).await?,
        Command::Serve(at) => serve::serve(at.settings()?).await?,
        Command::Users { command, at } => users::run(command, &at).await?,
        Command::Clients { command, at } => clients::run(command, &at).await?,
        Command::Sessions { command, at } => sessions::run(command, &at).await?,
        Command::Keys { command, at } => keys::run(command, &at).await?,
        Command::Holder(command) => return Ok(shell::run(command).await),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "tenure", &mut std::io::stdout());
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl DataArgs {
    fn settings(&self) -> Result<Settings, SettingsError> {
        let mut settings = Settings::load(self.config.as_deref())?;
        if let Some(data) = &self.data {
            settings.installation.data_dir.clone_from(data);
        }
        Ok(settings)
    }

    /// The data that a server keeps, whether or not one runs.
    async fn open(&self) -> Result<Admin, CliError> {
        let Settings {
            installation,
            policy,
            ..
        } = self.settings()?;
        let store = Opened::open_existing(&installation).await?.store;
        let admin = Admin::open(policy, store, Clock::system());
        admin.map_err(|error| CliError::Usage(error.to_string()))
    }
}

fn failed(error: &CliError) -> ExitCode {
    out::problem(&error.to_string());
    ExitCode::from(error.exit_code())
}
