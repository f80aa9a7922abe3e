//! Photographs.
#![no_main]

use files_fuzz::{beginning, check};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check(&beginning(bytes, b"\xff\xd8\xff")));
