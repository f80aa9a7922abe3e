//! Screenshots, with the right checksums: hardly any input would get past the first chunk.
#![no_main]

use files_fuzz::{beginning, check};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut bytes = beginning(bytes, b"\x89PNG\r\n\x1a\n");
    repair(&mut bytes);
    check(&bytes);
});

/// Writes the checksum of every chunk that is whole.
fn repair(bytes: &mut [u8]) {
    let mut at = 8;
    while let Some(length) = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>) {
        let Ok(length) = usize::try_from(u32::from_be_bytes(*length)) else {
            return;
        };
        // The checksum is one of the kind of the chunk and its content.
        let (from, sum) = (at + 4, at + 8 + length);
        let Some(checked) = bytes.get(from..sum) else {
            return;
        };
        let checksum = crc32fast::hash(checked).to_be_bytes();
        let Some(place) = bytes.get_mut(sum..sum + 4) else {
            return;
        };
        place.copy_from_slice(&checksum);
        at = sum + 4;
    }
}
