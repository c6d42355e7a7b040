//! The checks of an ID token's claims (OpenID Connect Core §3.1.3.7 and §12.2).

use alloc::{string::String, vec::Vec};
use core::time::Duration;

use tenure_core::{secret::Nonce, time::Timestamp};

use crate::{claims::IdClaims, fault::ClaimFault};

/// The most that two clocks may differ; a larger `skew` is cut down to it.
pub const MAX_SKEW: Duration = Duration::from_secs(300);

/// What an ID token must say to be believed.
///
/// Claims are checked after the signature, never instead of it.
///
/// ```
/// # use tenure_core::{secret::Nonce, time::Timestamp};
/// # use tenure_oidc::{ClaimFault, ClaimValue, IdCheck, IdClaims, IssuerRule};
/// # let claims = IdClaims::from_pairs([
/// #     ("iss", ClaimValue::from("https://id.example")), ("sub", "ada".into()),
/// #     ("aud", "cards".into()), ("exp", 1_700_000_300.0.into()), ("iat", 1_700_000_000.0.into()),
/// #     ("nonce", "n-1".into()),
/// # ])?;
/// let check = IdCheck::new(IssuerRule::Exact("https://id.example".into()), "cards")
///     .nonce(Nonce::new("n-1"));
/// assert_eq!(check.login(&claims, Timestamp::from_secs(1_700_000_010)), Ok(()));
/// assert_eq!(check.login(&claims, Timestamp::from_secs(1_700_009_000)), Err(ClaimFault::Expired));
/// # Ok::<(), ClaimFault>(())
/// ```
#[derive(Debug, Clone)]
pub struct IdCheck {
    issuer: IssuerRule,
    client_id: String,
    trusted_audiences: Vec<String>,
    nonce: Option<Nonce>,
    max_age: Option<Duration>,
    acr: Option<String>,
    skew: Duration,
}

/// Which issuers are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssuerRule {
    /// This one, compared character by character.
    Exact(String),
    /// Any tenant of Microsoft Entra: the text has `{tenantid}` where the token's `tid` must be.
    /// For applications registered for several organisations; they decide by `tid` whom to admit.
    EntraTenant(String),
}

impl IssuerRule {
    fn admits(&self, claims: &IdClaims) -> bool {
        match self {
            Self::Exact(issuer) => claims.iss() == issuer,
            Self::EntraTenant(template) => claims.text("tid").is_some_and(|tid| {
                let plain = tid.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
                let tenant = template.split_once('{').and_then(|(before, after)| {
                    let after = after.strip_prefix("tenantid}")?;
                    claims.iss().strip_prefix(before)?.strip_suffix(after)
                });
                plain && !tid.is_empty() && tenant == Some(tid)
            }),
        }
    }
}

impl IdCheck {
    /// Expects a token of this issuer for this client, with clocks at most a minute apart.
    #[must_use]
    pub fn new(issuer: IssuerRule, client_id: impl Into<String>) -> Self {
        Self {
            issuer,
            client_id: client_id.into(),
            trusted_audiences: Vec::new(),
            nonce: None,
            max_age: None,
            acr: None,
            skew: Duration::from_secs(60),
        }
    }

    /// Lets the token be for this other client too. Without it, this client must be alone.
    #[must_use]
    pub fn trusting(mut self, audience: impl Into<String>) -> Self {
        self.trusted_audiences.push(audience.into());
        self
    }

    /// Expects the nonce of the login.
    #[must_use]
    pub fn nonce(self, nonce: Nonce) -> Self {
        Self {
            nonce: Some(nonce),
            ..self
        }
    }

    /// Expects that the person signed in at most so long ago (`max_age` of the request).
    #[must_use]
    pub fn max_age(self, max_age: Duration) -> Self {
        Self {
            max_age: Some(max_age),
            ..self
        }
    }

    /// Expects this `acr`.
    #[must_use]
    pub fn acr(self, acr: impl Into<String>) -> Self {
        Self {
            acr: Some(acr.into()),
            ..self
        }
    }

    /// Lets the clocks differ by so much, at most [`MAX_SKEW`].
    #[must_use]
    pub fn skew(self, skew: Duration) -> Self {
        Self {
            skew: skew.min(MAX_SKEW),
            ..self
        }
    }

    /// Checks the token that came with a login.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of OpenID Connect Core §3.1.3.7.
    pub fn login(&self, claims: &IdClaims, now: Timestamp) -> Result<(), ClaimFault> {
        self.origin(claims)?;
        self.times(claims, now)?;
        self.same_nonce(claims)?;
        self.authentication(claims, now)
    }

    /// Checks the token that came with a refresh against the last one that was believed.
    ///
    /// # Errors
    /// The first thing that is wrong, first by OpenID Connect Core §12.2, then by §3.1.3.7; the
    /// nonce is optional here, and neither `max_age` nor `acr` is asked for again.
    pub fn refreshed(
        &self,
        claims: &IdClaims,
        previous: &IdClaims,
        now: Timestamp,
    ) -> Result<(), ClaimFault> {
        unchanged(claims, previous)?;
        self.origin(claims)?;
        self.times(claims, now)
    }

    fn origin(&self, claims: &IdClaims) -> Result<(), ClaimFault> {
        if !self.issuer.admits(claims) {
            return Err(ClaimFault::IssuerMismatch);
        }
        if !claims.aud().contains(&self.client_id) {
            return Err(ClaimFault::AudienceMismatch);
        }
        let trusted = |aud: &String| *aud == self.client_id || self.trusted_audiences.contains(aud);
        if !claims.aud().iter().all(trusted) {
            return Err(ClaimFault::AudienceUntrusted);
        }
        if claims.azp().is_some_and(|azp| azp != self.client_id) {
            return Err(ClaimFault::AuthorizedPartyMismatch);
        }
        Ok(())
    }

    fn times(&self, claims: &IdClaims, now: Timestamp) -> Result<(), ClaimFault> {
        if claims.exp().saturating_add(self.skew) <= now {
            return Err(ClaimFault::Expired);
        }
        let latest = now.saturating_add(self.skew);
        if claims.iat() > latest {
            return Err(ClaimFault::IssuedInFuture);
        }
        if claims.nbf().is_some_and(|nbf| nbf > latest) {
            return Err(ClaimFault::NotYetValid);
        }
        Ok(())
    }

    fn same_nonce(&self, claims: &IdClaims) -> Result<(), ClaimFault> {
        let Some(expected) = &self.nonce else {
            return Ok(());
        };
        let nonce = claims.nonce().ok_or(ClaimFault::NonceMissing)?;
        if Nonce::new(nonce) == *expected {
            Ok(())
        } else {
            Err(ClaimFault::NonceMismatch)
        }
    }

    fn authentication(&self, claims: &IdClaims, now: Timestamp) -> Result<(), ClaimFault> {
        if self
            .acr
            .as_deref()
            .is_some_and(|acr| claims.acr() != Some(acr))
        {
            return Err(ClaimFault::AcrMismatch);
        }
        let Some(auth_time) = claims.auth_time() else {
            return match self.max_age {
                Some(_) => Err(ClaimFault::AuthTimeMissing),
                None => Ok(()),
            };
        };
        if auth_time > now.saturating_add(self.skew) {
            return Err(ClaimFault::AuthTimeInFuture);
        }
        let oldest = self
            .max_age
            .map(|age| now.saturating_sub(age).saturating_sub(self.skew));
        if oldest.is_some_and(|oldest| auth_time < oldest) {
            return Err(ClaimFault::AuthTimeTooOld);
        }
        Ok(())
    }
}

fn unchanged(claims: &IdClaims, previous: &IdClaims) -> Result<(), ClaimFault> {
    let nonce = claims.nonce();
    let new_time = claims.auth_time();
    let old_time = previous.auth_time();
    let rules = [
        (claims.iss() == previous.iss(), ClaimFault::IssuerChanged),
        (claims.sub() == previous.sub(), ClaimFault::SubjectChanged),
        (
            previous.aud().iter().all(|aud| claims.aud().contains(aud)),
            ClaimFault::AudienceChanged,
        ),
        (
            claims.azp() == previous.azp(),
            ClaimFault::AuthorizedPartyChanged,
        ),
        (
            new_time.is_none() || old_time.is_none() || new_time == old_time,
            ClaimFault::AuthTimeChanged,
        ),
        (
            nonce.is_none() || nonce == previous.nonce(),
            ClaimFault::NonceChanged,
        ),
        (
            claims.iat() >= previous.iat(),
            ClaimFault::IssuedBeforePrevious,
        ),
    ];
    rules
        .into_iter()
        .find(|(kept, _)| !kept)
        .map_or(Ok(()), |(_, fault)| Err(fault))
}
