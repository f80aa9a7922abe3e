//! Texts, and whatever is taken for none of the others.
#![no_main]

use files_fuzz::check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check(bytes));
