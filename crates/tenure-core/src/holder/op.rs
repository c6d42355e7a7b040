/// Names one read of storage, from [`super::Output::Load`] to [`super::Input::Loaded`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a plain number that drivers carry"
)]
pub struct LoadOp(pub u64);

/// Names one write to storage, from [`super::Output::Save`] or [`super::Output::Replace`] to
/// [`super::Input::Saved`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a plain number that drivers carry"
)]
pub struct SaveOp(pub u64);

/// Names one taking of the lock, from [`super::Output::Lock`] to [`super::Output::Unlock`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a plain number that drivers carry"
)]
pub struct LockOp(pub u64);

/// Names one question to the issuer, from [`super::Output::Exchange`] to
/// [`super::Input::Exchanged`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a plain number that drivers carry"
)]
pub struct ExchangeOp(pub u64);
