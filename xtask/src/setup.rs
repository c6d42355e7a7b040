//! What the tests need beyond cargo: a few system programs and the npm peers.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{process, report::Done, workspace};

/// A program that tests start, and the Debian package that brings it.
const PROGRAMS: [(&str, &str); 3] = [
    ("chromium", "chromium"),
    ("dbus-run-session", "dbus"),
    ("gnome-keyring-daemon", "gnome-keyring"),
];

/// Copied beside the installed packages, so that the next run knows they match.
const STAMP: &str = "node_modules/.tenure-lock.json";

/// Installs missing programs where that is allowed, and names them where it is not.
pub(crate) fn system_packages() -> Result<Done> {
    let missing = missing_packages();
    if missing.is_empty() {
        return Ok(Done::Passed);
    }
    let names = missing.join(" ");
    let Some(apt) = apt_prefix() else {
        return Ok(Done::Skipped(format!(
            "tests that need them are left out; install: {names}"
        )));
    };
    apt_get(apt, &["update", "--quiet"])?;
    let install = ["install", "--yes", "--no-install-recommends"];
    apt_get(apt, &[&install[..], &missing[..]].concat())?;
    let still = missing_packages();
    if still.is_empty() {
        return Ok(Done::Passed);
    }
    Ok(Done::Skipped(format!("still missing: {}", still.join(" "))))
}

/// Installs each folder of npm peers whose packages do not match its lock file.
pub(crate) fn npm_packages() -> Result<Done> {
    let folders = npm_folders()?;
    if folders.is_empty() {
        return Ok(Done::Passed);
    }
    if !workspace::has_program("npm") {
        return Ok(Done::Skipped(
            "npm is missing: install Node.js 20".to_owned(),
        ));
    }
    for folder in folders {
        install_npm_folder(&folder)?;
    }
    Ok(Done::Passed)
}

fn missing_packages() -> Vec<&'static str> {
    let missing = PROGRAMS
        .iter()
        .filter(|(program, _)| !workspace::has_program(program));
    missing.map(|(_, package)| *package).collect()
}

/// How apt-get can be started without a password: as root, or with sudo; `None` elsewhere.
fn apt_prefix() -> Option<&'static [&'static str]> {
    if !workspace::has_program("apt-get") {
        return None;
    }
    let is_root =
        process::output_of(process::command("id", ["-u"])).is_ok_and(|user| user.trim() == "0");
    if is_root {
        return Some(&[]);
    }
    let sudo = process::succeeds(process::command("sudo", ["--non-interactive", "true"]));
    sudo.then_some(&["sudo", "--non-interactive"])
}

fn apt_get(prefix: &[&str], args: &[&str]) -> Result<()> {
    let line = [prefix, &["apt-get"], args].concat();
    let (program, args) = line.split_first().context("an empty command")?;
    let mut command = process::command(program, args);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    process::must(command)
}

/// Folders with a lock file of npm, one or two levels below `tests`.
fn npm_folders() -> Result<Vec<PathBuf>> {
    let listed = workspace::files(&["*package-lock.json"])?;
    let root = workspace::root();
    let locks = listed.iter().map(|line| root.join(line));
    Ok(locks
        .filter_map(|lock| lock.parent().map(Path::to_owned))
        .collect())
}

/// Installs what a lock file names, unless that is what is installed.
pub(crate) fn install_npm_folder(folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json"))?;
    if fs::read(folder.join(STAMP)).is_ok_and(|installed| installed == lock) {
        println!("{} is up to date", folder.display());
        return Ok(());
    }
    let mut npm = process::command("npm", ["ci", "--no-audit", "--no-fund"]);
    npm.current_dir(folder);
    process::must(npm)?;
    fs::write(folder.join(STAMP), lock)
        .with_context(|| format!("cannot note what was installed in {}", folder.display()))
}
