//! WebP: a RIFF of chunks, either one picture alone, or an extended kind with transparency or frames.
//!
//! Delivered are the pictures and what says how they are put together. The head is written anew: it says how long all
//! is and what is in it, and so it must not speak of profiles and notes that were left out.

mod chunk;
mod still;
#[cfg(test)]
mod tests;

use crate::limits::{Canvas, Parts};
use crate::pieces::Pieces;
use crate::reader::Reader;
use crate::source::Source;
use crate::unfit::{Stopped, Unfit};
use crate::webp::chunk::Chunk;
use crate::webp::still::Still;

/// The length of what says how long all is.
const HEAD: u64 = 12;

/// The length of what says how a frame is shown.
const FRAME_HEAD: u32 = 16;

const MOVES: u8 = 0x02;
const IS_TRANSPARENT: u8 = 0x10;

/// Looks at a WebP.
pub(crate) async fn inspect<S: Source>(file: &mut Reader<S>) -> Result<Pieces, Stopped<S::Error>> {
    let head = file.array::<12>().await?;
    let [b'R', b'I', b'F', b'F', s0, s1, s2, s3, b'W', b'E', b'B', b'P'] = head else {
        return Err(Unfit::Damaged("its beginning is none of a WebP").into());
    };
    let end = u64::from(u32::from_le_bytes([s0, s1, s2, s3])).saturating_add(8);
    if end > file.len() {
        return Err(Unfit::Truncated.into());
    }
    let first = Chunk::read(file, end).await?;
    let body =
        if first.name == *b"VP8X" { extended(file, &first, end).await? } else { simple(file, &first, end).await? };
    let length =
        u32::try_from(body.len().saturating_add(4)).map_err(|_ignored| Unfit::Damaged("it is far too large"))?;
    let mut all = Pieces::default();
    if length.to_le_bytes() == [s0, s1, s2, s3] {
        all.keep(0..HEAD)?;
    } else {
        all.write([*b"RIFF", length.to_le_bytes(), *b"WEBP"].concat())?;
    }
    all.append(body)?;
    Ok(all)
}

/// One picture, and nothing else that anybody looks at.
async fn simple<S: Source>(file: &mut Reader<S>, first: &Chunk, end: u64) -> Result<Pieces, Stopped<S::Error>> {
    let mut still = Still::default();
    if first.name == *b"ALPH" || !still.add(file, first).await? {
        return Err(Unfit::Damaged("its first part is no picture").into());
    }
    let mut parts = Parts::default();
    while file.at() < end {
        parts.add()?;
        let chunk = Chunk::read(file, end).await?;
        if matches!(&chunk.name, b"VP8 " | b"VP8L" | b"VP8X" | b"ALPH" | b"ANIM" | b"ANMF") {
            return Err(Unfit::Damaged("it has a second picture").into());
        }
        file.seek(chunk.end)?;
    }
    let (width, height) = still.size()?;
    Canvas::new(width, height)?;
    Ok(still.pieces)
}

/// Whatever the first chunk announces.
async fn extended<S: Source>(file: &mut Reader<S>, first: &Chunk, end: u64) -> Result<Pieces, Stopped<S::Error>> {
    if first.length != 10 {
        return Err(Unfit::Damaged("its head is none of a WebP").into());
    }
    let [flags, r0, r1, r2, w0, w1, w2, h0, h1, h2] = file.array::<10>().await?;
    let size = (one_more([w0, w1, w2]), one_more([h0, h1, h2]));
    let told = flags & (MOVES | IS_TRANSPARENT);
    let mut head = Pieces::default();
    if [flags, r0, r1, r2] == [told, 0, 0, 0] {
        head.keep(first.from..first.end)?;
    } else {
        head.write([b"VP8X\x0A\0\0\0".as_slice(), &[told, 0, 0, 0, w0, w1, w2, h0, h1, h2]].concat())?;
    }
    let canvas = Canvas::new(size.0, size.1)?;
    let mut picture = Picture { size, canvas, begun: false, still: Still::default(), moving: Pieces::default() };
    let mut parts = Parts::default();
    while file.at() < end {
        parts.add()?;
        let chunk = Chunk::read(file, end).await?;
        picture.add(file, &chunk).await?;
        file.seek(chunk.end)?;
    }
    head.append(picture.finish(flags & MOVES != 0)?)?;
    Ok(head)
}

/// A number of three bytes that cannot be 0: one is added to what is said.
fn one_more([n0, n1, n2]: [u8; 3]) -> u32 {
    u32::from_le_bytes([n0, n1, n2, 0]) + 1
}

/// What was seen of an extended picture so far.
#[derive(Debug)]
struct Picture {
    size: (u32, u32),
    canvas: Canvas,
    /// Whether it was said how often its frames are shown.
    begun: bool,
    still: Still,
    moving: Pieces,
}

impl Picture {
    async fn add<S: Source>(&mut self, file: &mut Reader<S>, chunk: &Chunk) -> Result<(), Stopped<S::Error>> {
        match &chunk.name {
            b"VP8X" => return Err(Unfit::Damaged("it has two heads").into()),
            b"ANIM" if chunk.length != 6 || self.begun => {
                return Err(Unfit::Damaged("how often its frames are shown cannot be read").into());
            }
            b"ANIM" => {
                self.begun = true;
                self.moving.keep(chunk.from..chunk.end)?;
            }
            b"ANMF" => self.add_frame(file, chunk).await?,
            // What is neither a picture nor a frame is left out.
            _ => {
                self.still.add(file, chunk).await?;
            }
        }
        Ok(())
    }

    async fn add_frame<S: Source>(&mut self, file: &mut Reader<S>, chunk: &Chunk) -> Result<(), Stopped<S::Error>> {
        if !self.begun || chunk.length < FRAME_HEAD {
            return Err(Unfit::Damaged("a frame of it is none of its animation").into());
        }
        let [x0, x1, x2, y0, y1, y2, w0, w1, w2, h0, h1, h2, ..] = file.array::<16>().await?;
        let (left, top) = (2 * u32::from_le_bytes([x0, x1, x2, 0]), 2 * u32::from_le_bytes([y0, y1, y2, 0]));
        let (width, height) = (one_more([w0, w1, w2]), one_more([h0, h1, h2]));
        if left + width > self.size.0 || top + height > self.size.1 {
            return Err(Unfit::Damaged("a frame of it reaches over its edge").into());
        }
        self.canvas.add_frame(width, height)?;
        let mut frame = Still::default();
        while file.at() < chunk.end {
            let part = Chunk::read(file, chunk.end).await?;
            if !frame.add(file, &part).await? {
                return Err(Unfit::Damaged("a frame of it holds what is no picture").into());
            }
            file.seek(part.end)?;
        }
        if frame.size()? != (width, height) {
            return Err(Unfit::Damaged("a frame of it has another size than it says").into());
        }
        self.moving.keep(chunk.from..chunk.end)?;
        Ok(())
    }

    fn finish(self, moves: bool) -> Result<Pieces, Unfit> {
        if moves {
            let is_moving = self.canvas.frames() > 0 && self.still.pieces.is_empty();
            return if is_moving { Ok(self.moving) } else { Err(Unfit::Damaged("it moves, but not by its frames")) };
        }
        if self.canvas.frames() > 0 {
            return Err(Unfit::Damaged("it has frames, but does not move"));
        }
        if self.still.size()? != self.size {
            return Err(Unfit::Damaged("its picture has another size than it says"));
        }
        Ok(self.still.pieces)
    }
}
