//! Waiting for the clock: the alarm a ticket carries, and what it does when the alarm rings.

use jiff::{SignedDuration, Timestamp};

use super::clocks::Noticed;
use super::{Decision, Doing, State, Ticket};
use crate::catalog::Catalog;
use crate::change::Change;
use crate::event::{Author, Fact};
use crate::field::{Fields, Invalid};
use crate::sla::clock::is_late;
use crate::status::{Status, Step, Verb};
use crate::text::Body;

/// How long before closing by itself the requester is told.
const NOTICE: SignedDuration = SignedDuration::from_hours(24);

/// An alarm that is nearer than this is not left to the tick, which looks one to two minutes ahead.
const NEAR: SignedDuration = SignedDuration::from_mins(3);

/// The farthest date that a ticket is planned for: ten years.
const FARTHEST: SignedDuration = SignedDuration::from_hours(24 * 3653);

/// The most things that one wake tells of.
const MOST_STEPS: usize = 20;

impl Ticket {
    /// The next moment at which it needs the clock's attention.
    #[must_use]
    pub fn alarm_at(&self) -> Option<Timestamp> {
        self.status_alarm_at().into_iter().chain(self.clock_alarm_at()).min()
    }

    /// The same, if it is too near for the tick.
    pub(super) fn near_alarm_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.alarm_at().filter(|at| at.duration_since(now) < NEAR)
    }

    /// The next moment at which its status needs the clock's attention.
    fn status_alarm_at(&self) -> Option<Timestamp> {
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
        let outcome = match until.duration_since(doing.at) {
            past if past <= SignedDuration::ZERO => Err(Invalid::new("past", "must be to come")),
            far if far > FARTHEST => Err(Invalid::new("too_far", "must be within ten years")),
            _ => Ok(()),
        };
        outcome.map_err(|invalid| Fields::one("until", invalid))?;
        let mut after = self.clone();
        after.answer(doing);
        after.state = State::Scheduled { scheduled_until: until };
        Ok(self.become_so(after, doing.author(), doing.catalog, Fact::TicketScheduled { until }).saying(Some(reason)))
    }

    /// What the clock makes of it now: early, late or twice gives the same; `None` when nothing is due.
    ///
    /// Whatever came due while nobody looked is told in the order in which it was due.
    #[must_use]
    pub fn wake(&self, now: Timestamp, catalog: &Catalog) -> Option<Change<Self>> {
        let mut change = self.woken(now, catalog)?;
        for _ in 1..MOST_STEPS {
            let Some(next) = change.after.woken(now, catalog) else {
                break;
            };
            change = change.then(next);
        }
        Some(change)
    }

    /// It woken as of the date that it was planned for, if that has come and nobody has noticed.
    ///
    /// Whoever does something with it now does it with what it is then. Both are committed as one, this first.
    #[must_use]
    pub fn woken_late(&self, now: Timestamp, catalog: &Catalog) -> Option<Change<Self>> {
        let overdue = self.scheduled_until().is_some_and(|until| until <= now);
        overdue.then(|| self.status_woken(now, catalog)).flatten()
    }

    /// What is done with it, whether it still had to wake or not.
    pub(super) fn after_waking(
        &self,
        now: Timestamp,
        catalog: &Catalog,
        act: impl FnOnce(&Self) -> Option<Change<Self>>,
    ) -> Option<Change<Self>> {
        match self.woken_late(now, catalog) {
            Some(woken) => act(&woken.after).map(|change| woken.then(change)),
            None => act(self),
        }
    }

    /// The first thing that is due.
    fn woken(&self, now: Timestamp, catalog: &Catalog) -> Option<Change<Self>> {
        let due = self.alarm_at().filter(|at| *at <= now)?;
        if self.status_alarm_at() == Some(due) {
            return self.status_woken(now, catalog);
        }
        let mut marked = self.clone();
        let mut missed = marked.miss(now).into_iter();
        let Some(first) = missed.next() else {
            return self.warn(now, catalog);
        };
        let noticed = Noticed::by_the_clock(self, now, catalog);
        let change = self.breach(marked, first, &noticed);
        Some(missed.fold(change, |change, next| {
            let follows = change.after.breach(change.after.clone(), next, &noticed);
            change.then(follows)
        }))
    }

    fn status_woken(&self, now: Timestamp, catalog: &Catalog) -> Option<Change<Self>> {
        let by = Author::system(now);
        let mut after = self.clone();
        let fact = match self.state {
            State::Scheduled { scheduled_until } => {
                after.enter(Status::Open);
                Fact::TicketWoken { planned_for: Some(scheduled_until) }
            }
            State::Resolved { resolved_at, auto_close_at: Some(planned), announced: false } => {
                let closes_at = announced_for(planned, by.at);
                after.state = State::Resolved { resolved_at, auto_close_at: Some(closes_at), announced: true };
                Fact::TicketCloseAnnounced { closes_at }
            }
            State::Resolved { auto_close_at: Some(closes_at), announced: true, .. } => {
                after.end(closes_at);
                Fact::TicketAutoClosed {}
            }
            State::Resolved { auto_close_at: None, .. }
            | State::Draft {}
            | State::New {}
            | State::Open {}
            | State::AwaitingRequester {}
            | State::AwaitingAgent {}
            | State::Closed { .. }
            | State::Canceled { .. } => return None,
        };
        Some(self.become_so(after, by, catalog, fact))
    }
}

/// When it closes if that is announced now: whoever is told has the whole notice, give or take a minute.
fn announced_for(planned: Timestamp, now: Timestamp) -> Timestamp {
    let earliest = now.checked_add(NOTICE).unwrap_or(planned);
    if is_late(planned, earliest) { earliest } else { planned }
}

#[cfg(test)]
mod tests;
