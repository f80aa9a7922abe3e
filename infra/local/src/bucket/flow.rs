//! The flow of a body: s3s-fs gives what was asked for and then reads on, in empty pieces, to the end of the file.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;
use s3s::StdError;
use s3s::dto::StreamingBlob;
use s3s::stream::{ByteStream, RemainingLength};

/// A body that ends where it says it does.
pub(super) struct Cut {
    body: StreamingBlob,
    left: usize,
}

impl Cut {
    pub(super) fn new(body: StreamingBlob, length: Option<i64>) -> Self {
        Self { body, left: length.and_then(|length| usize::try_from(length).ok()).unwrap_or_default() }
    }
}

impl Stream for Cut {
    type Item = Result<Bytes, StdError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let next = ready!(Pin::new(&mut self.body).poll_next(context));
        if let Some(Ok(bytes)) = &next {
            self.left = self.left.saturating_sub(bytes.len());
        }
        Poll::Ready(next)
    }
}

impl ByteStream for Cut {
    fn remaining_length(&self) -> RemainingLength {
        RemainingLength::new_exact(self.left)
    }
}
