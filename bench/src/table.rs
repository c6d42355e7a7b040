//! What was measured, beside what was promised.

use std::fmt;

/// One line for each figure.
#[derive(Debug, Default)]
pub(crate) struct Table {
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    what: String,
    figure: String,
    budget: String,
    verdict: &'static str,
}

impl Table {
    /// Adds a figure that has a budget, and whether it keeps it.
    pub(crate) fn judged(&mut self, what: &str, figure: String, budget: &str, kept: Kept) {
        let verdict = match kept {
            Kept::Yes => "ok",
            Kept::No => "OVER",
        };
        self.push(what, figure, budget, verdict);
    }

    /// Adds a figure that is only worth knowing.
    pub(crate) fn noted(&mut self, what: &str, figure: String) {
        self.push(what, figure, "", "");
    }

    fn push(&mut self, what: &str, figure: String, budget: &str, verdict: &'static str) {
        println!("{what}: {figure}");
        self.lines.push(Line {
            what: what.to_owned(),
            figure,
            budget: budget.to_owned(),
            verdict,
        });
    }
}

/// Whether a figure is within its budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It is.
    Yes,
    /// It is not.
    No,
}

impl From<bool> for Kept {
    fn from(kept: bool) -> Self {
        if kept { Self::Yes } else { Self::No }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| {:<60} | {:>34} | {:>12} | ok   |",
            "what", "figure", "budget"
        )?;
        writeln!(f, "|{:-<62}|{:->36}|{:->14}|------|", "", "", "")?;
        for line in &self.lines {
            let Line {
                what,
                figure,
                budget,
                verdict,
            } = line;
            writeln!(
                f,
                "| {what:<60} | {figure:>34} | {budget:>12} | {verdict:<4} |"
            )?;
        }
        Ok(())
    }
}
