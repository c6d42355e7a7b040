use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

/// A value that is kept as JSON with a version beside it.
///
/// Unknown members are refused, so whatever changes a form is a new version of it: a release that
/// does not know it leaves it alone instead of writing back what it understood.
///
/// Only this crate has forms, so nothing can be kept whose bytes are not held by a test here.
pub trait Form: sealed::Sealed + Serialize + DeserializeOwned {
    /// What errors call it, with its article.
    const NAME: &'static str;
    /// The version that is written.
    const VERSION: u8;
}

/// What `Debug` shows of a form that holds secrets.
pub(crate) fn redacted(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.debug_struct(name).finish_non_exhaustive()
}

pub(crate) mod sealed {
    pub trait Sealed {}
}
