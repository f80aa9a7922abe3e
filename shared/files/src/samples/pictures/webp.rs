//! WebP from nothing: one pixel, transparent, without loss.

/// One transparent pixel.
const PIXEL: &[u8] = b"\x2F\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xFE\x07";

/// One transparent pixel.
#[must_use]
pub fn webp() -> Vec<u8> {
    riff(&chunk(*b"VP8L", PIXEL))
}

/// A picture with all that cameras and programs add: a profile, notes, something private, and a tail.
#[must_use]
pub fn webp_with_everything() -> Vec<u8> {
    let parts = [
        head(0x3C),
        chunk(*b"ICCP", b"ICC-SECRET"),
        chunk(*b"VP8L", PIXEL),
        chunk(*b"EXIF", b"II*\0\x08\0\0\0\0\0\0\0\0\0EXIF-SECRET"),
        chunk(*b"XMP ", b"<x:xmpmeta>XMP-SECRET</x:xmpmeta>"),
        chunk(*b"prvt", b"PRIVATE-SECRET"),
    ];
    [riff(&parts.concat()).as_slice(), b"TAIL-SECRET"].concat()
}

/// A moving picture of so many frames.
#[must_use]
pub fn webp_of_frames(frames: u32) -> Vec<u8> {
    let shown = [0_u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0];
    let frame = chunk(*b"ANMF", &[shown.as_slice(), &chunk(*b"VP8L", PIXEL)].concat());
    let frames = frame.repeat(usize::try_from(frames).unwrap_or_default());
    riff(&[head(0x12), chunk(*b"ANIM", &[0; 6]), frames].concat())
}

/// A chunk, filled up to an even length.
pub(crate) fn chunk(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let fill = vec![0_u8; body.len() % 2];
    [name.as_slice(), &length.to_le_bytes(), body, &fill].concat()
}

/// Chunks, and before them how long they are.
pub(crate) fn riff(chunks: &[u8]) -> Vec<u8> {
    chunk(*b"RIFF", &[b"WEBP".as_slice(), chunks].concat())
}

/// The head of a picture of one pixel, with what is in it.
fn head(flags: u8) -> Vec<u8> {
    chunk(*b"VP8X", &[flags, 0, 0, 0, 0, 0, 0, 0, 0, 0])
}
