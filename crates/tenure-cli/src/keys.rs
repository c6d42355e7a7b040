use clap::Subcommand;
use serde_json::{Value, json};
use tenure_server::KeyInfo;

use super::{CliError, DataArgs, out};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make new keys; tokens of the old ones stay good
    Rotate,
    /// List the keys
    List,
}

pub(crate) async fn run(command: Command, at: &DataArgs) -> Result<(), CliError> {
    let admin = at.open().await?;
    let keys = match command {
        Command::Rotate => admin.rotate_keys().await?,
        Command::List => admin.keys().await?,
    };
    let rows: Vec<_> = keys.iter().map(row).collect();
    out::list(
        at.json,
        &rows,
        &["kid", "algorithm", "created_at", "active_from"],
    );
    Ok(())
}

fn row(key: &KeyInfo) -> Value {
    json!({
        "kid": key.kid,
        "algorithm": key.algorithm.name(),
        "created_at": key.created_at.as_secs(),
        "active_from": key.active_from.as_secs(),
    })
}
