//! The holder's commands: a session for the shell, safe with many processes at once.

mod fetch;
mod login;
mod place;
mod report;
mod sealed;
mod token;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use tenure_client::SignOutScope;

use self::{place::Place, report::Failure};

/// What a person or a script does with its own session.
#[derive(Debug, Subcommand)]
pub(crate) enum HolderCommand {
    /// Sign in
    Login(login::Login),
    /// Print an access token that is fresh
    Token {
        /// Print it with its type and expiry as JSON
        #[arg(long)]
        json: bool,
    },
    /// Send a request that carries the access token, and print the response
    Fetch(fetch::Fetch),
    /// Say who is signed in
    Status {
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Sign out
    Logout(Logout),
    /// Data that a server keeps and only the owner of a key reads
    #[command(subcommand)]
    Sealed(sealed::Sealed),
}

/// Sign out
#[derive(Debug, Args)]
pub(crate) struct Logout {
    /// Forget the session here without telling the issuer
    #[arg(long)]
    local: bool,
}

/// Runs a command. 0: done; 1: the server answered with an error; 2: usage; 3: signed out, or
/// nothing there;
/// 4: unavailable for now.
pub(crate) async fn run(command: HolderCommand) -> ExitCode {
    let done = match command {
        HolderCommand::Login(login) => login.run().await,
        HolderCommand::Token { json } => token::token(json).await,
        HolderCommand::Fetch(fetch) => fetch.run().await,
        HolderCommand::Status { json } => token::status(json).await,
        HolderCommand::Logout(logout) => logout.run().await,
        HolderCommand::Sealed(command) => command.run().await,
    };
    match done {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

impl Logout {
    async fn run(self) -> Result<ExitCode, Failure> {
        let place = Place::find()?;
        let found = place.found().await?;
        // Nothing here takes a proof: whoever cannot reach the key can still sign out.
        let profile = found.profile.clone().without_dpop();
        let session = found.session(place.issuer(&profile).await?);
        let scope = if self.local {
            SignOutScope::Local
        } else {
            SignOutScope::Issuer
        };
        session
            .sign_out(scope)
            .await
            .map_err(Failure::not_signed_out)?;
        let handle = session.clone();
        session.close().await;
        if let Some(why) = handle.not_revoked() {
            report::warn(&format!(
                "signed out here, but the issuer could not be told: {why}"
            ));
        }
        Ok(ExitCode::SUCCESS)
    }
}
