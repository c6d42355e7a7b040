//! What runs in a real browser.

use std::path::PathBuf;

use anyhow::Result;

use crate::{packages, process, report::Done, setup, workspace};

/// Runs `tests/browser`, where Node and a browser are.
pub(crate) fn run() -> Result<Done> {
    if let Some(why) = missing() {
        return Ok(Done::Skipped(why));
    }
    script("test")
}

/// Prints what a session costs a page.
pub(crate) fn print_figures() -> Result<()> {
    if let Some(why) = missing() {
        println!("left out: {why}");
        return Ok(());
    }
    setup::install_npm_folder(&folder())?;
    script("figures").map(drop)
}

fn missing() -> Option<String> {
    let (program, install) = [("npm", "Node.js 20"), ("chromium", "chromium")]
        .into_iter()
        .find(|(program, _)| !workspace::has_program(program))?;
    Some(format!("{program} is missing: install {install}"))
}

fn script(name: &str) -> Result<Done> {
    let mut npm = process::command("npm", ["run", "--silent", name]);
    npm.current_dir(folder());
    npm.env("TENURE_BIN", packages::server()?);
    npm.env("TENURE_EXAMPLE", packages::example()?);
    npm.env("TENURE_EMBEDDED", packages::embedded()?);
    process::must(npm)?;
    Ok(Done::Passed)
}

fn folder() -> PathBuf {
    workspace::root().join("tests/browser")
}
