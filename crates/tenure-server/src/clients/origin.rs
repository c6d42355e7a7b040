/// Where a client was registered: only there is it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// Registered before this was kept.
    Unknown,
    /// It stands in this file, or in this environment variable.
    Configuration(String),
    /// An operator registered it, by the command line or another program.
    CommandLine,
    /// One of `tenure dev`.
    Demo,
}

impl Origin {
    /// What people are told.
    #[must_use]
    pub fn shown(&self) -> &str {
        match self {
            Self::Unknown => "unknown",
            Self::Configuration(at) => at,
            Self::CommandLine => "the command line",
            Self::Demo => "tenure dev",
        }
    }
}
