//! Who has a ticket: dispatch, claim, release, assign.

use super::{Decision, Doing, Refusal, Ticket};
use crate::catalog::{Catalog, Group};
use crate::change::Change;
use crate::dispatch::Choice;
use crate::event::{Author, Fact};
use crate::field::{Fields, Invalid};
use crate::id::GroupId;
use crate::person::{Person, PersonRef, Role};
use crate::status::{Status, Step, Verb};
use crate::text::Body;

/// To whom a ticket is handed.
#[derive(Clone, Debug)]
pub enum Recipient {
    /// An agent (S2.43); `None` if there is no such active agent.
    Agent(Option<Box<Person>>),
    /// A group (S2.45), found in the catalog.
    Group(GroupId),
}

impl Ticket {
    /// Takes it over to handle it (S0.17).
    ///
    /// Claiming what one already handles changes nothing: `Ok(None)`.
    ///
    /// # Errors
    /// [`Refusal::HeldBy`] while somebody else handles it, unless `take_over`.
    pub fn claim(&self, doing: &Doing<'_>, take_over: bool) -> Result<Option<Change<Self>>, Refusal> {
        let status = self.permit(doing, Verb::Claim, Step::Claim)?;
        let Some(agent) = doing.actor.person() else {
            return Err(Refusal::Forbidden { verb: Verb::Claim });
        };
        if self.is_handled_by(&agent.id) {
            return Ok(None);
        }
        let holder = self.assignee.as_ref().filter(|_| self.handled);
        if let Some(holder) = holder.filter(|_| !take_over) {
            return Err(Refusal::HeldBy { holder: holder.clone() });
        }
        let fact = Fact::TicketClaimed { taken_from: holder.map(|holder| holder.id.clone()) };
        let mut after = self.clone();
        after.give_to(agent.as_ref());
        after.enter(status);
        Ok(Some(self.become_so(after, doing.author(), doing.catalog, fact)))
    }

    /// Gives it back; it is dispatched again.
    ///
    /// # Errors
    /// [`Refusal::NotHandled`] while nobody handles it; [`Refusal::HeldBy`] when somebody else does and the actor does
    /// not lead.
    pub fn release(&self, doing: &Doing<'_>) -> Decision {
        let answered = self.first_responded_at.is_some();
        let status = self.permit(doing, Verb::Release, Step::HandOver { answered })?;
        let mut after = self.clone();
        after.let_go(status);
        after.await_dispatch(self);
        Ok(self.become_so(after, doing.author(), doing.catalog, Fact::TicketReleased {}))
    }

    /// Hands it to an agent or a group (S0.19, S2.31, S2.43, S2.45).
    ///
    /// # Errors
    /// [`Refusal::Unfit`] when there is no such agent or group.
    pub fn assign(&self, doing: &Doing<'_>, to: &Recipient, note: Option<Body>) -> Decision {
        let answered = self.first_responded_at.is_some();
        let status = self.permit(doing, Verb::Assign, Step::HandOver { answered })?;
        let mut after = self.clone();
        after.let_go(status);
        after.awaiting_dispatch = None;
        let fact = match to {
            Recipient::Agent(agent) => after.hand_to_agent(doing, agent.as_deref())?,
            Recipient::Group(id) => after.hand_to_group(doing, id)?,
        };
        if let Some(person) = doing.actor.person()
            && doing.catalog.is_first_line(&person.id)
        {
            after.tracker.get_or_insert_with(|| person.as_ref());
        }
        Ok(self.become_so(after, doing.author(), doing.catalog, fact).saying(note))
    }

    fn hand_to_agent(&mut self, doing: &Doing<'_>, agent: Option<&Person>) -> Result<Fact, Refusal> {
        let agent = agent
            .filter(|agent| agent.active && agent.role >= Role::Agent && agent.id != self.requester.id)
            .ok_or_else(|| unfit("assignee_id", "not_an_agent", "is not an agent who can take this ticket"))?;
        let in_group = |group: &Group| group.has(&agent.id);
        let stays = self.group.as_ref().and_then(|id| doing.catalog.group(id)).is_some_and(in_group);
        if !stays {
            let own = doing.catalog.groups_of(&agent.id).next().map(|group| group.id.clone());
            self.group = own.or_else(|| self.group.take());
        }
        self.assignee = Some(agent.as_ref());
        Ok(Fact::TicketAssigned { assignee: Some(agent.id.clone()), group: None })
    }

    fn hand_to_group(&mut self, doing: &Doing<'_>, id: &GroupId) -> Result<Fact, Refusal> {
        let group =
            doing.catalog.group(id).ok_or_else(|| unfit("group_id", "unknown", "is not a group of this desk"))?;
        self.group = Some(group.id.clone());
        Ok(Fact::TicketAssigned { assignee: None, group: Some(group.id.clone()) })
    }

    /// Gives it to the owner that dispatch chose for event `asked_by`; `None` once that event has been answered.
    #[must_use]
    pub fn dispatch(&self, asked_by: u32, choice: Choice, by: Author, catalog: &Catalog) -> Option<Change<Self>> {
        self.after_waking(by.at, catalog, |ticket| {
            if ticket.awaiting_dispatch != Some(asked_by) || !ticket.status().is_live() {
                return None;
            }
            let mut after = ticket.clone();
            after.awaiting_dispatch = None;
            after.assignee = choice.assignee;
            after.group = choice.group;
            let fact = Fact::TicketDispatched { why: choice.why };
            Some(ticket.become_so(after, by, catalog, fact))
        })
    }

    /// This agent handles it from now on, unless somebody has it already; dispatch need not look any more.
    pub(super) fn fall_to(&mut self, agent: &Person) {
        let free = self.assignee.as_ref().is_none_or(|assignee| assignee.id == agent.id);
        if free && !self.handled {
            self.give_to(agent.as_ref());
        }
    }

    fn give_to(&mut self, agent: PersonRef) {
        self.assignee = Some(agent);
        self.handled = true;
        self.awaiting_dispatch = None;
    }

    pub(super) fn let_go(&mut self, status: Status) {
        self.assignee = None;
        self.handled = false;
        self.enter(status);
    }

    /// Its service changed: nobody has it, and an owner is chosen anew.
    pub(super) fn start_over(&mut self, before: &Self) {
        let status = before.status();
        let answered = before.first_responded_at.is_some();
        self.let_go(status.after(Step::HandOver { answered }).unwrap_or(status));
        self.await_dispatch(before);
    }

    fn await_dispatch(&mut self, before: &Self) {
        self.awaiting_dispatch = Some(before.last_seq + 1);
    }
}

fn unfit(field: &str, code: &'static str, message: &str) -> Refusal {
    Refusal::Unfit(Fields::one(field, Invalid::new(code, message)))
}

#[cfg(test)]
mod tests;
