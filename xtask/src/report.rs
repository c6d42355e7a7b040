//! A list of steps, what became of each, and one verdict.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;

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

/// Which steps to run: all of them, unless something else is said.
#[derive(Debug, Default, Args)]
pub(crate) struct Choice {
    /// Run this step alone; may be given several times. What steps before it make must be there.
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Print the names of the steps and run none.
    #[arg(long, conflicts_with = "only")]
    list: bool,
}

/// Steps in the order in which they ran.
#[derive(Debug, Default)]
pub(crate) struct Report {
    wanted: Wanted,
    steps: Vec<Step>,
}

#[derive(Debug, Default)]
enum Wanted {
    #[default]
    All,
    /// Those of these names; what has run is taken out.
    Only(Vec<String>),
    /// Their names alone.
    Names,
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
    /// Begins one that runs the chosen steps.
    pub(crate) fn of(choice: &Choice) -> Self {
        let wanted = if choice.list {
            Wanted::Names
        } else if choice.only.is_empty() {
            Wanted::All
        } else {
            Wanted::Only(choice.only.clone())
        };
        Self {
            wanted,
            steps: Vec::new(),
        }
    }

    /// Runs a step and remembers how it went; later steps run all the same.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<Done>) {
        match &mut self.wanted {
            Wanted::All => {}
            Wanted::Only(names) => {
                let before = names.len();
                names.retain(|wanted| wanted != name);
                if names.len() == before {
                    return;
                }
            }
            Wanted::Names => {
                println!("{name}");
                return;
            }
        }
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
    /// If any step failed, or one that was asked for does not exist.
    pub(crate) fn close(self) -> Result<()> {
        match &self.wanted {
            Wanted::Names => return Ok(()),
            Wanted::Only(names) if !names.is_empty() => {
                bail!(
                    "there is no step `{}`; `--list` shows them",
                    names.join("`, `")
                );
            }
            Wanted::Only(_) | Wanted::All => {}
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn run(choice: &Choice) -> (Vec<&'static str>, Result<()>) {
        let (mut report, mut ran) = (Report::of(choice), Vec::new());
        for name in ["build", "browser"] {
            report.step(name, || {
                ran.push(name);
                Ok(Done::Passed)
            });
        }
        (ran, report.close())
    }

    #[test]
    fn only_what_is_asked_for_runs_and_what_is_not_there_is_said() {
        let only = |names: &[&str]| {
            run(&Choice {
                only: names.iter().map(ToString::to_string).collect(),
                list: false,
            })
        };
        assert_eq!(only(&[]).0, ["build", "browser"]);
        let (ran, closed) = only(&["browser"]);
        assert!(ran == ["browser"] && closed.is_ok(), "{ran:?}");
        let (ran, closed) = only(&["browser", "brwoser"]);
        assert_eq!(ran, ["browser"]);
        assert!(closed.unwrap_err().to_string().contains("`brwoser`"));
        let (ran, closed) = run(&Choice {
            only: Vec::new(),
            list: true,
        });
        assert!(ran.is_empty() && closed.is_ok(), "{ran:?}");
    }
}
