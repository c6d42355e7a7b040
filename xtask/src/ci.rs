//! `cargo xtask ci`: what must hold before a change lands.

use anyhow::Result;
use clap::Args;

use crate::{
    deny, deps, documents, house, norms, process,
    report::{Choice, Done, Report},
    shear, test,
};

/// What to leave for another command.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Stop before the tests, which `cargo xtask test` runs.
    #[arg(long)]
    only_checks: bool,
    #[command(flatten)]
    choice: Choice,
}

/// Runs the cheap checks first, then every test, and sums up.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut report = Report::of(&options.choice);
    report.step("format", || cargo(&["fmt", "--all", "--check"]));
    report.step("house rules", house::check);
    report.step("documents name what exists", documents::check);
    report.step("norms have rows", norms::check);
    report.step("dependencies point one way", || {
        deps::run()?;
        Ok(Done::Passed)
    });
    report.step("every dependency is used", shear::unused);
    report.step("clippy", || {
        cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ])
    });
    report.step("documentation", document);
    report.step("licences, bans, sources", deny::policies);
    report.step("advisories", deny::advisories);
    if !options.only_checks {
        test::steps(&mut report, &test::Options::default());
    }
    report.close()
}

fn document() -> Result<Done> {
    let mut doc = process::cargo(["doc", "--workspace", "--no-deps"]);
    doc.env("RUSTDOCFLAGS", "--deny warnings");
    process::must(doc)?;
    Ok(Done::Passed)
}

fn cargo(args: &[&str]) -> Result<Done> {
    process::must(process::cargo(args))?;
    Ok(Done::Passed)
}
