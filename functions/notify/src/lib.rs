//! Notify: tells people by mail what has happened to their tickets.
//!
//! It owns the mail: who of an event's audience can be written to, the words, the layout, the headers by which a mail
//! program keeps the mails of one ticket together, the link that opens the ticket, and what the carrier's answer means.
//! Who is told of what is `domain::notice`; that nobody is told twice is `store::notification`.
//!
//! It must never change a ticket, write to somebody who may not see the ticket any more, show a note to anyone outside
//! the desk, or put an address into a log. It is told what to do by a queue that may say everything twice.
//!
//! # Map
//!
//! | module | what it knows |
//! |---|---|
//! | `deliver` | an event's mails, one person after the other |
//! | `audience` | who can be written to, and where |
//! | `letter` | a mail: its texts, its headers |
//! | `words` | what is said, in every language |
//! | `carrier` | SES, and what its answers mean |
//!
//! # How a mail is sent once
//!
//! Each mail is claimed before it is sent and settled afterwards. What the carrier refuses for good is settled as
//! failed; what it puts off is given back, and the message comes again. When its answer was lost nobody knows whether
//! the mail went out: the claim is left to expire, and the mail is sent again under the same reference.
//!
//! # Example
//!
//! ```
//! let message: notify::Message = serde_json::from_str(r#"{"ticket": "7K3Q-M9XV", "seq": 3}"#).unwrap();
//! assert_eq!(message.ticket.to_string(), "7K3Q-M9XV");
//! ```
//!
//! # Adding a notice
//!
//! A variant of `domain::notice::Notice` and who gets it; its headline and sentence in each file of `words`.
//!
//! # Adding a language
//!
//! A variant of `domain::person::Locale`, a file in `words`, a column in `web::wording`.

mod audience;
mod carrier;
mod deliver;
#[cfg(test)]
mod given;
mod letter;
mod words;

use domain::number::TicketNumber;
use queue::Failure;
use serde::{Deserialize, Serialize};
use store::Writer;

/// What notify may touch.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Tickets and people, and what has been sent.
    pub store: Writer,
    /// The carrier.
    pub mail: aws_sdk_sesv2::Client,
    /// What the template says.
    pub settings: Settings,
}

/// What the template says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The address that mails come from, without a display name.
    pub sender: String,
    /// Where links lead, without a slash at the end.
    pub public_url: String,
    /// The frontend that shows tickets instead of the desk's own page, if there is one.
    pub frontend_url: Option<String>,
}

/// What a message on the queue says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// On which ticket.
    pub ticket: TicketNumber,
    /// Which of its events.
    pub seq: u32,
}

/// Tells everyone concerned of one event; those who have been told already are passed over.
///
/// # Errors
/// A [`Failure`] to be retried when somebody is still to be told, or when the message cannot be read; one to be
/// discarded when there is no such event.
pub async fn consume(ports: &Ports, message: serde_json::Value) -> Result<(), Failure> {
    let message: Message =
        serde_json::from_value(message).map_err(|_unread| Failure::retry("the message cannot be read"))?;
    deliver::deliver(ports, &message).await
}
