//! JPEG: segments, and between them the data of the picture, in which only markers are looked for.
//!
//! Delivered are the tables, the frame, the passes, and what says how colours and sides are meant. Everything that
//! cameras and programs add is left out: of a camera's notes only which side is up is told again, so that pictures
//! taken with a turned telephone do not lie on their side.

mod orientation;
mod tables;
#[cfg(test)]
mod tests;

use std::ops::Range;

use memchr::memchr;

use crate::limits::MOST_PASSES;
use crate::pieces::Pieces;
use crate::reader::Reader;
use crate::source::Source;
use crate::unfit::{Stopped, Unfit};

const START: [u8; 2] = [0xFF, 0xD8];
const TABLES: u8 = 0xC4;
const END: u8 = 0xD9;
const PASS: u8 = 0xDA;
const QUANTIZATION: u8 = 0xDB;
const RESTART_INTERVAL: u8 = 0xDD;
const JFIF: u8 = 0xE0;
const EXIF: u8 = 0xE1;
const ADOBE: u8 = 0xEE;
const COMMENT: u8 = 0xFE;

/// The most segments; a photograph with all its notes has some hundreds.
const MOST_SEGMENTS: u32 = 20_000;

/// Looks at a JPEG.
pub(crate) async fn inspect<S: Source>(file: &mut Reader<S>) -> Result<Pieces, Stopped<S::Error>> {
    if file.array::<2>().await? != START {
        return Err(Unfit::Damaged("its beginning is none of a JPEG").into());
    }
    let mut picture = Picture::default();
    let mut marker = Marker::read(file).await?;
    while marker.code != END {
        marker = if marker.code == PASS {
            picture.pass(file, &marker).await?
        } else {
            picture.segment(file, &marker).await?;
            Marker::read(file).await?
        };
    }
    picture.finish(marker.from..file.at()).map_err(Stopped::Unfit)
}

/// The beginning of a segment.
#[derive(Debug)]
struct Marker {
    code: u8,
    /// The place of its 0xFF.
    from: u64,
}

impl Marker {
    /// Reads a marker; any number of 0xFF may stand before it.
    async fn read<S: Source>(file: &mut Reader<S>) -> Result<Self, Stopped<S::Error>> {
        if file.byte().await? != 0xFF {
            return Err(Unfit::Damaged("something stands between its segments").into());
        }
        pass_fill(file).await?;
        let from = file.at().saturating_sub(1);
        Ok(Self { code: file.byte().await?, from })
    }

    /// Whether it is none, but a part of the data of a picture.
    fn is_data(&self) -> bool {
        matches!(self.code, 0x00 | 0xD0..=0xD7)
    }
}

async fn pass_fill<S: Source>(file: &mut Reader<S>) -> Result<(), Stopped<S::Error>> {
    loop {
        let window = file.window().await?;
        let filling = window.iter().take_while(|byte| **byte == 0xFF).count();
        let goes_on = filling > 0 && filling == window.len();
        file.pass(filling)?;
        if !goes_on {
            return Ok(());
        }
    }
}

/// Reads what a segment holds.
async fn body<S: Source>(file: &mut Reader<S>) -> Result<Vec<u8>, Stopped<S::Error>> {
    let length = u16::from_be_bytes(file.array().await?);
    let length = length.checked_sub(2).ok_or(Unfit::Damaged("a segment of it is shorter than its own length"))?;
    file.take(usize::from(length)).await
}

/// Passes over the data of a pass; answers the marker behind it.
async fn pass_data<S: Source>(file: &mut Reader<S>) -> Result<Marker, Stopped<S::Error>> {
    loop {
        let window = file.window().await?;
        if window.is_empty() {
            return Err(Unfit::Truncated.into());
        }
        let count = data(window);
        let goes_on = count == window.len();
        file.pass(count)?;
        if !goes_on {
            let marker = Marker::read(file).await?;
            if !marker.is_data() {
                return Ok(marker);
            }
        }
    }
}

/// How many bytes are data for sure: all before the first 0xFF that may begin a marker.
fn data(window: &[u8]) -> usize {
    let mut from = 0;
    while let Some(ahead) = window.get(from..).and_then(|rest| memchr(0xFF, rest)) {
        let at = from + ahead;
        match window.get(at + 1) {
            Some(0x00 | 0xD0..=0xD7) => from = at + 2,
            Some(0xFF) => from = at + 1,
            Some(_) | None => return at,
        }
    }
    window.len()
}

/// What was seen of a picture so far.
#[derive(Debug, Default)]
struct Picture {
    /// The ids of its components, once its frame was seen.
    components: Option<Vec<u8>>,
    segments: u32,
    passes: u32,
    has_notes: bool,
    jfif: Pieces,
    orientation: Pieces,
    adobe: Pieces,
    rest: Pieces,
}

impl Picture {
    async fn segment<S: Source>(&mut self, file: &mut Reader<S>, marker: &Marker) -> Result<(), Stopped<S::Error>> {
        self.segments = self.segments.saturating_add(1);
        if self.segments > MOST_SEGMENTS {
            return Err(Unfit::Damaged("it is made of far too many segments").into());
        }
        let body = body(file).await?;
        self.add(marker.code, &body, marker.from..file.at()).map_err(Stopped::Unfit)
    }

    fn add(&mut self, code: u8, body: &[u8], stretch: Range<u64>) -> Result<(), Unfit> {
        match code {
            0xC0..=0xC2 if self.components.is_some() => return Err(Unfit::Damaged("it has two frames")),
            0xC0..=0xC2 => self.components = Some(tables::frame(body)?),
            TABLES => tables::huffman(body)?,
            QUANTIZATION => tables::quantization(body)?,
            RESTART_INTERVAL if body.len() != 2 => return Err(Unfit::Damaged("its restart interval is no number")),
            RESTART_INTERVAL => {}
            JFIF => return self.add_jfif(body, stretch),
            EXIF => return self.add_orientation(body, stretch),
            ADOBE => return self.add_adobe(body, stretch),
            0xE2..=0xED | 0xEF | COMMENT => return Ok(()),
            0xC3 | 0xC5..=0xCF | 0xDC | 0xDE | 0xDF => {
                return Err(Unfit::Damaged("it is arithmetic, lossless or hierarchical, which nothing shows"));
            }
            _ => return Err(Unfit::Damaged("it has a segment that nobody knows")),
        }
        self.rest.keep(stretch)
    }

    async fn pass<S: Source>(&mut self, file: &mut Reader<S>, marker: &Marker) -> Result<Marker, Stopped<S::Error>> {
        let components = self.components.as_deref().ok_or(Unfit::Damaged("it has a pass before its frame"))?;
        tables::pass(&body(file).await?, components)?;
        self.passes = self.passes.saturating_add(1);
        if self.passes > MOST_PASSES {
            return Err(Unfit::TooManyFrames.into());
        }
        let next = pass_data(file).await?;
        self.rest.keep(marker.from..next.from)?;
        Ok(next)
    }

    /// The density of its pixels, without the thumbnail that may follow.
    fn add_jfif(&mut self, body: &[u8], stretch: Range<u64>) -> Result<(), Unfit> {
        let density = body.get(..12).filter(|density| density.starts_with(b"JFIF\0"));
        let Some(density) = density.filter(|_| self.jfif.is_empty()) else {
            return Ok(());
        };
        if matches!(body.get(12..), Some([0, 0])) {
            return self.jfif.keep(stretch);
        }
        let mut plain = vec![0xFF, JFIF, 0x00, 0x10];
        plain.extend(density);
        plain.extend([0, 0]);
        self.jfif.write(plain)
    }

    /// Which side is up, and nothing else of what a camera notes.
    fn add_orientation(&mut self, body: &[u8], stretch: Range<u64>) -> Result<(), Unfit> {
        let Some(notes) = body.strip_prefix(b"Exif\0\0").filter(|_| !self.has_notes) else {
            return Ok(());
        };
        self.has_notes = true;
        let Some(turned) = orientation::read(notes) else {
            return Ok(());
        };
        let segment = orientation::write(turned);
        if segment.get(4..) == Some(body) { self.orientation.keep(stretch) } else { self.orientation.write(segment) }
    }

    /// How its colours are meant.
    fn add_adobe(&mut self, body: &[u8], stretch: Range<u64>) -> Result<(), Unfit> {
        let is_plain = body.len() == 12 && body.starts_with(b"Adobe");
        if is_plain && self.adobe.is_empty() { self.adobe.keep(stretch) } else { Ok(()) }
    }

    fn finish(self, end: Range<u64>) -> Result<Pieces, Unfit> {
        if self.passes == 0 {
            return Err(Unfit::Damaged("it has no picture"));
        }
        let mut all = Pieces::default();
        all.keep(0..2)?;
        for part in [self.jfif, self.orientation, self.adobe, self.rest] {
            all.append(part)?;
        }
        all.keep(end)?;
        Ok(all)
    }
}
