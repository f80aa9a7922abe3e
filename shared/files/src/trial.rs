//! Looks at whole files in tests.

use tokio::runtime::Builder;

use crate::Found;
use crate::source::InMemory;
use crate::unfit::{Stopped, Unfit};

/// What is found in a file that lies in memory.
pub(crate) fn look(bytes: &[u8]) -> Result<Found, Unfit> {
    look_in_pieces(bytes, usize::MAX)
}

/// The same, read in pieces of this many bytes.
pub(crate) fn look_in_pieces(bytes: &[u8], piece: usize) -> Result<Found, Unfit> {
    let source = InMemory::in_pieces(bytes.to_vec(), piece);
    wait(crate::inspect(source)).map_err(|Stopped::Unfit(unfit)| unfit)
}

/// What is delivered of a file that is fit.
pub(crate) fn delivered(bytes: &[u8]) -> Vec<u8> {
    let mut delivery = look(bytes).unwrap().pieces.deliver(InMemory::new(bytes.to_vec()));
    wait(async {
        let mut all = Vec::new();
        while let Some(part) = delivery.next().await.unwrap() {
            all.extend_from_slice(&part);
        }
        all
    })
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Whether a file is delivered as it is.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    let length = u64::try_from(bytes.len()).unwrap();
    look(bytes).is_ok_and(|found| found.pieces.are_all_of(length))
}

/// Whether a file is refused, or else delivered as one that from then on is delivered as it is.
pub(crate) fn settles(bytes: &[u8]) -> bool {
    look(bytes).is_err() || is_whole(&delivered(bytes))
}

/// Whether a file is the same however small the pieces are in which it is read.
pub(crate) fn is_the_same_in_pieces(bytes: &[u8]) -> bool {
    let whole = look(bytes);
    [1, 2, 3, 7].into_iter().all(|piece| look_in_pieces(bytes, piece) == whole)
}

/// Where files end that are cut off, but not so early that nobody knows what they were.
pub(crate) fn cuts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    (16..bytes.len()).map(move |end| &bytes[..end])
}

/// All ways in which one bit from a place on may turn over.
pub(crate) fn flips(bytes: &[u8], from: usize) -> impl Iterator<Item = Vec<u8>> {
    (8 * from..8 * bytes.len()).map(move |bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1_u8 << (bit % 8);
        flipped
    })
}

/// A file with other bytes in some places.
pub(crate) fn with_bytes(bytes: &[u8], from: usize, others: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[from..from + others.len()].copy_from_slice(others);
    changed
}

/// Whether something is left of what must not be delivered.
pub(crate) fn tells(bytes: &[u8]) -> bool {
    memchr::memmem::find(&bytes.to_ascii_uppercase(), b"SECRET").is_some()
}
