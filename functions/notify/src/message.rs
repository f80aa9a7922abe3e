//! Messages: what the queue says, and what this function says to itself.

use domain::id::ResetId;
use domain::number::TicketNumber;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::report::Report;

/// What a message on the queue says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Message {
    /// Something has happened to a ticket.
    Event {
        /// On which ticket.
        ticket: TicketNumber,
        /// Which of its events.
        seq: u32,
    },
    /// Somebody asked for a new password.
    Reset {
        /// Which of these requests.
        reset: ResetId,
    },
    /// A new password was set.
    PasswordSet {
        /// By which of these requests.
        password_set: ResetId,
    },
    /// An hour is over that brought somebody too much.
    Digest {
        /// Whose, and which.
        digest: Digest,
    },
    /// The carrier says what became of a mail.
    Carrier {
        /// What it says.
        carrier: Report,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_back_as_it_was_said() {
        for said in [
            r#"{"ticket":"7K3Q-M9XV","seq":3}"#,
            r#"{"reset":"rst_1"}"#,
            r#"{"password_set":"rst_1"}"#,
            r#"{"digest":{"person":"usr_rita","window":492384}}"#,
            r#"{"digest":{"person":"usr_rita","window":492384,"settled":500}}"#,
        ] {
            let message: Message = serde_json::from_str(said).unwrap();
            assert_eq!(serde_json::to_string(&message).unwrap(), said);
        }
    }

    #[test]
    fn a_message_with_more_in_it_is_not_believed_and_not_quoted() {
        for said in [r#"{"ticket":"7K3Q-M9XV","seq":3,"to":"z@evil.example"}"#, r#"{"reset":"z@evil.example"}"#, "{}"] {
            let error = serde_json::from_str::<Message>(said).unwrap_err();
            assert!(!error.to_string().contains("evil"), "{error}");
        }
    }
}
