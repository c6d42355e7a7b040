//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::process;

/// The root of the workspace: the folder above this crate's.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Our files, of these patterns if there are any: what is committed, and what is new and not ignored.
pub(crate) fn files(patterns: &[&str]) -> Result<Vec<String>> {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let args = [&list[..], &["--"], patterns].concat();
    let listed = process::output_of(process::command("git", args))?;
    Ok(listed.lines().map(str::to_owned).collect())
}

/// Whether this run decides if a change lands, so that nothing may be left out.
pub(crate) fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// Whether a program of this name can be started.
pub(crate) fn has_program(name: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else {
        return false;
    };
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}
