//! Measures what the design promises and prints each figure beside its budget.
//!
//! Run it by `cargo xtask bench`. It proves nothing: figures belong to the machine they were
//! taken on, so no test looks at them.

#![allow(
    clippy::print_stdout,
    reason = "a command line tool talks to its user on standard output"
)]

mod decisions;
mod family;
mod http;
mod latency;
mod refreshes;
mod rotations;
mod server;
mod size;
mod table;

use anyhow::{Result, bail};

use crate::table::Table;

#[tokio::main]
async fn main() -> Result<()> {
    let mut table = Table::default();
    let parts = [
        ("decisions", decisions::measure(&mut table)),
        ("rotations", rotations::measure(&mut table).await),
        ("size", size::measure(&mut table).await),
        ("refreshes", refreshes::measure(&mut table).await),
    ];
    println!("\n{table}");
    let failed = parts
        .into_iter()
        .filter_map(|(part, outcome)| Some((part, outcome.err()?)));
    let failed: Vec<_> = failed
        .map(|(part, error)| format!("{part}: {error:#}"))
        .collect();
    if !failed.is_empty() {
        bail!("not measured: {}", failed.join("; "));
    }
    Ok(())
}
