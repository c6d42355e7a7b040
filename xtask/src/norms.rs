//! Norms: each that the sources cite has a row in `docs/norms.md`, and each row should have a test.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Result, bail};

use crate::{report::Done, workspace};

const LIST: &str = "docs/norms.md";

/// Where sources of norms are published.
const PUBLISHED: [&str; 6] = [
    "https://www.rfc-editor.org/rfc/",
    "https://datatracker.ietf.org/doc/",
    "https://openid.net/specs/",
    "https://github.com/OWASP/ASVS/",
    "https://cheatsheetseries.owasp.org/",
    "https://www.w3.org/TR/",
];

/// Fails on a citation without a row and on a row that is not complete; prints the rows without a test.
pub(crate) fn check() -> Result<Done> {
    let list = fs::read_to_string(workspace::root().join(LIST))?;
    let (rows, mut faults) = rows_of(&list);
    let mut tested = BTreeSet::new();
    for name in sources()? {
        let text = fs::read_to_string(workspace::root().join(&name)).unwrap_or_default();
        for citation in citations(&name, &text) {
            let place = format!("{name}:{}", citation.line);
            if !rows.contains_key(&citation.norm) {
                faults.push(format!(
                    "{place} cites norm {}, which {LIST} does not have",
                    citation.norm
                ));
            } else if citation.in_test {
                tested.insert(citation.norm);
            }
        }
    }
    print_untested(&rows, &tested);
    if faults.is_empty() {
        return Ok(Done::Passed);
    }
    for fault in &faults {
        println!("{fault}");
    }
    bail!("{} faults in what is said about norms", faults.len());
}

fn print_untested(rows: &BTreeMap<u32, String>, tested: &BTreeSet<u32>) {
    println!(
        "{} of {} norms are named by a test; not by any:",
        tested.len(),
        rows.len()
    );
    for (norm, source) in rows.iter().filter(|(norm, _)| !tested.contains(norm)) {
        println!("  {norm:>3}  {source}");
    }
}

/// The norms of the list with their sources, and what is wrong with the list.
fn rows_of(text: &str) -> (BTreeMap<u32, String>, Vec<String>) {
    let (mut rows, mut faults) = (BTreeMap::new(), Vec::new());
    for (at, line) in text.lines().enumerate() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let Some(norm) = cells.get(1).and_then(|cell| cell.parse::<u32>().ok()) else {
            continue;
        };
        match cells.as_slice() {
            ["", _, source, statement, ""] if is_linked(source) && statement.ends_with('.') => {
                let named = source.split(']').next().unwrap_or_default();
                let named = named.trim_start_matches('[').to_owned();
                if rows.insert(norm, named).is_some() {
                    faults.push(format!("{LIST}:{}: norm {norm} has two rows", at + 1));
                }
            }
            _ => faults.push(format!(
                "{LIST}:{}: norm {norm} needs a linked source and one sentence",
                at + 1
            )),
        }
    }
    (rows, faults)
}

fn is_linked(source: &str) -> bool {
    let link = source
        .strip_prefix('[')
        .and_then(|source| source.strip_suffix(')'))
        .and_then(|source| source.split_once("]("));
    link.is_some_and(|(_, link)| PUBLISHED.iter().any(|start| link.starts_with(start)))
}

/// Files of ours that may cite a norm.
fn sources() -> Result<Vec<String>> {
    let patterns = ["*.rs", "*.ts", "*.tsx", "*.js", "*.mjs", "*.md", "*.toml"];
    let mut files = workspace::files(&patterns)?;
    // This file's tests cite what is not there.
    files.retain(|name| name != LIST && name != file!());
    Ok(files)
}

#[derive(Debug, PartialEq, Eq)]
struct Citation {
    norm: u32,
    line: usize,
    in_test: bool,
}

/// Every number after "norm" or "norms", also in a series: "norms 9, 12 and 74".
fn citations(name: &str, text: &str) -> Vec<Citation> {
    let mut in_test = is_test(name);
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        in_test |= line.trim() == "#[cfg(test)]";
        let norms = cited(line).into_iter();
        found.extend(norms.map(|norm| Citation {
            norm,
            line: at + 1,
            in_test,
        }));
    }
    found
}

fn is_test(name: &str) -> bool {
    let mut folders = name.split('/').rev().skip(1);
    let file = name.rsplit('/').next().unwrap_or(name);
    folders.any(|folder| ["test", "tests"].contains(&folder))
        || file == "tests.rs"
        || file.contains(".test.")
}

fn cited(line: &str) -> Vec<u32> {
    let lower = line.to_ascii_lowercase();
    let mut norms = Vec::new();
    for (at, word) in lower.match_indices("norm") {
        let is_whole = !lower[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let rest = &lower[at + word.len()..];
        let rest = rest.strip_prefix('s').unwrap_or(rest);
        if let Some(series) = rest.strip_prefix(' ').filter(|_| is_whole) {
            norms.extend(series_of(series));
        }
    }
    norms
}

/// The numbers that a text begins with: "40, 41 and 43 and so on".
fn series_of(mut text: &str) -> Vec<u32> {
    let mut numbers = Vec::new();
    loop {
        let end = text.find(|c: char| !c.is_ascii_digit());
        let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
        let Ok(number) = digits.parse() else {
            return numbers;
        };
        numbers.push(number);
        let next = [", and ", ", ", " and "]
            .iter()
            .find_map(|joint| rest.strip_prefix(joint));
        let Some(next) = next else {
            return numbers;
        };
        text = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_every_way_to_cite() {
        let cases: [(&str, &[u32]); 7] = [
            ("// Norm 4; RFC 9207 §2.4.", &[4]),
            ("/// (norms 60, 61 and 79). If", &[60, 61, 79]),
            ("/// Norm 12 and law 3: what", &[12]),
            ("// Norm 60: 256 bits. Norms 61 and 79: new", &[60, 61, 79]),
            ("// Norms 12 and 29, ASVS 10.4.8.", &[12, 29]),
            ("the norm is 4, an abnorm 5", &[]),
            ("fn norm_4()", &[]),
        ];
        for (line, norms) in cases {
            assert_eq!(cited(line), norms, "{line}");
        }
    }

    #[test]
    fn a_citation_counts_as_a_test_where_tests_are() {
        let text = "// Norm 1.\n#[cfg(test)]\nmod tests {\n    // Norm 2.\n}\n";
        let of = |name| {
            let citations = citations(name, text).into_iter();
            citations
                .map(|one| (one.line, one.norm, one.in_test))
                .collect::<Vec<_>>()
        };
        assert_eq!(of("crates/a/src/a.rs"), [(1, 1, false), (4, 2, true)]);
        for name in ["crates/a/tests/a.rs", "a/src/b/tests.rs", "a/b.test.ts"] {
            assert_eq!(of(name), [(1, 1, true), (4, 2, true)], "{name}");
        }
    }

    #[test]
    fn a_row_has_a_number_of_its_own_a_linked_source_and_a_sentence() {
        let rfc = "[RFC 9700 §2](https://www.rfc-editor.org/rfc/rfc9700#section-2)";
        let good = format!("| norm | source | statement |\n|---|---|---|\n| 1 | {rfc} | So. |\n");
        let (rows, faults) = rows_of(&good);
        assert_eq!(rows, BTreeMap::from([(1, "RFC 9700 §2".to_owned())]));
        assert_eq!(faults, Vec::<String>::new());
        for bad in [
            format!("{good}| 1 | {rfc} | Again. |"),
            format!("| 2 | {rfc} |  |"),
            "| 2 | RFC 9700 §2 | No link. |".to_owned(),
            "| 2 | [RFC](https://example.org/rfc9700) | Elsewhere. |".to_owned(),
        ] {
            assert_eq!(rows_of(&bad).1.len(), 1, "{bad}");
        }
    }
}
