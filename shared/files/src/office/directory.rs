//! The directory of a ZIP archive: what is in it, where, and how large it would be.
//!
//! Programs disagree about archives that are not put together plainly, and that is how one file is made to be two. So
//! the directory must stand at the end with nothing behind it, name every byte before it, and name none twice; what
//! stands before each part must say the same. What the parts hold is never unpacked: their sizes are taken from the
//! directory, and one that deflate cannot reach is a lie.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::local;
use crate::reader::Reader;
use crate::source::Source;
use crate::unfit::{Stopped, Unfit};

/// The size of the record at the end, without a comment.
const END: u64 = 22;

/// How far from the end of the file that record may begin: it and its longest comment.
const END_AT_MOST: usize = 65_557;

/// The size of the header that stands before a part, without its name.
const LOCAL: u64 = 30;

/// The most parts of a document.
const MOST_PARTS: u16 = 4_000;

/// The most bytes of a directory.
const MOST_DIRECTORY: u64 = 4 * 1024 * 1024;

/// The most bytes of a name.
const MOST_NAME: u16 = 512;

/// The most bytes of an unpacked part.
const MOST_UNPACKED: u64 = 200 * 1024 * 1024;

/// The most bytes of all unpacked parts together.
const MOST_IN_ALL: u64 = 400 * 1024 * 1024;

/// The most that one byte can become with deflate.
const MOST_DEFLATED: u64 = 1_032;

/// The most that one byte of the file becomes in a document that somebody wrote.
const MOST_WRITTEN: u64 = 200;

/// The three bits of locked, strongly locked and hidden.
pub(super) const LOCKED: u16 = 0x2041;

/// Extra fields with other sizes and with another name than stand beside them: some programs read them, some do not.
const AMBIGUOUS: [u16; 2] = [0x0001, 0x7075];

/// What a directory tells of an archive.
#[derive(Debug)]
pub(super) struct Directory {
    /// The names of all parts, in small letters.
    pub(super) names: BTreeSet<String>,
    /// The part that stands first in the file.
    pub(super) first: Part,
}

/// What a directory tells of a part.
#[derive(Debug)]
pub(super) struct Part {
    /// Its name, as it is written.
    pub(super) name: String,
    /// Its size in the file.
    pub(super) packed: u64,
    /// How it is packed.
    pub(super) method: u16,
    /// Its checksum and its two sizes, as they are written.
    pub(super) sums: Vec<u8>,
    /// Where what stands before it begins.
    pub(super) at: u64,
    unpacked: u64,
}

/// Reads the directory of an archive.
///
/// # Errors
/// Whatever is wrong with it, [`Unfit::Unknown`] if nothing is in it.
pub(super) async fn read<S: Source>(file: &mut Reader<S>) -> Result<Directory, Stopped<S::Error>> {
    let end = End::find(file).await?;
    let mut parts = Parts::default();
    file.seek(end.directory)?;
    for _ in 0..end.count {
        let part = Part::read(file).await?;
        parts.add(part, file.len())?;
    }
    if file.at() != end.at {
        return Err(Unfit::Damaged("its directory does not hold what its end says").into());
    }
    let (parts, names) = parts.finish(end.directory)?;
    local::walk(file, &parts, end.directory).await?;
    let first = parts.into_iter().next().ok_or(Unfit::Unknown)?;
    Ok(Directory { names, first })
}

/// The record at the end of an archive.
#[derive(Debug)]
struct End {
    at: u64,
    directory: u64,
    count: u16,
}

impl End {
    async fn find<S: Source>(file: &mut Reader<S>) -> Result<Self, Stopped<S::Error>> {
        let tail = file.take_last(END_AT_MOST).await?;
        let from = memchr::memmem::rfind(&tail, b"PK\x05\x06").ok_or(Unfit::Truncated)?;
        let record = tail.get(from..).unwrap_or_default();
        let size = u64::try_from(record.len()).unwrap_or(u64::MAX);
        if size < END {
            return Err(Unfit::Truncated.into());
        }
        if size > END || u16_at(record, 20) != 0 {
            return Err(Unfit::Foreign("something stands behind its end").into());
        }
        Self::parse(record, file.len().saturating_sub(END)).map_err(Stopped::from)
    }

    fn parse(record: &[u8], at: u64) -> Result<Self, Unfit> {
        let (count, size) = (u16_at(record, 10), u64::from(u32_at(record, 12)));
        if u32_at(record, 4) != 0 || u16_at(record, 8) != count {
            return Err(Unfit::Damaged("it is one of several parts"));
        }
        if count > MOST_PARTS || size > MOST_DIRECTORY {
            return Err(Unfit::Bomb("it is made of far too many parts"));
        }
        let directory = u64::from(u32_at(record, 16));
        match directory.saturating_add(size).cmp(&at) {
            Ordering::Less => Err(Unfit::Foreign("something stands behind its directory")),
            Ordering::Equal => Ok(Self { at, directory, count }),
            Ordering::Greater => Err(Unfit::Damaged("its directory is not where it should be")),
        }
    }
}

impl Part {
    async fn read<S: Source>(file: &mut Reader<S>) -> Result<Self, Stopped<S::Error>> {
        let header: [u8; 46] = file.array().await?;
        check_header(&header)?;
        let name = file.take(usize::from(u16_at(&header, 28))).await?;
        check_extra(&file.take(usize::from(u16_at(&header, 30))).await?)?;
        file.skip(u64::from(u16_at(&header, 32)))?;
        let part = Self {
            name: parse_name(name)?,
            packed: u64::from(u32_at(&header, 20)),
            method: u16_at(&header, 10),
            sums: header.get(16..28).unwrap_or_default().to_vec(),
            at: u64::from(u32_at(&header, 42)),
            unpacked: u64::from(u32_at(&header, 24)),
        };
        part.check_size()?;
        Ok(part)
    }

    /// Whether it is in the file as it is.
    pub(super) fn is_stored(&self) -> bool {
        self.method == 0
    }

    fn check_size(&self) -> Result<(), Unfit> {
        let most = self.packed.saturating_mul(MOST_DEFLATED).saturating_add(MOST_DEFLATED);
        if self.unpacked > MOST_UNPACKED || self.unpacked > most {
            return Err(Unfit::Bomb("a part of it is far too large"));
        }
        if self.is_stored() && self.packed != self.unpacked {
            return Err(Unfit::Damaged("a part of it has two sizes"));
        }
        Ok(())
    }

    /// The place behind the least that the part takes.
    fn end(&self) -> u64 {
        let name = u64::try_from(self.name.len()).unwrap_or(u64::MAX);
        self.at.saturating_add(LOCAL).saturating_add(name).saturating_add(self.packed)
    }
}

fn check_header(header: &[u8]) -> Result<(), Unfit> {
    if !header.starts_with(b"PK\x01\x02") {
        return Err(Unfit::Damaged("its directory cannot be read"));
    }
    if u16_at(header, 8) & LOCKED != 0 {
        return Err(Unfit::Damaged("it is locked with a password"));
    }
    if ![0, 8].contains(&u16_at(header, 10)) {
        return Err(Unfit::Damaged("a part of it is packed in no usual way"));
    }
    if u16_at(header, 28) > MOST_NAME {
        return Err(Unfit::Damaged("a part of it has no proper name"));
    }
    // The upper half is the mode of a file on Unix.
    if u16_at(header, 40) & 0xf000 == 0xa000 {
        return Err(Unfit::Foreign("a link to another file"));
    }
    Ok(())
}

/// Looks through extra fields, as far as they are in order: some programs only fill up space with them.
pub(super) fn check_extra(extra: &[u8]) -> Result<(), Unfit> {
    let mut rest = extra;
    while let Some((&[i0, i1, l0, l1], behind)) = rest.split_first_chunk::<4>() {
        if AMBIGUOUS.contains(&u16::from_le_bytes([i0, i1])) {
            return Err(Unfit::Damaged("a part of it has two sizes or two names"));
        }
        rest = behind.get(usize::from(u16::from_le_bytes([l0, l1]))..).unwrap_or_default();
    }
    Ok(())
}

/// A name that means the same to every program, and never a place outside the folder it is unpacked to.
fn parse_name(name: Vec<u8>) -> Result<String, Unfit> {
    const IMPROPER: Unfit = Unfit::Damaged("a part of it has no proper name");
    let name = String::from_utf8(name).map_err(|_not_utf_8| IMPROPER)?;
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(IMPROPER);
    }
    let path = name.strip_suffix('/').unwrap_or(&name);
    if name.contains(['\\', ':']) || path.split('/').any(|folder| ["", ".", ".."].contains(&folder)) {
        return Err(Unfit::Foreign("a part whose name leads somewhere else"));
    }
    Ok(name)
}

/// The parts that were read.
#[derive(Debug, Default)]
struct Parts {
    /// The names of all, in small letters.
    names: BTreeSet<String>,
    read: Vec<Part>,
    unpacked: u64,
}

impl Parts {
    fn add(&mut self, part: Part, len: u64) -> Result<(), Unfit> {
        self.unpacked = self.unpacked.saturating_add(part.unpacked);
        let most = len.saturating_mul(MOST_WRITTEN).saturating_add(1024 * 1024);
        if self.unpacked > most.min(MOST_IN_ALL) {
            return Err(Unfit::Bomb("its parts are far too large"));
        }
        if !self.names.insert(part.name.to_ascii_lowercase()) {
            return Err(Unfit::Damaged("two of its parts have one name"));
        }
        self.read.push(part);
        Ok(())
    }

    /// The parts in the order in which they stand, none of them in another, and their names.
    fn finish(mut self, directory: u64) -> Result<(Vec<Part>, BTreeSet<String>), Unfit> {
        self.read.sort_unstable_by_key(|part| part.at);
        let first = self.read.first().ok_or(Unfit::Unknown)?;
        if first.at != 0 {
            return Err(Unfit::Foreign("something stands before its beginning"));
        }
        let mut reached = 0;
        for part in &self.read {
            if part.at < reached {
                return Err(Unfit::Bomb("its parts share their content"));
            }
            reached = part.end();
            if reached > directory {
                return Err(Unfit::Damaged("a part of it is not where it should be"));
            }
        }
        Ok((self.read, self.names))
    }
}

/// A number of two bytes; the record was read whole, so it is there.
pub(super) fn u16_at(record: &[u8], at: usize) -> u16 {
    record.get(at..).and_then(<[u8]>::first_chunk).copied().map(u16::from_le_bytes).unwrap_or_default()
}

fn u32_at(record: &[u8], at: usize) -> u32 {
    record.get(at..).and_then(<[u8]>::first_chunk).copied().map(u32::from_le_bytes).unwrap_or_default()
}
