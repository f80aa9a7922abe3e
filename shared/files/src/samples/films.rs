//! Films, made of boxes.

/// A film of one track.
#[must_use]
pub fn mp4() -> Vec<u8> {
    [brands(), boxed(b"moov", &[header(), track(&[], b"\0")].concat()), boxed(b"mdat", &[7; 64])].concat()
}

/// A film that tells in twelve places where it was taken.
#[must_use]
pub fn mp4_with_place() -> Vec<u8> {
    let place = boxed(b"udta", &boxed(b"\xa9xyz", b"\x00\x0a\x15\xc7GPS-SECRET"));
    let keys = boxed(b"meta", b"\x00\x00\x00\x00META-SECRET");
    let device = boxed(b"udta", &boxed(b"name", b"TRACK-SECRET"));
    let unknown = boxed(b"evil", b"OTHER-SECRET");
    let inside = [device, unknown.clone()].concat();
    let index = [header(), track(&inside, b"NAME-SECRET\0"), place, keys, unknown.clone()].concat();
    let index = boxed(b"moov", &index);
    let stranger = boxed(b"uuid", b"0123456789abcdefUUID-SECRET");
    let frames = boxed(b"mdat", &[7; 64]);
    // The same with a size of eight bytes, as cameras write it.
    let wide = [1_u32.to_be_bytes().as_slice(), b"skip", &27_u64.to_be_bytes(), b"WIDE-SECRET"].concat();
    [brands(), boxed(b"free", b"FREE-SECRET"), index, frames, wide, stranger, unknown].concat()
}

/// A box of a film, its kind in four letters.
#[must_use]
pub fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len()).unwrap_or(u32::MAX).saturating_add(8);
    [size.to_be_bytes().as_slice(), kind, content].concat()
}

fn brands() -> Vec<u8> {
    boxed(b"ftyp", b"isom\x00\x00\x02\x00isomiso2avc1mp41")
}

/// How numbers are written in the boxes of a film.
fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// A picture that is neither turned nor stretched.
const UNTURNED: [u32; 9] = [0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000];

fn header() -> Vec<u8> {
    let times = numbers(&[0, 0, 0, 1_000, 1_000, 0x0001_0000, 0x0100_0000, 0, 0]);
    boxed(b"mvhd", &[times, numbers(&UNTURNED), numbers(&[0, 0, 0, 0, 0, 0, 2])].concat())
}

/// A track with more boxes in it and in its media, written by a program of this name.
fn track(more: &[u8], name: &[u8]) -> Vec<u8> {
    let times = numbers(&[7, 0, 0, 1, 0, 1_000, 0, 0, 0, 0]);
    let shown = boxed(b"tkhd", &[times, numbers(&UNTURNED), numbers(&[320 << 16, 240 << 16])].concat());
    let kind = boxed(b"hdlr", &[b"\0\0\0\0\0\0\0\0vide\0\0\0\0\0\0\0\0\0\0\0\0".as_slice(), name].concat());
    let source = boxed(b"dref", &[numbers(&[0, 1]), boxed(b"url ", &numbers(&[1]))].concat());
    let samples = [
        boxed(b"stsd", &numbers(&[0, 0])),
        boxed(b"stts", &numbers(&[0, 0])),
        boxed(b"stsc", &numbers(&[0, 0])),
        boxed(b"stsz", &numbers(&[0, 0, 0])),
        boxed(b"stco", &numbers(&[0, 0])),
    ];
    let inside = [boxed(b"vmhd", &numbers(&[1, 0, 0])), boxed(b"dinf", &source), boxed(b"stbl", &samples.concat())];
    let inside = boxed(b"minf", &[inside.concat(), more.to_vec()].concat());
    let media = [boxed(b"mdhd", &numbers(&[0, 0, 0, 1_000, 1_000, 0])), kind, inside];
    boxed(b"trak", &[shown, boxed(b"mdia", &media.concat()), more.to_vec()].concat())
}
