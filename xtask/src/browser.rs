//! The tests that run in a real browser.

use anyhow::Result;

use crate::{packages, process, report::Done, workspace};

/// Runs `tests/browser`, where Node and a browser are.
pub(crate) fn run() -> Result<Done> {
    for (program, install) in [("npm", "Node.js 20"), ("chromium", "chromium")] {
        if !workspace::has_program(program) {
            let why = format!("{program} is missing: install {install}");
            return Ok(Done::Skipped(why));
        }
    }
    let mut tests = process::command("npm", ["test"]);
    tests.current_dir(workspace::root().join("tests/browser"));
    tests.env("TENURE_BIN", packages::server()?);
    process::must(tests)?;
    Ok(Done::Passed)
}
