//! A list of steps, what became of each, and one verdict.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::workspace;

/// What became of a step that did not fail.
#[derive(Debug)]
pub(crate) enum Done {
    /// It ran and is fine.
    Passed,
    /// It could not run here, for this reason. In CI that is a failure.
    Skipped(String),
    /// It could not run here, for a reason that no machine of ours can change.
    Noted(String),
}

/// Steps in the order in which they ran.
#[derive(Debug, Default)]
pub(crate) struct Report {
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    name: String,
    verdict: Verdict,
    took: Duration,
}

#[derive(Debug)]
enum Verdict {
    Passed,
    Skipped(String),
    Noted(String),
    Failed(String),
}

impl Report {
    /// Runs a step and remembers how it went; later steps run all the same.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<Done>) {
        println!("\n== {name}");
        let started = Instant::now();
        let verdict = match work() {
            Ok(Done::Passed) => Verdict::Passed,
            Ok(Done::Skipped(why)) if workspace::is_ci() => Verdict::Failed(why),
            Ok(Done::Skipped(why)) => Verdict::Skipped(why),
            Ok(Done::Noted(why)) => Verdict::Noted(why),
            Err(error) => Verdict::Failed(format!("{error:#}")),
        };
        let step = Step {
            name: name.to_owned(),
            verdict,
            took: started.elapsed(),
        };
        println!("== {}", step.line());
        self.steps.push(step);
    }

    /// Prints every step once more with one closing line.
    ///
    /// # Errors
    ///
    /// If any step failed.
    pub(crate) fn close(self) -> Result<()> {
        println!("\nSummary");
        for step in &self.steps {
            println!("  {}", step.line());
        }
        let count = |wanted: fn(&Verdict) -> bool| {
            self.steps
                .iter()
                .filter(|step| wanted(&step.verdict))
                .count()
        };
        let failed = count(|verdict| matches!(verdict, Verdict::Failed(_)));
        let skipped = count(|verdict| matches!(verdict, Verdict::Skipped(_) | Verdict::Noted(_)));
        let passed = self.steps.len() - failed - skipped;
        println!("\nsteps: {passed} passed, {failed} failed, {skipped} skipped");
        if failed > 0 {
            bail!("{failed} of {} steps failed", self.steps.len());
        }
        Ok(())
    }
}

impl Step {
    fn line(&self) -> String {
        let (mark, why) = match &self.verdict {
            Verdict::Passed => ("ok     ", ""),
            Verdict::Skipped(why) => ("SKIPPED", why.as_str()),
            Verdict::Noted(why) => ("noted  ", why.as_str()),
            Verdict::Failed(why) => ("FAILED ", why.as_str()),
        };
        let seconds = self.took.as_secs_f64();
        let line = format!("{mark} {:<28} {seconds:>7.1} s  {why}", self.name);
        line.trim_end().to_owned()
    }
}
