//! Where a file is read from: anything that can give bytes from a place on.

use bytes::Bytes;

/// A file of known length that can be read from any place.
pub trait Source: Send {
    /// Why it could not be read.
    type Error: Send;

    /// Its length in bytes.
    fn len(&self) -> u64;

    /// Whether it holds nothing.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Some bytes from `from` on: at least one while `from` is within the file, as many as come cheaply.
    ///
    /// # Errors
    /// When what holds the file does not answer.
    fn read(&mut self, from: u64) -> impl Future<Output = Result<Bytes, Self::Error>> + Send;
}

/// A file in memory, handed out in pieces of a fixed size: for tests, and for small files.
#[derive(Clone, Debug)]
pub struct InMemory {
    bytes: Bytes,
    piece: usize,
}

impl InMemory {
    /// The whole file at once.
    #[must_use]
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self::in_pieces(bytes, usize::MAX)
    }

    /// At most `piece` bytes at a time (at least one), so that every boundary can be tried.
    #[must_use]
    pub fn in_pieces(bytes: impl Into<Bytes>, piece: usize) -> Self {
        Self { bytes: bytes.into(), piece: piece.max(1) }
    }
}

impl Source for InMemory {
    type Error = std::convert::Infallible;

    fn len(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap_or(u64::MAX)
    }

    async fn read(&mut self, from: u64) -> Result<Bytes, Self::Error> {
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(self.bytes.len());
        let to = from.saturating_add(self.piece).min(self.bytes.len());
        Ok(self.bytes.slice(from..to))
    }
}
