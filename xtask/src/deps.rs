//! `cargo xtask deps`: which crate may use which. The tables below are the rule.

use std::{collections::BTreeMap, fs};

use anyhow::{Result, bail};
use serde_json::Value;

use crate::{process, report::Done, workspace};

/// Each crate of the workspace with the crates of the workspace that it may use.
/// Tests and benchmarks may also use what `ALLOWED_IN_TESTS` lists.
const ALLOWED: &[(&str, &[&str])] = &[
    ("tenure-core", &[]),
    ("tenure-wire", &["tenure-core"]),
    ("tenure-oidc", &["tenure-core"]),
    (
        "tenure-client",
        &["tenure-core", "tenure-wire", "tenure-oidc", "tenure-seal"],
    ),
    ("tenure-store", &["tenure-core"]),
    ("tenure-store-testkit", &["tenure-core", "tenure-store"]),
    ("tenure-store-sqlite", &["tenure-core", "tenure-store"]),
    (
        "tenure-server",
        &[
            "tenure-core",
            "tenure-wire",
            "tenure-oidc",
            "tenure-seal",
            "tenure-store",
        ],
    ),
    (
        "tenure-cli",
        &[
            "tenure-core",
            "tenure-wire",
            "tenure-client",
            "tenure-store",
            "tenure-store-sqlite",
            "tenure-server",
        ],
    ),
    (
        "embedded",
        &["tenure-core", "tenure-store", "tenure-server"],
    ),
    ("tenure-seal", &[]),
    ("tenure-seal-wasm", &["tenure-seal"]),
    ("tenure-sim", &["tenure-core"]),
    (
        "tenure-bench",
        &[
            "tenure-core",
            "tenure-wire",
            "tenure-client",
            "tenure-store",
            "tenure-store-sqlite",
        ],
    ),
    ("tenure-wasm", &["tenure-core", "tenure-oidc"]),
    ("xtask", &[]),
    ("xtask-wasm", &["tenure-wasm"]),
];

const ALLOWED_IN_TESTS: &[(&str, &[&str])] = &[
    ("tenure-store", &["tenure-store-testkit"]),
    ("tenure-store-sqlite", &["tenure-store-testkit"]),
    ("tenure-server", &["tenure-store-sqlite"]),
];

/// Outside crates that belong in some places only.
const ONLY_IN: &[(&str, &[&str])] = &[
    // Traits return futures themselves.
    ("async-trait", &[]),
    ("axum", &["tenure-server", "embedded", "tenure-bench"]),
    ("hyper", &["tenure-server"]),
    ("http", &["tenure-client", "tenure-bench"]),
    ("tower-http", &["tenure-server"]),
    ("reqwest", &["tenure-client", "tenure-cli", "tenure-bench"]),
    ("huskarl", &["tenure-client"]),
    ("rusqlite", &["tenure-store-sqlite", "tenure-bench"]),
    // Whoever nests the server in an application has their own.
    ("clap", &["tenure-cli", "tenure-sim", "xtask"]),
    ("figment", &["tenure-cli"]),
    ("tracing-subscriber", &["tenure-cli"]),
];

/// All that core may use: nothing that reads a clock, does I/O or knows a wire format.
const CORE_USES: &[&str] = &["base64ct", "hmac", "sha2", "subtle", "zeroize"];

/// Crates that must build where there is no standard library.
const WITHOUT_STD: &[&str] = &["tenure-core", "tenure-oidc", "tenure-seal"];

/// Bare metal proves that no std is used; WebAssembly is where these crates also live.
const TARGETS: &[&str] = &["x86_64-unknown-none", "wasm32-unknown-unknown"];

/// Reads the workspace's manifests and prints who uses whom.
///
/// # Errors
///
/// If a dependency points the wrong way, or a crate is in none of the tables.
pub(crate) fn run() -> Result<()> {
    let crates = crates_of_workspace()?;
    let mut faults = Vec::new();
    for (name, uses) in &crates {
        let inside = uses.iter().filter(|using| crates.contains_key(&using.name));
        let names: Vec<&str> = inside
            .filter(|u| !u.in_tests)
            .map(|u| u.name.as_str())
            .collect();
        println!(
            "{name:<22} -> {}",
            if names.is_empty() {
                "-".to_owned()
            } else {
                names.join(", ")
            }
        );
        faults.extend(uses.iter().filter_map(|using| fault(name, using, &crates)));
        if table(ALLOWED, name).is_none() {
            faults.push(format!("{name} is not in the table of xtask/src/deps.rs"));
        }
    }
    faults.extend(WITHOUT_STD.iter().filter_map(|name| uses_std(name)));
    if faults.is_empty() {
        return Ok(());
    }
    for fault in &faults {
        println!("{fault}");
    }
    bail!("{} dependencies point the wrong way", faults.len());
}

/// Builds them for targets that have no operating system.
pub(crate) fn build_without_std() -> Result<Done> {
    for target in TARGETS {
        if !has_target(target) {
            return Ok(Done::Skipped(format!(
                "target {target} is missing: `rustup target add {target}`"
            )));
        }
        let mut build = process::cargo(["check", "--target", target]);
        for name in WITHOUT_STD {
            build.args(["--package", name]);
        }
        process::must(build)?;
    }
    Ok(Done::Passed)
}

type Crates = BTreeMap<String, Vec<Uses>>;

#[derive(Debug)]
struct Uses {
    name: String,
    in_tests: bool,
}

fn crates_of_workspace() -> Result<Crates> {
    let metadata = process::cargo(["metadata", "--format-version=1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&process::output_of(metadata)?)?;
    let packages = metadata["packages"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    Ok(packages
        .iter()
        .map(|package| (text(&package["name"]), uses_of(package)))
        .collect())
}

fn uses_of(package: &Value) -> Vec<Uses> {
    let list = package["dependencies"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let uses = list.iter().map(|dependency| Uses {
        name: text(&dependency["name"]),
        in_tests: dependency["kind"] == "dev",
    });
    uses.collect()
}

fn fault(name: &str, using: &Uses, crates: &Crates) -> Option<String> {
    let other = using.name.as_str();
    if crates.contains_key(other) {
        let allowed = table(ALLOWED, name).is_some_and(|list| list.contains(&other))
            || using.in_tests
                && (other == name
                    || table(ALLOWED_IN_TESTS, name).is_some_and(|list| list.contains(&other)));
        return (!allowed).then(|| format!("{name} must not use {other}"));
    }
    if using.in_tests {
        return None;
    }
    if name == "tenure-core" && !CORE_USES.contains(&other) {
        return Some(format!("tenure-core must not use {other}"));
    }
    let places = table(ONLY_IN, other)?;
    (!places.contains(&name)).then(|| format!("{other} does not belong in {name}"))
}

fn uses_std(name: &str) -> Option<String> {
    let path = workspace::root()
        .join("crates")
        .join(name)
        .join("src/lib.rs");
    let source = fs::read_to_string(path).unwrap_or_default();
    let declared = source.lines().any(|line| line.trim() == "#![no_std]");
    (!declared).then(|| format!("{name} must say #![no_std]"))
}

fn has_target(target: &str) -> bool {
    let is_there = || {
        let list = process::command("rustup", ["target", "list", "--installed"]);
        process::output_of(list).is_ok_and(|list| list.lines().any(|line| line == target))
    };
    is_there()
        || process::must(process::command("rustup", ["target", "add", target])).is_ok()
            && is_there()
}

fn table<'a>(table: &[(&str, &'a [&'a str])], name: &str) -> Option<&'a [&'a str]> {
    table
        .iter()
        .find(|(key, _)| *key == name)
        .map(|(_, list)| *list)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crates() -> Crates {
        ALLOWED
            .iter()
            .map(|(name, _)| ((*name).to_owned(), Vec::new()))
            .collect()
    }

    fn uses(name: &str, in_tests: bool) -> Uses {
        Uses {
            name: name.to_owned(),
            in_tests,
        }
    }

    #[test]
    fn a_store_that_knows_the_server_is_a_fault() {
        let crates = crates();
        assert!(
            fault(
                "tenure-store-sqlite",
                &uses("tenure-server", false),
                &crates
            )
            .is_some()
        );
        assert!(fault("tenure-cli", &uses("tenure-store-sqlite", false), &crates).is_none());
    }

    #[test]
    fn a_library_server_that_knows_a_store_or_a_command_line_is_a_fault() {
        let crates = crates();
        for other in ["tenure-store-sqlite", "tenure-client", "clap", "figment"] {
            let found = fault("tenure-server", &uses(other, false), &crates);
            assert!(found.is_some(), "{other}");
        }
    }

    #[test]
    fn the_test_kit_is_for_tests_only() {
        let crates = crates();
        assert!(
            fault(
                "tenure-store-sqlite",
                &uses("tenure-store-testkit", false),
                &crates
            )
            .is_some()
        );
        assert!(
            fault(
                "tenure-store-sqlite",
                &uses("tenure-store-testkit", true),
                &crates
            )
            .is_none()
        );
    }

    #[test]
    fn core_uses_only_what_its_list_names() {
        let crates = crates();
        assert!(fault("tenure-core", &uses("serde", false), &crates).is_some());
        assert!(fault("tenure-core", &uses("sha2", false), &crates).is_none());
        assert!(fault("tenure-core", &uses("proptest", true), &crates).is_none());
    }
}
