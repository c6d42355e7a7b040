use tenure_store::StoreError;

/// How a store broke the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    what: String,
}

impl Violation {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into() }
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Violation {}

impl From<StoreError> for Violation {
    fn from(error: StoreError) -> Self {
        Self::new(format!("the store failed: {error} ({:?})", error.kind()))
    }
}

/// Returns a violation if what is said is not so.
macro_rules! ensure {
    ($so:expr, $($what:tt)+) => {
        if !$so {
            return Err($crate::Violation::new(format!($($what)+)));
        }
    };
}

/// Returns a violation if two values differ.
macro_rules! ensure_eq {
    ($left:expr, $right:expr, $($what:tt)+) => {
        match (&$left, &$right) {
            (left, right) if left == right => {}
            (left, right) => {
                let what = format!($($what)+);
                return Err($crate::Violation::new(format!("{what}: {left:?}, not {right:?}")));
            }
        }
    };
}

pub(crate) use {ensure, ensure_eq};
