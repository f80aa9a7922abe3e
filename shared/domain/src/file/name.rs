//! The names of files: what people call them, made harmless before they are looked at.

use std::fmt;

use super::FileType;
use crate::as_text::stored_as_text;
use crate::field::Invalid;

/// What nobody sees in a name, so that two names which look alike are alike.
const INVISIBLE: [char; 12] = [
    '\u{ad}', '\u{180e}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{2061}', '\u{2062}', '\u{2063}',
    '\u{2064}', '\u{feff}', '\u{34f}',
];

/// What turns the direction of a text, so that `gpj.exe` looks like `exe.jpg`.
const TURNING: [char; 12] = [
    '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}',
    '\u{2067}', '\u{2068}', '\u{2069}',
];

/// What some systems take for a path, a drive or a hidden stream.
const PLACES: [char; 3] = ['/', '\\', ':'];

/// What Windows takes for a device, whatever follows the dot.
const DEVICES: [&str; 6] = ["aux", "con", "nul", "prn", "conin$", "conout$"];

/// The name of a file: for people to read, never a key or a path.
#[derive(Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// The most characters it may have.
    pub const MOST: usize = 150;

    /// Makes a name harmless, then checks it.
    ///
    /// # Errors
    /// `blank`, `too_long`, `control_character`, `bidirectional_control`, `path`, `hidden` or `reserved`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let visible: String = text.chars().filter(|letter| !INVISIBLE.contains(letter)).collect();
        let name = visible.trim().trim_end_matches(['.', ' ']);
        let holds = |letters: &[char]| name.contains(|letter| letters.contains(&letter));
        let wrong = if name.is_empty() {
            Invalid::new("blank", "must not be blank")
        } else if name.chars().count() > Self::MOST {
            Invalid::new("too_long", format!("must have at most {} characters", Self::MOST))
        } else if name.chars().any(char::is_control) {
            Invalid::new("control_character", "must not hold control characters")
        } else if holds(&TURNING) {
            Invalid::new("bidirectional_control", "must not turn the direction of its text")
        } else if holds(&PLACES) {
            Invalid::new("path", "must be a name, not a path")
        } else if name.starts_with('.') {
            Invalid::new("hidden", "must not begin with a dot")
        } else if is_device(name) {
            Invalid::new("reserved", "is the name of a device")
        } else {
            return Ok(Self(name.to_owned()));
        };
        Err(wrong)
    }

    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it ends as names of this type do.
    ///
    /// # Errors
    /// `extension`.
    pub fn check_extension(&self, file_type: FileType) -> Result<(), Invalid> {
        if self.ends_as(file_type) {
            return Ok(());
        }
        let known = file_type.extensions().join(", .");
        Err(Invalid::new("extension", format!("must end in .{known}, as its type does")))
    }

    /// The name, ending as the type does that the file turned out to have.
    #[must_use]
    pub fn fitting(&self, file_type: FileType) -> Self {
        let usual = file_type.extensions().first().copied().unwrap_or_default();
        if self.ends_as(file_type) {
            return self.clone();
        }
        let stem = self.0.rsplit_once('.').map_or(self.0.as_str(), |(stem, _)| stem);
        let stem: String = stem.chars().take(Self::MOST - 1 - usual.len()).collect();
        Self(format!("{stem}.{usual}"))
    }

    fn ends_as(&self, file_type: FileType) -> bool {
        let extension = self.0.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        extension.is_some_and(|extension| file_type.extensions().contains(&extension.as_str()))
    }
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let numbered = ["com", "lpt"].iter().any(|port| {
        let number = stem.strip_prefix(port);
        number.is_some_and(|number| number.chars().count() == 1 && number.contains(|n: char| n.is_numeric()))
    });
    numbered || DEVICES.contains(&stem.as_str())
}

impl fmt::Debug for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileName({} characters)", self.0.chars().count())
    }
}

stored_as_text!(FileName);

#[cfg(test)]
mod tests {
    use super::*;

    fn code(name: &str) -> &'static str {
        FileName::parse(name).map_or_else(|invalid| invalid.code, |_| "taken")
    }

    #[test]
    fn h094_tricks_of_file_systems_do_not_pass() {
        assert_eq!(code("a.txt::$DATA"), "path");
        assert_eq!(code("a.php\0.jpg"), "control_character");
        for device in ["CON", "con.txt", "Aux.jpg", "COM1.png", "lpt9", "nul .txt"] {
            assert_eq!(code(device), "reserved", "{device}");
        }
        assert_eq!(code("../../etc/passwd"), "path");
        assert_eq!(code(r"C:\a.png"), "path");
        assert_eq!(FileName::parse("a.jpg. . ").unwrap().as_str(), "a.jpg");
        let name = FileName::parse("a.jpg.php").unwrap();
        assert_eq!(name.check_extension(FileType::Jpeg).unwrap_err().code, "extension");
    }

    #[test]
    fn h095_what_nobody_sees_is_gone_before_a_name_is_judged() {
        for invisible in ['\u{200b}', '\u{2060}', '\u{feff}', '\u{ad}'] {
            assert_eq!(code(&format!("{invisible}.htaccess")), "hidden");
        }
        assert_eq!(FileName::parse("a\u{200b}b.txt").unwrap().as_str(), "ab.txt");
    }

    #[test]
    fn h097_a_name_cannot_turn_around() {
        assert_eq!(code("\u{202e}gpj.exe"), "bidirectional_control");
    }

    #[test]
    fn names_of_people_are_taken_as_they_are() {
        for name in ["Účet č. 7.jpg", "截图.png", "a;b\"c'd.txt", "<img onerror=x>.png", "com.txt", "👍.gif"] {
            assert_eq!(FileName::parse(name).unwrap().as_str(), name);
        }
        assert_eq!(code(&"x".repeat(151)), "too_long");
        assert_eq!(code(" . "), "blank");
    }

    #[test]
    fn a_wrong_ending_is_put_right() {
        let name = FileName::parse("photo.of.me.PNG").unwrap();
        assert_eq!(name.fitting(FileType::Png).as_str(), "photo.of.me.PNG");
        assert_eq!(name.fitting(FileType::Jpeg).as_str(), "photo.of.me.jpg");
        let longest = FileName::parse(&format!("{}.png", "x".repeat(146))).unwrap().fitting(FileType::Webp);
        assert_eq!(FileName::parse(longest.as_str()), Ok(longest));
    }
}
