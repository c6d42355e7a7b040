//! Measures what the design promises and prints each figure beside its budget.
//!
//! Run it by `cargo xtask bench`; with names of parts it measures only these. It proves nothing:
//! figures belong to the machine they were taken on, so no test looks at them.

#![allow(
    clippy::print_stdout,
    reason = "a command line tool talks to its user on standard output"
)]

mod client;
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
    let wanted: Vec<_> = std::env::args().skip(1).collect();
    if let Some(unknown) = wanted.iter().find(|part| !PARTS.contains(&part.as_str())) {
        bail!("there is no part {unknown}, but {}", PARTS.join(", "));
    }
    let (mut table, mut failed) = (Table::default(), Vec::new());
    for part in PARTS {
        if !wanted.is_empty() && !wanted.iter().any(|wanted| wanted == part) {
            continue;
        }
        if let Err(error) = measure(part, &mut table).await {
            failed.push(format!("{part}: {error:#}"));
        }
    }
    println!("\n{table}");
    if !failed.is_empty() {
        bail!("not measured: {}", failed.join("; "));
    }
    Ok(())
}

async fn measure(part: &str, table: &mut Table) -> Result<()> {
    match part {
        "client" => client::measure(table).await,
        "decisions" => decisions::measure(table),
        "rotations" => rotations::measure(table).await,
        "size" => size::measure(table).await,
        _ => refreshes::measure(table).await,
    }
}

const PARTS: [&str; 5] = ["client", "decisions", "rotations", "size", "refreshes"];
