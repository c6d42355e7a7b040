use clap::Subcommand;
use serde_json::{Value, json};
use tenure_core::issuer::RevokedReason;

use super::{Failure, Where, out};
use crate::accounts::{Account, Checked, EMAIL, EMAIL_VERIFIED, Email, NotMade, is_reserved};
use crate::app::App;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make an account; the password is read from standard input
    Add {
        /// The user name
        name: String,
        /// The person's e-mail address
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
        /// Somebody made sure that the address is the person's own
        #[arg(long, requires = "email")]
        email_verified: bool,
    },
    /// Write a person's e-mail address; without one, remove it
    Email {
        /// The user name
        name: String,
        /// The address
        address: Option<String>,
        /// Somebody made sure that the address is the person's own
        #[arg(long, requires = "address")]
        verified: bool,
    },
    /// Set a password, read from standard input, and end all sessions
    Passwd {
        /// The user name
        name: String,
    },
    /// Remove an account and end all its sessions
    Remove {
        /// The user name
        name: String,
    },
    /// Keep a person out and end all their sessions
    Disable {
        /// The user name
        name: String,
    },
    /// Let a person sign in again
    Enable {
        /// The user name
        name: String,
    },
    /// Write what clients may be told about a person, such as `locale`; without a value, remove it
    Claim {
        /// The user name
        name: String,
        /// The claim's name
        claim: String,
        /// Its value: a text, or a list of texts as JSON
        value: Option<String>,
    },
    /// List the accounts
    List,
}

pub(super) async fn run(command: Command, at: &Where) -> Result<(), Failure> {
    let app = at.open().await?;
    match command {
        Command::Add {
            name,
            email,
            email_verified,
        } => {
            let account = add(&app, &name, email.as_deref(), checked(email_verified)).await?;
            let told = json!({ "username": account.username, "subject": account.subject });
            out::done(at.json, &told, &format!("made the account {name}"));
        }
        Command::Email {
            name,
            address,
            verified,
        } => {
            let account = set_email(&app, &name, address.as_deref(), checked(verified)).await?;
            let told = row(&account);
            out::done(at.json, &told, &format!("set the e-mail address of {name}"));
        }
        Command::Passwd { name } => {
            let account = app
                .accounts
                .set_password(&name, out::password()?)
                .await
                .map_err(told)?;
            let account = account.ok_or_else(|| nobody(&name))?;
            let ended = end_all(&app, &account.subject, RevokedReason::PasswordChanged).await?;
            let told = json!({ "username": name, "ended": ended });
            out::done(at.json, &told, &format!("set the password of {name}"));
        }
        Command::Remove { name } => {
            let account = app
                .accounts
                .remove(&name)
                .await?
                .ok_or_else(|| nobody(&name))?;
            let ended = end_all(&app, &account.subject, RevokedReason::AccountRemoved).await?;
            let told = json!({ "username": name, "ended": ended });
            out::done(at.json, &told, &format!("removed the account {name}"));
        }
        Command::Disable { name } => {
            let account = app.accounts.disable(&name).await?;
            let account = account.ok_or_else(|| nobody(&name))?;
            let ended = end_all(&app, &account.subject, RevokedReason::Administrator).await?;
            let told = json!({ "username": name, "ended": ended });
            out::done(at.json, &told, &format!("disabled the account {name}"));
        }
        Command::Enable { name } => {
            let account = app.accounts.enable(&name).await?;
            account.ok_or_else(|| nobody(&name))?;
            let told = json!({ "username": name });
            out::done(at.json, &told, &format!("enabled the account {name}"));
        }
        Command::Claim { name, claim, value } => {
            let account = set_claim(&app, &name, &claim, value).await?;
            let told = json!({ "username": name, "claims": account.claims });
            out::done(at.json, &told, &format!("set {claim} of {name}"));
        }
        Command::List => {
            let accounts = app.accounts.list().await?;
            let rows: Vec<_> = accounts.iter().map(row).collect();
            out::list(at.json, &rows, &["username", "subject", "disabled"]);
        }
    }
    Ok(())
}

fn row(account: &Account) -> Value {
    let email = account.email_claims();
    json!({
        "username": account.username,
        "subject": account.subject,
        "created_at": account.created_at / 1000,
        "disabled": account.disabled,
        "email": email.get(EMAIL),
        "email_verified": email.get(EMAIL_VERIFIED),
    })
}

async fn add(
    app: &App,
    name: &str,
    email: Option<&str>,
    checked: Checked,
) -> Result<Account, Failure> {
    // Looked at first, so that a slip of the keyboard makes no account.
    let email = email.map(Email::read).transpose().map_err(told)?;
    let account = app.accounts.add(name, out::password()?).await;
    let account = account.map_err(told)?;
    if email.is_some() {
        app.accounts
            .set_email(name, email.as_ref(), checked)
            .await?;
    }
    Ok(account)
}

async fn set_email(
    app: &App,
    name: &str,
    email: Option<&str>,
    checked: Checked,
) -> Result<Account, Failure> {
    let email = email.map(Email::read).transpose().map_err(told)?;
    let account = app
        .accounts
        .set_email(name, email.as_ref(), checked)
        .await?;
    account.ok_or_else(|| nobody(name))
}

const fn checked(verified: bool) -> Checked {
    if verified { Checked::Yes } else { Checked::No }
}

async fn set_claim(
    app: &App,
    name: &str,
    claim: &str,
    value: Option<String>,
) -> Result<Account, Failure> {
    if is_reserved(claim) {
        let what = format!("the server writes `{claim}` itself; choose another claim");
        return Err(Failure::Usage(what));
    }
    if claim == EMAIL {
        return set_email(app, name, value.as_deref(), Checked::No).await;
    }
    if claim == EMAIL_VERIFIED {
        let what = "write it with the address: `tenure users email NAME ADDRESS --verified`";
        return Err(Failure::Usage(what.to_owned()));
    }
    let value = value.map(claim_value).transpose()?;
    let account = app.accounts.set_claim(name, claim, value).await?;
    account.ok_or_else(|| nobody(name))
}

fn claim_value(text: String) -> Result<Value, Failure> {
    if !text.starts_with('[') {
        return Ok(Value::String(text));
    }
    let list: Vec<String> = serde_json::from_str(&text).map_err(|_| {
        Failure::Usage("write a list as JSON, such as [\"one\", \"two\"]".to_owned())
    })?;
    Ok(list.into())
}

/// Ends everything a subject has (norms 64 and 66); returns how many families that were.
pub(super) async fn end_all(
    app: &App,
    subject: &str,
    why: RevokedReason,
) -> Result<usize, Failure> {
    for (key, _) in app.sign_ins_of(subject).await? {
        app.rows.remove(&key).await?;
    }
    Ok(app.families.end_all(subject, why).await?)
}

pub(super) fn nobody(name: &str) -> Failure {
    Failure::Usage(format!(
        "there is no account {name}: `tenure users list` shows them"
    ))
}

fn told(error: NotMade) -> Failure {
    match error {
        NotMade::Store(error) => error.into(),
        NotMade::NameTaken | NotMade::Invalid(_) => Failure::Usage(error.to_string()),
    }
}
