//! The form of a message: fields with a NUL between them.

use alloc::{string::String, vec::Vec};
use core::time::Duration;

use tenure_core::{holder::Binding, time::Timestamp};

/// Takes a message apart, field by field. What is wrong is remembered and told by
/// [`Reader::end`], so that reading itself has one way only; that keeps the module small.
pub(crate) struct Reader<'a> {
    fields: core::str::Split<'a, char>,
    wrong: Option<&'static str>,
}

/// The message is not what it should be: a mistake of the caller, told by the field's name.
pub(crate) type Read<T> = Result<T, &'static str>;

impl<'a> Reader<'a> {
    pub(crate) fn new(message: &'a str) -> Self {
        Self {
            fields: message.split('\0'),
            wrong: None,
        }
    }

    /// A field that is always there; it may be empty.
    #[inline(never)]
    pub(crate) fn raw(&mut self, name: &'static str) -> &'a str {
        let field = self.fields.next();
        if field.is_none() {
            self.wrong(name);
        }
        field.unwrap_or_default()
    }

    #[inline(never)]
    pub(crate) fn text(&mut self, name: &'static str) -> &'a str {
        let text = self.raw(name);
        if text.is_empty() {
            self.wrong(name);
        }
        text
    }

    #[inline(never)]
    pub(crate) fn optional(&mut self) -> Option<&'a str> {
        Some(self.raw("too few fields")).filter(|text| !text.is_empty())
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.optional().is_some()
    }

    #[inline(never)]
    pub(crate) fn optional_signed(&mut self, name: &'static str) -> Option<i64> {
        let number = self.optional()?.parse().ok();
        if number.is_none() {
            self.wrong(name);
        }
        number
    }

    #[inline(never)]
    pub(crate) fn signed(&mut self, name: &'static str) -> i64 {
        let number = self.optional_signed(name);
        if number.is_none() {
            self.wrong(name);
        }
        number.unwrap_or_default()
    }

    pub(crate) fn number(&mut self, name: &'static str) -> u64 {
        self.signed(name).unsigned_abs()
    }

    pub(crate) fn optional_number(&mut self, name: &'static str) -> Option<u64> {
        self.optional_signed(name).map(i64::unsigned_abs)
    }

    pub(crate) fn millis(&mut self, name: &'static str) -> Option<Duration> {
        self.optional_number(name).map(Duration::from_millis)
    }

    pub(crate) fn time(&mut self, name: &'static str) -> Timestamp {
        Timestamp::from_millis(self.signed(name))
    }

    pub(crate) fn optional_time(&mut self, name: &'static str) -> Option<Timestamp> {
        self.optional_signed(name).map(Timestamp::from_millis)
    }

    pub(crate) fn rest(&mut self) -> Vec<&'a str> {
        self.fields.by_ref().collect()
    }

    /// Remembers the first thing that is wrong.
    pub(crate) fn wrong(&mut self, name: &'static str) {
        self.wrong.get_or_insert(name);
    }

    pub(crate) const fn is_wrong(&self) -> bool {
        self.wrong.is_some()
    }

    /// Nothing may follow: a field with a NUL in it would have made more of them.
    #[inline(never)]
    pub(crate) fn end(&mut self) -> Read<()> {
        if self.fields.next().is_some() {
            self.wrong("too many fields");
        }
        self.wrong.map_or(Ok(()), Err)
    }
}

/// Puts a message together.
#[derive(Debug)]
pub(crate) struct Writer(String);

impl Writer {
    pub(crate) fn new(name: &str) -> Self {
        Self(String::from(name))
    }

    #[inline(never)]
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.0.push('\0');
        self.0.push_str(text);
        self
    }

    pub(crate) fn optional(self, text: Option<&str>) -> Self {
        self.text(text.unwrap_or_default())
    }

    pub(crate) fn number(self, number: u64) -> Self {
        self.time(Timestamp::from_millis(
            i64::try_from(number).unwrap_or(i64::MAX),
        ))
    }

    pub(crate) fn span(self, span: Duration) -> Self {
        self.number(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
    }

    pub(crate) fn time(self, at: Timestamp) -> Self {
        self.text(&decimal(at.as_millis()))
    }

    pub(crate) fn optional_time(self, at: Option<Timestamp>) -> Self {
        match at {
            Some(at) => self.time(at),
            None => self.text(""),
        }
    }

    pub(crate) fn pair(self, pair: Option<&Binding>) -> Self {
        // Two fields: what stands between them is what stands between fields.
        self.text(pair.map_or("\0", Binding::as_str))
    }

    pub(crate) fn flag(self, flag: bool) -> Self {
        self.text(if flag { "1" } else { "" })
    }

    pub(crate) fn done(self) -> String {
        self.0
    }
}

/// A number in decimal digits. What formats numbers in `core` and in `itoa` brings its panics and
/// their texts along, which are half a kilobyte of every page.
fn decimal(number: i64) -> String {
    let mut rest = number.unsigned_abs();
    let mut backwards = Vec::new();
    loop {
        let digit = u8::try_from(rest % 10).unwrap_or_default();
        backwards.push(char::from(b'0' + digit));
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        backwards.push('-');
    }
    backwards.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_everywhere() {
        for number in [0, 7, 10, -1, 1_792_567_680_000, i64::MAX, i64::MIN] {
            assert_eq!(decimal(number), number.to_string());
        }
    }
}
