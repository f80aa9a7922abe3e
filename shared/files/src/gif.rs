//! GIF: a canvas, then blocks, each a chain of short pieces.
//!
//! Delivered are the frames, how long each is shown, and how often all are. Comments, texts and what programs add are
//! left out, and so is everything behind the end.

#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::limits::{Canvas, Parts};
use crate::pieces::Pieces;
use crate::reader::Reader;
use crate::source::Source;
use crate::unfit::{Stopped, Unfit};

const EXTENSION: u8 = 0x21;
const FRAME: u8 = 0x2C;
const END: u8 = 0x3B;

const TEXT: u8 = 0x01;
const CONTROL: u8 = 0xF9;
const APPLICATION: u8 = 0xFF;

/// How many bytes a chain takes that says how often all frames are shown.
const LOOP_LENGTH: usize = 17;

/// Looks at a GIF.
pub(crate) async fn inspect<S: Source>(file: &mut Reader<S>) -> Result<Pieces, Stopped<S::Error>> {
    if !matches!(&file.array::<6>().await?, b"GIF87a" | b"GIF89a") {
        return Err(Unfit::Damaged("its beginning is none of a GIF").into());
    }
    let mut picture = Picture::begin(file).await?;
    loop {
        let from = file.at();
        picture.parts.add()?;
        match file.byte().await? {
            EXTENSION => picture.add_extension(file, from).await?,
            FRAME => picture.add_frame(file, from).await?,
            END => return picture.finish(from..file.at()).map_err(Stopped::Unfit),
            _ => return Err(Unfit::Damaged("something that is no part of a GIF stands in it").into()),
        }
    }
}

/// Passes over the colours that flags announce.
fn pass_colours<S: Source>(file: &mut Reader<S>, flags: u8) -> Result<(), Unfit> {
    if flags & 0x80 == 0 { Ok(()) } else { file.skip(6_u64 << (flags & 0x07)) }
}

/// Passes over a chain of pixels; answers how many bytes it took, of which the last ends it.
async fn pass_pixels<S: Source>(file: &mut Reader<S>) -> Result<u64, Stopped<S::Error>> {
    let from = file.at();
    loop {
        let window = file.window().await?;
        if window.is_empty() {
            return Err(Unfit::Truncated.into());
        }
        let (count, is_end) = follow(window);
        file.pass(count)?;
        if is_end {
            return Ok(file.at().saturating_sub(from));
        }
    }
}

/// Follows a chain as far as its lengths are here: to where, and whether that is its end.
fn follow(window: &[u8]) -> (usize, bool) {
    let mut at = 0;
    while let Some(length) = window.get(at) {
        at += 1 + usize::from(*length);
        if *length == 0 {
            return (at, true);
        }
    }
    (at, false)
}

/// What was seen of a picture so far.
#[derive(Debug)]
struct Picture {
    size: (u16, u16),
    canvas: Canvas,
    /// How long the next frame is shown.
    control: Option<Range<u64>>,
    /// The blocks, and the pieces of those that are left out. Those of pixels are not counted: each is 255 bytes at
    /// most, so that a large picture has more of them than any other file has parts.
    parts: Parts,
    pieces: Pieces,
}

impl Picture {
    async fn begin<S: Source>(file: &mut Reader<S>) -> Result<Self, Stopped<S::Error>> {
        let [w0, w1, h0, h1, flags, _background, _aspect] = file.array::<7>().await?;
        let size = (u16::from_le_bytes([w0, w1]), u16::from_le_bytes([h0, h1]));
        let canvas = Canvas::new(size.0.into(), size.1.into())?;
        pass_colours(file, flags)?;
        let mut pieces = Pieces::default();
        pieces.keep(0..file.at())?;
        Ok(Self { size, canvas, control: None, parts: Parts::default(), pieces })
    }

    async fn add_frame<S: Source>(&mut self, file: &mut Reader<S>, from: u64) -> Result<(), Stopped<S::Error>> {
        let [l0, l1, t0, t1, w0, w1, h0, h1, flags] = file.array::<9>().await?;
        let (left, top) = (u16::from_le_bytes([l0, l1]), u16::from_le_bytes([t0, t1]));
        let (width, height) = (u16::from_le_bytes([w0, w1]), u16::from_le_bytes([h0, h1]));
        let fits = |from: u16, length: u16, most: u16| from.checked_add(length).is_some_and(|to| to <= most);
        if !fits(left, width, self.size.0) || !fits(top, height, self.size.1) {
            return Err(Unfit::Damaged("a frame of it reaches over its edge").into());
        }
        self.canvas.add_frame(width.into(), height.into())?;
        pass_colours(file, flags)?;
        let code_size = file.byte().await?;
        if !(2..=8).contains(&code_size) || pass_pixels(file).await? == 1 {
            return Err(Unfit::Damaged("a frame of it has no pixels").into());
        }
        if let Some(control) = self.control.take() {
            self.pieces.keep(control)?;
        }
        self.pieces.keep(from..file.at())?;
        Ok(())
    }

    async fn add_extension<S: Source>(&mut self, file: &mut Reader<S>, from: u64) -> Result<(), Stopped<S::Error>> {
        match file.byte().await? {
            CONTROL => {
                if !matches!(file.array::<6>().await?, [4, _, _, _, _, 0]) {
                    return Err(Unfit::Damaged("how long a frame of it is shown cannot be read").into());
                }
                self.control = Some(from..file.at());
            }
            APPLICATION => {
                if is_loop(&pass_notes(file, &mut self.parts).await?) {
                    self.pieces.keep(from..file.at())?;
                }
            }
            TEXT => {
                // What was to be said of the next frame was said of this text.
                self.control = None;
                pass_notes(file, &mut self.parts).await?;
            }
            _ => {
                pass_notes(file, &mut self.parts).await?;
            }
        }
        Ok(())
    }

    fn finish(mut self, end: Range<u64>) -> Result<Pieces, Unfit> {
        if self.canvas.frames() == 0 {
            return Err(Unfit::Damaged("it has no picture"));
        }
        self.pieces.keep(end)?;
        Ok(self.pieces)
    }
}

/// Passes over a chain of what is no pixels; answers with what it begins, more than a loop has if it is longer.
async fn pass_notes<S: Source>(file: &mut Reader<S>, parts: &mut Parts) -> Result<Vec<u8>, Stopped<S::Error>> {
    let mut start = Vec::new();
    loop {
        parts.add()?;
        let length = file.byte().await?;
        if start.len() < LOOP_LENGTH {
            start.push(length);
            start.extend(file.take(length.into()).await?);
        } else {
            file.skip(length.into())?;
        }
        if length == 0 {
            return Ok(start);
        }
    }
}

/// Whether a chain says how often all frames are shown, and nothing else.
fn is_loop(chain: &[u8]) -> bool {
    chain.split_first_chunk::<12>().is_some_and(|(name, told)| {
        matches!(name, b"\x0BNETSCAPE2.0" | b"\x0BANIMEXTS1.0") && matches!(told, [3, 1, _, _, 0])
    })
}
