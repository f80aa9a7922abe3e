//! The event edge: a batch comes in, each message is handled on its own, and what failed is named.
//!
//! This crate owns what a consumer may say of a message ([`Failure`]), the order in which a batch is handled, the time
//! that is left, and the isolation of one message's panic from its neighbours. Only `runtime` sees a batch; a function
//! sees one message.
//!
//! It must never swallow a failure, touch the network, or know what a message says. What it logs of a failure is its
//! cause, so a cause names what went wrong and quotes no message (H232).
//!
//! # Map
//!
//! | item | what it is |
//! |---|---|
//! | [`Delivery`] | a message with the name by which it is reported |
//! | [`Failure`] | why a message was not handled: again later, or never |
//! | [`Errand`] | what a bucket or a schedule calls a function for |
//! | [`Deadline`] | how long the function may still run |
//! | [`delay`] | how long a queue keeps a message back |
//! | [`each`] | handles the messages of a queue, in any order |
//! | [`in_order`] | handles the records of a stream, and stops at the first that fails |
//!
//! # Example
//!
//! ```
//! use queue::Failure;
//!
//! let failure = Failure::retry("the table is away");
//! assert!(failure.is_retryable());
//! ```
//!
//! # Adding a consumer
//!
//! A function exports `consume(&Ports, Message) -> Result<(), Failure>`; its `main` hands it to `runtime`. Being told
//! twice must change nothing: keep what was done under a natural key.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use domain::world::Clock;
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use tracing::Instrument;

/// A message, and the name by which its failure is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery<T> {
    /// A message id or a sequence number.
    pub id: String,
    /// The message; an `Err` if it cannot be read, which is a failure like any other.
    pub message: Result<T, Failure>,
}

/// Why a message was not handled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It may work later; after too many tries the message goes to the dead-letter queue.
    #[error("{0}")]
    Retry(String),
    /// It will never work, and nobody needs to look at it: it is logged and gone.
    #[error("{0}")]
    Discard(String),
}

impl Failure {
    /// A failure that may pass. Its cause is logged: it must not quote what people wrote.
    pub fn retry(cause: impl std::fmt::Display) -> Self {
        Self::Retry(cause.to_string())
    }

    /// A failure that will not pass, its cause being logged as well.
    pub fn discard(cause: impl std::fmt::Display) -> Self {
        Self::Discard(cause.to_string())
    }

    /// Whether it may work later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Retry(_) => true,
            Self::Discard(_) => false,
        }
    }
}

/// What a bucket or a schedule calls a function for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Something was stored.
    Stored {
        /// In which bucket.
        bucket: String,
        /// Under which key.
        key: String,
    },
    /// It is time to clear away what nobody needs.
    Sweep {
        /// The time it is done for.
        at: Timestamp,
    },
}

/// How long the function may still run.
#[derive(Clone, Debug)]
pub struct Deadline {
    clock: Arc<dyn Clock>,
    stop_at: Timestamp,
}

impl Deadline {
    /// Stops taking new messages when a fifth of the time until `end` is left (H051).
    #[must_use]
    pub fn until(end: Timestamp, clock: Arc<dyn Clock>) -> Self {
        let reserve = end.duration_since(clock.now()) / 5;
        let stop_at = end.checked_sub(reserve.max(SignedDuration::ZERO)).unwrap_or(end);
        Self { clock, stop_at }
    }

    /// The same for one message among others: it stops so long from now at the latest, and leaves the rest to them.
    #[must_use]
    pub fn at_most(&self, span: SignedDuration) -> Self {
        let clock = Arc::clone(&self.clock);
        let turn_ends = clock.now().checked_add(span).unwrap_or(self.stop_at);
        Self { clock, stop_at: self.stop_at.min(turn_ends) }
    }

    /// Whether nothing new should be begun.
    #[must_use]
    pub fn is_close(&self) -> bool {
        self.clock.now() >= self.stop_at
    }
}

/// The longest that a queue delays a message, in seconds.
const LONGEST_DELAY: i32 = 900;

/// How many seconds a queue is to keep a message back until a moment: rather one too many than one too few, and at most the
/// fifteen minutes that a queue allows.
#[must_use]
pub fn delay(until: Timestamp, now: Timestamp) -> i32 {
    let milliseconds = until.duration_since(now).as_millis().max(0);
    i32::try_from((milliseconds + 999) / 1000).unwrap_or(LONGEST_DELAY).min(LONGEST_DELAY)
}

/// Handles the messages of a queue, each on its own; answers the ids of those that must come again.
pub async fn each<T, F, W>(batch: Vec<Delivery<T>>, deadline: &Deadline, handle: F) -> Vec<String>
where
    F: Fn(T) -> W,
    W: Future<Output = Result<(), Failure>>,
{
    let mut failed = Vec::new();
    for delivery in batch {
        if deadline.is_close() || !one(&delivery.id, delivery.message, &handle).await {
            failed.push(delivery.id);
        }
    }
    failed
}

/// Handles the records of a stream in their order; answers the id of the first that must come again, with all behind it.
pub async fn in_order<T, F, W>(batch: Vec<Delivery<T>>, deadline: &Deadline, handle: F) -> Option<String>
where
    F: Fn(T) -> W,
    W: Future<Output = Result<(), Failure>>,
{
    for delivery in batch {
        if deadline.is_close() || !one(&delivery.id, delivery.message, &handle).await {
            return Some(delivery.id);
        }
    }
    None
}

/// Whether a message is done with: handled, or never to be. What is logged meanwhile names the message.
async fn one<T, F, W>(id: &str, message: Result<T, Failure>, handle: &F) -> bool
where
    F: Fn(T) -> W,
    W: Future<Output = Result<(), Failure>>,
{
    let span = tracing::info_span!("message", message_id = id, ticket = tracing::field::Empty);
    is_settled(message, handle).instrument(span).await
}

async fn is_settled<T, F, W>(message: Result<T, Failure>, handle: &F) -> bool
where
    F: Fn(T) -> W,
    W: Future<Output = Result<(), Failure>>,
{
    let outcome = match message {
        Ok(message) => {
            let handled = AssertUnwindSafe(async { handle(message).await }).catch_unwind().await;
            handled.unwrap_or_else(|_panic| Err(Failure::retry("the consumer panicked")))
        }
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(()) => true,
        Err(Failure::Retry(cause)) => {
            tracing::warn!(cause, "message failed, to be retried");
            false
        }
        Err(Failure::Discard(cause)) => {
            tracing::error!(cause, "message discarded");
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Debug)]
    struct Still(Mutex<Timestamp>);
    impl Clock for Still {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }
    }

    fn clock() -> Arc<Still> {
        Arc::new(Still(Mutex::new(Timestamp::UNIX_EPOCH)))
    }

    fn batch(of: &[u32]) -> Vec<Delivery<u32>> {
        of.iter().map(|n| Delivery { id: n.to_string(), message: Ok(*n) }).collect()
    }

    fn minute(clock: &Arc<Still>) -> Deadline {
        let end = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(60);
        let clock: Arc<dyn Clock> = Arc::<Still>::clone(clock);
        Deadline::until(end, clock)
    }

    #[tokio::test]
    async fn h049_only_the_poison_is_reported() {
        let mut mixed = batch(&[1, 3]);
        mixed.insert(1, Delivery { id: "2".to_owned(), message: Err(Failure::retry("not JSON")) });
        let failed = each(mixed, &minute(&clock()), |_| async { Ok(()) }).await;
        assert_eq!(failed, ["2"]);
    }

    #[tokio::test]
    async fn h050_a_panic_stays_with_its_message() {
        let handle = |n| async move {
            assert!(n != 3, "three");
            Ok(())
        };
        assert_eq!(each(batch(&[1, 2, 3, 4]), &minute(&clock()), handle).await, ["3"]);
    }

    #[tokio::test]
    async fn h051_what_there_is_no_time_for_is_given_back() {
        let clock = clock();
        let deadline = minute(&clock);
        let slow = |_| async {
            *clock.0.lock().unwrap() += SignedDuration::from_secs(30);
            Ok(())
        };
        assert_eq!(each(batch(&[1, 2, 3]), &deadline, slow).await, ["3"]);
    }

    #[test]
    fn one_message_takes_no_more_than_its_turn_nor_than_there_is() {
        let clock = clock();
        let deadline = minute(&clock);
        let (turn, all) =
            (deadline.at_most(SignedDuration::from_secs(5)), deadline.at_most(SignedDuration::from_hours(1)));
        *clock.0.lock().unwrap() += SignedDuration::from_secs(5);
        assert_eq!((turn.is_close(), all.is_close()), (true, false));
        *clock.0.lock().unwrap() += SignedDuration::from_secs(43);
        assert!(all.is_close());
    }

    #[tokio::test]
    async fn a_stream_stops_at_the_first_that_fails() {
        let handle = |n| std::future::ready(if n == 2 { Err(Failure::retry("no")) } else { Ok(()) });
        assert_eq!(in_order(batch(&[1, 2, 3]), &minute(&clock()), handle).await.as_deref(), Some("2"));
    }

    #[test]
    fn a_message_comes_late_rather_than_early() {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let until = |text: &str| delay(text.parse().unwrap(), now);
        assert_eq!(until("2026-03-02T09:00:00.001Z"), 1);
        assert_eq!(until("2026-03-02T09:02:00Z"), 120);
        assert_eq!(until("2026-03-02T08:00:00Z"), 0);
        assert_eq!(until("2027-03-02T08:00:00Z"), 900);
    }

    #[tokio::test]
    async fn what_will_never_work_is_not_reported() {
        let handle = |_| async { Err(Failure::discard("gone")) };
        assert!(each(batch(&[1]), &minute(&clock()), handle).await.is_empty());
    }
}
