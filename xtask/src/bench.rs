//! `cargo xtask bench`: the figures that the design promises, measured.

use anyhow::Result;

use crate::{browser, packages, process};

/// Builds the server and the benchmark program optimised, and runs the latter.
/// Then, unless it was asked for something in particular, the sizes of the npm packages
/// and what they cost a page.
pub(crate) fn run(args: &[String]) -> Result<()> {
    process::must(process::cargo([
        "build",
        "--release",
        "--package",
        "tenure-cli",
        "--package",
        "tenure-bench",
    ]))?;
    let mut bench = process::cargo(["run", "--release", "--quiet", "--package", "tenure-bench"]);
    bench.arg("--").args(args);
    process::must(bench)?;
    if args.is_empty() {
        packages::print_sizes()?;
        browser::print_figures()?;
    }
    Ok(())
}
