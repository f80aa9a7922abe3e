//! JPEG from nothing: grey, with codes so simple that the data can be written by hand.

/// The bits by which a picture is packed: one code for the brightness of a block, one for what is in it.
struct Packing {
    code_bits: u8,
    detail: u8,
}

/// Codes of one bit, and blocks with nothing in them: four blocks are a byte.
const TIGHT: Packing = Packing { code_bits: 1, detail: 0x00 };

/// Codes of 16 bits, and eight bits for each of the 63 details of a block: all of them 0.
const WASTEFUL: Packing = Packing { code_bits: 16, detail: 0x08 };

/// How many bytes a wasteful block takes.
const WASTEFUL_BLOCK: usize = 2 + 63 * 3;

/// How many wasteful blocks stand side by side, and above each other, at most.
const MOST_BLOCKS: (usize, usize) = (256, 8_000);

const START: &[u8] = &[0xFF, 0xD8];
const END: &[u8] = &[0xFF, 0xD9];

/// A grey square of 8 × 8 pixels.
#[must_use]
pub fn jpeg() -> Vec<u8> {
    [START, &jfif(&[0, 0]), &picture(&TIGHT, (8, 8)), &[0x3F], END].concat()
}

/// A picture of exactly so many bytes, from 400 to 300 million.
#[must_use]
pub fn jpeg_of(bytes: usize) -> Vec<u8> {
    let rest = bytes.saturating_sub(400);
    let blocks = (rest / WASTEFUL_BLOCK).max(1);
    let (wide, high) = (blocks.min(MOST_BLOCKS.0), (blocks / MOST_BLOCKS.0).clamp(1, MOST_BLOCKS.1));
    let side = |blocks: usize| u16::try_from(8 * blocks).unwrap_or(u16::MAX);
    let head = [START, &jfif(&[0, 0]), &picture(&WASTEFUL, (side(wide), side(high)))].concat();
    let data = vec![0_u8; wide * high * WASTEFUL_BLOCK];
    // Any number of these may stand before a marker.
    let fill = vec![0xFF_u8; bytes.saturating_sub(head.len() + data.len() + END.len())];
    [head.as_slice(), &data, &fill, END].concat()
}

/// A picture with all that telephones and programs add: a place, a thumbnail, notes, a profile, a tail; turned by 90°.
#[must_use]
pub fn jpeg_with_everything() -> Vec<u8> {
    [
        START,
        &jfif(b"\x04\x01THUMB-SECRET"),
        &segment(0xE1, &[b"Exif\0\0".as_slice(), &notes()].concat()),
        &segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>XMP-SECRET</x:xmpmeta>"),
        &segment(0xE2, b"ICC_PROFILE\0\x01\x01ICC-SECRET"),
        &segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x10\x1C\x02\x78\0\x0BIPTC-SECRET"),
        &segment(0xFE, b"COM-SECRET"),
        &picture(&TIGHT, (8, 8)),
        &[0x3F],
        END,
        b"TAIL-SECRET",
    ]
    .concat()
}

/// A picture that is a program for PHP as well.
#[must_use]
pub fn jpeg_with_php() -> Vec<u8> {
    let comment = segment(0xFE, b"<?php echo 'PHP-SECRET'; __halt_compiler(); ?>");
    let picture = picture(&TIGHT, (8, 8));
    [START, &jfif(&[0, 0]), &comment, &picture, &[0x3F], END, b"<?php echo 'PHP-SECRET'; ?>"].concat()
}

/// A marker and what belongs to it.
fn segment(code: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX);
    [[0xFF, code].as_slice(), &length.to_be_bytes(), body].concat()
}

/// The density of the pixels, and a thumbnail: how wide and high it is, and its colours.
fn jfif(thumbnail: &[u8]) -> Vec<u8> {
    segment(0xE0, &[b"JFIF\0\x01\x01\0\0\x01\0\x01".as_slice(), thumbnail].concat())
}

/// All from the tables to the head of the only pass; the data must follow.
fn picture(packing: &Packing, size: (u16, u16)) -> Vec<u8> {
    let ([w1, w0], [h1, h0]) = (size.0.to_be_bytes(), size.1.to_be_bytes());
    [
        segment(0xDB, &[[0_u8].as_slice(), &[1; 64]].concat()),
        segment(0xC0, &[8, h1, h0, w1, w0, 1, 1, 0x11, 0]),
        segment(0xC4, &one_code(0x00, packing.code_bits, 0x00)),
        segment(0xC4, &one_code(0x10, packing.code_bits, packing.detail)),
        segment(0xDA, &[1, 1, 0x00, 0, 63, 0]),
    ]
    .concat()
}

/// A table of one code, which is all zeros.
fn one_code(table: u8, bits: u8, symbol: u8) -> Vec<u8> {
    let counts: Vec<_> = (1..=16).map(|length| u8::from(length == bits)).collect();
    [[table].as_slice(), &counts, &[symbol]].concat()
}

/// What a camera notes: its maker, which side is up, where it was, and a thumbnail.
fn notes() -> Vec<u8> {
    [
        b"II*\0\x08\0\0\0".as_slice(),
        b"\x03\0",
        &entry(0x010F, 2, 10, 50),
        &entry(0x0112, 3, 1, 6),
        &entry(0x8825, 4, 1, 60),
        b"\x5A\0\0\0",
        b"SecretCam\0",
        b"\x01\0",
        &entry(0x001B, 7, 11, 78),
        b"\0\0\0\0",
        b"GPS-SECRET\0\0",
        b"\x02\0",
        &entry(0x0201, 4, 1, 120),
        &entry(0x0202, 4, 1, 16),
        b"\0\0\0\0",
        b"\xFF\xD8THUMB-SECRET\xFF\xD9",
    ]
    .concat()
}

/// An entry of a directory: what it is, of which kind, how many, and the value or its place.
fn entry(tag: u16, kind: u16, count: u32, value: u32) -> Vec<u8> {
    [tag.to_le_bytes().as_slice(), &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
}
