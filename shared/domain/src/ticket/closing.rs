//! The end of a ticket: resolve, confirm, reopen, close, cancel.

use jiff::{SignedDuration, Timestamp};

use super::{Decision, Doing, Refusal, Satisfaction, State, Ticket, voice};
use crate::access::standing;
use crate::catalog::Confirmation;
use crate::event::{Author, Fact};
use crate::field::{Fields, Invalid};
use crate::status::{CloseReason, Status, Step, Verb, Voice};
use crate::text::{Body, Remark};

/// How an agent closes a ticket.
#[derive(Clone, Debug)]
pub struct Closing {
    /// Why.
    pub reason: CloseReason,
    /// How it was solved; needed for [`CloseReason::Solved`] and for no other reason.
    pub solution: Option<Body>,
    /// What else to say to the requester.
    pub comment: Option<Body>,
}

impl Ticket {
    /// Says that it is solved (S4.51): the solution is a public comment, and the auto-close alarm starts.
    ///
    /// # Errors
    /// As [`Ticket::permit`].
    pub fn resolve(&self, doing: &Doing<'_>, solution: Body) -> Decision {
        self.permit(doing, Verb::Resolve, Step::Resolve)?;
        let resolved_at = Author::system(doing.at).at;
        let days = doing.catalog.service(&self.service).and_then(|service| service.auto_close_days);
        let mut after = self.clone();
        after.comment_count += 1;
        after.answer(doing);
        after.awaiting_dispatch = None;
        after.state = State::Resolved {
            resolved_at,
            auto_close_at: days.and_then(|days| resolved_at.checked_add(whole_days(days)).ok()),
            announced: false,
        };
        Ok(self.become_so(after, doing.author(), doing.catalog, Fact::TicketResolved {}).saying(Some(solution)))
    }

    /// Agrees that it is solved, with a score (S0.13, S0.14, S1.25).
    ///
    /// # Errors
    /// [`Refusal::Unfit`] for a score that is not 1 to 5, or missing where the service requires one.
    pub fn confirm(&self, doing: &Doing<'_>, score: Option<u8>, comment: Option<Remark>) -> Decision {
        self.permit(doing, Verb::Confirm, Step::Accept)?;
        let confirmation = doing.catalog.service(&self.service).map(|service| service.confirmation);
        let outcome = match score {
            None if confirmation == Some(Confirmation::Required) => Err(Invalid::new("required", "is required")),
            Some(score) if !(1..=5).contains(&score) => Err(Invalid::new("out_of_range", "must be from 1 to 5")),
            None | Some(_) => Ok(()),
        };
        outcome.map_err(|invalid| Fields::one("satisfaction", invalid))?;
        let mut after = self.clone();
        after.end(doing.at);
        if score.is_some() || comment.is_some() {
            after.satisfaction = Some(Satisfaction { score, comment });
        }
        Ok(self.become_so(after, doing.author(), doing.catalog, Fact::TicketConfirmed { satisfaction: score }))
    }

    /// Disagrees that it is solved (S1.23, S1.24).
    ///
    /// # Errors
    /// As [`Ticket::permit`].
    pub fn reopen(&self, doing: &Doing<'_>, comment: Body) -> Decision {
        let status = self.permit(doing, Verb::Reopen, Step::Reopen)?;
        let mut after = self.clone();
        after.reopen_count += 1;
        after.comment_count += 1;
        if voice(standing(doing.actor, self, doing.catalog)) == Voice::Requester {
            after.ask(doing);
        }
        after.enter(status);
        Ok(self.become_so(after, doing.author(), doing.catalog, Fact::TicketReopened {}).saying(Some(comment)))
    }

    /// Ends it from the desk's side (S2.30, S2.51).
    ///
    /// # Errors
    /// [`Refusal::Unfit`] for `solved` where the service asks for confirmation, and for a solution that is missing or
    /// out of place.
    pub fn close(&self, doing: &Doing<'_>, closing: Closing) -> Decision {
        let Closing { reason, solution, comment } = closing;
        self.permit(doing, Verb::Close, Step::Close { reason })?;
        self.check_solution(doing, reason, solution.as_ref(), comment.as_ref())?;
        let mut after = self.clone();
        let body = solution.or(comment);
        if body.is_some() {
            after.comment_count += 1;
            after.answer(doing);
        }
        after.end(doing.at);
        Ok(self.become_so(after, doing.author(), doing.catalog, Fact::TicketClosed { reason }).saying(body))
    }

    fn check_solution(
        &self,
        doing: &Doing<'_>,
        reason: CloseReason,
        solution: Option<&Body>,
        comment: Option<&Body>,
    ) -> Result<(), Refusal> {
        let mut fields = Fields::new();
        let confirmation = doing.catalog.service(&self.service).map(|service| service.confirmation);
        if reason == CloseReason::Solved && confirmation != Some(Confirmation::Off) {
            let message = "needs the requester's confirmation: resolve the ticket instead";
            fields.refuse("reason", Invalid::new("needs_confirmation", message));
        }
        match (reason == CloseReason::Solved, solution) {
            (true, None) => fields.refuse("solution", Invalid::new("required", "is required for solved")),
            (false, Some(_)) => fields.refuse("solution", Invalid::new("not_solved", "goes with reason solved alone")),
            (true, Some(_)) | (false, None) => {}
        }
        if solution.is_some() && comment.is_some() {
            fields.refuse("comment", Invalid::new("two_texts", "cannot stand beside a solution"));
        }
        fields.finish(Some(())).map_err(Refusal::Unfit)
    }

    /// Withdraws it before anybody handles it (S0.9).
    ///
    /// # Errors
    /// As [`Ticket::permit`].
    pub fn cancel(&self, doing: &Doing<'_>) -> Decision {
        self.permit(doing, Verb::Cancel, Step::Cancel)?;
        let mut after = self.clone();
        after.awaiting_dispatch = None;
        after.state = State::Canceled { closed_at: Author::system(doing.at).at };
        Ok(self.become_so(after, doing.author(), doing.catalog, Fact::TicketCanceled {}))
    }

    /// The reason with which a ticket like this would be closed if nothing special were said.
    pub(super) fn plain_close_reason(&self) -> CloseReason {
        if self.status() == Status::Resolved { CloseReason::ConfirmedElsewhere } else { CloseReason::Other }
    }

    pub(super) fn end(&mut self, at: Timestamp) {
        let resolved_at = self.resolved_at();
        self.awaiting_dispatch = None;
        self.state = State::Closed { resolved_at, closed_at: Author::system(at).at };
    }

    /// Moves to a status that carries no facts of its own; the others are entered by their own verbs, and staying
    /// where one is keeps the facts.
    pub(super) fn enter(&mut self, status: Status) {
        if self.status() == status {
            return;
        }
        match status {
            Status::New => self.state = State::New {},
            Status::Open => self.state = State::Open {},
            Status::AwaitingRequester => self.state = State::AwaitingRequester {},
            Status::AwaitingAgent => self.state = State::AwaitingAgent {},
            Status::Draft | Status::Scheduled | Status::Resolved | Status::Closed | Status::Canceled => {}
        }
    }
}

/// So many times 24 hours.
fn whole_days(days: u16) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(days))
}

#[cfg(test)]
mod tests;
