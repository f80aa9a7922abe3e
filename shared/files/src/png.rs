//! PNG and its moving kind, APNG: chunks, each with a checksum.
//!
//! Every chunk's checksum is computed, also of those that are left out, so that one bit that turned over on the way is
//! noticed. Delivered are the chunks without which the picture would look different; colour profiles are not among
//! them.

mod animation;
mod chunk;
#[cfg(test)]
mod tests;

use crate::limits::{Canvas, Parts};
use crate::pieces::Pieces;
use crate::png::animation::Animation;
use crate::png::chunk::Chunk;
use crate::reader::Reader;
use crate::source::Source;
use crate::unfit::{Stopped, Unfit};

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Looks at a PNG.
pub(crate) async fn inspect<S: Source>(file: &mut Reader<S>) -> Result<Pieces, Stopped<S::Error>> {
    if file.array::<8>().await? != SIGNATURE {
        return Err(Unfit::Damaged("its beginning is none of a PNG").into());
    }
    let mut picture = Picture::begin(&Chunk::read(file).await?)?;
    let mut parts = Parts::default();
    loop {
        parts.add()?;
        let chunk = Chunk::read(file).await?;
        picture.add(&chunk)?;
        if chunk.name == *b"IEND" {
            return Ok(picture.pieces);
        }
    }
}

/// The kinds of pixels, by their number in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colour {
    Grey,
    Rgb,
    Palette,
    GreyAlpha,
    RgbAlpha,
}

impl Colour {
    fn parse(kind: u8, depth: u8) -> Option<Self> {
        match (kind, depth) {
            (0, 1 | 2 | 4 | 8 | 16) => Some(Self::Grey),
            (2, 8 | 16) => Some(Self::Rgb),
            (3, 1 | 2 | 4 | 8) => Some(Self::Palette),
            (4, 8 | 16) => Some(Self::GreyAlpha),
            (6, 8 | 16) => Some(Self::RgbAlpha),
            _ => None,
        }
    }

    /// How many bytes name one colour, and how many say which bits of it count.
    fn lengths(self) -> (u32, u32) {
        match self {
            Self::Grey => (2, 1),
            Self::Rgb => (6, 3),
            Self::Palette => (1, 3),
            Self::GreyAlpha => (2, 2),
            Self::RgbAlpha => (6, 4),
        }
    }

    /// Whether a chunk that is not needed but changes how the picture looks has the length that it must have.
    fn fits(self, name: [u8; 4], length: u32) -> bool {
        let (colour, significance) = self.lengths();
        match (&name, self) {
            (b"tRNS", Self::Palette) => (1..=256).contains(&length),
            (b"tRNS", Self::Grey | Self::Rgb) | (b"bKGD", _) => length == colour,
            (b"sBIT", _) => length == significance,
            (b"sRGB", _) => length == 1,
            (b"cICP" | b"gAMA", _) => length == 4,
            (b"pHYs", _) => length == 9,
            (b"cHRM", _) => length == 32,
            _ => false,
        }
    }
}

/// Where the pixels are, seen from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pixels {
    Ahead,
    Here,
    Behind,
}

/// What was seen of a picture so far.
#[derive(Debug)]
struct Picture {
    size: (u32, u32),
    colour: Colour,
    canvas: Canvas,
    pixels: Pixels,
    /// The names of what may be there once.
    once: Vec<[u8; 4]>,
    animation: Option<Animation>,
    pieces: Pieces,
}

impl Picture {
    fn begin(header: &Chunk) -> Result<Self, Unfit> {
        let &[w3, w2, w1, w0, h3, h2, h1, h0, depth, kind, 0, 0, 0 | 1] = header.start.as_slice() else {
            return Err(Unfit::Damaged("its header is none of a PNG"));
        };
        let colour = Colour::parse(kind, depth).filter(|_| header.name == *b"IHDR");
        let colour = colour.ok_or(Unfit::Damaged("its header is none of a PNG"))?;
        let size = (u32::from_be_bytes([w3, w2, w1, w0]), u32::from_be_bytes([h3, h2, h1, h0]));
        let canvas = Canvas::new(size.0, size.1)?;
        let mut pieces = Pieces::default();
        pieces.keep(0..header.stretch.end)?;
        Ok(Self { size, colour, canvas, pixels: Pixels::Ahead, once: Vec::new(), animation: None, pieces })
    }

    fn add(&mut self, chunk: &Chunk) -> Result<(), Unfit> {
        if self.pixels == Pixels::Here && chunk.name != *b"IDAT" {
            self.pixels = Pixels::Behind;
        }
        let is_kept = match &chunk.name {
            b"PLTE" => self.add_palette(chunk)?,
            b"IDAT" => self.add_pixels()?,
            b"IEND" => self.end(chunk)?,
            b"acTL" => self.animate(chunk)?,
            b"fcTL" | b"fdAT" => self.add_frame(chunk)?,
            [b'A'..=b'Z', ..] => return Err(Unfit::Damaged("it has a part that nobody knows, but everybody needs")),
            _ => self.pixels == Pixels::Ahead && self.colour.fits(chunk.name, chunk.length) && self.is_first(chunk),
        };
        if is_kept { self.pieces.keep(chunk.stretch.clone()) } else { Ok(()) }
    }

    fn is_first(&mut self, chunk: &Chunk) -> bool {
        let is_first = !self.once.contains(&chunk.name);
        if is_first {
            self.once.push(chunk.name);
        }
        is_first
    }

    fn add_palette(&mut self, chunk: &Chunk) -> Result<bool, Unfit> {
        let is_coloured = !matches!(self.colour, Colour::Grey | Colour::GreyAlpha);
        let is_whole = (3..=768).contains(&chunk.length) && chunk.length.is_multiple_of(3);
        if is_coloured && is_whole && self.pixels == Pixels::Ahead && self.is_first(chunk) {
            Ok(true)
        } else {
            Err(Unfit::Damaged("its palette is none of this picture"))
        }
    }

    fn add_pixels(&mut self) -> Result<bool, Unfit> {
        if self.pixels == Pixels::Behind {
            return Err(Unfit::Damaged("its pixels are scattered"));
        }
        if self.colour == Colour::Palette && !self.once.contains(b"PLTE") {
            return Err(Unfit::Damaged("its palette is missing"));
        }
        self.pixels = Pixels::Here;
        if let Some(animation) = &mut self.animation {
            animation.fill_first();
        }
        Ok(true)
    }

    fn animate(&mut self, chunk: &Chunk) -> Result<bool, Unfit> {
        if self.pixels != Pixels::Ahead || self.animation.is_some() {
            return Err(Unfit::Damaged("its animation begins in the wrong place"));
        }
        self.animation = Some(Animation::begin(&chunk.start)?);
        Ok(true)
    }

    /// Frames that no animation announced are never shown, and left out.
    fn add_frame(&mut self, chunk: &Chunk) -> Result<bool, Unfit> {
        let Some(animation) = &mut self.animation else {
            return Ok(false);
        };
        let is_first = self.pixels == Pixels::Ahead;
        if chunk.name == *b"fcTL" {
            let (width, height) = animation.open(&chunk.start, self.size, is_first)?;
            self.canvas.add_frame(width, height)?;
        } else {
            animation.fill(&chunk.start, is_first)?;
        }
        Ok(true)
    }

    fn end(&self, chunk: &Chunk) -> Result<bool, Unfit> {
        if self.pixels == Pixels::Ahead {
            return Err(Unfit::Damaged("it has no pixels"));
        }
        if chunk.length != 0 {
            return Err(Unfit::Damaged("its end is none of a PNG"));
        }
        match &self.animation {
            Some(animation) => animation.end(self.canvas.frames()).map(|()| true),
            None => Ok(true),
        }
    }
}
