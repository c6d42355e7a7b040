use clap::Subcommand;
use serde_json::json;
use tenure_core::issuer::RevokedReason;

use super::users::{end_all, nobody};
use super::{Failure, Where, out};
use crate::routes::family_json;

#[derive(Subcommand)]
pub(super) enum Command {
    /// List a user's sessions
    List {
        /// The user name
        name: String,
    },
    /// End one session by its id, or all of a user's
    Revoke {
        /// The session's id
        #[arg(required_unless_present = "user")]
        id: Option<String>,
        /// The user whose sessions all end
        #[arg(long, conflicts_with = "id")]
        user: Option<String>,
    },
}

pub(super) async fn run(command: Command, at: &Where) -> Result<(), Failure> {
    let app = at.open().await?;
    match command {
        Command::List { name } => {
            let account = app
                .accounts
                .named(&name)
                .await?
                .ok_or_else(|| nobody(&name))?;
            let families = app.families.of(&account.subject).await?;
            let rows: Vec<_> = families
                .iter()
                .map(|family| family_json(family, false))
                .collect();
            out::list(
                at.json,
                &rows,
                &["id", "client_id", "last_seen", "address", "user_agent"],
            );
        }
        Command::Revoke { id: Some(id), .. } => {
            let unknown = || Failure::Usage(format!("there is no session {id}"));
            let family = id.parse().map_err(|_| unknown())?;
            if !app
                .families
                .end(family, RevokedReason::Administrator)
                .await?
            {
                return Err(unknown());
            }
            out::done(
                at.json,
                &json!({ "ended": 1 }),
                &format!("ended the session {id}"),
            );
        }
        Command::Revoke { id: None, user } => {
            let name = user.unwrap_or_default();
            let account = app
                .accounts
                .named(&name)
                .await?
                .ok_or_else(|| nobody(&name))?;
            let ended = end_all(&app, &account.subject, RevokedReason::Administrator).await?;
            out::done(
                at.json,
                &json!({ "ended": ended }),
                &format!("ended {ended} sessions"),
            );
        }
    }
    Ok(())
}
