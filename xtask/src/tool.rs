//! Subcommands of cargo that are programs of their own.

use anyhow::Result;

use crate::{process, report::Done, workspace};

/// A program, and which versions of it read what is written for it here.
#[derive(Debug)]
pub(crate) struct Tool {
    /// What comes after `cargo`.
    pub(crate) command: &'static str,
    /// Versions that will do, as cargo writes them.
    pub(crate) version: &'static str,
}

impl Tool {
    /// Installs it where nothing may be left out; elsewhere says how to, if it is missing.
    pub(crate) fn missing(&self) -> Result<Option<Done>> {
        if self.is_installed() {
            return Ok(None);
        }
        let package = format!("cargo-{}@{}", self.command, self.version);
        if !workspace::is_ci() {
            return Ok(Some(Done::Skipped(format!(
                "cargo-{} is missing: `cargo install --locked '{package}'`",
                self.command
            ))));
        }
        // Unoptimised, because building it takes longer than running it.
        process::must(process::cargo(["install", "--locked", "--debug", &package]))?;
        Ok(None)
    }

    /// Whether cargo finds it.
    pub(crate) fn is_installed(&self) -> bool {
        process::succeeds(process::cargo([self.command, "--version"]))
    }
}
