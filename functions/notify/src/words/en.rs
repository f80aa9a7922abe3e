//! English.

use domain::notice::Notice;

use super::{Saying, Words};

pub(super) static WORDS: Words = Words {
    greeting: |name| format!("Hello {name},"),
    saying,
    closes: |at| format!("It closes by itself on {at}, unless it is reopened before."),
    resumes: |at| format!("Work on it continues on {at}."),
    colon: ": ",
    status: "Status",
    assignee: "In charge",
    nobody: "nobody yet",
    helpdesk: "Helpdesk",
    attached: "Attached:",
    open: "Open the ticket",
    footer: "This message was sent automatically by the helpdesk.",
};

fn saying(notice: Notice) -> Saying {
    match notice {
        Notice::Acknowledged => {
            Saying::new("Received", "We have received your ticket and will tell you by mail as soon as there is news.")
        }
        Notice::Copied => {
            Saying::new("Copy", "You have been added to this ticket and get copies of what is said on it.")
        }
        Notice::Assigned => Saying::new("Assigned to you", "This ticket has been assigned to you."),
        Notice::Answered => Saying::new("New answer", "There is a new answer from the helpdesk."),
        Notice::Replied => Saying::new("New reply", "There is a new reply to this ticket."),
        Notice::Noted => {
            Saying::new("Internal note", "A colleague has left an internal note, which only the helpdesk can read.")
        }
        Notice::Moved => {
            Saying::new("Update", "There is news about this ticket: where it stands now and who has it is shown below.")
        }
        Notice::Scheduled => Saying::new("Scheduled", "Work on this ticket has been scheduled for a later date."),
        Notice::Resolved => {
            Saying::new("Solved", "The helpdesk considers this ticket solved. Please check whether you agree.")
        }
        Notice::Reopened => Saying::new("Reopened", "This ticket has been reopened, because it is not solved yet."),
        Notice::CloseAnnounced => Saying::new(
            "Closing soon",
            "This ticket has been solved and nobody has objected, so it will soon be closed.",
        ),
        Notice::Closed => Saying::new("Closed", "This ticket has been closed."),
        Notice::Canceled => Saying::new("Canceled", "This ticket has been withdrawn by its requester."),
    }
}
