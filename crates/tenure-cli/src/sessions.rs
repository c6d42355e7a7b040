use clap::Subcommand;
use serde_json::{Value, json};
use tenure_server::TokenSession;

use super::users::nobody;
use super::{CliError, DataArgs, out};

#[derive(Subcommand)]
pub(crate) enum Command {
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

pub(crate) async fn run(command: Command, at: &DataArgs) -> Result<(), CliError> {
    let admin = at.open().await?;
    match command {
        Command::List { name } => {
            let sessions = admin.sessions(&name).await?.ok_or_else(|| nobody(&name))?;
            let rows: Vec<_> = sessions.iter().map(row).collect();
            out::list(
                at.json,
                &rows,
                &["id", "client_id", "last_seen", "address", "user_agent"],
            );
        }
        Command::Revoke { id: Some(id), .. } => {
            if !admin.end_session(&id).await? {
                return Err(CliError::Usage(format!("there is no session {id}")));
            }
            out::done(
                at.json,
                &json!({ "ended": 1 }),
                &format!("ended the session {id}"),
            );
        }
        Command::Revoke { id: None, user } => {
            let name = user.unwrap_or_default();
            let ended = admin.end_sessions(&name).await?;
            let ended = ended.ok_or_else(|| nobody(&name))?;
            out::done(
                at.json,
                &json!({ "ended": ended }),
                &format!("ended {ended} sessions"),
            );
        }
    }
    Ok(())
}

/// As `GET /v1/sessions` tells it to somebody who asks with another session.
fn row(session: &TokenSession) -> Value {
    let mut row = json!(session);
    row["kind"] = "tokens".into();
    row["current"] = false.into();
    row
}
