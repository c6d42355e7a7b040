//! `cargo xtask packages`: the npm packages, from the Rust core to what a user installs.

use std::{
    env::{self, consts::EXE_SUFFIX},
    path::PathBuf,
    process::Command,
};

use anyhow::{Result, bail};

use crate::{
    demo, process,
    report::{Done, Report},
    setup, workspace,
};

const TARGET: &str = "wasm32-unknown-unknown";

/// A crate that JavaScript loads, and where what it becomes lies.
struct Module {
    package: &'static str,
    folder: &'static str,
}

const MODULES: [Module; 2] = [
    Module {
        package: "tenure-wasm",
        folder: "client/src/core",
    },
    Module {
        package: "tenure-seal-wasm",
        folder: "session-manager/src/seal/core",
    },
];

/// What is checked after the build: the name of the step and the npm script that does it.
const CHECKS: [(&str, &str); 5] = [
    ("packages: style", "style"),
    ("packages: types", "types"),
    ("packages: tests", TESTS),
    ("packages: as installed", "consumers"),
    ("packages: size", "size"),
];

const TESTS: &str = "test";

/// Builds every package.
pub(crate) fn run() -> Result<()> {
    match build()? {
        Done::Passed => Ok(()),
        Done::Skipped(why) | Done::Noted(why) => bail!(why),
    }
}

/// Builds and checks the packages as steps of a test run.
pub(crate) fn steps(report: &mut Report) {
    report.step("packages", build);
    report.step("the demo page has this client", demo::check);
    for (name, script) in CHECKS {
        report.step(name, || {
            if !workspace::has_program("npm") {
                return Ok(without_npm());
            }
            let mut check = npm(&["run", script]);
            if script == TESTS {
                check.env("TENURE_PROGRAM", server()?);
            }
            process::must(check)?;
            Ok(Done::Passed)
        });
    }
}

/// Builds the program that tests outside of cargo start.
pub(crate) fn server() -> Result<PathBuf> {
    process::must(process::cargo(["build", "--package", "tenure-cli"]))?;
    let program = format!("tenure{EXE_SUFFIX}");
    Ok(process::target_directory()?.join("debug").join(program))
}

/// Builds the application that has the server below a path.
pub(crate) fn embedded() -> Result<PathBuf> {
    process::must(process::cargo(["build", "--package", "embedded"]))?;
    let program = format!("embedded{EXE_SUFFIX}");
    Ok(process::target_directory()?.join("debug").join(program))
}

/// Builds the program that the README shows, with the features that the tests are built with.
pub(crate) fn example() -> Result<PathBuf> {
    let build = ["build", "--workspace", "--example", "first"];
    process::must(process::cargo(build))?;
    let program = format!("first{EXE_SUFFIX}");
    Ok(process::target_directory()?
        .join("debug/examples")
        .join(program))
}

/// Prints the size of each package beside its budget and beside other people's packages.
pub(crate) fn print_sizes() -> Result<()> {
    println!("\nnpm packages");
    if let Done::Skipped(why) | Done::Noted(why) = build()? {
        println!("left out: {why}");
        return Ok(());
    }
    process::must(npm(&["run", "--silent", "size"]))
}

fn build() -> Result<Done> {
    if !workspace::has_program("npm") {
        return Ok(without_npm());
    }
    build_core()?;
    process::must(npm(&["run", "build"]))?;
    Ok(Done::Passed)
}

/// The core for JavaScript, and what builds the packages around it.
pub(crate) fn build_core() -> Result<()> {
    add_target()?;
    for module in MODULES {
        process::must(wasm(&module))?;
        process::must(glue(&module)?)?;
    }
    setup::install_npm_folder(&folder())
}

pub(crate) fn without_npm() -> Done {
    Done::Skipped("npm is missing: install Node.js 20".to_owned())
}

/// Asks rustup for the target; where there is no rustup, the build itself says what is missing.
fn add_target() -> Result<()> {
    if !workspace::has_program("rustup") {
        return Ok(());
    }
    let installed = process::output_of(process::command(
        "rustup",
        ["target", "list", "--installed"],
    ))?;
    if installed.lines().any(|target| target == TARGET) {
        return Ok(());
    }
    process::must(process::command("rustup", ["target", "add", TARGET]))
}

fn wasm(module: &Module) -> Command {
    let mut build = process::cargo(["build", "--profile", "wasm", "--target", TARGET]);
    build.args(["--package", module.package]);
    // The module carries the places of its panics: not those of this machine.
    let flags = [(cargo_home(), "cargo"), (Some(workspace::root()), "tenure")]
        .into_iter()
        .filter_map(|(from, to)| Some(format!("--remap-path-prefix={}={to}", from?.display())))
        .collect::<Vec<_>>();
    build.env(
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        flags.join(" "),
    );
    build
}

fn glue(module: &Module) -> Result<Command> {
    let built = process::target_directory()?
        .join(TARGET)
        .join("wasm")
        .join(format!("{}.wasm", module.package.replace('-', "_")));
    let mut glue = process::cargo(["run", "--quiet", "--package", "xtask-wasm", "--"]);
    glue.arg(built).arg(folder().join(module.folder));
    Ok(glue)
}

fn cargo_home() -> Option<PathBuf> {
    let home = || env::home_dir().map(|home| home.join(".cargo"));
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home)
}

fn npm(args: &[&str]) -> Command {
    let mut npm = process::command("npm", args);
    npm.current_dir(folder());
    npm
}

pub(crate) fn folder() -> PathBuf {
    workspace::root().join("packages")
}
