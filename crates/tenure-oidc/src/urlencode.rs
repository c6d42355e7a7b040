//! Query strings, written; never parsed.

use alloc::string::String;

/// Appends `name=value` pairs to an address that may already have a query.
pub(crate) fn with_query<'a>(
    address: &str,
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut url = String::from(address);
    let mut mark = if address.contains('?') { '&' } else { '?' };
    for (name, value) in pairs {
        url.push(mark);
        encode(name, &mut url);
        url.push('=');
        encode(value, &mut url);
        mark = '&';
    }
    url
}

/// The same pairs as the body of a form.
pub(crate) fn form<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut body = String::new();
    for (name, value) in pairs {
        if !body.is_empty() {
            body.push('&');
        }
        encode(name, &mut body);
        body.push('=');
        encode(value, &mut body);
    }
    body
}

/// Percent-encodes everything but the unreserved characters of RFC 3986 §2.3.
fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

const HEX: [u8; 16] = *b"0123456789ABCDEF";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_start_another_parameter() {
        let cases = [
            (
                "https://a.example/x",
                "https://a.example/x?k=a%26b%3Dc%23%20%2B%C3%A9",
            ),
            (
                "https://a.example/x?p=1",
                "https://a.example/x?p=1&k=a%26b%3Dc%23%20%2B%C3%A9",
            ),
        ];
        for (address, url) in cases {
            assert_eq!(with_query(address, [("k", "a&b=c# +é")]), url);
        }
    }
}
