//! PNG from nothing: one pixel, packed without being packed.

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// One grey pixel.
#[must_use]
pub fn png() -> Vec<u8> {
    png_claiming(1, 1)
}

/// The same, its header saying that it is as large as this.
#[must_use]
pub fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    [SIGNATURE, &header(width, height), &pixels(), &end()].concat()
}

/// A picture with what programs add: texts, notes, a profile, a time, something private, and a tail.
#[must_use]
pub fn png_with_text() -> Vec<u8> {
    [
        SIGNATURE,
        &header(1, 1),
        &chunk(*b"gAMA", &45_455_u32.to_be_bytes()),
        &chunk(*b"iCCP", &[b"profile\0\0".as_slice(), &stored(b"ICC-SECRET")].concat()),
        &chunk(*b"eXIf", b"II*\0\x08\0\0\0\0\0\0\0\0\0EXIF-SECRET"),
        &chunk(*b"tEXt", b"Comment\0TEXT-SECRET"),
        &chunk(*b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta>XMP-SECRET</x:xmpmeta>"),
        &pixels(),
        &chunk(*b"zTXt", &[b"Author\0\0".as_slice(), &stored(b"ZTXT-SECRET")].concat()),
        &chunk(*b"tIME", &[0x07, 0xEA, 1, 2, 3, 4, 5]),
        &chunk(*b"prVt", b"PRIVATE-SECRET"),
        &end(),
        b"TAIL-SECRET",
    ]
    .concat()
}

/// A picture that is a page as well.
#[must_use]
pub fn png_with_html() -> Vec<u8> {
    let page = b"<html><script>alert('HTML-SECRET')</script></html>";
    let text = chunk(*b"tEXt", &[b"Comment\0".as_slice(), page].concat());
    [SIGNATURE, &header(1, 1), &text, &pixels(), &end(), page].concat()
}

/// A moving picture of so many frames, at least one, the first of which is shown where nothing moves.
#[must_use]
pub fn apng(frames: u32) -> Vec<u8> {
    let frames = frames.max(1);
    let control = [frames.to_be_bytes(), 0_u32.to_be_bytes()].concat();
    let mut bytes = [SIGNATURE, &header(1, 1), &chunk(*b"acTL", &control)].concat();
    let mut numbers = 0_u32..;
    let mut next = || numbers.next().unwrap_or_default().to_be_bytes();
    for frame in 0..frames {
        let size = [next(), 1_u32.to_be_bytes(), 1_u32.to_be_bytes(), [0; 4], [0; 4], [0, 1, 0, 10]].concat();
        bytes.extend(chunk(*b"fcTL", &[size.as_slice(), &[0, 0]].concat()));
        if frame == 0 {
            bytes.extend(pixels());
        } else {
            bytes.extend(chunk(*b"fdAT", &[next().as_slice(), &stored(&[0, 0x80])].concat()));
        }
    }
    bytes.extend(end());
    bytes
}

/// A chunk with its length and its checksum.
pub(crate) fn chunk(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let named = [name.as_slice(), body].concat();
    let checksum = crc32fast::hash(&named);
    [length.to_be_bytes().as_slice(), &named, &checksum.to_be_bytes()].concat()
}

fn header(width: u32, height: u32) -> Vec<u8> {
    chunk(*b"IHDR", &[width.to_be_bytes().as_slice(), &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat())
}

fn pixels() -> Vec<u8> {
    chunk(*b"IDAT", &stored(&[0, 0x80]))
}

fn end() -> Vec<u8> {
    chunk(*b"IEND", &[])
}

/// A zlib stream of few bytes, stored as they are.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    let head = [0x78_u8, 0x01, 0x01];
    [head.as_slice(), &length.to_le_bytes(), &(!length).to_le_bytes(), bytes, &adler(bytes).to_be_bytes()].concat()
}

/// The checksum of a zlib stream.
fn adler(bytes: &[u8]) -> u32 {
    let (low, high) = bytes.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    (high << 16) | low
}
