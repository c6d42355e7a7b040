//! From which pages an entry may be read.

use serde::Deserialize;
use tenure_wire::sealed::Readers;
use url::Url;

/// `allowedOrigin` as it is sent.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Asked {
    Own(bool),
    Named(String),
}

/// Who is meant by a request from `own`; `None` for what no page's origin can equal.
pub(super) fn readers(asked: Option<&Asked>, own: Option<&str>) -> Option<Readers> {
    match asked {
        None | Some(Asked::Own(false)) => Some(Readers::Anyone),
        Some(Asked::Own(true)) => match own {
            None => Some(Readers::Programs),
            Some(own) => is_origin(own).then(|| Readers::Origin(own.to_owned())),
        },
        Some(Asked::Named(named)) if named == "*" => Some(Readers::Anyone),
        Some(Asked::Named(named)) => is_origin(named).then(|| Readers::Origin(named.clone())),
    }
}

/// Whether a request with this `Origin` header is one of theirs.
pub(super) fn may_read(readers: &Readers, origin: Option<&str>) -> bool {
    match readers {
        Readers::Anyone => true,
        Readers::Programs => origin.is_none(),
        Readers::Origin(allowed) => origin == Some(allowed.as_str()),
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
        let of = |asked: Option<Asked>, own| readers(asked.as_ref(), own).unwrap();
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
                allowed.iter().all(|origin| may_read(&readers, *origin)),
                "{readers:?}"
            );
            assert!(
                !refused.iter().any(|origin| may_read(&readers, *origin)),
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
            assert_eq!(readers(named(bad).as_ref(), None), None, "{bad}");
        }
        assert_eq!(readers(Some(&Asked::Own(true)), Some("null")), None);
        for good in [A, "http://localhost:3000", "https://xn--bcher-kva.example"] {
            assert!(readers(named(good).as_ref(), None).is_some(), "{good}");
        }
    }
}
