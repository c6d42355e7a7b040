//! The shape of every message between a holder and JavaScript. The types of
//! `packages/client/src/messages.ts` are made of it, and tests hold it to what is read and written.
//! It is no part of the module that pages load.

mod read;
#[cfg(test)]
mod tests;
mod typescript;
mod written;

pub use typescript::typescript;

use self::{
    read::{
        CAUSE, EVENT, EXCHANGE, LOAD, LOCK, OUTAGE, OUTPUT, PUBLISH, REASON, RESULT, REVOKE, SAVE,
        SESSION, SETTLE, SNAPSHOT, STORED, STORED_REASON, TELL, TOKEN, TROUBLE, UNLOCK,
    },
    written::{CONFIGURATION, EXCHANGED, GRANT, INPUT, LOADED, QUESTION, TOKEN_ANSWER, WISH},
};

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
    /// Any number of fields, at the end.
    Rest(&'static str),
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

static WORDS: [&Words; 3] = [&STORED_REASON, &REASON, &OUTAGE];

/// All of them, each after those that it is made of.
static ALL: [&Shape; 26] = [
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
    &QUESTION,
];
