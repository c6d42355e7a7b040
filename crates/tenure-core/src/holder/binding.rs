use alloc::{boxed::Box, string::String};

/// Whose a session is: the issuer that granted its tokens, and the client it granted them to.
/// Only that pair uses, refreshes or revokes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding(
    /// Both, with a NUL between them: neither can hold one.
    Box<str>,
);

impl Binding {
    /// Names the pair: the issuer identifier (RFC 8414 §2) and the `client_id`, compared as they
    /// are written. Only the slash after an address without a path is left out: some parsers of
    /// addresses add it, and the issuer is the same.
    #[must_use]
    pub fn new(issuer: &str, client_id: &str) -> Self {
        let without = issuer.strip_suffix('/').filter(|rest| {
            // Those of `https://` alone.
            rest.bytes().filter(|byte| *byte == b'/').count() == 2
        });
        let mut pair = String::from(without.unwrap_or(issuer));
        pair.push('\0');
        pair.push_str(client_id);
        Self(pair.into_boxed_str())
    }

    /// The issuer.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.parts().0
    }

    /// The client.
    #[must_use]
    pub fn client_id(&self) -> &str {
        self.parts().1
    }

    /// Both, with a NUL between them.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parts(&self) -> (&str, &str) {
        self.0.split_once('\0').unwrap_or_default()
    }
}

/// Whose a stored session is that does not name its pair: versions before the pair was stored
/// wrote such.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum Unnamed {
    /// Ours: it is adopted, and names the pair from its next write on.
    #[default]
    Ours,
    /// That of this pair, if it is known.
    Of(Option<Binding>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_without_a_path_is_the_same_with_and_without_a_slash_and_no_other_is() {
        let same = |one, other| Binding::new(one, "c") == Binding::new(other, "c");
        assert!(same("https://id.example/", "https://id.example"));
        assert!(!same("https://id.example/a/", "https://id.example/a"));
        assert!(!same("https://id.example", "https://id.example.org"));
        assert!(!same("https://id.example", "https://ID.example"));
        assert!(!same("https://id.example", "http://id.example"));
        assert_ne!(
            Binding::new("https://id.example", "a"),
            Binding::new("https://id.example", "b")
        );
    }
}
