//! What JavaScript writes: inputs, and the configuration.

use super::{
    Part::{All, Flag, MaybeNumber, MaybeText, Number, Rest, Text, Word},
    Shape,
    read::STORED,
    written,
};

pub(super) static LOADED: Shape = written(
    "Loaded",
    "What reading storage came to.",
    &[
        &[Word("outcome", &["failed", "newer", "empty"])],
        &[Word("outcome", &["damaged"]), MaybeNumber("generation")],
        &[Word("outcome", &["found"]), All("value", &STORED)],
    ],
);

pub(super) static GRANT: Shape = written(
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

pub(super) static TOKEN_ANSWER: Shape = written(
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

pub(super) static EXCHANGED: Shape = written(
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

pub(super) static WISH: Shape = written(
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

pub(super) static INPUT: Shape = written(
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

pub(super) static CONFIGURATION: Shape = written(
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

pub(super) static QUESTION: Shape = written(
    "Question",
    "What `oidc` answers; times are milliseconds.",
    &[
        &[Word("question", &["discovery_url"]), Text("issuer")],
        &[
            Word("question", &["metadata"]),
            Text("issuer"),
            MaybeText("found_issuer"),
            MaybeText("authorization"),
            MaybeText("token"),
            MaybeText("jwks"),
            MaybeText("revocation"),
            MaybeText("end_session"),
        ],
        &[
            Word("question", &["begin_login"]),
            Number("now"),
            Text("issuer"),
            Text("redirect_uri"),
            MaybeText("return_to"),
            Text("state"),
            Text("nonce"),
            Text("code_verifier"),
            Text("code_challenge"),
            Text("endpoint"),
            Text("client_id"),
            MaybeText("scope"),
            Rest("records_and_parameters"),
        ],
        &[
            Word("question", &["finish_login"]),
            Number("now"),
            MaybeText("state"),
            MaybeText("iss"),
            Rest("records"),
        ],
        &[Word("question", &["callback_names"])],
        &[Word("question", &["callback"]), Rest("pairs")],
        &[
            Word("question", &["code"]),
            MaybeText("client_id"),
            Text("code"),
            Text("redirect_uri"),
            Text("code_verifier"),
        ],
        &[
            Word("question", &["refresh", "revoke"]),
            MaybeText("client_id"),
            Text("refresh_token"),
        ],
        &[
            Word("question", &["client_credentials"]),
            MaybeText("client_id"),
            MaybeText("scope"),
        ],
        &[
            Word("question", &["token_response"]),
            Number("requested_at"),
            All("said", &TOKEN_ANSWER),
        ],
        &[
            Word("question", &["claims"]),
            Text("issuer"),
            Text("client_id"),
            MaybeText("nonce"),
            MaybeNumber("max_age"),
            MaybeText("acr"),
            MaybeNumber("skew"),
            MaybeText("trusted"),
            Number("now"),
            Flag("refreshed"),
            Rest("claims"),
        ],
        &[
            Word("question", &["sign_out"]),
            MaybeText("provider"),
            Text("client_id"),
            MaybeText("issuer"),
            MaybeText("base"),
            MaybeText("end_session"),
            MaybeText("return_to"),
            MaybeText("id_token"),
            MaybeText("state"),
        ],
        &[
            Word("question", &["allow_redirect"]),
            Number("now"),
            Number("limit"),
            MaybeNumber("within"),
            Rest("times"),
        ],
    ],
);
