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

use anyhow::Result;

use crate::table::Table;

#[tokio::main]
async fn main() -> Result<()> {
    let mut table = Table::default();
    decisions::measure(&mut table)?;
    rotations::measure(&mut table).await?;
    size::measure(&mut table).await?;
    refreshes::measure(&mut table).await?;
    println!("\n{table}");
    Ok(())
}
