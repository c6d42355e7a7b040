use clap::Subcommand;
use serde_json::{Value, json};
use tenure_server::{Admin, Ended, User, UserEmail};

use super::{CliError, DataArgs, out};

#[derive(Subcommand)]
pub(crate) enum Command {
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

pub(crate) async fn run(command: Command, at: &DataArgs) -> Result<(), CliError> {
    let admin = at.open().await?;
    match command {
        Command::Add {
            name,
            email,
            email_verified,
        } => {
            // Looked at first, so that a slip of the keyboard makes no account.
            let email = self::email(email.as_deref(), email_verified)?;
            let user = admin.add_user(&name, out::password()?, email).await?;
            let told = json!({ "username": user.username, "subject": user.subject });
            out::done(at.json, &told, &format!("made the account {name}"));
        }
        Command::Email {
            name,
            address,
            verified,
        } => {
            let email = self::email(address.as_deref(), verified)?;
            let user = admin.set_email(&name, email).await?;
            let told = row(&user.ok_or_else(|| nobody(&name))?);
            out::done(at.json, &told, &format!("set the e-mail address of {name}"));
        }
        Command::Passwd { name } => {
            let ended = admin.set_password(&name, out::password()?).await?;
            print_ended(at, &name, ended, "set the password of")?;
        }
        Command::Remove { name } => {
            let ended = admin.remove_user(&name).await?;
            print_ended(at, &name, ended, "removed the account")?;
        }
        Command::Disable { name } => {
            let ended = admin.disable_user(&name).await?;
            print_ended(at, &name, ended, "disabled the account")?;
        }
        Command::Enable { name } => {
            let user = admin.enable_user(&name).await?;
            user.ok_or_else(|| nobody(&name))?;
            let told = json!({ "username": name });
            out::done(at.json, &told, &format!("enabled the account {name}"));
        }
        Command::Claim { name, claim, value } => {
            let user = set_claim(&admin, &name, &claim, value).await?;
            let user = user.ok_or_else(|| nobody(&name))?;
            let told = json!({ "username": name, "claims": user.claims });
            out::done(at.json, &told, &format!("set {claim} of {name}"));
        }
        Command::List => {
            let users = admin.users().await?;
            let rows: Vec<_> = users.iter().map(row).collect();
            out::list(at.json, &rows, &["username", "subject", "disabled"]);
        }
    }
    Ok(())
}

fn row(user: &User) -> Value {
    json!({
        "username": user.username,
        "subject": user.subject,
        "created_at": user.created_at.as_secs(),
        "disabled": user.disabled,
        "email": user.email,
        "email_verified": user.email.as_ref().map(|_| user.email_verified),
    })
}

fn print_ended(
    at: &DataArgs,
    name: &str,
    ended: Option<Ended>,
    what: &str,
) -> Result<(), CliError> {
    let ended = ended.ok_or_else(|| nobody(name))?.sessions;
    let told = json!({ "username": name, "ended": ended });
    out::done(at.json, &told, &format!("{what} {name}"));
    Ok(())
}

fn email(address: Option<&str>, verified: bool) -> Result<Option<UserEmail>, CliError> {
    let read = if verified {
        UserEmail::verified
    } else {
        UserEmail::unverified
    };
    Ok(address.map(read).transpose()?)
}

async fn set_claim(
    admin: &Admin,
    name: &str,
    claim: &str,
    value: Option<String>,
) -> Result<Option<User>, CliError> {
    match claim {
        "email" => {
            let email = email(value.as_deref(), false)?;
            Ok(admin.set_email(name, email).await?)
        }
        "email_verified" => {
            let what = "write it with the address: `tenure users email NAME ADDRESS --verified`";
            Err(CliError::Usage(what.to_owned()))
        }
        _ => {
            let value = value.map(claim_value).transpose()?;
            Ok(admin.set_claim(name, claim, value).await?)
        }
    }
}

fn claim_value(text: String) -> Result<Value, CliError> {
    if !text.starts_with('[') {
        return Ok(Value::String(text));
    }
    let list: Vec<String> = serde_json::from_str(&text).map_err(|_| {
        CliError::Usage("write a list as JSON, such as [\"one\", \"two\"]".to_owned())
    })?;
    Ok(list.into())
}

pub(crate) fn nobody(name: &str) -> CliError {
    CliError::Usage(format!(
        "there is no account {name}: `tenure users list` shows them"
    ))
}
