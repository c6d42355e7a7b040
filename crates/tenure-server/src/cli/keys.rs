use std::time::Duration;

use clap::Subcommand;
use serde_json::{Value, json};

use super::{Failure, Where, out};
use crate::keys::Ring;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make new keys; tokens of the old ones stay good
    Rotate,
    /// List the keys
    List,
}

pub(super) async fn run(command: Command, at: &Where) -> Result<(), Failure> {
    let app = at.open().await?;
    let ring = match command {
        Command::Rotate => {
            // A family must find the key that made its tokens for as long as it may live.
            let keep = app.config.refresh_absolute() + Duration::from_secs(24 * 60 * 60);
            app.keys.rotate(keep).await?
        }
        Command::List => app.keys.ring().await?,
    };
    out::list(
        at.json,
        &rows(&ring),
        &["kid", "algorithm", "created_at", "active_from"],
    );
    Ok(())
}

fn rows(ring: &Ring) -> Vec<Value> {
    let row = |key: &std::sync::Arc<crate::keys::SigningKey>| {
        json!({
            "kid": key.kid,
            "algorithm": key.algorithm.name(),
            "created_at": key.created_at.as_secs(),
            "active_from": key.active_from.as_secs(),
        })
    };
    ring.signing.iter().map(row).collect()
}
