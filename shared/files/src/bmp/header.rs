//! The header of a BMP: each generation is the one before with more behind it, the first aside.
//!
//! | bytes | adds |
//! |---|---|
//! | 12 | the size in 16 bits; colours of three bytes |
//! | 40 | the size in 32 bits, how it is packed, how many colours there are |
//! | 52, 56 | which bits of a pixel are red, green and blue, and which are transparency |
//! | 108 | what the colours mean |
//! | 124 | where a colour profile is |

use crate::limits::Canvas;
use crate::unfit::Unfit;

/// The length of what stands before the header.
pub(super) const FILE_HEADER: usize = 14;

const PLAIN: u32 = 0;
const RUNS_OF_BYTES: u32 = 1;
const RUNS_OF_HALVES: u32 = 2;
const MASKS: u32 = 3;
const MASKS_WITH_ALPHA: u32 = 6;

/// What colours mean: as the header itself says, as on most screens, or as on the writer's.
const CALIBRATED: u32 = 0;
const SRGB: u32 = u32::from_be_bytes(*b"sRGB");
const WINDOWS: u32 = u32::from_be_bytes(*b"Win ");

const BAD_HEADER: Unfit = Unfit::Damaged("its header is none of a BMP");

/// A header, and how long what belongs to it is.
#[derive(Debug)]
pub(super) struct Header {
    /// As it is delivered.
    pub(super) bytes: Vec<u8>,
    /// How many bytes of masks and colours follow.
    pub(super) colours: u64,
    /// How many bytes the pixels take.
    pub(super) pixels: u64,
}

/// How many bytes of a header follow its own length.
pub(super) fn rest(length: u32) -> Result<usize, Unfit> {
    match length {
        12 | 40 | 52 | 56 | 108 | 124 => usize::try_from(length - 4).map_err(|_ignored| BAD_HEADER),
        _ => Err(BAD_HEADER),
    }
}

impl Header {
    /// Reads a header that begins with its own length and has it.
    pub(super) fn parse(bytes: Vec<u8>) -> Result<Self, Unfit> {
        if bytes.len() == 12 { Self::parse_first(bytes) } else { Self::parse_later(bytes) }
    }

    fn parse_first(bytes: Vec<u8>) -> Result<Self, Unfit> {
        let (width, height) = (short(&bytes, 4), short(&bytes, 6));
        let depth @ (1 | 4 | 8 | 24) = short(&bytes, 10) else {
            return Err(BAD_HEADER);
        };
        if short(&bytes, 8) != 1 {
            return Err(BAD_HEADER);
        }
        Canvas::new(width.into(), height.into())?;
        let pixels = plain(width.into(), height.into(), depth);
        Ok(Self { bytes, colours: 3 * u64::from(most_colours(depth)), pixels })
    }

    fn parse_later(mut bytes: Vec<u8>) -> Result<Self, Unfit> {
        let width = i32::try_from(long(&bytes, 4)).map_err(|_negative| BAD_HEADER)?.unsigned_abs();
        let (height, is_upside_down) = tall(long(&bytes, 8));
        let (depth, packing) = (short(&bytes, 14), long(&bytes, 16));
        if short(&bytes, 12) != 1 || !is_known(packing, depth, is_upside_down) {
            return Err(BAD_HEADER);
        }
        Canvas::new(width, height)?;
        let pixels = match packing {
            RUNS_OF_BYTES | RUNS_OF_HALVES => u64::from(long(&bytes, 20)),
            _ => plain(width, height, depth),
        };
        if pixels == 0 {
            return Err(Unfit::Damaged("it does not say how many bytes its pixels take"));
        }
        let palette = palette(&mut bytes, depth)?;
        forget_profile(&mut bytes);
        let masks = match packing {
            MASKS if bytes.len() == 40 => 12,
            MASKS_WITH_ALPHA if bytes.len() == 40 => 16,
            _ => 0,
        };
        Ok(Self { bytes, colours: masks + 4 * u64::from(palette), pixels })
    }

    /// What stands before the header, given where the pixels begin.
    pub(super) fn file_header(&self, pixels_from: u64) -> Result<[u8; FILE_HEADER], Unfit> {
        let number = |number: u64| u32::try_from(number).map_err(|_ignored| Unfit::Damaged("it is far too large"));
        let [s0, s1, s2, s3] = number(pixels_from.saturating_add(self.pixels))?.to_le_bytes();
        let [p0, p1, p2, p3] = number(pixels_from)?.to_le_bytes();
        Ok([b'B', b'M', s0, s1, s2, s3, 0, 0, 0, 0, p0, p1, p2, p3])
    }
}

/// The height, and whether the first line is the uppermost: unusual, and said by a negative height.
fn tall(height: u32) -> (u32, bool) {
    if i32::try_from(height).is_ok() { (height, false) } else { (height.wrapping_neg(), true) }
}

fn is_known(packing: u32, depth: u16, is_upside_down: bool) -> bool {
    match packing {
        PLAIN => matches!(depth, 1 | 4 | 8 | 16 | 24 | 32),
        RUNS_OF_BYTES => depth == 8 && !is_upside_down,
        RUNS_OF_HALVES => depth == 4 && !is_upside_down,
        MASKS | MASKS_WITH_ALPHA => matches!(depth, 16 | 32),
        _ => false,
    }
}

/// How many bytes unpacked pixels take: every line is filled up to four bytes.
fn plain(width: u32, height: u32, depth: u16) -> u64 {
    let line = (u64::from(width) * u64::from(depth)).div_ceil(32) * 4;
    line.saturating_mul(u64::from(height))
}

/// The most colours that pixels of this depth can name.
fn most_colours(depth: u16) -> u32 {
    if depth <= 8 { 1_u32 << depth } else { 0 }
}

/// How many colours follow; pixels that name none need none.
fn palette(bytes: &mut [u8], depth: u16) -> Result<u32, Unfit> {
    let most = most_colours(depth);
    if most == 0 {
        put(bytes, 32, 0);
        put(bytes, 36, 0);
    }
    match long(bytes, 32) {
        0 => Ok(most),
        used if used <= most => Ok(used),
        _ => Err(Unfit::Damaged("it has more colours than its pixels can name")),
    }
}

/// Colours are delivered without a profile; without one, what was said of it means nothing.
fn forget_profile(bytes: &mut [u8]) {
    let meaning = long(bytes, 56);
    if bytes.len() >= 108 && meaning != CALIBRATED {
        put(bytes, 56, if meaning == WINDOWS { WINDOWS } else { SRGB });
        for at in (60..108).step_by(4) {
            put(bytes, at, 0);
        }
    }
    for at in [112, 116, 120] {
        put(bytes, at, 0);
    }
}

/// A number of a header that is long enough to hold it; 0 of a shorter one.
fn short(bytes: &[u8], at: usize) -> u16 {
    let number = bytes.get(at..).and_then(<[u8]>::first_chunk);
    number.map_or(0, |number| u16::from_le_bytes(*number))
}

/// As [`short`].
fn long(bytes: &[u8], at: usize) -> u32 {
    let number = bytes.get(at..).and_then(<[u8]>::first_chunk);
    number.map_or(0, |number| u32::from_le_bytes(*number))
}

/// Writes a number into a header that has room for it; into a shorter one, nothing.
fn put(bytes: &mut [u8], at: usize, number: u32) {
    if let Some(place) = bytes.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *place = number.to_le_bytes();
    }
}
