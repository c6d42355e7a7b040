use std::{
    env,
    io::{self, Read as _},
    process::ExitCode,
    time::Duration,
};

use clap::{Args, Subcommand};
use serde_json::Value;
use tenure_client::sealed::{SealKey, SealedStorage, SealedStorageError, generate_key};
use url::Url;

use super::report::{Failure, print};

/// Data that a server keeps and only the owner of a key reads
#[derive(Debug, Subcommand)]
pub(crate) enum Sealed {
    /// Print a new key: whoever has it reads and replaces the data
    Key,
    /// Keep the JSON of standard input, in the place of what is there
    Put {
        #[command(flatten)]
        entry: Entry,
        /// How many seconds it lives, at most 30 days [default: a day]
        #[arg(long, value_name = "SECS")]
        life: Option<u64>,
    },
    /// Print the data
    Get(Entry),
    /// End the entry
    Rm(Entry),
}

/// Which entry. The key is read from `TENURE_SEAL_KEY`: arguments are shown to everyone on the
/// machine.
#[derive(Debug, Args)]
pub(crate) struct Entry {
    /// The server that keeps it
    #[arg(long, env = "TENURE_SEALED_SERVER")]
    server: Url,
    /// The part of the key's data that is meant
    #[arg(long)]
    namespace: Option<String>,
}

impl Sealed {
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Key => print(generate_key().expose_hex().as_str())?,
            Self::Put { entry, life } => {
                let mut storage = entry.open()?;
                if let Some(life) = life {
                    storage = storage.with_life(Duration::from_secs(life));
                }
                storage.create(&input()?).await?;
            }
            Self::Get(entry) => match entry.open()?.authorize::<Value>().await? {
                Some(data) => print(data)?,
                None => return Err(Failure::absent("there is no such entry, or it has ended")),
            },
            Self::Rm(entry) => entry.open()?.invalidate().await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Entry {
    fn open(self) -> Result<SealedStorage, Failure> {
        let text = env::var(KEY).map_err(|_| {
            Failure::usage(format!(
                "{KEY} is not set: `tenure sealed key` prints a new one"
            ))
        })?;
        let key: SealKey = text
            .trim()
            .parse()
            .map_err(|error| Failure::usage(format!("{KEY}: {error}")))?;
        let storage = SealedStorage::new(self.server, key);
        Ok(match self.namespace {
            Some(namespace) => storage.with_namespace(namespace),
            None => storage,
        })
    }
}

fn input() -> Result<Value, Failure> {
    let mut text = String::new();
    let read = io::stdin().take(MOST).read_to_string(&mut text);
    read.map_err(Failure::usage)?;
    // The reader's own error is left out: it may quote what is to be sealed.
    serde_json::from_str(&text).map_err(|_| Failure::usage("what is kept is JSON: write it so"))
}

impl From<SealedStorageError> for Failure {
    fn from(error: SealedStorageError) -> Self {
        match error {
            SealedStorageError::Unavailable { .. } => Self::unavailable(error),
            SealedStorageError::Absent => Self::absent(error),
            SealedStorageError::Refused { .. }
            | SealedStorageError::Damaged
            | SealedStorageError::Foreign
            | SealedStorageError::Misconfigured
            | _ => Self::usage(error),
        }
    }
}

const KEY: &str = "TENURE_SEAL_KEY";
/// More than a server takes.
const MOST: u64 = 2 * 1024 * 1024;
