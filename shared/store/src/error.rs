//! What can go wrong between us and the table, and how it is told what the SDK knows of an error.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

/// Why the table did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Transactions met on the same items, again and again.
    #[error("the table is contended")]
    Conflict,
    /// The table asked us to slow down.
    #[error("the table throttles")]
    Throttled,
    /// An item is not what this build can read.
    #[error("item {key} is corrupt at {attribute}")]
    Corrupt {
        /// The item's key.
        key: String,
        /// Where in the item.
        attribute: String,
    },
    /// A retried transaction carried its predecessor's token with other content: a mistake of ours.
    #[error("a transaction token was used twice")]
    TokenReused,
    /// The table refused a request as it stands: a mistake of ours.
    #[error("the table refused a request ({})", told(.0.as_ref()))]
    Rejected(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A document has grown too large for its item.
    #[error("{0} is too large for its item")]
    TooLarge(&'static str),
    /// The table could not be reached, or answered with a fault of its own.
    #[error("the table is unavailable ({})", told(.0.as_ref()))]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What the SDK tells of an error, with everything behind it, and without what the request held: by itself it says only
/// that there was one.
#[must_use]
pub fn told(error: &(dyn std::error::Error + 'static)) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(deeper) = source {
        told = format!("{told}: {deeper}");
        source = deeper.source();
    }
    told
}

impl StoreError {
    /// Whether the same request may succeed a moment later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Conflict | Self::Throttled | Self::Unavailable(_) => true,
            Self::Corrupt { .. } | Self::TokenReused | Self::Rejected(_) | Self::TooLarge(_) => false,
        }
    }

    /// What the SDK's error means to us.
    pub(crate) fn of<E>(error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        match error.code() {
            Some("ThrottlingException" | "ProvisionedThroughputExceededException" | "RequestLimitExceeded") => {
                Self::Throttled
            }
            Some("TransactionConflictException" | "TransactionInProgressException") => Self::Conflict,
            Some("IdempotentParameterMismatchException") => Self::TokenReused,
            Some("ValidationException") => Self::Rejected(Box::new(error)),
            Some(_) | None => Self::Unavailable(Box::new(error)),
        }
    }

    /// An item that cannot be read.
    pub(crate) fn corrupt(key: &crate::keys::Key, attribute: impl Into<String>) -> Self {
        Self::Corrupt { key: key.to_string(), attribute: attribute.into() }
    }

    /// Something that cannot be written: a mistake of ours.
    pub(crate) fn unwritable(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use aws_smithy_runtime_api::client::result::ConnectorError;

    use super::*;

    #[test]
    fn of_an_error_everything_is_told_that_is_behind_it() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let error: SdkError<io::Error, ()> = SdkError::dispatch_failure(ConnectorError::io(refused.into()));
        assert_eq!(told(&error), "dispatch failure: io error: connection refused");
    }
}
