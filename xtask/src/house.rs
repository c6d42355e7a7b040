//! Rules of the house that no lint knows.

use std::fs;

use anyhow::{Result, bail};

use crate::{report::Done, workspace};

const MOST_LINES: usize = 400;

/// Reads every file that is ours and names each line that breaks a rule.
pub(crate) fn check() -> Result<Done> {
    let root = workspace::root();
    let mut faults = Vec::new();
    for name in workspace::files(&[])? {
        let Ok(text) = fs::read_to_string(root.join(&name)) else {
            continue;
        };
        faults.extend(faults_of(&name, &text));
    }
    if faults.is_empty() {
        return Ok(Done::Passed);
    }
    for fault in &faults {
        println!("{fault}");
    }
    bail!("{} lines break a rule of the house", faults.len());
}

fn faults_of(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let place = format!("{name}:{}", at + 1);
        if is_written_by_people(name) {
            faults.extend(faults_of_line(line).map(|fault| format!("{place}: {fault}")));
        }
        if name.ends_with("package-lock.json") && line.contains(r#""resolved": "http"#) {
            faults.push(format!("{place}: a lock file that names a registry"));
        }
    }
    let lines = lines_of_code(text);
    if is_source(name) && lines > MOST_LINES {
        faults.push(format!(
            "{name}: {lines} lines of code, at most {MOST_LINES}"
        ));
    }
    faults
}

fn faults_of_line(line: &str) -> impl Iterator<Item = String> {
    // Put together here, so that this file does not break the rule itself.
    let unfinished = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["todo", "!("].concat(),
        ["unimplemented", "!("].concat(),
        ["#[ig", "nore"].concat(),
    ];
    let machine = [
        ["/ro", "ot/"].concat(),
        ["/wo", "rk/"].concat(),
        ["/ho", "me/"].concat(),
    ];
    let unfinished = unfinished
        .into_iter()
        .filter(|word| line.contains(word.as_str()))
        .map(|word| format!("`{word}` is unfinished work"));
    let machine = machine
        .into_iter()
        .filter(|path| line.contains(path.as_str()))
        .map(|path| format!("`{path}` is a path of one machine"));
    unfinished.chain(machine).collect::<Vec<_>>().into_iter()
}

fn is_source(name: &str) -> bool {
    [".rs", ".ts", ".tsx", ".js", ".mjs"]
        .iter()
        .any(|end| name.ends_with(end))
}

fn is_written_by_people(name: &str) -> bool {
    is_source(name)
        || [".md", ".toml", ".sh", ".html", ".css"]
            .iter()
            .any(|end| name.ends_with(end))
}

fn lines_of_code(text: &str) -> usize {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_work_and_machine_paths_are_found() {
        let text = format!(
            "fn ok() {{}}\n// {}DO: later\nlet p = \"/ro{}\";\n",
            "TO", "ot/x"
        );
        let faults = faults_of("a.rs", &text);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].starts_with("a.rs:2"), "{faults:?}");
        assert!(faults[1].starts_with("a.rs:3"), "{faults:?}");
    }

    #[test]
    fn only_lines_of_code_count_towards_the_length_of_a_file() {
        let long = "let a = 1;\n".repeat(MOST_LINES);
        assert!(faults_of("a.rs", &format!("// why\n\n{long}")).is_empty());
        assert_eq!(faults_of("a.rs", &format!("{long}x\n")).len(), 1);
    }

    #[test]
    fn a_lock_file_that_names_a_registry_is_found() {
        let line = r#"      "resolved": "https://example.org/a.tgz","#;
        assert_eq!(faults_of("tests/peers/package-lock.json", line).len(), 1);
    }
}
