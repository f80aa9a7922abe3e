//! Films: boxes in boxes, of which only those are kept that are needed to play.
//!
//! The index of a film names places in the file, so nothing of it may move: whatever else stands in it, of a kind that
//! tells where and with what it was taken or of one that nobody knows, becomes free space of the same size, filled with
//! zeros. Boxes are looked at down to what is said of the samples of a track. What a camera records as a track of its
//! own, sample by sample beside the picture, stays: it cannot be told from sound without decoding it.

use std::ops::Range;

use crate::pieces::Pieces;
use crate::reader::Reader;
use crate::source::Source;
use crate::unfit::{Stopped, Unfit};

/// The most boxes that are looked at; a film that is recorded in fragments has some thousands.
const MOST_BOXES: u32 = 20_000;

/// The most bytes of an index: players hold it in memory.
const MOST_INDEX: u64 = 16 * 1024 * 1024;

/// The most bytes of the list of brands.
const MOST_BRANDS: u64 = 1024;

/// The most bytes of zeros with which programs fill up the end of a file.
const MOST_PADDING: u64 = 1024;

/// The size of a box with nothing in it.
const EMPTY: u64 = 8;

/// How much of what says of which kind a track is comes before the name of the program that wrote it.
const UNNAMED: u64 = 24;

/// What says that the samples of a track are in this file, as nearly every film says it.
const HERE: &[u8; 36] = b"\0\0\0\x24dinf\0\0\0\x1cdref\0\0\0\0\0\0\0\x01\0\0\0\x0curl \0\0\0\x01";

/// Brands of films that browsers play, and that of iPhones.
const BRANDS: &[&[u8; 4]] = &[
    b"3g2a", b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"M4V ", b"MSNV", b"avc1", b"dash", b"iso2", b"iso3", b"iso4",
    b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"isom", b"mp41", b"mp42", b"qt  ",
];

/// Looks at a film from its beginning to its end.
pub(crate) async fn inspect<S: Source>(file: &mut Reader<S>) -> Result<Pieces, Stopped<S::Error>> {
    let mut seen = Film::default();
    seen.pieces.keep(0..brands(file).await?)?;
    let mut open = vec![(Place::File, file.len())];
    while let Some((place, end)) = open.last().copied() {
        if file.at() >= end {
            open.pop();
            continue;
        }
        if matches!(place, Place::File) && seen.is_at_padding(file).await? {
            break;
        }
        let part = Part::read(file, place, end).await?;
        seen.count(place, &part)?;
        match treatment(place, &part) {
            Treatment::Keep => seen.pieces.keep(part.at..part.end)?,
            Treatment::Empty => seen.empty(&part)?,
            Treatment::Unname => seen.unname(&part)?,
            Treatment::Anchor => seen.anchor(file, &part).await?,
            Treatment::Open(inside) => {
                seen.pieces.keep(part.at..part.content)?;
                open.push((inside, part.end));
                continue;
            }
        }
        file.seek(part.end)?;
    }
    seen.finish().map_err(Stopped::from)
}

/// Looks at the first box; gives the place behind it.
async fn brands<S: Source>(file: &mut Reader<S>) -> Result<u64, Stopped<S::Error>> {
    let end = file.len();
    let first = Part::read(file, Place::File, end).await?;
    let size = first.end.saturating_sub(first.content);
    if first.kind != *b"ftyp" || size > MOST_BRANDS {
        return Err(Unfit::Damaged("it does not begin with its brands").into());
    }
    let brands = file.take(usize::try_from(size).unwrap_or(usize::MAX)).await?;
    let (brands, _odd) = brands.as_chunks::<4>();
    // The second is a version.
    let mut brands = brands.iter().enumerate().filter(|(at, _)| *at != 1);
    if brands.any(|(_, brand)| BRANDS.contains(&brand)) { Ok(first.end) } else { Err(Unfit::Unknown.into()) }
}

/// Where the zeros begin that follow up to the end, which is near.
async fn padding<S: Source>(file: &mut Reader<S>) -> Result<u64, Stopped<S::Error>> {
    let at = file.at();
    let rest = file.take(usize::try_from(file.left()).unwrap_or(usize::MAX)).await?;
    file.seek(at)?;
    let used = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    Ok(at.saturating_add(u64::try_from(used).unwrap_or(u64::MAX)))
}

/// Where a box stands.
#[derive(Clone, Copy, Debug)]
enum Place {
    File,
    /// In `moov`.
    Index,
    /// In `trak`.
    Track,
    /// In `mdia`.
    Media,
    /// In `minf`.
    Samples,
    /// In `moof`.
    Fragment,
    /// In `traf`.
    Run,
}

impl Place {
    /// The kinds of boxes that are kept here as they are.
    fn kept(self) -> &'static [&'static [u8; 4]] {
        match self {
            Self::File => &[b"mdat", b"mfra", b"pdin", b"sidx", b"ssix", b"styp"],
            Self::Index => &[b"iods", b"mvex", b"mvhd"],
            Self::Track => &[b"edts", b"tkhd", b"tref"],
            Self::Media => &[b"elng", b"mdhd"],
            Self::Samples => &[b"gmhd", b"hmhd", b"nmhd", b"smhd", b"stbl", b"sthd", b"vmhd"],
            Self::Fragment => &[b"mfhd"],
            Self::Run => &[b"saio", b"saiz", b"sbgp", b"senc", b"sgpd", b"subs", b"tfdt", b"tfhd", b"trun"],
        }
    }
}

/// What is done with a box.
#[derive(Clone, Copy, Debug)]
enum Treatment {
    Keep,
    Empty,
    Unname,
    Anchor,
    Open(Place),
}

fn treatment(place: Place, part: &Part) -> Treatment {
    match (place, &part.kind) {
        (Place::File, b"moov") => Treatment::Open(Place::Index),
        (Place::File, b"moof") => Treatment::Open(Place::Fragment),
        (Place::Index, b"trak") => Treatment::Open(Place::Track),
        (Place::Track, b"mdia") => Treatment::Open(Place::Media),
        (Place::Media, b"minf") => Treatment::Open(Place::Samples),
        (Place::Fragment, b"traf") => Treatment::Open(Place::Run),
        (Place::Media | Place::Samples, b"hdlr") => Treatment::Unname,
        (Place::Samples, b"dinf") => Treatment::Anchor,
        (_, kind) if place.kept().contains(&kind) || part.is_free() => Treatment::Keep,
        (_, _) => Treatment::Empty,
    }
}

/// A box, as its header tells of it.
#[derive(Debug)]
struct Part {
    kind: [u8; 4],
    at: u64,
    content: u64,
    end: u64,
}

impl Part {
    /// Reads the header of a box that ends at `end` at the latest.
    async fn read<S: Source>(file: &mut Reader<S>, place: Place, end: u64) -> Result<Self, Stopped<S::Error>> {
        let at = file.at();
        let size = u32::from_be_bytes(file.array().await?);
        let kind: [u8; 4] = file.array().await?;
        let size = match size {
            0 if matches!(place, Place::File) && kind == *b"mdat" => end.saturating_sub(at),
            1 => u64::from_be_bytes(file.array().await?),
            size => u64::from(size),
        };
        let content = file.at();
        let part = Self { kind, at, content, end: at.checked_add(size).ok_or(Unfit::Truncated)? };
        part.check(place, end)?;
        Ok(part)
    }

    fn check(&self, place: Place, end: u64) -> Result<(), Unfit> {
        let is_outermost = matches!(place, Place::File);
        if self.end < self.content {
            return Err(Unfit::Damaged("a part of it is smaller than it can be"));
        }
        if self.end > end {
            let inside = Unfit::Damaged("a part of it is larger than its whole");
            return Err(if is_outermost { Unfit::Truncated } else { inside });
        }
        if is_outermost && self.is_index() && self.size() > MOST_INDEX {
            return Err(Unfit::Damaged("its index is too large"));
        }
        Ok(())
    }

    fn is_index(&self) -> bool {
        matches!(&self.kind, b"moof" | b"moov")
    }

    /// Whether it is free space with nothing in it.
    fn is_free(&self) -> bool {
        self.size() == EMPTY && matches!(&self.kind, b"free" | b"skip")
    }

    fn size(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }
}

/// What was found of a film, and what of it is delivered.
#[derive(Debug, Default)]
struct Film {
    pieces: Pieces,
    boxes: u32,
    indexes: u32,
    headers: u32,
    tracks: u32,
    stretches: u32,
    /// Where the zeros begin that fill up the end of the file, once that is near.
    padding: Option<u64>,
}

impl Film {
    /// Whether nothing but padding follows, which is left out.
    async fn is_at_padding<S: Source>(&mut self, file: &mut Reader<S>) -> Result<bool, Stopped<S::Error>> {
        if self.padding.is_none() && file.left() <= MOST_PADDING {
            self.padding = Some(padding(file).await?);
        }
        Ok(self.padding.is_some_and(|from| file.at() >= from))
    }

    fn count(&mut self, place: Place, part: &Part) -> Result<(), Unfit> {
        self.boxes = self.boxes.saturating_add(1);
        if self.boxes > MOST_BOXES {
            return Err(Unfit::Damaged("it is made of far too many parts"));
        }
        let counted = match (place, &part.kind) {
            (Place::File, b"mdat") => &mut self.stretches,
            (Place::File, b"moov") => &mut self.indexes,
            (Place::Index, b"mvhd") => &mut self.headers,
            (Place::Index, b"trak") => &mut self.tracks,
            (_, _) => return Ok(()),
        };
        *counted = counted.saturating_add(1);
        Ok(())
    }

    /// Delivers free space of the same size.
    fn empty(&mut self, part: &Part) -> Result<(), Unfit> {
        let header = part.content.saturating_sub(part.at);
        let short = u32::try_from(part.size()).ok().filter(|_| header == 8);
        let written = match short {
            Some(size) => [size.to_be_bytes().as_slice(), b"free"].concat(),
            None => [1_u32.to_be_bytes().as_slice(), b"free", part.size().to_be_bytes().as_slice()].concat(),
        };
        self.pieces.write(written)?;
        self.blank(part.content..part.end)
    }

    /// Delivers of which kind a track is, without the name of the program that wrote it.
    fn unname(&mut self, part: &Part) -> Result<(), Unfit> {
        let name = part.content.saturating_add(UNNAMED).min(part.end);
        self.pieces.keep(part.at..name)?;
        self.blank(name..part.end)
    }

    /// Delivers that the samples are in this file, whatever was said: elsewhere may be a folder of its author, or a place
    /// that notes who asks for it.
    async fn anchor<S: Source>(&mut self, file: &mut Reader<S>, part: &Part) -> Result<(), Stopped<S::Error>> {
        let here = u64::try_from(HERE.len()).unwrap_or(u64::MAX);
        file.seek(part.at)?;
        if part.size() == here && file.take(HERE.len()).await? == HERE {
            return Ok(self.pieces.keep(part.at..part.end)?);
        }
        self.pieces.write(HERE.to_vec())?;
        match part.size().checked_sub(here) {
            Some(0) => Ok(()),
            Some(rest) if (EMPTY..=MOST_INDEX).contains(&rest) => {
                let size = u32::try_from(rest).unwrap_or(u32::MAX);
                self.pieces.write([size.to_be_bytes().as_slice(), b"free"].concat())?;
                Ok(self.blank(part.at + here + EMPTY..part.end)?)
            }
            Some(_) | None => Err(Unfit::Damaged("it does not say where its samples are").into()),
        }
    }

    fn blank(&mut self, stretch: Range<u64>) -> Result<(), Unfit> {
        match stretch.end.saturating_sub(stretch.start) {
            0 => Ok(()),
            count => self.pieces.blank(count),
        }
    }

    fn finish(self) -> Result<Pieces, Unfit> {
        match (self.indexes, self.headers) {
            // A camera writes the index last: one whose battery ended did not.
            (0, _) => Err(Unfit::Truncated),
            (1, 1) if self.tracks > 0 && self.stretches > 0 => Ok(self.pieces),
            (1, 1) => Err(Unfit::Damaged("nothing is to be seen in it")),
            (_, _) => Err(Unfit::Damaged("it has more than one index, or one without a header")),
        }
    }
}

#[cfg(test)]
mod tests;
