mod values;

use std::{
    collections::BTreeSet,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use tenure_core::holder::{Binding, Generation, Input, LoadOp, Output, SaveOp};

use self::values::{active, outputs, signed_out, snapshots};
use super::*;
use crate::{config, input, output, protocol};

#[test]
fn the_types_of_the_package_are_these() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../packages/client/src/messages.ts"
    );
    let kept = std::fs::read_to_string(path).unwrap();
    assert!(
        kept == typescript(),
        "packages/client/src/messages.ts is not what the messages are: run `cargo xtask packages`"
    );
}

#[test]
fn every_input_is_read_with_all_its_fields_and_with_no_other_number_of_them() {
    let mut names = BTreeSet::new();
    for form in forms(&INPUT) {
        for sample in samples(&form) {
            let read = input::read(&sample.join("\0")).unwrap();
            assert_eq!(name_of(&read), sample[0], "{sample:?}");
            let name = sample[0].clone();
            refused(|message| input::read(message).err(), &form, &sample);
            names.insert(name);
        }
    }
    assert_eq!(names.len(), 16, "{names:?}");
}

#[test]
fn a_configuration_is_read_with_all_its_fields_and_with_no_other_number_of_them() {
    for form in forms(&CONFIGURATION) {
        let known = ["source", "renewal", "failure"];
        let empty = |part: &Part| {
            let is_word = known.contains(&label(*part));
            if is_word { String::new() } else { one(*part) }
        };
        let sample: Vec<_> = form.iter().map(empty).collect();
        assert!(config::read(&sample.join("\0")).is_ok(), "{sample:?}");
        refused(|message| config::read(message).err(), &form, &sample);
    }
}

#[test]
fn every_question_is_read_with_all_its_fields_and_with_no_other_number_of_them() {
    let ask = |message: &str| protocol::answer(message).map(drop);
    let mut names = BTreeSet::new();
    for mut form in forms(&QUESTION) {
        let rest = form.pop_if(|part| matches!(part, Part::Rest(_)));
        for sample in samples(&form) {
            // The least that may stand there.
            let rest: &[&str] = match rest.map(label) {
                Some("records" | "records_and_parameters") => &["0"],
                Some("claims") if sample.ends_with(&["1".to_string()]) => &["m", "0", "m", "0"],
                Some("claims") => &["m", "0"],
                _ => &[],
            };
            let fields = sample.iter().map(String::as_str);
            let whole: Vec<_> = fields.chain(rest.iter().copied()).collect();
            assert_eq!(ask(&whole.join("\0")), Ok(()), "{whole:?}");
            names.insert(sample[0].clone());
            if rest.is_empty() && !OPEN.contains(&sample[0].as_str()) {
                refused(|message| ask(message).err(), &form, &sample);
            } else if sample.len() > 1 {
                let less = ask(&sample[..sample.len() - 1].join("\0"));
                assert!(less.is_err(), "{sample:?}");
            }
        }
    }
    assert_eq!(names.len(), 14, "{names:?}");
}

/// Questions after whose last field others may follow, or nothing is looked at.
const OPEN: [&str; 3] = ["allow_redirect", "callback", "callback_names"];

#[test]
fn every_output_has_the_fields_that_its_type_says() {
    let mut unused = forms(&OUTPUT);
    let foreign = Binding::new("https://other.example", "c");
    for (output, name) in outputs() {
        let written = output::message(&output, Some(&foreign));
        let fields: Vec<_> = written.split('\0').collect();
        assert_eq!(fields[0], name);
        let form = forms(&OUTPUT)
            .into_iter()
            .find(|form| fits(form, &fields))
            .unwrap_or_else(|| panic!("no type for {fields:?}"));
        unused.retain(|other| *other != form);
    }
    assert_eq!(unused, Vec::<Vec<Part>>::new(), "no output is like this");
}

#[test]
fn every_snapshot_has_the_fields_that_its_type_says() {
    let mut unused = forms(&SNAPSHOT);
    for snapshot in snapshots() {
        let written = output::snapshot(&snapshot);
        let fields: Vec<_> = written.split('\0').collect();
        let form = forms(&SNAPSHOT)
            .into_iter()
            .find(|form| fits(form, &fields))
            .unwrap_or_else(|| panic!("no type for {fields:?}"));
        unused.retain(|other| *other != form);
    }
    assert_eq!(unused, Vec::<Vec<Part>>::new(), "no snapshot is like this");
}

#[test]
fn what_is_stored_is_read_as_it_was_written() {
    for stored in [active(), signed_out()] {
        let output = Output::Save {
            op: SaveOp(1),
            replaces: Generation::NONE,
            value: stored.clone(),
        };
        let written = output::message(&output, None);
        let (_, fields) = written.split_once("save\u{0}1\u{0}0\u{0}").unwrap();
        let message = ["loaded", "1", "found", fields].join("\0");
        let Input::Loaded { op, result } = input::read(&message).unwrap() else {
            panic!("{message:?}");
        };
        assert_eq!((op, result), (LoadOp(1), Ok(Some(stored))));
    }
}

/// A message that lacks its last field, has one more, or a field that is not of its kind.
fn refused(read: impl Fn(&str) -> Option<&'static str>, form: &[Part], sample: &[String]) {
    let (last, all_but_last) = sample.split_last().unwrap();
    if !all_but_last.is_empty() {
        let told = read(&all_but_last.join("\0")).unwrap();
        let known = [label(*form.last().unwrap()), "too few fields"];
        assert!(known.contains(&told), "{told} without {last:?}");
    }
    let longer = [sample, &[String::new()]].concat();
    assert_eq!(read(&longer.join("\0")), Some("too many fields"));
    for (at, part) in form.iter().enumerate() {
        for wrong in wrong(*part) {
            let mut changed = sample.to_vec();
            changed[at] = (*wrong).to_string();
            let told = read(&changed.join("\0"));
            assert_eq!(told, Some(label(*part)), "{changed:?}");
        }
    }
}

/// What must not stand at this place.
fn wrong(part: Part) -> &'static [&'static str] {
    match part {
        Part::Word(..) | Part::OneOf(..) => &["", "unheard of"],
        Part::Number(_) => &["", "x", "1.5", "99999999999999999999", " 1"],
        Part::MaybeNumber(_) => &["x", "1.5", "99999999999999999999", " 1"],
        Part::Text(_) => &[""],
        Part::MaybeText(_) | Part::Flag(_) | Part::All(..) | Part::Rest(_) => &[],
    }
}

fn label(part: Part) -> &'static str {
    match part {
        Part::Word(label, _)
        | Part::OneOf(label, _)
        | Part::Text(label)
        | Part::MaybeText(label)
        | Part::Number(label)
        | Part::MaybeNumber(label)
        | Part::Flag(label)
        | Part::Rest(label)
        | Part::All(label, _) => label,
    }
}

/// All forms of a shape, with nothing in them but single fields.
fn forms(shape: &Shape) -> Vec<Vec<Part>> {
    let mut all = Vec::new();
    for form in shape.forms {
        let mut begun = vec![Vec::new()];
        for part in *form {
            let ends = match part {
                Part::All(_, inner) => forms(inner),
                Part::Word(..)
                | Part::OneOf(..)
                | Part::Text(_)
                | Part::MaybeText(_)
                | Part::Number(_)
                | Part::MaybeNumber(_)
                | Part::Rest(_)
                | Part::Flag(_) => vec![vec![*part]],
            };
            begun = begun
                .iter()
                .flat_map(|head| ends.iter().map(|end| [&head[..], end].concat()))
                .collect();
        }
        all.extend(begun);
    }
    all
}

/// Messages of this form: one for each of its words, and one in which what may be absent is.
fn samples(form: &[Part]) -> Vec<Vec<String>> {
    let usual: Vec<_> = form.iter().map(|part| one(*part)).collect();
    let mut all = vec![usual.clone()];
    for (at, part) in form.iter().enumerate() {
        let others: Vec<&str> = match part {
            Part::Word(_, words) => words.to_vec(),
            Part::OneOf(_, words) => words.words.to_vec(),
            Part::MaybeText(_) | Part::MaybeNumber(_) | Part::Flag(_) => vec![""],
            Part::Text(_) | Part::Number(_) | Part::All(..) | Part::Rest(_) => vec![],
        };
        for other in others {
            let mut sample = usual.clone();
            sample[at] = other.to_string();
            all.push(sample);
        }
    }
    all
}

fn one(part: Part) -> String {
    match part {
        Part::Word(_, words) => words[0].to_string(),
        Part::OneOf(_, words) => words.words[0].to_string(),
        Part::Text(label) | Part::MaybeText(label) | Part::Rest(label) | Part::All(label, _) => {
            label.to_string()
        }
        Part::Number(_) | Part::MaybeNumber(_) => "7".to_string(),
        Part::Flag(_) => "1".to_string(),
    }
}

fn fits(form: &[Part], fields: &[&str]) -> bool {
    let is = |part: &Part, field: &str| match part {
        Part::Word(_, words) => words.contains(&field),
        Part::OneOf(_, words) => words.words.contains(&field),
        Part::Text(_) => !field.is_empty(),
        Part::MaybeText(_) => true,
        Part::Number(_) => field.parse::<i64>().is_ok(),
        Part::MaybeNumber(_) => field.is_empty() || field.parse::<i64>().is_ok(),
        Part::Flag(_) => field.is_empty() || field == "1",
        Part::All(..) | Part::Rest(_) => false,
    };
    form.len() == fields.len() && form.iter().zip(fields).all(|(part, field)| is(part, field))
}

/// The name of every input: a new one has none until it is written here.
fn name_of(input: &Input) -> &'static str {
    match input {
        Input::Opened => "opened",
        Input::Loaded { .. } => "loaded",
        Input::PeerChanged => "peer_changed",
        Input::TokenWanted { .. } => "token_wanted",
        Input::SignedIn { .. } => "signed_in",
        Input::SignOutWanted { .. } => "sign_out_wanted",
        Input::LockGranted { .. } => "lock_granted",
        Input::LockRefused { .. } => "lock_refused",
        Input::LockLost { .. } => "lock_lost",
        Input::Exchanged { .. } => "exchanged",
        Input::Saved { .. } => "saved",
        Input::UserActive => "user_active",
        Input::Hidden => "hidden",
        Input::WokeUp => "woke_up",
        Input::Online => "online",
        Input::Elapsed => "elapsed",
    }
}
