//! `cargo deny`: licences, sources and known holes of what we depend on.

use anyhow::Result;

use crate::{process, report::Done, tool::Tool};

const DENY: Tool = Tool {
    command: "deny",
    version: "^0.20",
};

/// Checks licences, bans and sources against `deny.toml`.
pub(crate) fn policies() -> Result<Done> {
    if let Some(missing) = DENY.missing()? {
        return Ok(missing);
    }
    process::must(process::cargo([
        "deny", "check", "licenses", "bans", "sources",
    ]))?;
    Ok(Done::Passed)
}

/// Checks for advisories where their database can be fetched.
pub(crate) fn advisories() -> Result<Done> {
    if !DENY.is_installed() {
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
