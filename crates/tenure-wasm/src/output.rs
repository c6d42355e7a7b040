use alloc::string::String;

use tenure_core::holder::{
    Binding, Cause, Event, Generation, Outage, Output, Request, SaveOp, Settled, Snapshot,
    StorageTrouble, Stored,
};

use crate::{
    fields::Writer,
    stored::{reason_name, write, write_active},
};

/// `foreign` is whose the session in storage is, where it is another's.
pub(crate) fn message(output: &Output, foreign: Option<&Binding>) -> String {
    match output {
        Output::Load { op } => Writer::new("load").number(op.0),
        Output::Save {
            op,
            replaces,
            value,
        } => save("save", *op, *replaces, value),
        Output::Replace {
            op,
            replaces,
            value,
        } => save("replace", *op, *replaces, value),
        Output::Lock { op, lease } => Writer::new("lock").number(op.0).span(*lease),
        Output::Unlock { op } => Writer::new("unlock").number(op.0),
        Output::Exchange { op, request } => match request {
            Request::Refresh { refresh_token } => Writer::new("exchange")
                .number(op.0)
                .text("refresh")
                .text(refresh_token.expose()),
            Request::ClientCredentials => Writer::new("exchange")
                .number(op.0)
                .text("client_credentials"),
            Request::Callback => Writer::new("exchange").number(op.0).text("callback"),
        },
        Output::Revoke { refresh_token } => Writer::new("revoke").text(refresh_token.expose()),
        Output::RevokeElsewhere {
            refresh_token,
            binding,
        } => Writer::new("revoke")
            .text(refresh_token.expose())
            .pair(binding.as_ref()),
        Output::Publish { generation } => Writer::new("publish").number(generation.as_u64()),
        Output::Settle { waiter, result } => {
            settle(Writer::new("settle").number(waiter.0), result, foreign)
        }
        Output::Event(event) => told(event),
    }
    .done()
}

fn save(name: &str, op: SaveOp, replaces: Generation, value: &Stored) -> Writer {
    let to = Writer::new(name).number(op.0).number(replaces.as_u64());
    write(to, value)
}

/// `"loading"`, `"failed", sign_in_helps, cause`, `"signed_out", reason` or `"active", generation, fresh_until, session…`.
pub(crate) fn snapshot(snapshot: &Snapshot) -> String {
    match snapshot {
        Snapshot::Loading => Writer::new("loading"),
        Snapshot::Failed(trouble) => write_cause(
            Writer::new("failed").flag(trouble.sign_in_helps()),
            &Cause::Storage(*trouble),
        ),
        Snapshot::SignedOut(reason) => Writer::new("signed_out").text(reason_name(*reason)),
        Snapshot::Active {
            session,
            generation,
            fresh_until,
        } => write_active(
            Writer::new("active")
                .number(generation.as_u64())
                .optional_time(*fresh_until),
            session,
        ),
    }
    .done()
}

/// `"token", access_token, token_type, generation, fresh_until`, `"done"`, or a cause, which
/// for `"signed_out", "foreign"` goes on with `issuer, client_id`, where those are known.
fn settle(to: Writer, result: &Result<Settled, Cause>, foreign: Option<&Binding>) -> Writer {
    match result {
        Ok(Settled::Token {
            access_token,
            token_type,
            generation,
            fresh_until,
        }) => to
            .text("token")
            .text(access_token.expose())
            .text(token_type)
            .number(generation.as_u64())
            .optional_time(*fresh_until),
        Ok(Settled::SignedIn | Settled::SignedOut) => to.text("done"),
        Err(cause) => write_cause(to, cause).pair(foreign),
    }
}

fn told(event: &Event) -> Writer {
    let to = Writer::new("event");
    match event {
        Event::SignedIn => to.text("signed_in"),
        Event::Refreshed => to.text("refreshed"),
        Event::UserChanged => to.text("user_changed"),
        Event::SignedOut(reason) => to.text("signed_out").text(reason_name(*reason)),
        Event::RefreshFailed(cause) => write_cause(to.text("refresh_failed"), cause),
    }
}

/// `"signed_out", reason`, `"unavailable", outage, retry_after`, `"storage", trouble`,
/// `"storage_damaged"`, `"storage_newer"` or `"misconfigured"`.
fn write_cause(to: Writer, cause: &Cause) -> Writer {
    match cause {
        Cause::SignedOut(reason) => to.text("signed_out").text(reason_name(*reason)),
        Cause::Unavailable {
            outage,
            retry_after,
        } => to
            .text("unavailable")
            .text(outage_name(*outage))
            .span(*retry_after),
        Cause::Storage(trouble) => match trouble {
            // JavaScript tells the other form by what its storage throws.
            StorageTrouble::Read | StorageTrouble::OtherForm => to.text("storage").text("read"),
            StorageTrouble::Write => to.text("storage").text("write"),
            StorageTrouble::Damaged => to.text("storage_damaged"),
            StorageTrouble::Newer => to.text("storage_newer"),
        },
        Cause::Misconfigured => to.text("misconfigured"),
    }
}

pub(crate) const fn outage_name(outage: Outage) -> &'static str {
    match outage {
        Outage::Network => "network",
        Outage::TimedOut => "timed_out",
        Outage::Overloaded => "overloaded",
        Outage::Malformed => "malformed",
    }
}
