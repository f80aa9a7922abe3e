//! The texts people type, parsed once: their lengths, and no characters that a screen, a header or a log could mistake.

use std::fmt;

use crate::as_text::stored_as_text;
use crate::field::Invalid;

/// Whether a character is a control character that no text of ours may hold; bidirectional controls are allowed and isolated on display.
fn is_control(letter: char) -> bool {
    letter.is_control() && letter != '\n' && letter != '\t'
}

fn measure(text: &str, most: usize) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::new("blank", "must not be blank"));
    }
    if text.chars().count() > most {
        return Err(Invalid::new("too_long", format!("must have at most {most} characters")));
    }
    Ok(())
}

fn one_line(text: &str, most: usize) -> Result<String, Invalid> {
    let text = text.trim();
    measure(text, most)?;
    if text.chars().any(char::is_control) {
        return Err(Invalid::new("control_character", "must be one line without control characters"));
    }
    Ok(text.to_owned())
}

fn many_lines(text: &str, most: usize) -> Result<String, Invalid> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    measure(text, most)?;
    if text.chars().any(is_control) {
        return Err(Invalid::new("control_character", "must not hold control characters"));
    }
    Ok(text.to_owned())
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $read:ident up to $most:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The most characters it may have.
            pub const MOST: usize = $most;

            /// Trims and checks a text.
            ///
            /// # Errors
            /// `blank`, `too_long` or `control_character`.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                $read(text, $most).map(Self)
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} characters)"), self.0.chars().count())
            }
        }

        stored_as_text!($name);
    )*};
}

texts! {
    /// A long text: a description, a comment, a solution (S0.26, S1.15).
    Body = many_lines up to 20_000;
    /// A short text of one line: a site, a device, a serial number, a tag.
    Label = one_line up to 100;
    /// The name of a person, an organization, a group, a service or a category.
    Name = one_line up to 100;
    /// A remark that stays on the ticket's head: the comment given with a satisfaction score.
    Remark = many_lines up to 500;
    /// What a ticket is about, in one line (S1.14, S4.20).
    Subject = one_line up to 200;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h009_control_characters_are_refused() {
        for text in ["a\0b", "a\u{7}b", "a\u{85}b", "a\u{9f}b"] {
            assert!(Subject::parse(text).is_err());
            assert!(Body::parse(text).is_err());
            assert!(Name::parse(text).is_err());
        }
    }

    #[test]
    fn h158_a_subject_is_one_line() {
        assert!(Subject::parse("x\r\nBcc: z@evil").is_err());
        assert!(Body::parse("x\r\nsecond line").is_ok());
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert!(Subject::parse(&"ž".repeat(200)).is_ok());
        assert!(Subject::parse(&"ž".repeat(201)).is_err());
        assert!(Subject::parse("  ").is_err());
    }

    #[test]
    fn a_text_does_not_show_itself_in_a_log() {
        let shown = format!("{:?}", Subject::parse("my secret"));
        assert!(!shown.contains("secret"), "{shown}");
    }
}
