//! GIF from nothing: frames of one colour, packed as every program packs them.

/// Begins the codes anew, and ends them.
const CLEAR: u32 = 4;
const STOP: u32 = 5;

/// How many codes there are before they begin anew: fewer than fit into twelve bits.
const MOST_CODES: u32 = 4_000;

/// Says that all frames are shown for ever.
const LOOP: &[u8] = b"\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0";

/// One pixel.
#[must_use]
pub fn gif() -> Vec<u8> {
    gif_of_frames(1, 1)
}

/// A moving picture: so many frames, each a square with sides of so many pixels.
#[must_use]
pub fn gif_of_frames(frames: u32, side: u16) -> Vec<u8> {
    let shown = [b"\x21\xF9\x04\0\x0A\0\0\0".as_slice(), &frame(side)].concat();
    let frames = shown.repeat(usize::try_from(frames).unwrap_or_default());
    [head(side.to_le_bytes(), side.to_le_bytes()).as_slice(), LOOP, &frames, b";"].concat()
}

/// A picture that is a script as well: its width opens a comment, and a comment closes it.
#[must_use]
pub fn gif_with_script() -> Vec<u8> {
    let script = b"\x21\xFE\x1C*/=1;alert('JS-SECRET');1//*\0";
    [head(*b"/*", [1, 0]).as_slice(), script, &frame(1), b";*/alert('JS-SECRET')"].concat()
}

/// A picture with what programs add: a comment, a text to show, notes, something private, and a tail.
#[must_use]
pub fn gif_with_text() -> Vec<u8> {
    [
        head([1, 0], [1, 0]).as_slice(),
        LOOP,
        b"\x21\xFE\x0ECOMMENT-SECRET\0",
        b"\x21\xFF\x0BXMP DataXMP\x0AXMP-SECRET\0",
        b"\x21\xFF\x0BNETSCAPE2.0\x0DLOADED-SECRET\0",
        b"\x21\xF9\x04\0\x0A\0\0\0",
        b"\x21\x01\x0C\0\0\0\0\x01\0\x01\0\x08\x08\x01\0\x0BTEXT-SECRET\0",
        b"\x21\xF9\x04\0\x0A\0\0\0",
        &frame(1),
        b";TAIL-SECRET",
    ]
    .concat()
}

/// A canvas with two colours: black and white.
fn head([w0, w1]: [u8; 2], [h0, h1]: [u8; 2]) -> Vec<u8> {
    [b"GIF89a".as_slice(), &[w0, w1, h0, h1, 0x80, 0, 0], &[0, 0, 0, 0xFF, 0xFF, 0xFF]].concat()
}

/// A black square.
fn frame(side: u16) -> Vec<u8> {
    let [low, high] = side.to_le_bytes();
    let mut bytes = vec![0x2C, 0, 0, 0, 0, low, high, low, high, 0, 2];
    for part in black(u64::from(side) * u64::from(side)).chunks(255) {
        bytes.push(u8::try_from(part.len()).unwrap_or(u8::MAX));
        bytes.extend(part);
    }
    bytes.push(0);
    bytes
}

/// So many black pixels: each code stands for one more of them than the code before.
fn black(mut pixels: u64) -> Vec<u8> {
    let mut codes = Codes::default();
    codes.push(CLEAR, 1);
    let mut place = 1;
    while pixels > 0 {
        let run = place.min(u32::try_from(pixels).unwrap_or(place));
        codes.push(if run == 1 { 0 } else { STOP - 1 + run }, place);
        pixels = pixels.saturating_sub(run.into());
        place += 1;
        if place > MOST_CODES {
            codes.push(CLEAR, place);
            place = 1;
        }
    }
    codes.push(STOP, place);
    codes.finish()
}

/// Codes, each of as many bits as the place since they began anew demands.
#[derive(Default)]
struct Codes {
    bytes: Vec<u8>,
    rest: u32,
    rest_bits: u32,
}

impl Codes {
    fn push(&mut self, code: u32, place: u32) {
        let newest = (STOP - 1 + place).max(STOP + 1);
        self.rest |= code << self.rest_bits;
        self.rest_bits += newest.ilog2() + 1;
        while self.rest_bits >= 8 {
            self.push_byte();
            self.rest_bits -= 8;
        }
    }

    fn push_byte(&mut self) {
        let [low, ..] = self.rest.to_le_bytes();
        self.bytes.push(low);
        self.rest >>= 8;
    }

    fn finish(mut self) -> Vec<u8> {
        if self.rest_bits > 0 {
            self.push_byte();
        }
        self.bytes
    }
}
