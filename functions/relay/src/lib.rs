//! The relay: passes on what has happened to those who act on it.
//!
//! It owns the way from the table's stream to the queues: one message per event that may concern somebody, naming the
//! ticket and the event, or the password reset, and nothing else. Whoever reads the message loads what its audience may
//! see. And one, delayed until then, per alarm that is too near for the tick of `sla` to see it coming.
//!
//! It must never change a ticket, decide who is told, or put a text, an address or a token into a message. Sending an
//! event twice is allowed, losing one is not: a record that cannot be sent fails, and comes again.
//!
//! Its second input, `{"replay": {"from": …, "to": …}}`, sends the stored events of a span again; consumers drop what
//! they have seen. The answer says how many were sent and, when the time did not suffice, the span that is left.
//!
//! # Map
//!
//! | item | what it is |
//! |---|---|
//! | [`Ports`] | the queues it may send to |
//! | [`consume`] | passes one event on |
//! | [`Message`] | what it says to `notify` |
//! | [`Call`] | what it says to `sla` |
//!
//! # Example
//!
//! ```
//! use domain::number::TicketNumber;
//!
//! let message = relay::Message::Event { ticket: TicketNumber::parse("7K3Q-M9XV").unwrap(), seq: 3 };
//! assert_eq!(serde_json::to_string(&message).unwrap(), r#"{"ticket":"7K3Q-M9XV","seq":3}"#);
//! ```
//!
//! # Adding a receiver
//!
//! A queue in the template, its address in [`Ports`], and the rule for what concerns it in `domain`.

use std::sync::Arc;

use domain::event::{Event, Fact};
use domain::id::ResetId;
use domain::notice::may_concern_somebody;
use domain::number::TicketNumber;
use domain::world::Clock;
use queue::{Failure, delay};
use serde::{Deserialize, Serialize};
use store::replay::{Happened, Subject};
use store::told;

/// What the relay may touch.
#[derive(Clone, Debug)]
pub struct Ports {
    /// The queues.
    pub queues: aws_sdk_sqs::Client,
    /// The address of the queue `notify`.
    pub notify_queue: String,
    /// The address of the queue `sla`.
    pub sla_queue: String,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What a message on the queue `notify` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Message {
    /// Something happened that may concern somebody.
    Event {
        /// On which ticket.
        ticket: TicketNumber,
        /// Which of its events.
        seq: u32,
    },
    /// Somebody asked for a new password.
    Reset {
        /// By which reset it can be set.
        reset: ResetId,
    },
    /// A new password was set.
    PasswordSet {
        /// By which reset.
        password_set: ResetId,
    },
}

/// What a message on the queue `sla` says: it is time to look at a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Call {
    /// Look at this ticket.
    Wake {
        /// Which.
        ticket: TicketNumber,
    },
}

/// Passes one event on.
///
/// # Errors
/// A [`Failure`] to be retried when a queue does not take its message.
pub async fn consume(ports: &Ports, happened: Happened) -> Result<(), Failure> {
    let Happened { subject, event } = happened;
    match subject {
        Subject::Ticket(ticket) => on_ticket(ports, ticket, &event).await,
        Subject::Reset(reset) => on_reset(ports, reset, &event).await,
    }
}

async fn on_reset(ports: &Ports, reset: ResetId, event: &Event) -> Result<(), Failure> {
    let message = if matches!(event.fact, Fact::PasswordResetSpent {}) {
        Message::PasswordSet { password_set: reset }
    } else if matches!(event.fact, Fact::PasswordResetAsked {}) {
        Message::Reset { reset }
    } else {
        return Ok(());
    };
    send(ports, &ports.notify_queue, &message, 0).await
}

async fn on_ticket(ports: &Ports, ticket: TicketNumber, event: &Event) -> Result<(), Failure> {
    if let Some(at) = event.alarm_at {
        let call = Call::Wake { ticket: ticket.clone() };
        send(ports, &ports.sla_queue, &call, delay(at, ports.clock.now())).await?;
    }
    if may_concern_somebody(event) {
        send(ports, &ports.notify_queue, &Message::Event { ticket, seq: event.seq }, 0).await?;
    }
    Ok(())
}

async fn send(ports: &Ports, queue: &str, message: &impl Serialize, delay: i32) -> Result<(), Failure> {
    let body = serde_json::to_string(message).map_err(Failure::retry)?;
    let request = ports.queues.send_message().queue_url(queue).message_body(body).delay_seconds(delay);
    request.send().await.map(|_| ()).map_err(|error| Failure::retry(told(&error)))
}
