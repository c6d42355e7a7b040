use std::{fmt::Write, string::String, vec::Vec};

use super::{ALL, Part, Shape, WORDS, Words};

/// The types of all messages, as `packages/client/src/messages.ts` has them.
#[must_use]
pub fn typescript() -> String {
    let mut to = String::from(HEAD);
    // Writing to a text cannot fail.
    for words in WORDS {
        let _ = write!(to, "\n/** {} */\n{}", words.about, alias(words));
    }
    for shape in ALL {
        let _ = write!(to, "\n/** {} */\n{}", shape.about, declaration(shape));
    }
    to
}

/// One type, laid out as prettier does it.
fn declaration(shape: &Shape) -> String {
    let forms: Vec<_> = shape.forms.iter().map(|form| tuple(form, shape)).collect();
    let head = format!("export type {} =", shape.name);
    if let [form] = &forms[..] {
        return match form.on_one_line(head.chars().count() + 1) {
            Some(line) => format!("{head} {line}\n"),
            None => format!("{head} {}\n", form.on_many_lines("")),
        };
    }
    let joined = forms
        .iter()
        .map(|form| form.on_one_line(0))
        .collect::<Option<Vec<_>>>()
        .and_then(|lines| union(&head, &lines));
    if let Some(short) = joined {
        return short;
    }
    let mut to = format!("{head}\n");
    for form in &forms {
        let text = form
            .on_one_line("  | ".len())
            .unwrap_or_else(|| form.on_many_lines("    "));
        let _ = writeln!(to, "  | {text}");
    }
    to
}

fn alias(words: &Words) -> String {
    let quoted: Vec<_> = words.words.iter().map(|word| format!("'{word}'")).collect();
    let head = format!("export type {} =", words.name);
    union(&head, &quoted).unwrap_or_else(|| format!("{head}\n  | {}\n", quoted.join("\n  | ")))
}

/// A union without breaks between its members, where a line is long enough.
fn union(head: &str, members: &[String]) -> Option<String> {
    let joined = members.join(" | ");
    let fits = |before: usize| before + joined.chars().count() <= WIDTH;
    if fits(head.chars().count() + 1) {
        Some(format!("{head} {joined}\n"))
    } else {
        fits(2).then(|| format!("{head}\n  {joined}\n"))
    }
}

/// A tuple, or the name of one.
struct Tuple {
    is_name: bool,
    members: Vec<String>,
}

impl Tuple {
    fn on_one_line(&self, before: usize) -> Option<String> {
        let joined = self.members.join(", ");
        let line = if self.is_name {
            joined
        } else {
            format!("[{joined}]")
        };
        (before + line.chars().count() <= WIDTH).then_some(line)
    }

    fn on_many_lines(&self, indent: &str) -> String {
        let members = self.members.iter();
        let lines: String = members
            .map(|member| format!("{indent}  {member},\n"))
            .collect();
        format!("[\n{lines}{indent}]")
    }
}

fn tuple(form: &[Part], shape: &Shape) -> Tuple {
    if let [Part::All("", all)] = form {
        return Tuple {
            is_name: true,
            members: [String::from(all.name)].into(),
        };
    }
    Tuple {
        is_name: false,
        members: form.iter().map(|part| member(*part, shape)).collect(),
    }
}

fn member(part: Part, shape: &Shape) -> String {
    match part {
        Part::Word(label, words) => {
            let words: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
            format!("{label}: {}", words.join(" | "))
        }
        Part::OneOf(label, words) => format!("{label}: {}", words.name),
        Part::All(label, all) => format!("...{label}: {}", all.name),
        Part::Rest(label) => format!("...{label}: Maybe<Written | boolean>[]"),
        Part::Text(label) => format!("{label}: string"),
        Part::MaybeText(label) if shape.written => format!("{label}: Maybe<string>"),
        Part::Number(label) if shape.written => format!("{label}: Written"),
        Part::MaybeNumber(label) if shape.written => format!("{label}: Maybe<Written>"),
        Part::Flag(label) if shape.written => format!("{label}: boolean"),
        Part::Flag(label) => format!("{label}: '' | '1'"),
        Part::MaybeText(label) | Part::Number(label) | Part::MaybeNumber(label) => {
            format!("{label}: string")
        }
    }
}

const HEAD: &str = "\
// Made by `cargo xtask packages` of `crates/tenure-wasm/src/messages`: change it there.

/** A number, which may have been read as a text. */
type Written = number | string

/** What may be absent. */
type Maybe<T> = T | null | undefined
";

/// The longest line that prettier leaves as it is here.
const WIDTH: usize = 100;
