//! Places in an application, as links and stored logins name them.

use alloc::vec::Vec;

/// Whether this is a path that stays on its origin, for every reader: browsers take `/\\` for `//`
/// and drop tabs and line ends, routers decode what is percent-encoded and take dots out.
pub(crate) fn is_local_path(place: &str) -> bool {
    if !place.starts_with('/') || place.bytes().any(|byte| byte.is_ascii_control()) {
        return false;
    }
    let path = place.split(['?', '#']).next().unwrap_or_default();
    let path = decoded(path.as_bytes());
    if path
        .iter()
        .any(|byte| byte.is_ascii_control() || *byte == b'\\')
    {
        return false;
    }
    let mut left: Vec<&[u8]> = Vec::new();
    for segment in path.split(|byte| *byte == b'/').skip(1) {
        match segment {
            b"." => {}
            b".." => drop(left.pop()),
            segment => left.push(segment),
        }
    }
    left.len() < 2 || !left[0].is_empty()
}

/// Percent-decodes once; what is no escape stays.
fn decoded(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = path;
    while let [first, more @ ..] = rest {
        let escape = match more {
            [high, low, ..] if *first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escape {
            Some((high, low)) => {
                out.push(high << 4 | low);
                rest = &more[2..];
            }
            None => {
                out.push(*first);
                rest = more;
            }
        }
    }
    out
}

const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_this_origin_is_told_from_everything_that_leads_elsewhere() {
        let local = [
            "/",
            "/?x=//y",
            "/#//y",
            "/orders/7?tab=items#last",
            "/a//b",
            "/search?q=a\\b",
            "/%41%zz%",
            "/\u{fc}ber",
            "/a%2Fb",
            "/a/../b",
            "/..",
            "/.",
        ];
        for place in local {
            assert!(is_local_path(place), "{place:?}");
        }
        let elsewhere = [
            "",
            "orders",
            "?x=1",
            "//evil.example/x",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            " /x",
            "/\t/evil.example",
            "/\n//evil.example",
            "/a\0b",
            "/x?q=\r\n",
            "/%09/evil.example",
            "/%2Fevil.example",
            "/%2f%2fevil.example",
            "/%5cevil.example",
            "/%00",
            "/.//evil.example",
            "/..//evil.example",
            "/%2e//evil.example",
            "/a/..//evil.example",
            "/a/%2e%2E//evil.example",
            "/a\\b",
        ];
        for place in elsewhere {
            assert!(!is_local_path(place), "{place:?}");
        }
    }
}
