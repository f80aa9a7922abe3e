//! How large a function is, as it is built and as it is deployed.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// Bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    /// Of the binary.
    pub(super) binary: usize,
    /// Of a zip with nothing else in it.
    pub(super) zip: usize,
}

impl Size {
    /// Of a binary that was built.
    pub(super) fn of(binary: &Path) -> Self {
        let bytes = fs::read(binary).unwrap();
        Self { binary: bytes.len(), zip: zipped(binary).unwrap_or_else(|| deflated(&bytes)) }
    }
}

/// What the sizes of zips come from on this machine.
#[must_use]
pub fn how_it_is_zipped() -> &'static str {
    match Command::new("zip").arg("-v").output() {
        Ok(_) => "`zip -9`",
        Err(_) => "deflate at level 9, without the two hundred bytes around it in a zip",
    }
}

/// The size that the command `zip` makes of it, if there is one.
fn zipped(binary: &Path) -> Option<usize> {
    let output = Command::new("zip").args(["-9", "-q", "-j", "-"]).arg(binary).output().ok()?;
    output.status.success().then_some(output.stdout.len())
}

fn deflated(bytes: &[u8]) -> usize {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}
