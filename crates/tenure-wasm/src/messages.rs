//! The shape of every message between a holder and JavaScript. The types of
//! `packages/client/src/messages.ts` are made of it, and tests hold it to what is read and written.
//! It is no part of the module that pages load.

#[cfg(test)]
mod tests;
mod typescript;

pub use typescript::typescript;

use Part::{All, Flag, MaybeNumber, MaybeText, Number, OneOf, Text, Word};

/// A message, or a part of one: in one of several forms.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The name of its type in TypeScript.
    name: &'static str,
    about: &'static str,
    /// Whether JavaScript writes it: numbers, flags and what is absent need not be texts then.
    written: bool,
    forms: &'static [&'static [Part]],
}

/// Words of which one stands at a place, with the name of their type.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Words {
    name: &'static str,
    about: &'static str,
    words: &'static [&'static str],
}

/// What stands at one place. The first of each is its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// One of these words.
    Word(&'static str, &'static [&'static str]),
    OneOf(&'static str, &'static Words),
    Text(&'static str),
    MaybeText(&'static str),
    Number(&'static str),
    MaybeNumber(&'static str),
    Flag(&'static str),
    /// All fields of this shape.
    All(&'static str, &'static Shape),
}

const fn read(name: &'static str, about: &'static str, forms: &'static [&'static [Part]]) -> Shape {
    Shape {
        name,
        about,
        written: false,
        forms,
    }
}

const fn written(
    name: &'static str,
    about: &'static str,
    forms: &'static [&'static [Part]],
) -> Shape {
    Shape {
        name,
        about,
        written: true,
        forms,
    }
}

static STORED_REASON: Words = Words {
    name: "StoredReason",
    about: "Why a session was ended.",
    words: &[
        "never_signed_in",
        "user",
        "refused",
        "expired",
        "idle",
        "absolute_limit",
        "refresh_failed",
    ],
};

static REASON: Words = Words {
    name: "Reason",
    about: "Why nobody is signed in.",
    words: &[
        "never_signed_in",
        "user",
        "refused",
        "expired",
        "idle",
        "absolute_limit",
        "refresh_failed",
        "foreign",
    ],
};

static OUTAGE: Words = Words {
    name: "Outage",
    about: "Why no usable answer came.",
    words: &["network", "timed_out", "overloaded", "malformed"],
};

static SESSION: Shape = read(
    "SessionFields",
    "A session that is signed in.",
    &[&[
        Number("login_generation"),
        Number("login_at"),
        Number("last_active"),
        Text("access_token"),
        Text("token_type"),
        Number("obtained_at"),
        Number("issued"),
        MaybeNumber("expires_at"),
        Flag("forced"),
        MaybeText("refresh_token"),
        MaybeText("id_token"),
        MaybeText("scope"),
        MaybeText("subject"),
        MaybeText("issuer"),
        MaybeText("client_id"),
    ]],
);

static STORED: Shape = read(
    "Stored",
    "What is in storage: a session, or the mark that one was ended.",
    &[
        &[
            Number("generation"),
            Word("body", &["active"]),
            All("session", &SESSION),
        ],
        &[
            Number("generation"),
            Word("body", &["signed_out"]),
            OneOf("reason", &STORED_REASON),
            Number("at"),
        ],
    ],
);

static TROUBLE: Shape = read(
    "Trouble",
    "What storage could not do.",
    &[
        &[
            Word("cause", &["storage"]),
            Word("trouble", &["read", "write"]),
        ],
        &[Word("cause", &["storage_damaged", "storage_newer"])],
    ],
);

static CAUSE: Shape = read(
    "Cause",
    "Why a caller gets nothing.",
    &[
        &[Word("cause", &["signed_out"]), OneOf("reason", &REASON)],
        &[
            Word("cause", &["unavailable"]),
            OneOf("outage", &OUTAGE),
            Number("retry_after"),
        ],
        &[All("", &TROUBLE)],
        &[Word("cause", &["misconfigured"])],
    ],
);

static SNAPSHOT: Shape = read(
    "Snapshot",
    "What `snapshot` gives.",
    &[
        &[Word("status", &["loading"])],
        &[
            Word("status", &["failed"]),
            Flag("sign_in_helps"),
            All("cause", &TROUBLE),
        ],
        &[Word("status", &["signed_out"]), OneOf("reason", &REASON)],
        &[
            Word("status", &["active"]),
            Number("generation"),
            MaybeNumber("fresh_until"),
            All("session", &SESSION),
        ],
    ],
);

static LOAD: Shape = read(
    "Load",
    "Read storage.",
    &[&[Word("name", &["load"]), Number("op")]],
);

static SAVE: Shape = read(
    "Save",
    "Write storage; `replace` keeps aside what cannot be read.",
    &[&[
        Word("name", &["save", "replace"]),
        Number("op"),
        Number("replaces"),
        All("value", &STORED),
    ]],
);

static LOCK: Shape = read(
    "Lock",
    "Take the lock; the lease is in milliseconds.",
    &[&[Word("name", &["lock"]), Number("op"), Number("lease")]],
);

static UNLOCK: Shape = read(
    "Unlock",
    "Give the lock back.",
    &[&[Word("name", &["unlock"]), Number("op")]],
);

static EXCHANGE: Shape = read(
    "Exchange",
    "Ask for tokens.",
    &[
        &[
            Word("name", &["exchange"]),
            Number("op"),
            Word("request", &["refresh"]),
            Text("refresh_token"),
        ],
        &[
            Word("name", &["exchange"]),
            Number("op"),
            Word("request", &["client_credentials", "callback"]),
        ],
    ],
);

static REVOKE: Shape = read(
    "Revoke",
    "Revoke a refresh token, where it names one at another issuer.",
    &[
        &[Word("name", &["revoke"]), Text("refresh_token")],
        &[
            Word("name", &["revoke"]),
            Text("refresh_token"),
            MaybeText("issuer"),
            MaybeText("client_id"),
        ],
    ],
);

static PUBLISH: Shape = read(
    "Publish",
    "Tell peers that storage changed.",
    &[&[Word("name", &["publish"]), Number("generation")]],
);

static TOKEN: Shape = read(
    "Token",
    "An access token.",
    &[&[
        Word("result", &["token"]),
        Text("access_token"),
        Text("token_type"),
        Number("generation"),
        MaybeNumber("fresh_until"),
    ]],
);

static RESULT: Shape = read(
    "Result",
    "What a caller gets. Whose session is stored follows a cause where it is another's.",
    &[
        &[All("", &TOKEN)],
        &[Word("result", &["done"])],
        &[
            All("cause", &CAUSE),
            MaybeText("issuer"),
            MaybeText("client_id"),
        ],
    ],
);

static SETTLE: Shape = read(
    "Settle",
    "A caller has its answer.",
    &[&[
        Word("name", &["settle"]),
        Number("waiter"),
        All("result", &RESULT),
    ]],
);

static EVENT: Shape = read(
    "Event",
    "Something an application may want to show.",
    &[
        &[Word("event", &["signed_in", "refreshed", "user_changed"])],
        &[Word("event", &["signed_out"]), OneOf("reason", &REASON)],
        &[Word("event", &["refresh_failed"]), All("cause", &CAUSE)],
    ],
);

static TELL: Shape = read(
    "Tell",
    "An event.",
    &[&[Word("name", &["event"]), All("event", &EVENT)]],
);

static OUTPUT: Shape = read(
    "Output",
    "What `poll` gives.",
    &[
        &[All("", &LOAD)],
        &[All("", &SAVE)],
        &[All("", &LOCK)],
        &[All("", &UNLOCK)],
        &[All("", &EXCHANGE)],
        &[All("", &REVOKE)],
        &[All("", &PUBLISH)],
        &[All("", &SETTLE)],
        &[All("", &TELL)],
    ],
);

static LOADED: Shape = written(
    "Loaded",
    "What reading storage came to.",
    &[
        &[Word("outcome", &["failed", "newer", "empty"])],
        &[Word("outcome", &["damaged"]), MaybeNumber("generation")],
        &[Word("outcome", &["found"]), All("value", &STORED)],
    ],
);

static GRANT: Shape = written(
    "TokenGrant",
    "Tokens: `expires_in` is a span, `expires_at` a point on the issuer's clock, in milliseconds.",
    &[&[
        Text("access_token"),
        MaybeText("token_type"),
        MaybeNumber("expires_in"),
        MaybeNumber("expires_at"),
        MaybeText("refresh_token"),
        MaybeText("id_token"),
        MaybeText("scope"),
        MaybeText("subject"),
        Number("requested_at"),
    ]],
);

static TOKEN_ANSWER: Shape = written(
    "TokenAnswer",
    "What a token endpoint said; times are milliseconds.",
    &[&[
        MaybeNumber("status"),
        Flag("timed_out"),
        MaybeNumber("retry_after"),
        MaybeText("access_token"),
        MaybeText("token_type"),
        MaybeNumber("expires_in"),
        MaybeText("refresh_token"),
        MaybeText("id_token"),
        MaybeText("scope"),
        MaybeText("error"),
    ]],
);

static EXCHANGED: Shape = written(
    "Exchanged",
    "What asking for tokens came to.",
    &[
        &[
            MaybeNumber("issuer_time"),
            Word("answer", &["tokens"]),
            All("grant", &GRANT),
        ],
        &[
            MaybeNumber("issuer_time"),
            Word("answer", &["answer"]),
            Number("requested_at"),
            All("said", &TOKEN_ANSWER),
        ],
        &[
            MaybeNumber("issuer_time"),
            Word("answer", &["refused", "unavailable", "misconfigured"]),
        ],
    ],
);

static WISH: Shape = written(
    "Wish",
    "What a caller waits for.",
    &[
        &[
            Word("name", &["token_wanted"]),
            Number("waiter"),
            MaybeNumber("rejected"),
        ],
        &[
            Word("name", &["signed_in"]),
            Number("waiter"),
            All("grant", &GRANT),
        ],
        &[
            Word("name", &["sign_out_wanted"]),
            Number("waiter"),
            Word("scope", &["issuer", "local"]),
        ],
    ],
);

static INPUT: Shape = written(
    "Input",
    "What `handle` takes.",
    &[
        &[Word(
            "name",
            &[
                "opened",
                "peer_changed",
                "user_active",
                "hidden",
                "woke_up",
                "online",
                "elapsed",
            ],
        )],
        &[All("", &WISH)],
        &[
            Word("name", &["loaded"]),
            Number("op"),
            All("outcome", &LOADED),
        ],
        &[
            Word("name", &["saved"]),
            Number("op"),
            Word("outcome", &["done", "conflict", "failed"]),
        ],
        &[
            Word("name", &["lock_granted", "lock_refused", "lock_lost"]),
            Number("op"),
        ],
        &[
            Word("name", &["exchanged"]),
            Number("op"),
            All("outcome", &EXCHANGED),
        ],
    ],
);

static CONFIGURATION: Shape = written(
    "Configuration",
    "What a holder is made with; an empty field is the default, times are milliseconds.",
    &[&[
        MaybeText("source"),
        MaybeNumber("skew"),
        MaybeText("renewal"),
        MaybeText("failure"),
        MaybeNumber("idle_limit"),
        MaybeNumber("absolute_limit"),
        MaybeNumber("lock_lease"),
        MaybeNumber("lock_wait"),
        MaybeNumber("exchange_timeout"),
        MaybeNumber("storage_timeout"),
        MaybeText("issuer"),
        MaybeText("client_id"),
    ]],
);

static WORDS: [&Words; 3] = [&STORED_REASON, &REASON, &OUTAGE];

/// All of them, each after those that it is made of.
static ALL: [&Shape; 25] = [
    &SESSION,
    &STORED,
    &TROUBLE,
    &CAUSE,
    &SNAPSHOT,
    &LOAD,
    &SAVE,
    &LOCK,
    &UNLOCK,
    &EXCHANGE,
    &REVOKE,
    &PUBLISH,
    &TOKEN,
    &RESULT,
    &SETTLE,
    &EVENT,
    &TELL,
    &OUTPUT,
    &LOADED,
    &GRANT,
    &TOKEN_ANSWER,
    &EXCHANGED,
    &WISH,
    &INPUT,
    &CONFIGURATION,
];
