//! PDF: whole, from its version to its end, and without what it could do of its own accord.
//!
//! A reader of PDF begins at the end, where the place of the index is written, so both are looked at; what stands
//! before the beginning or behind the end makes it another file at the same time. Scripts and files inside are looked
//! for by name, also by one that is spelled with escapes. A name that is packed in a compressed stream of objects is
//! not seen: nothing is unpacked here, and a PDF is only ever delivered as a download.

use memchr::{memchr_iter, memmem};

use crate::reader::Reader;
use crate::source::Source;
use crate::unfit::{Stopped, Unfit};

/// How much of the end is searched for where the index is.
const TAIL: usize = 1024;

/// How much of the beginning is searched for an archive.
const BEGINNING: usize = 4 * 1024;

/// How much of the end is searched for the directory of an archive: it and its longest comment.
const ARCHIVE_TAIL: usize = 65_557;

/// How much is looked at where the index should be.
const INDEX: usize = 64;

/// What no PDF may hold.
const NAMES: [(&[u8], Unfit); 6] = [
    (b"/EmbeddedFile", Unfit::Foreign("another file")),
    (b"/EmbeddedFiles", Unfit::Foreign("another file")),
    (b"/FileAttachment", Unfit::Foreign("another file")),
    (b"/JavaScript", Unfit::Active("a script")),
    (b"/Launch", Unfit::Active("a command")),
    (b"/RichMedia", Unfit::Active("a film with a program of its own")),
];

/// The longest of these names with every letter escaped: so much may have gone by before the byte behind it is seen.
const LONGEST: usize = 3 * b"/FileAttachment".len();

/// Looks at a PDF from its beginning to its end.
pub(crate) async fn inspect<S: Source>(file: &mut Reader<S>) -> Result<(), Stopped<S::Error>> {
    let version: [u8; 8] = file.array().await?;
    check_version(&version)?;
    file.seek(0)?;
    let beginning = file.take_up_to(BEGINNING).await?;
    let end = file.take_last(ARCHIVE_TAIL).await?;
    if memmem::find(&beginning, b"PK\x03\x04").is_some() || memmem::find(&end, b"PK\x05\x06").is_some() {
        return Err(Unfit::Foreign("an archive").into());
    }
    let index = find_index(end.get(end.len().saturating_sub(TAIL)..).unwrap_or_default())?;
    if index >= file.len() {
        return Err(Unfit::Damaged("its index would stand behind its end").into());
    }
    file.seek(index)?;
    if !is_index(&file.take_up_to(INDEX).await?) {
        return Err(Unfit::Damaged("its index is not where it should be").into());
    }
    file.seek(0)?;
    search(file).await
}

fn check_version(version: &[u8]) -> Result<(), Unfit> {
    match version.strip_prefix(b"%PDF-") {
        Some([b'1', b'.', b'0'..=b'7'] | b"2.0") => Ok(()),
        Some(_) => Err(Unfit::Damaged("its version is not known")),
        None => Err(Unfit::Damaged("its beginning is none of a PDF")),
    }
}

/// The place that the end of the file names.
fn find_index(tail: &[u8]) -> Result<u64, Unfit> {
    const END: &[u8] = b"%%EOF";
    const START: &[u8] = b"startxref";
    let end = memmem::rfind(tail, END).ok_or(Unfit::Truncated)?;
    let (before, behind) = tail.split_at_checked(end).ok_or(Unfit::Truncated)?;
    let behind = behind.strip_prefix(END).unwrap_or(behind);
    if !behind.iter().all(|byte| is_space(*byte)) {
        return Err(Unfit::Foreign("something stands behind its end"));
    }
    let start = memmem::rfind(before, START).ok_or(Unfit::Truncated)?;
    let place = before.get(start..).and_then(|rest| rest.strip_prefix(START)).unwrap_or_default().trim_ascii();
    number(place).ok_or(Unfit::Damaged("its end does not say where its index is"))
}

fn number(digits: &[u8]) -> Option<u64> {
    let digits = str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
}

/// Whether an index begins here: a table, or an object that holds one.
fn is_index(bytes: &[u8]) -> bool {
    let mut words = bytes.split(|byte| is_space(*byte)).filter(|word| !word.is_empty());
    let mut next = || words.next().unwrap_or_default();
    let (first, second, third) = (next(), next(), next());
    first.starts_with(b"xref") || (number(first).is_some() && number(second).is_some() && third.starts_with(b"obj"))
}

/// Reads the whole file for the names that it may not hold.
async fn search<S: Source>(file: &mut Reader<S>) -> Result<(), Stopped<S::Error>> {
    let mut before = Vec::new();
    while file.left() > 0 {
        let window = file.take_window().await?;
        let mut border = before;
        border.extend_from_slice(window.get(..LONGEST).unwrap_or(&window));
        check_names(&border)?;
        check_names(&window)?;
        let read: &[u8] = if window.len() > LONGEST { &window } else { border.as_slice() };
        before = read.get(read.len().saturating_sub(LONGEST)..).unwrap_or_default().to_vec();
    }
    Ok(())
}

fn check_names(bytes: &[u8]) -> Result<(), Unfit> {
    for at in memchr_iter(b'/', bytes) {
        let rest = bytes.get(at..).unwrap_or_default();
        if let Some((_, unfit)) = NAMES.iter().find(|(name, _)| is_named(rest, name)) {
            return Err(*unfit);
        }
    }
    Ok(())
}

/// Whether this name stands here, each letter as it is or escaped, and ends.
fn is_named(bytes: &[u8], name: &[u8]) -> bool {
    let mut rest = bytes;
    for letter in name {
        match next_letter(rest) {
            Some((found, behind)) if found == *letter => rest = behind,
            Some(_) | None => return false,
        }
    }
    rest.first().is_some_and(|byte| is_delimiter(*byte))
}

/// The next letter of a name, and what follows it: as it is, or a `#` and the two digits of its number.
fn next_letter(bytes: &[u8]) -> Option<(u8, &[u8])> {
    unescape(bytes).or_else(|| bytes.split_first().map(|(letter, behind)| (*letter, behind)))
}

fn unescape(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, behind) = bytes.strip_prefix(b"#")?.split_at_checked(2)?;
    let letter = u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
    Some((letter, behind))
}

fn is_delimiter(byte: u8) -> bool {
    is_space(byte) || b"()<>[]{}/%".contains(&byte)
}

fn is_space(byte: u8) -> bool {
    b"\0\t\n\x0c\r ".contains(&byte)
}

#[cfg(test)]
mod tests;
