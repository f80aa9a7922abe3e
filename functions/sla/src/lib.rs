//! Sla: acts when the clock says so.
//!
//! Whatever waits for the clock carries one alarm, the earliest moment at which it needs attention: a warning, a breach, a
//! ticket that closes by itself or wakes on its date. This function owns the way from an alarm to the wake: the tick that
//! looks ahead, the messages that ring in time, the wake itself, and the job by which a lead puts open tickets under the
//! policy in force. What a wake leads to is `Ticket::wake` in `domain`.
//!
//! It must never believe a message: it loads the ticket and asks it. So a message that comes early, late or twice changes
//! nothing that should not change, and one that is lost is made up for by the next pass over what is overdue.
//!
//! # Map
//!
//! | module | what it does |
//! |---|---|
//! | `tick` | looks one to two minutes ahead, every fifth time also back; rings what it finds |
//! | `wake` | loads a ticket, asks it, commits; parks an alarm that cannot be acted on |
//! | `apply` | `POST /v1/sla_policies/{id}/apply`, and the pages of that job |
//! | `post` | what it says to its own queue |
//!
//! # How close to the moment
//!
//! The scheduler is only precise to a minute, a queue's delay to a second. So each tick, made for the minute `T`, sends a
//! message for every alarm in (T+60 s, T+120 s], delayed until it is due: however late within its minute the tick comes,
//! it is in time. What is set nearer than that is sent by `relay` when it is set. A tick that rests at night begins again
//! with a look back, and so finds what became due meanwhile.
//!
//! # Example
//!
//! ```
//! let said: sla::Message = serde_json::from_str(r#"{"tick": {"at": "2026-03-02T09:00:00Z"}}"#).unwrap();
//! assert!(matches!(said, sla::Message::Tick { .. }));
//! ```
//!
//! # Adding something that waits
//!
//! An alarm on its item in `store`, a variant of [`Message`] that names it, and its own `wake` in `domain`.

mod apply;
mod post;
mod tick;
mod wake;

use axum::Router;
use queue::Failure;
use store::Writer;

pub use post::Message;

/// What this function may touch.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Tickets, catalog and alarms.
    pub store: Writer,
    /// The queues.
    pub queues: aws_sdk_sqs::Client,
    /// The address of its own queue.
    pub queue_url: String,
}

web::operations!(Ports: apply);

/// The HTTP door.
pub fn router(ports: Ports) -> Router {
    web::edge::edge(routes().with_state(ports))
}

/// The events door: one message of its queue. Being told twice changes nothing.
///
/// # Errors
/// A [`Failure`] to be retried when the table or the queue is out of reach, or the message cannot be read.
pub async fn consume(ports: &Ports, message: serde_json::Value) -> Result<(), Failure> {
    match serde_json::from_value(message).map_err(|_unread| Failure::retry("the message cannot be read"))? {
        Message::Tick { at } => tick::tick(ports, at).await,
        Message::Sweep(due) => tick::sweep(ports, due).await,
        Message::Wake { ticket } => wake::wake(ports, ticket).await,
        Message::Apply(job) => apply::go_on(ports, job).await,
    }
}
