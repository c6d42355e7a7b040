use tenure_core::{holder::TokenResponse, time::Timestamp};

/// What came of one token request.
#[derive(Debug)]
#[non_exhaustive]
pub struct Exchanged {
    /// What it means for the session.
    pub answer: TokenResponse,
    /// The issuer's clock, where it was told.
    pub issuer_time: Option<Timestamp>,
    /// What the issuer said about it, for people; no secret.
    pub detail: Option<String>,
}

impl Exchanged {
    /// An answer without anything said about it.
    #[must_use]
    pub const fn new(answer: TokenResponse) -> Self {
        Self {
            answer,
            issuer_time: None,
            detail: None,
        }
    }
}
