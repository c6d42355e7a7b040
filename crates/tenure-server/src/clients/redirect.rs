//! Which redirect URI is a client's (RFC 9700 §4.1.3, RFC 8252 §7.3).

/// Whether `given` is `registered`: the same characters, but any port on a loopback host.
pub(crate) fn matches(registered: &str, given: &str) -> bool {
    if registered == given {
        return true;
    }
    match (loopback(registered), loopback(given)) {
        (Some(registered), Some(given)) => registered == given,
        _ => false,
    }
}

/// A loopback URI as its host and what follows the port.
fn loopback(uri: &str) -> Option<(&'static str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let (host, rest) = HOSTS
        .iter()
        .find_map(|host| Some((*host, rest.strip_prefix(host)?)))?;
    let path = match rest.strip_prefix(':') {
        None => rest,
        Some(rest) => {
            let digits = rest.find('/').unwrap_or(rest.len());
            let port: u16 = rest.get(..digits)?.parse().ok()?;
            // One spelling alone: no sign, no leading zero.
            if port.to_string().len() != digits {
                return None;
            }
            rest.get(digits..)?
        }
    };
    (path.is_empty() || path.starts_with('/')).then_some((host, path))
}

/// The origin of a URI, as a browser would send it in `Origin`; `None` if it has none.
pub(crate) fn origin(uri: &str) -> Option<String> {
    let origin = url::Url::parse(uri).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

/// Whether an `Origin` is a page of this machine itself.
pub(crate) fn is_loopback_origin(origin: &str) -> bool {
    let Some(rest) = origin.strip_prefix("http://") else {
        return false;
    };
    HOSTS.iter().any(|host| {
        rest.strip_prefix(host).is_some_and(|port| {
            port.is_empty()
                || port
                    .strip_prefix(':')
                    .is_some_and(|p| p.parse::<u16>().is_ok())
        })
    })
}

const HOSTS: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];

#[cfg(test)]
mod tests {
    use super::*;

    // Norm 1: exact match, the port of a loopback host excepted.
    #[test]
    fn one_different_character_is_a_different_uri() {
        let web = "https://app.example.com/callback";
        let native = "http://127.0.0.1/callback";
        let cases = [
            (web, web, true),
            (web, "https://app.example.com/callback/", false),
            (web, "https://app.example.com/Callback", false),
            (web, "https://app.example.com:443/callback", false),
            (web, "https://app.example.com:444/callback", false),
            (web, "https://app.example.com/callback?x=1", false),
            (web, "https://app.example.com/callback#", false),
            (web, "http://app.example.com/callback", false),
            (native, native, true),
            (native, "http://127.0.0.1:49152/callback", true),
            (native, "http://127.0.0.1:65536/callback", false),
            (native, "http://127.0.0.1:/callback", false),
            (native, "http://127.0.0.1:080/callback", false),
            (native, "http://127.0.0.1:+80/callback", false),
            (native, "http://127.0.0.1:80/callback2", false),
            (native, "http://127.0.0.1:80/callbac", false),
            (native, "http://127.0.0.1:80@evil.example/callback", false),
            (native, "http://127.0.0.1.evil.example/callback", false),
            (native, "http://127.0.0.2/callback", false),
            (native, "http://localhost/callback", false),
            (native, "https://127.0.0.1/callback", false),
            (native, "http://127.0.0.1:80", false),
            ("http://127.0.0.1", "http://127.0.0.1:80", true),
            ("http://127.0.0.1", "http://127.0.0.1:80/", false),
            ("http://127.0.0.1", "http://127.0.0.1.evil.example", false),
            (
                "http://127.0.0.1",
                "http://127.0.0.1:80@evil.example",
                false,
            ),
            ("http://127.0.0.1", "http://127.0.0.1:80?x=1", false),
            ("http://127.0.0.1", "http://127.0.0.1?x=1", false),
            ("http://127.0.0.1", "http://127.0.0.1:", false),
            ("http://[::1]/callback", "http://[::1]:8080/callback", true),
            (
                "http://localhost/callback",
                "http://localhost:1/callback",
                true,
            ),
            (
                "http://localhost/callback",
                "http://localhost:1/../callback",
                false,
            ),
        ];
        for (registered, given, expected) in cases {
            assert_eq!(matches(registered, given), expected, "{registered} {given}");
        }
    }

    #[test]
    fn only_pages_of_this_machine_have_a_loopback_origin() {
        assert!(is_loopback_origin("http://localhost:5173"));
        assert!(is_loopback_origin("http://[::1]"));
        assert!(!is_loopback_origin("http://localhost.evil.example"));
        assert!(!is_loopback_origin("http://127.0.0.1:evil"));
        assert!(!is_loopback_origin("null"));
    }
}
