//! A place in a file, moving forward or jumping, with the bytes around it at hand.

use bytes::{Buf, Bytes};

use crate::source::Source;
use crate::unfit::{Stopped, Unfit};

/// The most bytes that are taken as one: whatever a parser looks at as a whole is small.
pub(crate) const MOST_TAKEN: usize = 1 << 20;

/// Reads a file for a parser.
#[derive(Debug)]
pub(crate) struct Reader<S> {
    source: S,
    at: u64,
    /// The bytes from `at` on that are here already.
    window: Bytes,
}

impl<S: Source> Reader<S> {
    pub(crate) fn new(source: S) -> Self {
        Self { source, at: 0, window: Bytes::new() }
    }

    /// The length of the file.
    pub(crate) fn len(&self) -> u64 {
        self.source.len()
    }

    /// The place of the next byte.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// How many bytes follow.
    pub(crate) fn left(&self) -> u64 {
        self.len().saturating_sub(self.at)
    }

    /// Goes to a place, forward or back; the end of the file is one.
    ///
    /// # Errors
    /// [`Unfit::Truncated`] behind the end.
    pub(crate) fn seek(&mut self, to: u64) -> Result<(), Unfit> {
        if to > self.len() {
            return Err(Unfit::Truncated);
        }
        let ahead = to.checked_sub(self.at).and_then(|ahead| usize::try_from(ahead).ok());
        match ahead.filter(|ahead| *ahead <= self.window.len()) {
            Some(ahead) => self.window.advance(ahead),
            None => self.window = Bytes::new(),
        }
        self.at = to;
        Ok(())
    }

    /// Passes over some bytes without looking at them.
    ///
    /// # Errors
    /// [`Unfit::Truncated`] if there are fewer.
    pub(crate) fn skip(&mut self, count: u64) -> Result<(), Unfit> {
        self.seek(self.at.checked_add(count).ok_or(Unfit::Truncated)?)
    }

    /// Passes over bytes of the window that were looked at.
    ///
    /// # Errors
    /// As [`Reader::skip`].
    pub(crate) fn pass(&mut self, count: usize) -> Result<(), Unfit> {
        self.skip(u64::try_from(count).unwrap_or(u64::MAX))
    }

    /// The bytes from here on that are at hand; empty at the end of the file and only there. Moves nothing.
    pub(crate) async fn window(&mut self) -> Result<&[u8], Stopped<S::Error>> {
        if self.window.is_empty() && self.left() > 0 {
            self.window = self.source.read(self.at).await.map_err(Stopped::Source)?;
            if self.window.is_empty() {
                return Err(Unfit::Truncated.into());
            }
        }
        Ok(&self.window)
    }

    /// Takes exactly `count` bytes, at most [`MOST_TAKEN`].
    ///
    /// # Errors
    /// [`Unfit::Truncated`] if there are fewer, or if so many may not be taken at once.
    pub(crate) async fn take(&mut self, count: usize) -> Result<Vec<u8>, Stopped<S::Error>> {
        let wanted = u64::try_from(count).unwrap_or(u64::MAX);
        if count > MOST_TAKEN || wanted > self.left() {
            return Err(Unfit::Truncated.into());
        }
        let mut taken = Vec::with_capacity(count);
        while taken.len() < count {
            let missing = count - taken.len();
            let window = self.window().await?;
            let part = window.get(..missing.min(window.len())).unwrap_or_default();
            taken.extend_from_slice(part);
            let passed = u64::try_from(part.len()).unwrap_or(u64::MAX);
            self.skip(passed)?;
        }
        Ok(taken)
    }

    /// Takes an array.
    ///
    /// # Errors
    /// As [`Reader::take`].
    pub(crate) async fn array<const N: usize>(&mut self) -> Result<[u8; N], Stopped<S::Error>> {
        let taken = self.take(N).await?;
        <[u8; N]>::try_from(taken).map_err(|_short| Unfit::Truncated.into())
    }

    /// Takes a byte.
    ///
    /// # Errors
    /// As [`Reader::take`].
    pub(crate) async fn byte(&mut self) -> Result<u8, Stopped<S::Error>> {
        self.array().await.map(u8::from_be_bytes)
    }

    /// Takes `count` bytes, or fewer where the file ends before.
    ///
    /// # Errors
    /// As [`Reader::take`].
    pub(crate) async fn take_up_to(&mut self, count: usize) -> Result<Vec<u8>, Stopped<S::Error>> {
        self.take(usize::try_from(self.left()).unwrap_or(count).min(count)).await
    }

    /// Takes the last `count` bytes of the file, or all of it if it is shorter.
    ///
    /// # Errors
    /// As [`Reader::take`].
    pub(crate) async fn take_last(&mut self, count: usize) -> Result<Vec<u8>, Stopped<S::Error>> {
        self.seek(self.len().saturating_sub(u64::try_from(count).unwrap_or(u64::MAX)))?;
        self.take_up_to(count).await
    }

    /// Takes what is at hand, to be looked at and forgotten; empty at the end of the file and only there.
    ///
    /// # Errors
    /// As [`Reader::window`].
    pub(crate) async fn take_window(&mut self) -> Result<Bytes, Stopped<S::Error>> {
        self.window().await?;
        let taken = std::mem::take(&mut self.window);
        self.at = self.at.saturating_add(u64::try_from(taken.len()).unwrap_or(u64::MAX));
        Ok(taken)
    }
}
