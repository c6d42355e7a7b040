//! `cargo deny`: licences, sources and known holes of what we depend on.

use anyhow::Result;

use crate::{process, report::Done, workspace};

const VERSION: &str = "^0.20";

/// Checks licences, bans and sources against `deny.toml`.
pub(crate) fn policies() -> Result<Done> {
    if !is_installed() {
        if !workspace::is_ci() {
            return Ok(Done::Skipped(format!(
                "cargo-deny is missing: `cargo install --locked 'cargo-deny@{VERSION}'`"
            )));
        }
        // Unoptimised, because building it takes longer than running it.
        process::must(process::cargo([
            "install",
            "--locked",
            "--debug",
            &format!("cargo-deny@{VERSION}"),
        ]))?;
    }
    process::must(process::cargo([
        "deny", "check", "licenses", "bans", "sources",
    ]))?;
    Ok(Done::Passed)
}

/// Checks for advisories where their database can be fetched.
pub(crate) fn advisories() -> Result<Done> {
    if !is_installed() {
        return Ok(Done::Skipped("cargo-deny is missing".to_owned()));
    }
    if !process::succeeds(process::cargo(["deny", "fetch", "db"])) {
        return Ok(Done::Noted(
            "the advisory database cannot be fetched from here".to_owned(),
        ));
    }
    process::must(process::cargo(["deny", "check", "advisories"]))?;
    Ok(Done::Passed)
}

fn is_installed() -> bool {
    process::succeeds(process::cargo(["deny", "--version"]))
}
