//! Pictures of the web, with the length that they have.
#![no_main]

use files_fuzz::{beginning, check, with};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let bytes = with(beginning(bytes, b"RIFF"), 8, b"WEBP");
    let length = u32::try_from(bytes.len() - 8).unwrap_or(u32::MAX);
    check(&with(bytes, 4, &length.to_le_bytes()));
});
