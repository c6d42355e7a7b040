//! The tests, by what they are about.

pub(crate) mod expiry;
pub(crate) mod owners;
pub(crate) mod races;
pub(crate) mod reopening;
pub(crate) mod rows;
pub(crate) mod sizes;
mod steps;
pub(crate) mod versions;

use crate::Violation;

type Checked = Result<(), Violation>;
