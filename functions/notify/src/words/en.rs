//! English.

use domain::notice::Notice;
use domain::sla::Metric;

use super::{DigestWords, PasswordSetWords, ResetWords, Saying, Words};

pub(super) static WORDS: Words = Words {
    greeting: |name| format!("Hello {name},"),
    saying,
    closes: |at| format!("It closes by itself on {at}, unless it is reopened before."),
    resumes: |at| format!("Work on it continues on {at}."),
    expected: |at| format!("It is expected to be solved by {at}."),
    due: |metric, at| format!("{}: promised by {at}.", promised(metric)),
    colon: ": ",
    status: "Status",
    assignee: "In charge",
    nobody: "nobody yet",
    helpdesk: "Helpdesk",
    attached: "Attached:",
    open: "Open the ticket",
    footer: "This message was sent automatically by the helpdesk.",
    digest: DigestWords {
        headline: |count| {
            if count == 1 { "A new date for 1 ticket".to_owned() } else { format!("New dates for {count} tickets") }
        },
        sentence: "These tickets are expected to be solved at other times than we told you before.",
        more: |count| format!("And {count} more."),
    },
    reset: ResetWords {
        headline: "Choose a new password",
        paragraphs: [
            "Somebody, probably you, has asked for a new password for this address.",
            "The link below lets you choose one. It is valid for one hour, and only once.",
            "If you did not ask for it, ignore this message: nothing will change.",
        ],
        open: "Choose a new password",
    },
    password_set: PasswordSetWords {
        headline: "Your password was changed",
        paragraphs: [
            "A new password has been set for your account. Whoever was signed in before has been signed out.",
            "If it was not you, ask for a new password at once and tell the helpdesk: somebody else may read your mail.",
        ],
    },
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
        Notice::AtRisk => Saying::new("Due soon", "What was promised for this ticket will soon be due."),
        Notice::Breached => Saying::new("Overdue", "What was promised for this ticket was not done in time."),
        Notice::EtaChanged => {
            Saying::new("New date", "This ticket is expected to be solved at another time than we told you before.")
        }
    }
}

/// What is promised, as the subject of a line.
fn promised(metric: Metric) -> &'static str {
    match metric {
        Metric::FirstResponse => "First answer",
        Metric::NextResponse => "Answer",
        Metric::Resolution => "Solution",
        Metric::Line1 => "First line",
        Metric::Line2 => "Second line",
    }
}
