//! From which pages an entry may be read.

use serde::{Deserialize, Serialize};
use url::Url;

/// What a request may say about it, and what a row keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Readers {
    /// Any page, and programs, too.
    Anyone,
    /// Programs alone, which name no origin.
    Programs,
    /// Pages of this origin alone.
    Origin(String),
}

/// `allowedOrigin` as it is sent.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Asked {
    Own(bool),
    Named(String),
}

impl Readers {
    /// What is meant, said by a request from `own`; `None` for what no page's origin can equal.
    pub(super) fn of(asked: Option<&Asked>, own: Option<&str>) -> Option<Self> {
        match asked {
            None | Some(Asked::Own(false)) => Some(Self::Anyone),
            Some(Asked::Own(true)) => match own {
                None => Some(Self::Programs),
                Some(own) => is_origin(own).then(|| Self::Origin(own.to_owned())),
            },
            Some(Asked::Named(named)) if named == "*" => Some(Self::Anyone),
            Some(Asked::Named(named)) => is_origin(named).then(|| Self::Origin(named.clone())),
        }
    }

    /// Whether a request with this `Origin` header may read.
    pub(super) fn include(&self, origin: Option<&str>) -> bool {
        match self {
            Self::Anyone => true,
            Self::Programs => origin.is_none(),
            Self::Origin(allowed) => origin == Some(allowed.as_str()),
        }
    }
}

/// Whether a text is an origin as browsers write it (RFC 6454 §6.2), and not `null`.
fn is_origin(text: &str) -> bool {
    let written = Url::parse(text).map(|url| url.origin());
    written.is_ok_and(|origin| origin.is_tuple() && origin.ascii_serialization() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "https://a.example";

    fn named(text: &str) -> Option<Asked> {
        Some(Asked::Named(text.to_owned()))
    }

    #[test]
    fn who_may_read_is_what_the_service_of_the_original_does() {
        let of = |asked: Option<Asked>, own| Readers::of(asked.as_ref(), own).unwrap();
        for (readers, allowed, refused) in [
            (of(None, Some(A)), &[None, Some("https://b")][..], &[][..]),
            (of(named("*"), None), &[None, Some(A)], &[]),
            (
                of(Some(Asked::Own(false)), Some(A)),
                &[None, Some("null")],
                &[],
            ),
            (
                of(named(A), Some("https://b")),
                &[Some(A)],
                &[None, Some("https://b"), Some("null")],
            ),
            (
                of(Some(Asked::Own(true)), Some(A)),
                &[Some(A)],
                &[None, Some("https://a.example:8443")],
            ),
            (
                of(Some(Asked::Own(true)), None),
                &[None],
                &[Some(A), Some("null")],
            ),
        ] {
            assert!(
                allowed.iter().all(|origin| readers.include(*origin)),
                "{readers:?}"
            );
            assert!(
                !refused.iter().any(|origin| readers.include(*origin)),
                "{readers:?}"
            );
        }
    }

    #[test]
    fn what_no_page_can_have_as_its_origin_is_refused() {
        for bad in [
            "",
            "null",
            "a.example",
            "https://a.example/",
            "https://A.example",
            "https://a.example:443",
            "https://a.example/path",
            "file:///tmp",
            "https://",
        ] {
            assert_eq!(Readers::of(named(bad).as_ref(), None), None, "{bad}");
        }
        assert_eq!(Readers::of(Some(&Asked::Own(true)), Some("null")), None);
        for good in [A, "http://localhost:3000", "https://xn--bcher-kva.example"] {
            assert!(Readers::of(named(good).as_ref(), None).is_some(), "{good}");
        }
    }
}
