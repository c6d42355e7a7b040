//! Documents that name tests and mutants name ones that exist, and show code that is run.

use std::{collections::BTreeSet, fs};

use anyhow::{Result, bail};

use crate::{report::Done, workspace};

/// Documents whose every claim is held by something.
const CHECKED: [&str; 3] = ["ARCHITECTURE.md", "docs/threats.md", "docs/stored.md"];

/// Documents whose paths lead somewhere.
const LEADING: [&str; 5] = [
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "README.md",
    "docs/operators.md",
    "docs/threats.md",
];

/// Looks for each test (`a_name_like_a_sentence`) and each `Mutant::Name` in the sources.
pub(crate) fn check() -> Result<Done> {
    let known = names_in_sources()?;
    let mut missing = Vec::new();
    for document in CHECKED {
        let text = fs::read_to_string(workspace::root().join(document))?;
        let names = named(&text)
            .into_iter()
            .filter(|name| !known.contains(name));
        missing.extend(names.map(|name| format!("{document} names {name}, which is not there")));
    }
    missing.extend(lines_without_an_example()?);
    missing.extend(paths_to_nothing()?);
    if missing.is_empty() {
        return Ok(Done::Passed);
    }
    for line in &missing {
        println!("{line}");
    }
    bail!("{} lines of the documents are not true", missing.len());
}

/// The program that `tests/browser/readme.test.js` runs and the README shows.
const EXAMPLE: &str = "crates/tenure-client/examples/first.rs";

/// Lines of Rust in the README that are not in the program that is run.
fn lines_without_an_example() -> Result<Vec<String>> {
    let root = workspace::root();
    let readme = fs::read_to_string(root.join("README.md"))?;
    let tested = fs::read_to_string(root.join(EXAMPLE))?;
    let tested: BTreeSet<&str> = tested.lines().collect();
    let shown = rust_lines(&readme)
        .into_iter()
        .filter(|line| !tested.contains(line));
    Ok(shown
        .map(|line| format!("README.md shows `{line}`, which is not in {EXAMPLE}"))
        .collect())
}

fn rust_lines(text: &str) -> Vec<&str> {
    let blocks = text
        .split("```rust\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next());
    blocks
        .flat_map(str::lines)
        .filter(|line| !line.is_empty())
        .collect()
}

/// Paths in the documents that no file of ours has, or ends with.
fn paths_to_nothing() -> Result<Vec<String>> {
    let files = workspace::files(&[])?;
    let mut faults = Vec::new();
    for document in LEADING {
        let text = fs::read_to_string(workspace::root().join(document))?;
        let paths = paths_in(&text).into_iter();
        faults.extend(
            paths
                .filter(|path| !files.iter().any(|file| leads_to(path, file)))
                .map(|path| format!("{document} leads to {path}, which is not there")),
        );
    }
    Ok(faults)
}

/// What is quoted and looks like a file of ours, or like a folder with files.
fn paths_in(text: &str) -> Vec<&str> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted
        .filter(|path| {
            let mut names = path.split('/');
            let first = names.next().unwrap_or_default();
            let is_plain = path
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
            let is_file = [".rs", ".ts", ".js", ".tsx"]
                .iter()
                .any(|end| path.ends_with(end) && path.len() > end.len());
            let is_ours = FOLDERS.contains(&first) && names.next().is_some();
            is_plain && !path.starts_with('/') && (is_ours || is_file)
        })
        .collect()
}

/// Whether a file has that path, or one that ends with it, or lies in that folder.
fn leads_to(path: &str, file: &str) -> bool {
    let path = path.trim_end_matches('/');
    let within = file
        .strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let at_end = file
        .strip_suffix(path)
        .is_some_and(|rest| rest.ends_with('/'));
    within || at_end
}

/// Folders of the workspace that documents lead into.
const FOLDERS: [&str; 7] = [
    "bench", "crates", "docs", "examples", "packages", "tests", "xtask",
];

fn names_in_sources() -> Result<BTreeSet<String>> {
    let mut known = BTreeSet::new();
    for name in workspace::files(&["*.rs", "Cargo.toml"])? {
        let text = fs::read_to_string(workspace::root().join(&name)).unwrap_or_default();
        known.extend(defined(&text));
    }
    Ok(known)
}

/// Functions, variants of `Mutant`, and lints.
fn defined(text: &str) -> BTreeSet<String> {
    let is_mutants = text.contains("pub enum Mutant");
    let mut names = BTreeSet::new();
    for line in text.lines().map(str::trim) {
        if let Some((_, rest)) = line.split_once("fn ") {
            names.insert(word(rest).to_owned());
        } else if is_mutants && line.ends_with(',') {
            names.insert(format!("Mutant::{}", word(line)));
        } else if line.contains(" = \"") {
            names.insert(word(line).to_owned());
        }
    }
    names
}

fn named(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted
        .filter(|name| is_checked(name))
        .map(str::to_owned)
        .collect()
}

fn is_checked(name: &str) -> bool {
    if let Some(mutant) = name.strip_prefix("Mutant::") {
        return mutant == word(mutant) && !mutant.is_empty();
    }
    let is_sentence = name.matches('_').count() >= 2;
    is_sentence
        && name
            .chars()
            .all(|c| c == '_' || c.is_ascii_lowercase() || c.is_ascii_digit())
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tests_and_mutants_are_found_in_a_document() {
        let text = "held by `a_test_that_is_there` and `Mutant::NoLock`, with `grant_type` and `Mutant::…`";
        assert_eq!(named(text), ["a_test_that_is_there", "Mutant::NoLock"]);
    }

    #[test]
    fn paths_lead_to_files_folders_or_ends_of_paths() {
        let text = "in `crates/a/src/`, `b/c.rs` and `c.rs`, not `/token`, `.js`, `text/html`, `a b.rs`, `docs`";
        assert_eq!(paths_in(text), ["crates/a/src/", "b/c.rs", "c.rs"]);
        for (path, is_there) in [
            ("crates/a/src/", true),
            ("crates/a/src/b/c.rs", true),
            ("b/c.rs", true),
            ("crates/a/sr", false),
            ("d/c.rs", false),
            ("rc/b/c.rs", false),
        ] {
            assert_eq!(leads_to(path, "crates/a/src/b/c.rs"), is_there, "{path}");
        }
    }

    #[test]
    fn code_is_found_in_a_document() {
        let text = "so:\n\n```rust\nlet a = 1;\n\nuse(a);\n```\nand `b`\n```\nnot this\n```\n";
        assert_eq!(rust_lines(text), ["let a = 1;", "use(a);"]);
    }

    #[test]
    fn functions_and_variants_are_what_a_document_may_name() {
        let names = defined("pub enum Mutant {\n    NoLock = 1,\n}\n    async fn a_b_c_d() {}\n");
        assert!(
            names.contains("Mutant::NoLock") && names.contains("a_b_c_d"),
            "{names:?}"
        );
    }
}
