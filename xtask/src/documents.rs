//! Documents that name tests and mutants name ones that exist, and show code that is run.

use std::{collections::BTreeSet, fs};

use anyhow::{Result, bail};

use crate::{process, report::Done, workspace};

/// Documents whose every claim is held by something.
const CHECKED: [&str; 3] = ["ARCHITECTURE.md", "docs/threats.md", "docs/stored.md"];

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

fn names_in_sources() -> Result<BTreeSet<String>> {
    let listed = process::output_of(process::command(
        "git",
        [
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "--",
            "*.rs",
            "Cargo.toml",
        ],
    ))?;
    let mut known = BTreeSet::new();
    for name in listed.lines() {
        let text = fs::read_to_string(workspace::root().join(name)).unwrap_or_default();
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
