//! Waiting for the clock: the alarm a ticket carries, and what it does when the alarm rings.

use jiff::{SignedDuration, Timestamp};

use super::{Decision, Doing, State, Ticket};
use crate::change::Change;
use crate::event::{Author, Fact};
use crate::field::{Fields, Invalid};
use crate::status::{Status, Step, Verb};
use crate::text::Body;

/// How long before closing by itself the requester is told.
const NOTICE: SignedDuration = SignedDuration::from_hours(24);

impl Ticket {
    /// The next moment at which it needs the clock's attention.
    #[must_use]
    pub fn alarm_at(&self) -> Option<Timestamp> {
        match self.state {
            State::Scheduled { scheduled_until } => Some(scheduled_until),
            State::Resolved { auto_close_at, announced: true, .. } => auto_close_at,
            State::Resolved { auto_close_at, announced: false, .. } => {
                auto_close_at.and_then(|at| at.checked_sub(NOTICE).ok())
            }
            State::Draft {}
            | State::New {}
            | State::Open {}
            | State::AwaitingRequester {}
            | State::AwaitingAgent {}
            | State::Closed { .. }
            | State::Canceled { .. } => None,
        }
    }

    /// When it wakes, if it is planned.
    #[must_use]
    pub fn scheduled_until(&self) -> Option<Timestamp> {
        match self.state {
            State::Scheduled { scheduled_until } => Some(scheduled_until),
            State::Draft {}
            | State::New {}
            | State::Open {}
            | State::AwaitingRequester {}
            | State::AwaitingAgent {}
            | State::Resolved { .. }
            | State::Closed { .. }
            | State::Canceled { .. } => None,
        }
    }

    /// When it closes by itself, if it will.
    #[must_use]
    pub fn auto_close_at(&self) -> Option<Timestamp> {
        match self.state {
            State::Resolved { auto_close_at, .. } => auto_close_at,
            State::Draft {}
            | State::New {}
            | State::Open {}
            | State::AwaitingRequester {}
            | State::AwaitingAgent {}
            | State::Scheduled { .. }
            | State::Closed { .. }
            | State::Canceled { .. } => None,
        }
    }

    /// Plans it for a date, for a reason that the requester reads (S3.15).
    ///
    /// # Errors
    /// [`super::Refusal::HeldBy`] or [`super::Refusal::NotHandled`] for anyone but its handler; [`super::Refusal::Unfit`] for a date that is
    /// not to come.
    pub fn schedule(&self, doing: &Doing<'_>, until: Timestamp, reason: Body) -> Decision {
        self.permit(doing, Verb::Schedule, Step::Schedule)?;
        if until <= doing.at {
            return Err(Fields::one("until", Invalid::new("past", "must be to come")).into());
        }
        let mut after = self.clone();
        after.state = State::Scheduled { scheduled_until: until };
        Ok(self.become_so(after, doing.author(), Fact::TicketScheduled { until }).saying(Some(reason)))
    }

    /// What the clock makes of it now: early, late or twice gives the same; `None` when nothing is due.
    #[must_use]
    pub fn wake(&self, now: Timestamp) -> Option<Change<Self>> {
        if self.alarm_at().is_none_or(|at| at > now) {
            return None;
        }
        let by = Author::system(now);
        let mut after = self.clone();
        match self.state {
            State::Scheduled { .. } => {
                after.enter(Status::Open);
                Some(self.become_so(after, by, Fact::TicketWoken {}))
            }
            State::Resolved { resolved_at, auto_close_at: Some(closes_at), announced: false } if closes_at > now => {
                after.state = State::Resolved { resolved_at, auto_close_at: Some(closes_at), announced: true };
                Some(self.become_so(after, by, Fact::TicketCloseAnnounced { closes_at }))
            }
            State::Resolved { auto_close_at: Some(closes_at), .. } => {
                after.end(closes_at);
                Some(self.become_so(after, by, Fact::TicketAutoClosed {}))
            }
            State::Resolved { auto_close_at: None, .. }
            | State::Draft {}
            | State::New {}
            | State::Open {}
            | State::AwaitingRequester {}
            | State::AwaitingAgent {}
            | State::Closed { .. }
            | State::Canceled { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests;
