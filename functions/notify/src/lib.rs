//! Notify: tells people by mail what has happened to their tickets.
//!
//! It owns the mail: who of an event's audience can be written to, the words, the layout, the headers by which a mail
//! program keeps the mails of one ticket together, the links, what the carrier's answer means, and what becomes of a mail
//! afterwards. Who is told of what is `domain::notice`; that nobody is told twice is `store::notification`.
//!
//! It must never change a ticket, write to somebody who may not see the ticket any more, show a note to anyone outside
//! the desk, or put an address into a log. It is told what to do by a queue that may say everything twice.
//!
//! # Map
//!
//! | module | what it knows |
//! |---|---|
//! | `message` | what the queue says |
//! | `deliver` | an event's mails, one person after the other |
//! | `reset`, `password_set` | the mail for a new password, and the one that says that it was set |
//! | `owner` | whoever has an account, and how a mail about it reaches them |
//! | `digest` | one mail instead of too many |
//! | `send` | one mail: claimed, handed over, settled |
//! | `postpone` | what is said to its own queue, to be heard later |
//! | `report` | what the carrier says of a mail afterwards |
//! | `audience`, `links` | who can be written to and where, and where the links lead |
//! | `press`, `letter` | a mail: its headers and its layout; its texts |
//! | `words` | what is said, in every language |
//! | `carrier`, `tags` | SES, and how it names a mail to us |
//!
//! # How a mail is sent once
//!
//! Each mail is claimed before it is sent and settled afterwards. What the carrier refuses for good is settled as failed.
//! What it puts off is said again to the queue, later and later, for three days. When its answer was lost nobody knows
//! whether the mail went out: for a quarter of an hour it may still say so, then the mail is sent once more under the same
//! reference, and never a third time. No message fails because of a mail; so the dead-letter queue holds only what
//! somebody has to look at.
//!
//! # Example
//!
//! ```
//! let said: notify::Message = serde_json::from_str(r#"{"ticket": "7K3Q-M9XV", "seq": 3}"#).unwrap();
//! assert!(matches!(said, notify::Message::Event { seq: 3, .. }));
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
mod digest;
#[cfg(test)]
mod given;
mod letter;
mod links;
mod message;
mod owner;
mod password_set;
mod postpone;
mod press;
mod report;
mod reset;
mod send;
mod tags;
mod words;

use domain::contact::EmailAddress;
use queue::{Deadline, Failure};
use store::Writer;

pub use digest::Digest;
pub use message::Message;
pub use report::Report;

use crate::postpone::postpone;
use crate::send::Progress;

/// What notify may touch.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Tickets and people, and what has been sent.
    pub store: Writer,
    /// The carrier.
    pub mail: aws_sdk_sesv2::Client,
    /// The queues.
    pub queues: aws_sdk_sqs::Client,
    /// The address of its own queue.
    pub queue_url: String,
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
    /// The name under which the carrier tells what becomes of mails, if it does.
    pub configuration_set: Option<String>,
    /// The address whose owner becomes the first admin.
    pub admin_address: Option<EmailAddress>,
}

/// Does what one message asks for; what has been done already is passed over, and what cannot be done yet, or not in the
/// time that there is, is said again.
///
/// # Errors
/// A [`Failure`] to be retried when the table or the queue is out of reach, or when the message cannot be read; one to be
/// discarded when there is nothing that it could be about.
pub async fn consume(ports: &Ports, message: serde_json::Value, deadline: &Deadline) -> Result<(), Failure> {
    let message: Message =
        serde_json::from_value(message).map_err(|_unread| Failure::retry("the message cannot be read"))?;
    let progress = match &message {
        Message::Event { ticket, seq } => deliver::deliver(ports, ticket, *seq, deadline).await?,
        Message::Reset { reset } => reset::answer(ports, reset).await?,
        Message::PasswordSet { password_set } => password_set::confirm(ports, password_set).await?,
        Message::Digest { digest } => digest::tell(ports, digest).await?,
        Message::Carrier { carrier } => report::hear(ports, carrier).await?,
    };
    match progress {
        Progress::Done => Ok(()),
        Progress::Until(at) => postpone(ports, &message, at).await,
    }
}
