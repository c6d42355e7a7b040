//! The simulation on the command line.

use std::{io::Write, process::ExitCode, time::Instant};

use clap::{Parser, Subcommand};
use tenure_core::mutant::Mutant;
use tenure_sim::{designs, play, world::World};

#[derive(Debug, Parser)]
#[command(about = "Plays worlds of holders, an issuer and everything that can fail between them")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play the corpus, then many seeds, and stop at the first broken law
    Run {
        /// How many seeds
        #[arg(long, default_value_t = 20_000)]
        seeds: u64,
        /// The first seed
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// Play this seed alone, and print all that happens
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Break each rule of the core on purpose and show that it is noticed
    Mutants {
        /// How many seeds to try for each
        #[arg(long, default_value_t = 100_000)]
        seeds: u64,
    },
    /// Print how designs of refresh tokens fare
    Designs,
}

fn main() -> ExitCode {
    let mut out = std::io::stdout().lock();
    let done = match Arguments::parse().command {
        Command::Run {
            seed: Some(seed), ..
        } => replay(&mut out, seed),
        Command::Run {
            seeds,
            from,
            seed: None,
        } => run(&mut out, from, seeds),
        Command::Mutants { seeds } => mutants(&mut out, seeds),
        Command::Designs => writeln!(out, "{}", designs::table()).map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) | Err(_) => ExitCode::FAILURE,
    }
}

fn replay(out: &mut impl Write, seed: u64) -> std::io::Result<bool> {
    let mut world = World::new(seed).with_log();
    let played = world.play();
    for line in world.log() {
        writeln!(out, "{line}")?;
    }
    match played {
        Ok(()) => writeln!(out, "seed {seed}: all laws hold").map(|()| true),
        Err(violation) => writeln!(out, "seed {seed} breaks {violation}").map(|()| false),
    }
}

fn run(out: &mut impl Write, from: u64, seeds: u64) -> std::io::Result<bool> {
    let begun = Instant::now();
    for (seed, what) in play::corpus() {
        if let Err(finding) = play::one(seed) {
            writeln!(out, "seed {seed} ({what}) breaks {}", finding.violation)?;
            return Ok(false);
        }
    }
    let summary = play::many(from..from.saturating_add(seeds));
    if let Some(finding) = summary.finding {
        writeln!(out, "seed {} breaks {}", finding.seed, finding.violation)?;
        writeln!(out, "see it: cargo xtask sim --seed {}", finding.seed)?;
        return Ok(false);
    }
    writeln!(
        out,
        "{} worlds, {} rotations, {:.1} s: all laws hold",
        summary.worlds,
        summary.rotations,
        begun.elapsed().as_secs_f64()
    )?;
    Ok(true)
}

fn mutants(out: &mut impl Write, seeds: u64) -> std::io::Result<bool> {
    let mut all = true;
    for mutant in Mutant::ALL {
        let name = format!("{mutant:?}");
        match play::hunt(mutant, seeds) {
            Some(finding) => {
                writeln!(
                    out,
                    "{name:<26} caught by seed {:<8} {}",
                    finding.seed, finding.violation
                )?;
            }
            None => {
                all = false;
                writeln!(out, "{name:<26} NOT CAUGHT in {seeds} worlds")?;
            }
        }
    }
    Ok(all)
}
