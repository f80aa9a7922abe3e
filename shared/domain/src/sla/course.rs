//! What turns a clock: the ticket's situation, and what each metric makes of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Metric;
use crate::priority::Priority;
use crate::status::{Status, StatusCategory};

/// Whether a clock counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Course {
    /// It counts, in business hours.
    #[default]
    Counting,
    /// It stands still while the ticket waits for somebody else.
    Paused,
    /// What it measures is done.
    Stopped,
    /// What it measures will never be done.
    Canceled,
}

/// What the clocks of a ticket go by: its head knows it now, its history knows it for every moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation {
    /// Where it stands.
    pub status: Status,
    /// In which order it is handled.
    pub priority: Priority,
    /// On which support line it is.
    pub line: u8,
    /// Whether the desk has answered.
    pub answered: bool,
    /// The oldest comment of the requester that is unanswered.
    pub unanswered_since: Option<Timestamp>,
}

impl Metric {
    /// Whether its clock counts in a situation; `None` while there is nothing to measure.
    #[must_use]
    pub fn course(self, situation: &Situation, pauses_on: &[StatusCategory]) -> Option<Course> {
        let category = situation.status.category()?;
        let canceled = situation.status == Status::Canceled;
        let ended = category == StatusCategory::Closed;
        let done = ended || category == StatusCategory::Resolved;
        let moving = if pauses_on.contains(&category) { Course::Paused } else { Course::Counting };
        let to_the_solution = match (canceled, done) {
            (true, _) => Course::Canceled,
            (false, true) => Course::Stopped,
            (false, false) => moving,
        };
        let open_to_the_end = if ended { Course::Canceled } else { moving };
        match self {
            Self::FirstResponse if situation.answered => Some(Course::Stopped),
            Self::FirstResponse => Some(open_to_the_end),
            Self::NextResponse => situation.unanswered_since.map(|_| open_to_the_end),
            Self::Resolution => Some(to_the_solution),
            Self::Line1 => (situation.line == 1).then_some(to_the_solution),
            Self::Line2 => (situation.line == 2).then_some(to_the_solution),
        }
    }

    /// Whether its clock may go on after it has stopped: a ticket is reopened, or comes back to a line.
    pub(super) fn may_go_on(self) -> bool {
        match self {
            Self::Resolution | Self::Line1 | Self::Line2 => true,
            Self::FirstResponse | Self::NextResponse => false,
        }
    }
}
