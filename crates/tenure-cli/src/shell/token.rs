use std::process::ExitCode;

use serde_json::json;
use tenure_client::{ErrorKind, Session, Snapshot, Token};

use super::{
    place::Place,
    report::{Failure, print},
};

/// Prints an access token that is fresh.
pub(super) async fn token(as_json: bool) -> Result<ExitCode, Failure> {
    let session = Place::find()?.session().await?;
    let token = session.access_token().await;
    let snapshot = session.snapshot();
    session.close().await;
    let token = token?;
    if as_json {
        print(described(&token, &snapshot))?;
    } else {
        print(token.access_token().expose())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Says who is signed in, from what is stored; asks nobody.
pub(super) async fn status(as_json: bool) -> Result<ExitCode, Failure> {
    let place = Place::find()?;
    let found = place.found().await?;
    let profile = found.profile.clone();
    let session = found.session(place.issuer(&profile).await?);
    let (code, value, line) = match known(&session).await? {
        Known::SignedIn {
            subject,
            expires_at,
        } => {
            let value = json!({
                "signed_in": true,
                "issuer": profile.issuer.as_str(),
                "client_id": profile.client_id,
                "subject": subject,
                "access_token_expires_at": expires_at,
            });
            let who = subject.as_deref().unwrap_or("the client itself");
            let line = format!("signed in at {} as {who}", profile.issuer);
            (ExitCode::SUCCESS, value, line)
        }
        Known::SignedOut(error) => {
            let value = json!({ "signed_in": false, "reason": error.to_string() });
            (ExitCode::from(3), value, error.to_string())
        }
    };
    session.close().await;
    if as_json {
        print(value)?;
    } else {
        print(line)?;
    }
    Ok(code)
}

enum Known {
    SignedIn {
        subject: Option<String>,
        expires_at: Option<i64>,
    },
    SignedOut(tenure_client::Error),
}

async fn known(session: &Session) -> Result<Known, Failure> {
    match &*session.loaded().await? {
        Snapshot::Active { session, .. } => Ok(Known::SignedIn {
            subject: session.tokens.subject.clone(),
            expires_at: session.tokens.expires_at.map(|at| at.as_secs()),
        }),
        // The session itself says why, and whether storage was in the way.
        Snapshot::SignedOut(_) | Snapshot::Loading | Snapshot::Failed(_) => {
            match session.access_token().await {
                Err(error) if matches!(error.kind(), ErrorKind::SignedOut(_)) => {
                    Ok(Known::SignedOut(error))
                }
                Err(error) => Err(error.into()),
                Ok(_) => Ok(Known::SignedIn {
                    subject: None,
                    expires_at: None,
                }),
            }
        }
    }
}

fn described(token: &Token, snapshot: &Snapshot) -> serde_json::Value {
    let expires_at = match snapshot {
        Snapshot::Active { session, .. } => session.tokens.expires_at.map(|at| at.as_secs()),
        Snapshot::Loading | Snapshot::Failed(_) | Snapshot::SignedOut(_) => None,
    };
    json!({
        "access_token": token.access_token().expose(),
        "token_type": token.token_type(),
        "expires_at": expires_at,
    })
}
