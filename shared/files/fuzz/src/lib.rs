//! What must hold of any bytes at all, tried by a fuzzer against each parser of `files`.
//!
//! ```text
//! cd shared/files
//! cargo run --manifest-path fuzz/Cargo.toml --target-dir ../../target/fuzz --bin seeds
//! cargo +nightly fuzz run --target-dir ../../target/fuzz jpeg -- -max_total_time=60
//! ```
//!
//! `cargo fuzz` needs a nightly compiler, or `RUSTC_BOOTSTRAP=1` with the stable one. The target directory is the
//! workspace's, for the tests of the tree read every Rust file below `shared`.
//!
//! The first command writes the samples of `files` into `corpus/`, one folder a target. What a run adds there is kept
//! if it is worth it: `cargo fuzz cmin jpeg` leaves what reaches something new. `tests/corpus.rs` of `files` tries all
//! of it with every `cargo test`, so what a fuzzer has found once stays found.
//!
//! Each target writes the bytes by which its parser is chosen over the beginning of the input, and repairs what only a
//! lucky fuzzer would get right: checksums, and the place of a directory.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use files::Found;
use files::pieces::Pieces;
use files::source::InMemory;
use files::unfit::{Stopped, Unfit};

/// Tries everything that must hold of any file.
///
/// # Panics
/// When something does not.
pub fn check(bytes: &[u8]) {
    let found = look(bytes, usize::MAX);
    assert_eq!(look(bytes, 7), found, "it depends on how the file is read");
    let Ok(found) = found else {
        return;
    };
    let len = found.pieces.len();
    let clean = deliver(bytes, found.pieces);
    assert_eq!(u64::try_from(clean.len()), Ok(len), "it says another length than it delivers");
    let again = look(&clean, usize::MAX).expect("what is delivered is fit");
    assert_eq!(again.file_type, found.file_type, "what is delivered is of another type");
    assert_eq!(deliver(&clean, again.pieces), clean, "what is delivered would be cleaned once more");
}

/// The input, beginning with the bytes by which its parser is chosen.
#[must_use]
pub fn beginning(bytes: &[u8], magic: &[u8]) -> Vec<u8> {
    with(bytes.to_vec(), 0, magic)
}

/// The input with other bytes at a place; it grows if it must.
#[must_use]
pub fn with(mut bytes: Vec<u8>, at: usize, magic: &[u8]) -> Vec<u8> {
    let end = at + magic.len();
    bytes.resize(bytes.len().max(end), 0);
    bytes[at..end].copy_from_slice(magic);
    bytes
}

fn look(bytes: &[u8], piece: usize) -> Result<Found, Unfit> {
    let source = InMemory::in_pieces(bytes.to_vec(), piece);
    finish(files::inspect(source)).map_err(|Stopped::Unfit(unfit)| unfit)
}

fn deliver(bytes: &[u8], pieces: Pieces) -> Vec<u8> {
    let mut delivery = pieces.deliver(InMemory::new(bytes.to_vec()));
    let mut all = Vec::new();
    while let Some(part) = finish(delivery.next()).expect("the file did not change") {
        all.extend_from_slice(&part);
    }
    all
}

/// The end of something that never waits, for the file is in memory.
fn finish<F: Future>(future: F) -> F::Output {
    match pin!(future).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("nothing waits for a file in memory"),
    }
}
