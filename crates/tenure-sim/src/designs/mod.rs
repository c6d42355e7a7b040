//! Six published ways to rotate refresh tokens, and Tenure's, under the same mishaps.
//!
//! The six are re-described from their behaviour in a few lines each; Tenure's rows are the real
//! [`tenure_core::issuer`]: for clients that do not know 409, and for its own holders. Every cell of the table is the outcome of a run.

mod issuer;
mod others;
mod ratchet;
mod scenario;
#[cfg(test)]
mod tests;

use issuer::Issuer;
use scenario::Scenario;

/// The table: one row for each design, one column for each mishap.
#[must_use]
pub fn table() -> String {
    let mut rows = vec![header()];
    rows.extend(designs().iter().map(|(name, make)| row(name, *make)));
    align(&rows)
}

/// Makes an issuer with one session, and that session's first grant.
type Make = fn() -> Box<dyn Issuer>;

fn designs() -> [(&'static str, Make); 8] {
    [
        ("strict / Keycloak maxReuse 0", || {
            Box::new(others::Strict::default())
        }),
        ("Hydra 30 s", || Box::new(others::Hydra::default())),
        ("better-auth 30 s", || {
            Box::new(others::BetterAuth::default())
        }),
        ("SuperTokens legacy", || {
            Box::new(others::SuperTokensLegacy::default())
        }),
        ("SuperTokens 5.6, 30 s", || {
            Box::new(others::SuperTokens::default())
        }),
        ("GoTrue v2, 10 s", || Box::new(others::GoTrue::default())),
        ("ratchet, not keyed", || {
            Box::new(ratchet::Ratchet::not_keyed())
        }),
        ("ratchet, keyed", || Box::new(ratchet::Ratchet::keyed())),
    ]
}

fn header() -> Vec<String> {
    let names = Scenario::ALL
        .iter()
        .map(|scenario| scenario.name().to_owned());
    std::iter::once("design".to_owned()).chain(names).collect()
}

fn row(name: &str, make: Make) -> Vec<String> {
    let cells = Scenario::ALL.iter().map(|scenario| scenario.run(make));
    std::iter::once(name.to_owned()).chain(cells).collect()
}

fn align(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let widths: Vec<usize> = (0..columns)
        .map(|column| cells(column).map(String::len).max().unwrap_or(0))
        .collect();
    let line = |row: &Vec<String>| {
        let padded: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        format!("{}\n", padded.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}
