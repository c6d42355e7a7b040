//! What the core's decisions cost by themselves.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use anyhow::Result;
use tenure_core::{
    issuer::{RatchetPolicy, parse},
    secret::RefreshToken,
};

use crate::{family, table::Table};

/// Times one rotation and one forged refresh token, without any store.
pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let (keys, policy) = (family::ring()?, RatchetPolicy::default());
    let (row, token) = family::new_family(&keys, &policy)?;
    let now = family::now();
    let rotation = median(|| {
        let presented = parse(&token, &keys).map_err(|_| anyhow::anyhow!("forged"))?;
        black_box(family::decide(&row, &presented, &keys, &policy, now)?);
        Ok(())
    })?;
    table.noted("core: one rotation decided", format!("{rotation:.2?}"));

    let mut text = token.expose().to_owned();
    let last = text.pop();
    text.push(if last == Some('A') { 'E' } else { 'A' });
    let forged = RefreshToken::new(text);
    let refusal = median(|| {
        black_box(parse(&forged, &keys).is_err());
        Ok(())
    })?;
    table.noted(
        "core: one forged refresh token refused",
        format!("{refusal:.2?}"),
    );
    Ok(())
}

/// The median of the mean times of many rounds.
fn median(mut work: impl FnMut() -> Result<()>) -> Result<Duration> {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        for _ in 0..CALLS {
            work()?;
        }
        rounds.push(started.elapsed() / CALLS);
    }
    rounds.sort_unstable();
    Ok(rounds[rounds.len() / 2])
}

const ROUNDS: usize = 51;
const CALLS: u32 = 400;
