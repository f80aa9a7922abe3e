//! One picture: its pixels, lossy or not, and before lossy ones perhaps their transparency.

use crate::pieces::Pieces;
use crate::reader::Reader;
use crate::source::Source;
use crate::unfit::{Stopped, Unfit};
use crate::webp::chunk::Chunk;

const BAD_PIXELS: Unfit = Unfit::Damaged("its pixels do not begin as they must");

/// The parts of a picture so far.
#[derive(Debug, Default)]
pub(super) struct Still {
    is_transparent: bool,
    size: Option<(u32, u32)>,
    pub(super) pieces: Pieces,
}

impl Still {
    /// Adds a chunk at whose contents the reader stands; answers whether it is a part of a picture.
    pub(super) async fn add<S: Source>(
        &mut self,
        file: &mut Reader<S>,
        chunk: &Chunk,
    ) -> Result<bool, Stopped<S::Error>> {
        match &chunk.name {
            b"ALPH" if self.is_transparent || self.size.is_some() || chunk.length == 0 => {
                return Err(Unfit::Damaged("its transparency is none of its picture").into());
            }
            b"ALPH" => self.is_transparent = true,
            b"VP8 " | b"VP8L" if self.size.is_some() => return Err(Unfit::Damaged("it has a second picture").into()),
            b"VP8 " => self.size = Some(lossy(file, chunk.length).await?),
            b"VP8L" if self.is_transparent => {
                return Err(Unfit::Damaged("its transparency is none of its picture").into());
            }
            b"VP8L" => self.size = Some(lossless(file, chunk.length).await?),
            _ => return Ok(false),
        }
        file.seek(chunk.end)?;
        self.pieces.keep(chunk.from..chunk.end)?;
        Ok(true)
    }

    /// How wide and how high it is.
    pub(super) fn size(&self) -> Result<(u32, u32), Unfit> {
        self.size.ok_or(Unfit::Damaged("it has no picture"))
    }
}

/// Reads the beginning of a VP8 frame: it must be complete in itself, and shown.
async fn lossy<S: Source>(file: &mut Reader<S>, length: u32) -> Result<(u32, u32), Stopped<S::Error>> {
    let Some(rest) = length.checked_sub(10) else {
        return Err(BAD_PIXELS.into());
    };
    let [t0, t1, t2, 0x9D, 0x01, 0x2A, w0, w1, h0, h1] = file.array::<10>().await? else {
        return Err(BAD_PIXELS.into());
    };
    let tag = u32::from_le_bytes([t0, t1, t2, 0]);
    let (is_complete, version, is_shown) = (tag & 0x01 == 0, (tag >> 1) & 0x07, tag & 0x10 != 0);
    if !is_complete || version > 3 || !is_shown || tag >> 5 > rest {
        return Err(BAD_PIXELS.into());
    }
    let side = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
    Ok((side(w0, w1), side(h0, h1)))
}

/// Reads the beginning of a VP8L picture.
async fn lossless<S: Source>(file: &mut Reader<S>, length: u32) -> Result<(u32, u32), Stopped<S::Error>> {
    if length < 5 {
        return Err(BAD_PIXELS.into());
    }
    let [0x2F, n0, n1, n2, n3] = file.array::<5>().await? else {
        return Err(BAD_PIXELS.into());
    };
    let told = u32::from_le_bytes([n0, n1, n2, n3]);
    if told >> 29 != 0 {
        return Err(BAD_PIXELS.into());
    }
    Ok(((told & 0x3FFF) + 1, ((told >> 14) & 0x3FFF) + 1))
}
