//! `cargo xtask`: everything a contributor runs, in one place and the same on every machine.

#![allow(
    clippy::print_stdout,
    reason = "a command line tool talks to its user on standard output"
)]

mod bench;
mod browser;
mod ci;
mod demo;
mod deny;
mod deps;
mod documents;
mod house;
mod norms;
mod packages;
mod process;
mod report;
mod run;
mod setup;
mod shear;
mod sim;
mod test;
mod tool;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Run { args } => run::run(&args),
        Task::Test(options) => test::run(&options),
        Task::Ci(options) => ci::run(&options),
        Task::Sim { args } => sim::run(&args),
        Task::Bench { args } => bench::run(&args),
        Task::Packages => packages::run(),
        Task::Demo => demo::run(),
        Task::Deps => deps::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The house keeper of the Tenure workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build and start a development server with a demo account; Ctrl-C stops it.
    Run {
        /// Passed on to `tenure dev`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Install what the tests need, then run all of them.
    Test(test::Options),
    /// Everything that must hold before a change lands: style, lints, documents, tests.
    Ci(ci::Options),
    /// Run the simulation: `--seeds N`, `--seed S`, `--mutants`, `--designs`.
    Sim {
        /// What to simulate.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Measure what the design promises and print it beside its budget.
    Bench {
        /// Passed on to the benchmark program.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Build the npm packages: the WebAssembly core, its glue, and everything in `packages`.
    Packages,
    /// Make the client of the demo page anew, after a change to `packages/client` or to the core.
    Demo,
    /// Check that dependencies point one way.
    Deps,
}
