use core::time::Duration;

use tenure_core::holder::{FailurePolicy, HolderConfig, Renewal, TokenSource, Unnamed};

use crate::{
    fields::{Read, Reader},
    stored,
};

/// `source, skew, renewal, failure, idle_limit, absolute_limit, lock_lease, lock_wait,
/// exchange_timeout, storage_timeout, issuer, client_id`: an empty one is the default; times are milliseconds.
pub(crate) fn read(message: &str) -> Read<HolderConfig> {
    let usual = HolderConfig::default();
    let mut from = Reader::new(message);
    let source = match from.raw("source") {
        "refresh_token" | "" => TokenSource::RefreshToken,
        "client_credentials" => TokenSource::ClientCredentials,
        "callback" => TokenSource::Callback,
        _ => return Err("source"),
    };
    let skew = from.millis("skew").unwrap_or(usual.skew);
    let renewal = match from.raw("renewal") {
        "proactive" | "" => Renewal::Proactive,
        "on_demand" => Renewal::OnDemand,
        _ => return Err("renewal"),
    };
    let failure_policy = match from.raw("failure") {
        "keep" | "" => FailurePolicy::KeepOnTransient,
        "discard" => FailurePolicy::DiscardOnFailure,
        _ => return Err("failure"),
    };
    let mut span = |name, usual: Duration| from.millis(name).unwrap_or(usual);
    let none = Duration::ZERO;
    let some = |limit: Duration| (limit > none).then_some(limit);
    let config = HolderConfig {
        source,
        skew,
        renewal,
        failure_policy,
        idle_limit: some(span("idle_limit", none)),
        absolute_limit: some(span("absolute_limit", none)),
        lock_lease: span("lock_lease", usual.lock_lease),
        lock_wait: span("lock_wait", usual.lock_wait),
        exchange_timeout: span("exchange_timeout", usual.exchange_timeout),
        storage_timeout: span("storage_timeout", usual.storage_timeout),
        backoff: usual.backoff,
        binding: stored::pair(&mut from),
        unnamed: Unnamed::Ours,
    };
    from.end()?;
    Ok(config)
}
