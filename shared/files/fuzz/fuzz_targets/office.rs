//! Office documents, with a directory that is where the end says: hardly any other input would get past it.
#![no_main]

use files_fuzz::{beginning, check};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut bytes = beginning(bytes, b"PK\x03\x04");
    repair(&mut bytes);
    check(&bytes);
});

/// Writes where the directory begins, if its size is one that fits.
fn repair(bytes: &mut [u8]) -> Option<()> {
    let at = bytes.len().checked_sub(22)?;
    bytes.get_mut(at..at + 4)?.copy_from_slice(b"PK\x05\x06");
    let size = u32::from_le_bytes(*bytes.get(at + 12..)?.first_chunk::<4>()?);
    let directory = u32::try_from(at).ok()?.checked_sub(size)?;
    bytes.get_mut(at + 16..at + 20)?.copy_from_slice(&directory.to_le_bytes());
    Some(())
}
