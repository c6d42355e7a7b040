//! `cargo xtask demo`: the client that the demo page of `tenure dev` loads. It is kept with the server, so
//! that the server is built without npm; a build of the same sources gives the same bytes.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{packages, process, report::Done, workspace};

const SCRIPT: &str = "scripts/demo.mjs";

/// Makes the client anew.
pub(crate) fn run() -> Result<()> {
    if !workspace::has_program("npm") {
        bail!("npm is missing: install Node.js 20");
    }
    packages::build_core()?;
    process::must(script(&[]))
}

/// Whether the client that is kept is what the sources make, once the core was built.
pub(crate) fn check() -> Result<Done> {
    if !workspace::has_program("npm") {
        return Ok(packages::without_npm());
    }
    process::must(script(&["--check"]))?;
    Ok(Done::Passed)
}

fn script(args: &[&str]) -> Command {
    let mut node = process::command("node", [SCRIPT]);
    node.args(args).current_dir(packages::folder());
    node
}
