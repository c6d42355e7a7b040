//! What JavaScript reads: outputs, snapshots, and what is stored.

use super::{
    Part::{All, Flag, MaybeNumber, MaybeText, Number, OneOf, Text, Word},
    Shape, Words, read,
};

pub(super) static STORED_REASON: Words = Words {
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

pub(super) static REASON: Words = Words {
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

pub(super) static OUTAGE: Words = Words {
    name: "Outage",
    about: "Why no usable answer came.",
    words: &["network", "timed_out", "overloaded", "malformed"],
};

pub(super) static SESSION: Shape = read(
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

pub(super) static STORED: Shape = read(
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

pub(super) static TROUBLE: Shape = read(
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

pub(super) static CAUSE: Shape = read(
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

pub(super) static SNAPSHOT: Shape = read(
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

pub(super) static LOAD: Shape = read(
    "Load",
    "Read storage.",
    &[&[Word("name", &["load"]), Number("op")]],
);

pub(super) static SAVE: Shape = read(
    "Save",
    "Write storage; `replace` keeps aside what cannot be read.",
    &[&[
        Word("name", &["save", "replace"]),
        Number("op"),
        Number("replaces"),
        All("value", &STORED),
    ]],
);

pub(super) static LOCK: Shape = read(
    "Lock",
    "Take the lock; the lease is in milliseconds.",
    &[&[Word("name", &["lock"]), Number("op"), Number("lease")]],
);

pub(super) static UNLOCK: Shape = read(
    "Unlock",
    "Give the lock back.",
    &[&[Word("name", &["unlock"]), Number("op")]],
);

pub(super) static EXCHANGE: Shape = read(
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

pub(super) static REVOKE: Shape = read(
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

pub(super) static PUBLISH: Shape = read(
    "Publish",
    "Tell peers that storage changed.",
    &[&[Word("name", &["publish"]), Number("generation")]],
);

pub(super) static TOKEN: Shape = read(
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

pub(super) static RESULT: Shape = read(
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

pub(super) static SETTLE: Shape = read(
    "Settle",
    "A caller has its answer.",
    &[&[
        Word("name", &["settle"]),
        Number("waiter"),
        All("result", &RESULT),
    ]],
);

pub(super) static EVENT: Shape = read(
    "Event",
    "Something an application may want to show.",
    &[
        &[Word("event", &["signed_in", "refreshed", "user_changed"])],
        &[Word("event", &["signed_out"]), OneOf("reason", &REASON)],
        &[Word("event", &["refresh_failed"]), All("cause", &CAUSE)],
    ],
);

pub(super) static TELL: Shape = read(
    "Tell",
    "An event.",
    &[&[Word("name", &["event"]), All("event", &EVENT)]],
);

pub(super) static OUTPUT: Shape = read(
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
