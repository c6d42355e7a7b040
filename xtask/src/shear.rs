//! `cargo shear`: dependencies that nothing uses, or that only tests use.

use anyhow::Result;

use crate::{process, report::Done, tool::Tool};

const SHEAR: Tool = Tool {
    command: "shear",
    // Newer ones need a newer compiler than the toolchain has.
    version: "~1.11",
};

/// Looks for each dependency in the sources of the crate that declares it.
pub(crate) fn unused() -> Result<Done> {
    if let Some(missing) = SHEAR.missing()? {
        return Ok(missing);
    }
    process::must(process::cargo(["shear", "--locked"]))?;
    Ok(Done::Passed)
}
