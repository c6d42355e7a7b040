//! `cargo xtask test`: set-up, then every test there is.

use std::{env, num::NonZero, thread};

use anyhow::Result;
use clap::Args;

use crate::{
    browser, deps, packages, process,
    report::{Choice, Done, Report},
    setup, sim,
};

/// What to run, and how much of the simulation to play.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    choice: Choice,
    /// Worlds to simulate.
    #[arg(long, default_value = sim::SEEDS_IN_TESTS)]
    seeds: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            choice: Choice::default(),
            seeds: sim::SEEDS_IN_TESTS.to_owned(),
        }
    }
}

/// Sets up, tests, and says what was left out.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut report = Report::of(&options.choice);
    steps(&mut report, options);
    report.close()
}

/// The steps of a test run, for `ci` to add to its own.
pub(crate) fn steps(report: &mut Report, options: &Options) {
    report.step("system packages", setup::system_packages);
    report.step("npm packages", setup::npm_packages);
    report.step("core builds without std", deps::build_without_std);
    packages::steps(report);
    report.step("tests", || {
        let mut tests = process::cargo(["test", "--workspace", "--no-fail-fast"]);
        if env::var_os(THREADS).is_none() {
            tests.env(THREADS, at_once().to_string());
        }
        process::must(tests)?;
        Ok(Done::Passed)
    });
    report.step("browser", browser::run);
    report.step("simulation", || {
        simulate(&["run", "--seeds", &options.seeds])
    });
    report.step("simulation sees mutants", || simulate(&["mutants"]));
    report.step("simulation sees bad designs", || simulate(&["designs"]));
}

/// How many tests run at once: those that take long wait, for a program or for a token's end.
fn at_once() -> usize {
    3 * thread::available_parallelism().map_or(1, NonZero::get)
}

/// What a test program takes that number from.
const THREADS: &str = "RUST_TEST_THREADS";

fn simulate(args: &[&str]) -> Result<Done> {
    let args: Vec<String> = args.iter().map(ToString::to_string).collect();
    process::must(sim::command(&args))?;
    Ok(Done::Passed)
}
