//! BMP from nothing: two pixels of 24 bits, one above the other.

const PIXELS: &[u8] = &[0x10, 0x20, 0x30, 0, 0x40, 0x50, 0x60, 0];

/// Two pixels.
#[must_use]
pub fn bmp() -> Vec<u8> {
    let header = header(40);
    [file_header(62, 54, [0; 4]).as_slice(), &header, PIXELS].concat()
}

/// The same, with something in its header, something before its pixels and something behind its end.
#[must_use]
pub fn bmp_with_tail() -> Vec<u8> {
    let header = header(40);
    [file_header(83, 64, *b"HIDE").as_slice(), &header, b"GAP-SECRET", PIXELS, b"TAIL-SECRET"].concat()
}

/// The same, with a colour profile.
#[must_use]
pub fn bmp_with_profile() -> Vec<u8> {
    let meaning = [b"DEBM".as_slice(), &[0x11; 48], &[4, 0, 0, 0], &[132, 0, 0, 0], &[14, 0, 0, 0], &[0; 4]];
    let masks = [0; 16];
    let header = [header(124).as_slice(), &masks, &meaning.concat()].concat();
    [file_header(160, 138, [0; 4]).as_slice(), &header, PIXELS, b"PROFILE-SECRET"].concat()
}

/// What stands before the header: how long all is, nothing, and where the pixels begin.
fn file_header(length: u32, pixels: u32, nothing: [u8; 4]) -> Vec<u8> {
    [b"BM".as_slice(), &length.to_le_bytes(), &nothing, &pixels.to_le_bytes()].concat()
}

/// The first 40 bytes of a header of this length.
fn header(length: u32) -> Vec<u8> {
    let numbers = [length, 1, 2, 0x0018_0001, 0, 8, 2_835, 2_835, 0, 0];
    numbers.map(u32::to_le_bytes).concat()
}
