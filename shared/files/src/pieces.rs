//! What is delivered of a file: stretches of it as they are, and little pieces written anew.
//!
//! A parser that reads a file says which stretches belong to the picture; everything else is gone. Nothing is copied
//! before the whole file was found to be fit.

use std::collections::VecDeque;
use std::ops::Range;

use bytes::Bytes;

use crate::source::Source;
use crate::unfit::{Stopped, Unfit};

/// The most pieces of a file; a real one has some dozens.
const MOST_PIECES: usize = 20_000;

/// How many zeros are handed out at a time.
const ZEROS: usize = 8 * 1024;

/// A stretch of what is delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These bytes of the file, from place to place.
    Kept(Range<u64>),
    /// These bytes instead of what stood there.
    Written(Vec<u8>),
    /// So many zeros instead of what stood there.
    Blank(u64),
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Self::Kept(range) => range.end - range.start,
            Self::Written(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::Blank(count) => *count,
        }
    }
}

/// All that is delivered of a file, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pieces(Vec<Piece>);

impl Pieces {
    /// The file as it is.
    #[must_use]
    pub fn whole(len: u64) -> Self {
        Self(vec![Piece::Kept(0..len)])
    }

    /// Delivers a stretch of the file; one that follows the last joins it.
    ///
    /// # Errors
    /// [`Unfit::Damaged`] when there are far too many.
    pub(crate) fn keep(&mut self, stretch: Range<u64>) -> Result<(), Unfit> {
        match self.0.last_mut() {
            Some(Piece::Kept(last)) if last.end == stretch.start => {
                last.end = stretch.end;
                Ok(())
            }
            Some(_) | None => self.push(Piece::Kept(stretch)),
        }
    }

    /// Delivers bytes of our own.
    ///
    /// # Errors
    /// As [`Pieces::keep`].
    pub(crate) fn write(&mut self, bytes: Vec<u8>) -> Result<(), Unfit> {
        self.push(Piece::Written(bytes))
    }

    /// Delivers zeros.
    ///
    /// # Errors
    /// As [`Pieces::keep`].
    pub(crate) fn blank(&mut self, count: u64) -> Result<(), Unfit> {
        self.push(Piece::Blank(count))
    }

    /// Delivers all of the other pieces behind these.
    ///
    /// # Errors
    /// As [`Pieces::keep`].
    pub(crate) fn append(&mut self, behind: Self) -> Result<(), Unfit> {
        behind.0.into_iter().try_for_each(|piece| match piece {
            Piece::Kept(stretch) => self.keep(stretch),
            ours @ (Piece::Written(_) | Piece::Blank(_)) => self.push(ours),
        })
    }

    fn push(&mut self, piece: Piece) -> Result<(), Unfit> {
        if self.0.len() >= MOST_PIECES {
            return Err(Unfit::Damaged("it is made of far too many pieces"));
        }
        self.0.push(piece);
        Ok(())
    }

    /// How many bytes are delivered.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.iter().map(Piece::len).sum()
    }

    /// Whether nothing is delivered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the file of this length is delivered as it is.
    #[must_use]
    pub fn are_all_of(&self, len: u64) -> bool {
        *self == Self::whole(len)
    }

    /// The bytes that are delivered, read from the file once more.
    pub fn deliver<S: Source>(self, source: S) -> Delivery<S> {
        Delivery { source, left: self.0.into() }
    }
}

/// A file on its way, piece by piece.
#[derive(Debug)]
pub struct Delivery<S> {
    source: S,
    left: VecDeque<Piece>,
}

impl<S: Source> Delivery<S> {
    /// How many bytes are still to come.
    #[must_use]
    pub fn left_over(&self) -> usize {
        usize::try_from(self.left.iter().map(Piece::len).sum::<u64>()).unwrap_or(usize::MAX)
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read, or became shorter than it was.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Stopped<S::Error>> {
        let Some(piece) = self.left.pop_front() else {
            return Ok(None);
        };
        match piece {
            Piece::Written(bytes) => Ok(Some(bytes.into())),
            Piece::Blank(count) => {
                let now = usize::try_from(count).unwrap_or(usize::MAX).min(ZEROS);
                let later = count.saturating_sub(u64::try_from(now).unwrap_or(u64::MAX));
                self.put_back(Piece::Blank(later));
                Ok(Some(Bytes::from(vec![0; now])))
            }
            Piece::Kept(range) => {
                let mut bytes = self.source.read(range.start).await.map_err(Stopped::Source)?;
                if bytes.is_empty() && range.start < range.end {
                    return Err(Unfit::Truncated.into());
                }
                bytes.truncate(usize::try_from(range.end - range.start).unwrap_or(usize::MAX));
                let passed = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                self.put_back(Piece::Kept(range.start + passed..range.end));
                Ok(Some(bytes))
            }
        }
    }

    fn put_back(&mut self, piece: Piece) {
        if piece.len() > 0 {
            self.left.push_front(piece);
        }
    }
}
