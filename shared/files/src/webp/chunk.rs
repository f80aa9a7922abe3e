//! A chunk: its name, its length, what it holds, filled up to an even length.

use crate::reader::Reader;
use crate::source::Source;
use crate::unfit::{Stopped, Unfit};

/// The beginning of a chunk, after which the reader stands.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) name: [u8; 4],
    pub(super) length: u32,
    /// Where it begins.
    pub(super) from: u64,
    /// Where the next one begins.
    pub(super) end: u64,
}

impl Chunk {
    /// Reads the beginning of a chunk that must lie before a place.
    pub(super) async fn read<S: Source>(file: &mut Reader<S>, before: u64) -> Result<Self, Stopped<S::Error>> {
        let from = file.at();
        let name = file.array::<4>().await?;
        let length = u32::from_le_bytes(file.array().await?);
        let end = file.at().saturating_add(u64::from(length)).saturating_add(u64::from(length % 2));
        if end > before {
            return Err(Unfit::Damaged("a part of it reaches behind the end of all").into());
        }
        Ok(Self { name, length, from, end })
    }
}
