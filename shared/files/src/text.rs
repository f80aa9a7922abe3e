//! Plain text, in whatever encoding, that no browser, mail reader or shell would take for more than a text.
//!
//! Which 8-bit encoding a text is in cannot be told and need not be: only control characters show that a file is none.
//! Whoever displays a text guesses from its beginning whether it is a page, so only the beginning is searched for one.

use memchr::memmem;

use crate::reader::Reader;
use crate::source::Source;
use crate::unfit::{Stopped, Unfit};

/// How much of the beginning is searched for what makes a text more than a text.
const BEGINNING: usize = 4 * 1024;

/// How a text in UTF-8 may begin.
const UTF_8: &[u8] = b"\xef\xbb\xbf";

/// How a text in UTF-16 begins, the low byte first.
const UTF_16_LITTLE: &[u8] = b"\xff\xfe";

/// How a text in UTF-16 begins, the high byte first.
const UTF_16_BIG: &[u8] = b"\xfe\xff";

/// With what DOS ends a text; nothing may follow.
const DOS_END: u8 = 0x1a;

/// What opens a page, a document or a program, whatever follows.
const OPENINGS: &[&[u8]] = &[b"<!--", b"<!doctype", b"<!entity", b"<![cdata[", b"<%", b"<?", b"<hta:", b"<xsl:"];

/// What opens a page if it is the whole name of a tag: a log may begin with `<13>Jan`, a chat with `<jan>`.
const TAGS: &str = "a applet audio b base body br button center component details div embed font form frameset h1 h2 \
    head html iframe img input job link marquee math meta object p package pre script scriptlet span style svg table \
    template title ul video xml";

/// What opens a file that a desktop follows to somewhere else.
const SHORTCUTS: &[&[u8]] =
    &[b"[internetshortcut]", b"[{000214a0", b"[.shellclassinfo]", b"[autorun]", b"[desktop entry]"];

/// Looks at a text from its beginning to its end.
pub(crate) async fn inspect<S: Source>(file: &mut Reader<S>) -> Result<(), Stopped<S::Error>> {
    let beginning = file.take_up_to(BEGINNING).await?;
    if beginning.is_empty() {
        return Err(Unfit::Truncated.into());
    }
    let mut encoding = Encoding::of(&beginning);
    if is_more_than_text(&encoding.letters(&beginning)) {
        return Err(Unfit::Unknown.into());
    }
    file.seek(0)?;
    while file.left() > 0 {
        let window = file.take_window().await?;
        encoding.read(&window)?;
    }
    encoding.finish().map_err(Stopped::from)
}

/// How the letters of a text are written.
#[derive(Debug)]
enum Encoding {
    /// One byte or several; those below 128 mean what they mean everywhere.
    Bytes {
        /// Whether the byte was seen with which DOS ends a text.
        has_ended: bool,
    },
    /// UTF-16.
    Units(Units),
}

impl Encoding {
    fn of(beginning: &[u8]) -> Self {
        let is_little = beginning.starts_with(UTF_16_LITTLE);
        if is_little || beginning.starts_with(UTF_16_BIG) {
            return Self::Units(Units { is_little, half: None, is_in_pair: false });
        }
        Self::Bytes { has_ended: false }
    }

    /// The beginning in small letters, as far as they are of the English alphabet, without what stands before them.
    fn letters(&self, beginning: &[u8]) -> Vec<u8> {
        let letters = match self {
            Self::Bytes { .. } => beginning.strip_prefix(UTF_8).unwrap_or(beginning).to_ascii_lowercase(),
            Self::Units(units) => units.letters(beginning),
        };
        letters.trim_ascii_start().to_vec()
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), Unfit> {
        match self {
            Self::Bytes { has_ended } => bytes.iter().try_for_each(|byte| read_byte(*byte, has_ended)),
            Self::Units(units) => units.read(bytes),
        }
    }

    fn finish(&self) -> Result<(), Unfit> {
        match self {
            Self::Units(units) if units.half.is_some() || units.is_in_pair => Err(Unfit::Truncated),
            Self::Bytes { .. } | Self::Units(_) => Ok(()),
        }
    }
}

fn read_byte(byte: u8, has_ended: &mut bool) -> Result<(), Unfit> {
    if *has_ended || (is_binary(byte.into()) && byte != DOS_END) {
        return Err(Unfit::Unknown);
    }
    *has_ended = byte == DOS_END;
    Ok(())
}

/// The units of UTF-16, put together from bytes that come in any pieces.
#[derive(Debug)]
struct Units {
    is_little: bool,
    /// The first byte of a unit whose second has not come.
    half: Option<u8>,
    /// Whether the first unit of a pair waits for its second.
    is_in_pair: bool,
}

impl Units {
    fn unit(&self, bytes: [u8; 2]) -> u16 {
        if self.is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) }
    }

    fn letters(&self, beginning: &[u8]) -> Vec<u8> {
        let (units, _odd) = beginning.get(2..).unwrap_or_default().as_chunks::<2>();
        units.iter().map(|unit| u8::try_from(self.unit(*unit)).unwrap_or(u8::MAX).to_ascii_lowercase()).collect()
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), Unfit> {
        for byte in bytes {
            match self.half.take() {
                None => self.half = Some(*byte),
                Some(first) => self.read_unit(self.unit([first, *byte]))?,
            }
        }
        Ok(())
    }

    fn read_unit(&mut self, unit: u16) -> Result<(), Unfit> {
        if (0xdc00..0xe000).contains(&unit) != self.is_in_pair {
            return Err(Unfit::Damaged("half of a letter is missing"));
        }
        self.is_in_pair = (0xd800..0xdc00).contains(&unit);
        if is_binary(unit) { Err(Unfit::Unknown) } else { Ok(()) }
    }
}

/// Whether all of these bytes may stand in a text.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    !bytes.iter().any(|byte| is_binary(u16::from(*byte)))
}

/// Whether no text holds it: a control character other than those of a typewriter, a printer and a terminal.
fn is_binary(unit: u16) -> bool {
    unit < 0x20 && !b"\x07\x08\t\n\x0c\r\x1b".iter().any(|byte| u16::from(*byte) == unit)
}

fn is_more_than_text(letters: &[u8]) -> bool {
    is_markup(letters) || is_shortcut(letters) || is_mail(letters)
}

fn is_markup(letters: &[u8]) -> bool {
    let Some(tag) = letters.strip_prefix(b"<") else {
        return false;
    };
    let name = tag.split(|byte| byte.is_ascii_whitespace() || b">/".contains(byte)).next().unwrap_or_default();
    let is_known = TAGS.split_whitespace().any(|known| known.as_bytes() == name);
    let tag = tag.split(|byte| *byte == b'>').next().unwrap_or_default();
    OPENINGS.iter().any(|opening| letters.starts_with(opening)) || is_known || holds(tag, b"xmlns")
}

fn is_shortcut(letters: &[u8]) -> bool {
    let mut lines =
        lines(letters).filter(|line| !line.is_empty() && !line.starts_with(b";") && !line.starts_with(b"#"));
    lines.next().is_some_and(|line| SHORTCUTS.iter().any(|shortcut| line.starts_with(shortcut)))
}

/// Whether it is a page in the form of a mail. The source of a mail is a text that people do attach, so several parts
/// are not enough: they must be those of a page, or stand where only programs that save pages put them.
fn is_mail(letters: &[u8]) -> bool {
    let header: Vec<&[u8]> = lines(letters).take_while(|line| !line.is_empty()).collect();
    let has = |name: &[u8]| header.iter().any(|line| line.starts_with(name));
    let says = |words: &[u8]| header.iter().any(|line| holds(line, words));
    let is_saved = letters.starts_with(b"from:") || letters.starts_with(b"mime-version:");
    let is_page = has(b"mime-version:") && has(b"content-type:") && says(b"multipart/related");
    is_page || (is_saved && says(b"multipart/"))
}

fn lines(letters: &[u8]) -> impl Iterator<Item = &[u8]> {
    letters.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii)
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    memmem::find(bytes, words).is_some()
}

#[cfg(test)]
mod tests;
