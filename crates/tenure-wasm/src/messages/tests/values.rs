//! One value of each kind.

use std::{string::ToString, time::Duration, vec, vec::Vec};

use tenure_core::{
    holder::{
        Binding, Body, Cause, Event, ExchangeOp, Generation, LoadOp, LockOp, Login, Outage, Output,
        Request, SaveOp, Settled, SignedOut, SignedOutReason, Snapshot, StorageTrouble, Stored,
        StoredSession, TokenSet, Waiter,
    },
    secret::{AccessToken, IdToken, RefreshToken},
    time::Timestamp,
};

/// Every output with its name.
pub(super) fn outputs() -> Vec<(Output, &'static str)> {
    let (load, save, lock, exchange) = (LoadOp(1), SaveOp(2), LockOp(3), ExchangeOp(4));
    let replaces = Generation::from_u64(6);
    let mut all = vec![
        Output::Load { op: load },
        Output::Replace {
            op: save,
            replaces,
            value: active(),
        },
        Output::Lock {
            op: lock,
            lease: Duration::from_secs(5),
        },
        Output::Unlock { op: lock },
        Output::Revoke {
            refresh_token: RefreshToken::new("rt"),
        },
        Output::Publish {
            generation: replaces,
        },
    ];
    let values = [active(), signed_out()];
    all.extend(values.map(|value| Output::Save {
        op: save,
        replaces,
        value,
    }));
    let refresh_token = RefreshToken::new("rt");
    let refresh = Request::Refresh { refresh_token };
    let requests = [refresh, Request::ClientCredentials, Request::Callback];
    all.extend(requests.map(|request| Output::Exchange {
        op: exchange,
        request,
    }));
    let pairs = [Some(Binding::new("https://other.example", "c")), None];
    all.extend(pairs.map(|binding| Output::RevokeElsewhere {
        refresh_token: RefreshToken::new("rt"),
        binding,
    }));
    let token = Settled::Token {
        access_token: AccessToken::new("at"),
        token_type: "Bearer".to_string(),
        generation: replaces,
        fresh_until: None,
    };
    let results = [token, Settled::SignedIn, Settled::SignedOut].map(Ok);
    let results = results.into_iter().chain(causes().into_iter().map(Err));
    all.extend(results.map(|result| Output::Settle {
        waiter: Waiter(5),
        result,
    }));
    let events = [Event::SignedIn, Event::Refreshed, Event::UserChanged];
    all.extend(events.map(Output::Event));
    all.extend(REASONS.map(|reason| Output::Event(Event::SignedOut(reason))));
    let failed = causes().into_iter().map(Event::RefreshFailed);
    all.extend(failed.map(Output::Event));
    all.into_iter()
        .map(|output| {
            let name = name(&output);
            (output, name)
        })
        .collect()
}

/// The name of every output: a new one has none until it is written here.
fn name(output: &Output) -> &'static str {
    match output {
        Output::Load { .. } => "load",
        Output::Save { .. } => "save",
        Output::Replace { .. } => "replace",
        Output::Lock { .. } => "lock",
        Output::Unlock { .. } => "unlock",
        Output::Exchange { .. } => "exchange",
        Output::Revoke { .. } | Output::RevokeElsewhere { .. } => "revoke",
        Output::Publish { .. } => "publish",
        Output::Settle { .. } => "settle",
        Output::Event(_) => "event",
    }
}

pub(super) fn snapshots() -> Vec<Snapshot> {
    let Body::Active(session) = active().body else {
        unreachable!("it is active");
    };
    let active = |fresh_until| Snapshot::Active {
        session: session.clone(),
        generation: Generation::from_u64(3),
        fresh_until,
    };
    let mut all = vec![
        Snapshot::Loading,
        active(None),
        active(Some(Timestamp::EPOCH)),
    ];
    all.extend(TROUBLES.map(Snapshot::Failed));
    all.extend(REASONS.map(Snapshot::SignedOut));
    all
}

fn causes() -> Vec<Cause> {
    let mut all = vec![Cause::Misconfigured];
    all.extend(REASONS.map(Cause::SignedOut));
    all.extend(TROUBLES.map(Cause::Storage));
    all.extend(OUTAGES.map(|outage| Cause::Unavailable {
        outage,
        retry_after: Duration::from_secs(1),
    }));
    all
}

pub(super) fn active() -> Stored {
    let at = Timestamp::from_millis(1_700_000_000_000);
    let tokens = TokenSet {
        access_token: AccessToken::new("at"),
        token_type: "Bearer".to_string(),
        obtained_at: at,
        expires_at: Some(at),
        issued: Generation::from_u64(2),
        forced: true,
        refresh_token: Some(RefreshToken::new("rt")),
        id_token: Some(IdToken::new("it")),
        scope: Some("openid".to_string()),
        subject: Some("ann".to_string()),
    };
    let generation = Generation::from_u64(1);
    Stored {
        generation: Generation::from_u64(3),
        body: Body::Active(StoredSession {
            login: Login { generation, at },
            tokens,
            last_active: at,
            binding: Some(Binding::new("https://id.example", "c")),
        }),
    }
}

pub(super) fn signed_out() -> Stored {
    Stored {
        generation: Generation::from_u64(4),
        body: Body::SignedOut(SignedOut {
            reason: SignedOutReason::Idle,
            at: Timestamp::from_millis(-5),
        }),
    }
}

const REASONS: [SignedOutReason; 8] = [
    SignedOutReason::NeverSignedIn,
    SignedOutReason::User,
    SignedOutReason::Refused,
    SignedOutReason::Expired,
    SignedOutReason::Idle,
    SignedOutReason::AbsoluteLimit,
    SignedOutReason::RefreshFailed,
    SignedOutReason::Foreign,
];
const TROUBLES: [StorageTrouble; 5] = [
    StorageTrouble::Read,
    StorageTrouble::Damaged,
    StorageTrouble::Newer,
    StorageTrouble::OtherForm,
    StorageTrouble::Write,
];
const OUTAGES: [Outage; 4] = [
    Outage::Network,
    Outage::TimedOut,
    Outage::Overloaded,
    Outage::Malformed,
];
