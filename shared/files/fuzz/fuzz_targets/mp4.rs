//! Films.
#![no_main]

use files_fuzz::{check, with};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check(&with(bytes.to_vec(), 4, b"ftyp")));
