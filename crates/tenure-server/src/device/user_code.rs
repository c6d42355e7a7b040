use crate::digest::random;

/// What a person reads on one device and enters on another: eight letters of twenty, which no
/// vowel makes a word and which look like nothing else (RFC 8628 §6.1).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct UserCode(String);

impl UserCode {
    pub(crate) fn draw() -> Self {
        let mut letters = String::with_capacity(LENGTH);
        while letters.len() < LENGTH {
            // Bytes that would make some letters likelier are thrown away.
            let fair = random::<16>()
                .into_iter()
                .map(usize::from)
                .filter(|byte| *byte < 256 / LETTERS.len() * LETTERS.len());
            let drawn = fair.map(|byte| char::from(LETTERS[byte % LETTERS.len()]));
            letters.extend(drawn.take(LENGTH - letters.len()));
        }
        Self(letters)
    }

    /// Reads what a person typed, in any case, with or without the dash.
    pub(crate) fn read(typed: &str) -> Option<Self> {
        let letters: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase())
            .take(LENGTH + 1)
            .collect();
        let right = letters.len() == LENGTH && letters.bytes().all(|c| LETTERS.contains(&c));
        right.then_some(Self(letters))
    }

    pub(super) fn letters(&self) -> &str {
        &self.0
    }

    /// As a device shows it.
    pub(crate) fn shown(&self) -> String {
        let (left, right) = self.0.split_at(LENGTH / 2);
        format!("{left}-{right}")
    }
}

impl std::fmt::Debug for UserCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UserCode(…)")
    }
}

const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LENGTH: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for typed in ["BCDF-GHJK", "bcdfghjk", " bcdf - ghjk ", "b-c-d-f-g-h-j-k"] {
            let code = UserCode::read(typed).unwrap();
            assert_eq!(code.shown(), "BCDF-GHJK", "{typed}");
        }
        for typed in [
            "",
            "BCDF-GHJ",
            "BCDF-GHJKL",
            "ACDF-GHJK",
            "BCDF-GHJ1",
            "ÄÄÄÄ",
        ] {
            assert_eq!(UserCode::read(typed), None, "{typed}");
        }
    }

    #[test]
    fn every_letter_is_drawn_and_every_code_is_read_back() {
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..200 {
            let code = UserCode::draw();
            seen.extend(code.letters().bytes());
            assert_eq!(UserCode::read(&code.shown()), Some(code));
        }
        assert_eq!(seen.len(), LETTERS.len());
    }
}
