//! Places in an application, as links and stored logins name them.

/// Whether this is a path that stays on its origin, for every reader: browsers take `/\\` for `//`
/// and drop tabs and line ends, routers decode what is percent-encoded and take dots out. What
/// doubles a slash and has a segment that begins with a dot is refused, too: without the dots it
/// might begin with two slashes.
pub(crate) fn is_local_path(place: &str) -> bool {
    if !place.starts_with('/') || place.bytes().any(|byte| byte.is_ascii_control()) {
        return false;
    }
    let path = place.split(['?', '#']).next().unwrap_or_default();
    let mut rest = path.as_bytes();
    let (mut before, mut at_start) = (b' ', true);
    let (mut doubled, mut dotted) = (false, false);
    while let [first, more @ ..] = rest {
        let (byte, more) = match more {
            [high, low, more @ ..] if *first == b'%' => (hex(*high) << 4 | hex(*low), more),
            more => (*first, more),
        };
        if byte.is_ascii_control() || byte == b'\\' {
            return false;
        }
        if before == b'/' {
            if byte == b'/' && at_start {
                return false;
            }
            doubled |= byte == b'/';
            dotted |= byte == b'.';
            at_start = false;
        }
        before = byte;
        rest = more;
    }
    !(doubled && dotted)
}

/// What is no digit counts as 15: such an escape means nothing to anybody.
fn hex(digit: u8) -> u8 {
    char::from(digit)
        .to_digit(16)
        .map_or(15, |digit| digit.to_le_bytes()[0])
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
