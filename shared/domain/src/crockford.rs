//! Crockford's base 32: the digits of ids and ticket numbers, which people read out on the phone.

const DIGITS: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N', 'P',
    'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// Writes the bytes as upper-case digits, five bits each, the last one padded with zeros.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0u32, 0u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.extend(digit(held >> bits));
        }
    }
    if bits > 0 {
        text.extend(digit(held << (5 - bits)));
    }
    text
}

fn digit(value: u32) -> Option<char> {
    usize::try_from(value & 31).ok().and_then(|at| DIGITS.get(at).copied())
}

/// The digit a person meant by this letter: case is ignored, `I` and `L` are 1, `O` is 0.
pub(crate) fn canonical(letter: char) -> Option<char> {
    let upper = letter.to_ascii_uppercase();
    let digit = match upper {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    DIGITS.contains(&digit).then_some(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_bytes_are_eight_digits() {
        assert_eq!(encode(&[0xff; 5]), "ZZZZZZZZ");
        assert_eq!(encode(&[0, 0, 0, 0, 1]), "00000001");
        assert_eq!(encode(&[0xff; 16]).len(), 26);
    }

    #[test]
    fn letters_that_look_like_digits_are_read_as_digits() {
        assert_eq!(canonical('o'), Some('0'));
        assert_eq!(canonical('L'), Some('1'));
        assert_eq!(canonical('u'), None);
    }
}
