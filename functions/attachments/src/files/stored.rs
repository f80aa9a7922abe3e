//! Something in the bucket, read from any place, as it was when it was opened.

use std::io::ErrorKind;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use bytes::{Buf, Bytes};
use files::source::Source;
use jiff::Timestamp;

use super::FilesError;

/// A gap that is cheaper to read through than to ask again behind it.
const SMALL_GAP: u64 = 2 * 1024 * 1024;

/// The most streams that are opened for one file; a film of many parts takes some dozens.
const MOST_STREAMS: u32 = 200;

/// How often a stream that broke off is taken up again.
const TRIES: u32 = 3;

/// An object. It cannot change while it is read: whoever overwrote it would change its tag.
#[derive(Debug)]
pub(crate) struct Stored {
    client: Client,
    bucket: String,
    key: String,
    tag: String,
    len: u64,
    since: Timestamp,
    stream: Option<(u64, ByteStream)>,
    /// What was read last, and from where: the next place is often within.
    held: (u64, Bytes),
    /// How often a stream was opened.
    opened: u32,
}

impl Stored {
    pub(super) async fn open(client: Client, bucket: &str, key: &str) -> Result<Self, FilesError> {
        let head = client.head_object().bucket(bucket).key(key).send().await.map_err(FilesError::of)?;
        let len = head.content_length.and_then(|len| u64::try_from(len).ok()).unwrap_or_default();
        let since = head.last_modified.and_then(|at| Timestamp::from_second(at.secs()).ok()).unwrap_or_default();
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        Ok(Self {
            client,
            bucket,
            key,
            tag: head.e_tag.unwrap_or_default(),
            len,
            since,
            stream: None,
            held: (0, Bytes::new()),
            opened: 0,
        })
    }

    /// The same object, to be read once more.
    pub(crate) fn again(&self) -> Self {
        let Self { client, bucket, key, tag, len, since, .. } = self;
        let (bucket, key, tag) = (bucket.clone(), key.clone(), tag.clone());
        Self {
            client: client.clone(),
            bucket,
            key,
            tag,
            len: *len,
            since: *since,
            stream: None,
            held: (0, Bytes::new()),
            opened: 0,
        }
    }

    /// When it was stored.
    pub(crate) fn since(&self) -> Timestamp {
        self.since
    }

    /// Its key and its tag: what a copy of it is conditioned on.
    pub(super) fn identity(&self) -> (&str, &str) {
        (&self.key, &self.tag)
    }

    /// The stream at a place: the one that is open if it is there or shortly before, else a new one.
    async fn stream_at(&mut self, from: u64) -> Result<(u64, ByteStream), FilesError> {
        match self.stream.take() {
            Some((at, stream)) if (at..=at.saturating_add(SMALL_GAP)).contains(&from) => Ok((from.min(at), stream)),
            Some(_) | None if self.opened == MOST_STREAMS => Err(FilesError::TooOften),
            Some(_) | None => {
                self.opened += 1;
                let request = self.client.get_object().bucket(&self.bucket).key(&self.key).if_match(&self.tag);
                let answer = request.range(format!("bytes={from}-")).send().await.map_err(FilesError::of)?;
                Ok((from, answer.body))
            }
        }
    }

    /// The next bytes from a place on.
    async fn next(&mut self, from: u64) -> Result<Bytes, FilesError> {
        let (mut at, mut stream) = self.stream_at(from).await?;
        loop {
            let chunk = stream.next().await.transpose().map_err(FilesError::because)?;
            let mut chunk = chunk.ok_or_else(|| FilesError::because(std::io::Error::from(ErrorKind::UnexpectedEof)))?;
            let skipped = usize::try_from(from.saturating_sub(at)).unwrap_or(usize::MAX).min(chunk.len());
            at += u64::try_from(chunk.len()).unwrap_or_default();
            chunk.advance(skipped);
            if !chunk.is_empty() {
                self.stream = Some((at, stream));
                self.held = (from, chunk.clone());
                return Ok(chunk);
            }
        }
    }
}

impl Source for Stored {
    type Error = FilesError;

    fn len(&self) -> u64 {
        self.len
    }

    async fn read(&mut self, from: u64) -> Result<Bytes, FilesError> {
        if from >= self.len {
            return Ok(Bytes::new());
        }
        let (held_from, held) = &self.held;
        let within = from.checked_sub(*held_from).and_then(|within| usize::try_from(within).ok());
        if let Some(within) = within.filter(|within| *within < held.len()) {
            return Ok(held.slice(within..));
        }
        let mut tries = 1;
        loop {
            match self.next(from).await {
                Err(FilesError::Unavailable(cause)) if tries < TRIES => {
                    tracing::warn!(cause, "a stream from the bucket broke off");
                    tries += 1;
                }
                outcome => return outcome,
            }
        }
    }
}
