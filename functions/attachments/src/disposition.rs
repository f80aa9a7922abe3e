//! How a browser is told what to do with a file, and what to call it (RFC 6266, RFC 8187).

use std::fmt::Write;

use domain::file::name::FileName;

/// What a browser does with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// Saves it.
    Attachment,
    /// Shows it.
    Inline,
}

impl Disposition {
    /// The value of `Content-Disposition`: a plain name for old browsers, the real one for all others. Whatever a name
    /// holds, it is one header.
    pub(crate) fn of(self, name: &FileName) -> String {
        let kind = match self {
            Self::Attachment => "attachment",
            Self::Inline => "inline",
        };
        format!("{kind}; filename=\"{}\"; filename*=UTF-8''{}", plain(name.as_str()), encoded(name.as_str()))
    }
}

/// Letters that nothing mistakes for anything else.
fn plain(name: &str) -> String {
    let harmless = |letter: char| letter.is_ascii_alphanumeric() || "._- ".contains(letter);
    name.chars().map(|letter| if harmless(letter) { letter } else { '_' }).collect()
}

fn encoded(name: &str) -> String {
    let mut encoded = String::new();
    for byte in name.bytes() {
        let outcome = if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.write_char(char::from(byte))
        } else {
            write!(encoded, "%{byte:02X}")
        };
        debug_assert!(outcome.is_ok(), "a string takes whatever is written");
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h098_a_name_is_encoded_into_one_header() {
        let name = FileName::parse("Účet \"č. 7\"; x=%41.jpg").unwrap();
        let expected = "attachment; filename=\"__et __. 7__ x__41.jpg\"; \
                        filename*=UTF-8''%C3%9A%C4%8Det%20%22%C4%8D.%207%22%3B%20x%3D%2541.jpg";
        assert_eq!(Disposition::Attachment.of(&name), expected);
        assert!(FileName::parse("a\r\nSet-Cookie: x.jpg").is_err());
    }
}
