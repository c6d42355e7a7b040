use alloc::{string::String, vec::Vec};

/// Reads hexadecimal digits of either case, after `0x` or without it; `None` for anything else,
/// an odd number of digits included.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = without_prefix(text).as_bytes();
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs
        .map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.last()?)?))
        .collect()
}

/// Reads exactly `N` bytes.
#[cfg(feature = "sealed")]
pub(crate) fn decode_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    decode(text)?.try_into().ok()
}

/// Reads a number of at most `N` bytes; missing digits on the left are zeros.
pub(crate) fn decode_number<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = without_prefix(text).as_bytes();
    if digits.is_empty() || digits.len() > 2 * N {
        return None;
    }
    let mut number = [0; N];
    for (place, &character) in digits.iter().rev().enumerate() {
        let byte = number.get_mut(N - 1 - place / 2)?;
        *byte |= digit(character)? << (4 * (place % 2));
    }
    Some(number)
}

/// Writes lower-case digits.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let digits = |byte: &u8| [character(byte >> 4), character(byte & 15)];
    bytes.iter().flat_map(digits).collect()
}

fn without_prefix(text: &str) -> &str {
    text.strip_prefix("0x").unwrap_or(text)
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        b'A'..=b'F' => Some(character - b'A' + 10),
        _ => None,
    }
}

fn character(nibble: u8) -> char {
    char::from(if nibble < 10 {
        b'0' + nibble
    } else {
        b'a' + nibble - 10
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_either_case_are_read_and_lower_ones_written() {
        assert_eq!(decode("0x00fF").as_deref(), Some(&[0, 255][..]));
        assert_eq!(decode("").as_deref(), Some(&[][..]));
        assert_eq!(encode(&[0, 255, 0x1a]), "00ff1a");
        for bad in ["0", "0x0", "0g", "0x0x00", " 00", "é0"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_short_number_is_padded_on_the_left() {
        assert_eq!(decode_number::<2>("0xabc"), Some([0x0a, 0xbc]));
        assert_eq!(decode_number::<2>("7"), Some([0, 7]));
        for bad in ["", "0x", "12345", "x"] {
            assert_eq!(decode_number::<2>(bad), None, "{bad}");
        }
    }
}
