use tenure_core::time::Timestamp;

/// What a row is about; a key is unique within its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A server-side session.
    Session,
    /// A family of refresh tokens.
    Family,
    /// Sealed data.
    Sealed,
    /// An authorization code.
    Code,
    /// A login transaction.
    Transaction,
    /// An account.
    Account,
    /// An OAuth client.
    Client,
    /// A signing key, or the secrets a server makes for itself.
    Key,
    /// A counter of attempts.
    Attempts,
}

impl Kind {
    /// Every kind there is.
    pub const ALL: [Self; 9] = [
        Self::Session,
        Self::Family,
        Self::Sealed,
        Self::Code,
        Self::Transaction,
        Self::Account,
        Self::Client,
        Self::Key,
        Self::Attempts,
    ];

    /// The number that stands for it in a database; it never changes.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Session => 1,
            Self::Family => 2,
            Self::Sealed => 3,
            Self::Code => 4,
            Self::Transaction => 5,
            Self::Account => 6,
            Self::Client => 7,
            Self::Key => 8,
            Self::Attempts => 9,
        }
    }
}

/// Names a row: its kind and at most 64 bytes, a digest where the name is a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    kind: Kind,
    name: Box<[u8]>,
}

impl Key {
    /// Makes a key.
    #[must_use]
    pub fn new(kind: Kind, name: impl Into<Box<[u8]>>) -> Self {
        Self {
            kind,
            name: name.into(),
        }
    }

    /// What the row is about.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The row's name within its kind.
    #[must_use]
    pub const fn name(&self) -> &[u8] {
        &self.name
    }
}

/// Whose row it is: an account's id; rows without an owner are not listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs, reason = "a plain name")]
pub struct Owner(pub String);

/// Which write of a row this is. Only equality means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a plain number that stores choose"
)]
pub struct Version(pub u64);

/// What to write.
#[derive(Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "callers build it")]
pub struct Entry {
    /// The bytes; the store does not look into them.
    pub bytes: Vec<u8>,
    /// When the row is gone; `None` keeps it until it is removed.
    pub expires_at: Option<Timestamp>,
    /// Whose row it is.
    pub owner: Option<Owner>,
}

/// What was read.
#[derive(Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "stores build it")]
pub struct Stored {
    /// The bytes as written.
    pub bytes: Vec<u8>,
    /// Which write this is.
    pub version: Version,
    /// When the row is gone.
    pub expires_at: Option<Timestamp>,
}

/// Whether a conditional write took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum Replaced<T = Version> {
    /// It did; the row has this version now.
    Done(T),
    /// It did not: the row is not at the expected version.
    Conflict,
}

/// Whether a deadline was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum Touched {
    /// It was.
    Done,
    /// There is no such row (any more).
    Gone,
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs, reason = "callers build it")]
pub struct Page {
    /// Start behind this key of the same kind; `None` starts at the beginning.
    pub after: Option<Key>,
    /// At most so many.
    pub limit: usize,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("bytes", &self.bytes.len())
            .field("expires_at", &self.expires_at)
            .field("owner", &self.owner)
            .finish()
    }
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored")
            .field("bytes", &self.bytes.len())
            .field("version", &self.version)
            .field("expires_at", &self.expires_at)
            .finish()
    }
}
