//! `cargo xtask sim`: the simulation, always optimised.

use anyhow::Result;

use crate::process;

/// Seeds that every test run plays; a fault of one in a thousand worlds shows up here.
pub(crate) const SEEDS_IN_TESTS: &str = "20000";

/// Passes its arguments on to the simulation; without any, plays `SEEDS_IN_TESTS` seeds.
pub(crate) fn run(args: &[String]) -> Result<()> {
    process::must(command(args))
}

/// The simulation with these arguments, in the form its own command line has.
pub(crate) fn command(args: &[String]) -> std::process::Command {
    let mut command = process::cargo(["run", "--release", "--quiet", "--package", "tenure-sim"]);
    command.arg("--").args(translated(args));
    command
}

/// `--mutants` and `--designs` are commands of the simulation, everything else belongs to `run`.
fn translated(args: &[String]) -> Vec<String> {
    let rest = |name: &str| {
        args.iter()
            .filter(|arg| *arg != name)
            .cloned()
            .collect::<Vec<_>>()
    };
    for (flag, name) in [("--mutants", "mutants"), ("--designs", "designs")] {
        if args.iter().any(|arg| arg == flag) {
            return [vec![name.to_owned()], rest(flag)].concat();
        }
    }
    match args.first() {
        None => ["run", "--seeds", SEEDS_IN_TESTS]
            .map(str::to_owned)
            .to_vec(),
        Some(first) if first.starts_with('-') => [vec!["run".to_owned()], args.to_vec()].concat(),
        Some(_) => args.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_become_the_commands_of_the_simulation() {
        let cases: [(&[&str], &[&str]); 4] = [
            (&["--seeds", "5"], &["run", "--seeds", "5"]),
            (&["--mutants"], &["mutants"]),
            (&["--designs"], &["designs"]),
            (&["run", "--seed", "7"], &["run", "--seed", "7"]),
        ];
        for (given, wanted) in cases {
            let given: Vec<String> = given.iter().map(ToString::to_string).collect();
            assert_eq!(translated(&given), wanted);
        }
    }
}
