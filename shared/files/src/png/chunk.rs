//! A chunk: its length, its name, what it holds, and the checksum over the last two.

use std::ops::Range;

use crc32fast::Hasher;

use crate::reader::Reader;
use crate::source::Source;
use crate::unfit::{Stopped, Unfit};

/// The longest of the chunks that are looked into: a palette.
const LOOKED_INTO: u32 = 768;

/// A chunk that was read to its end and has the right checksum.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) name: [u8; 4],
    pub(super) length: u32,
    /// The first bytes of what it holds: all of them, if it is one of the short ones.
    pub(super) start: Vec<u8>,
    /// Where in the file it stands, with its length and its checksum.
    pub(super) stretch: Range<u64>,
}

impl Chunk {
    pub(super) async fn read<S: Source>(file: &mut Reader<S>) -> Result<Self, Stopped<S::Error>> {
        let from = file.at();
        let length = u32::from_be_bytes(file.array().await?);
        let name = file.array::<4>().await?;
        if length > i32::MAX.unsigned_abs() || !name.iter().all(u8::is_ascii_alphabetic) {
            return Err(Unfit::Damaged("something that is no part of a PNG stands in it").into());
        }
        if file.left() < u64::from(length).saturating_add(4) {
            return Err(Unfit::Truncated.into());
        }
        let start = file.take(usize::try_from(length.min(LOOKED_INTO)).unwrap_or_default()).await?;
        let mut checksum = Hasher::new();
        checksum.update(&name);
        checksum.update(&start);
        add_rest(file, &mut checksum, length.saturating_sub(LOOKED_INTO)).await?;
        if checksum.finalize() != u32::from_be_bytes(file.array().await?) {
            return Err(Unfit::Damaged("a checksum in it is wrong").into());
        }
        Ok(Self { name, length, start, stretch: from..file.at() })
    }
}

async fn add_rest<S: Source>(file: &mut Reader<S>, checksum: &mut Hasher, rest: u32) -> Result<(), Stopped<S::Error>> {
    let mut rest = usize::try_from(rest).unwrap_or(usize::MAX);
    while rest > 0 {
        let window = file.window().await?;
        let part = window.get(..rest).unwrap_or(window);
        if part.is_empty() {
            return Err(Unfit::Truncated.into());
        }
        checksum.update(part);
        let count = part.len();
        file.pass(count)?;
        rest = rest.saturating_sub(count);
    }
    Ok(())
}
