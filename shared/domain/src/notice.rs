//! Who is told what, because of which event (S4.45).
//!
//! One event never tells the same person twice, and never the one who caused it, but for the acknowledgement.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::change::FieldChange;
use crate::event::{Event, Fact};
use crate::id::PersonId;
use crate::person::PersonRef;
use crate::status::{Status, Voice};
use crate::ticket::Ticket;

/// What a notice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Your ticket has reached us, under this number (S2.15).
    Acknowledged,
    /// You get copies of this ticket.
    Copied,
    /// You have this ticket now.
    Assigned,
    /// The desk has said something.
    Answered,
    /// The customer's side has said something.
    Replied,
    /// A colleague left a note.
    Noted,
    /// The ticket stands elsewhere now.
    Moved,
    /// The ticket is planned for a date.
    Scheduled,
    /// The desk says that it is solved.
    Resolved,
    /// Somebody says that it is not solved.
    Reopened,
    /// It will close by itself.
    CloseAnnounced,
    /// It has ended.
    Closed,
    /// Its requester withdrew it.
    Canceled,
    /// A promise is about to be missed.
    AtRisk,
    /// A promise was missed.
    Breached,
    /// It is expected to be solved at another time than was said.
    EtaChanged,
}

/// How many mails an hour at most tell one person what one deed does to many tickets.
pub const MOST_AN_HOUR: u32 = 10;

/// Whether a notice is one of many that one deed leads to: a policy was put in force for every ticket that it is for.
#[must_use]
pub fn is_one_of_many(event: &Event, notice: Notice) -> bool {
    matches!(event.fact, Fact::PolicyApplied {}) && notice == Notice::EtaChanged
}

/// One person to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Whom.
    pub person: PersonId,
    /// What.
    pub notice: Notice,
}

/// Whether an event may have an audience at all: what `relay` needs to know.
#[must_use]
pub fn may_concern_somebody(event: &Event) -> bool {
    match &event.fact {
        Fact::TicketOpened {}
        | Fact::TicketRedispatched {}
        | Fact::TicketDispatched { .. }
        | Fact::TicketClaimed { .. }
        | Fact::TicketReleased {}
        | Fact::TicketAssigned { .. }
        | Fact::CommentAdded { .. }
        | Fact::TicketScheduled { .. }
        | Fact::TicketWoken { .. }
        | Fact::TicketResolved {}
        | Fact::TicketConfirmed { .. }
        | Fact::TicketReopened {}
        | Fact::TicketCloseAnnounced { .. }
        | Fact::TicketAutoClosed {}
        | Fact::TicketClosed { .. }
        | Fact::TicketCanceled {}
        | Fact::TargetWarned { .. }
        | Fact::TargetBreached { .. } => true,
        Fact::TicketEdited {} | Fact::PolicyApplied {} => event.new_eta().is_some(),
        Fact::CommentEdited { .. }
        | Fact::PersonAdded {}
        | Fact::PersonEdited {}
        | Fact::PasswordSet {}
        | Fact::PasswordResetAsked {}
        | Fact::PasswordResetSpent {}
        | Fact::ServiceChanged { .. }
        | Fact::CategoryChanged { .. }
        | Fact::GroupChanged { .. }
        | Fact::BusinessHoursChanged { .. }
        | Fact::SlaPolicyChanged { .. } => false,
    }
}

/// Everyone to be told of an event, given the ticket as it is now.
#[must_use]
#[expect(clippy::too_many_lines, reason = "a line for every fact, and no fact without a line")]
pub fn audience(event: &Event, ticket: &Ticket) -> Vec<Recipient> {
    let mut list = List { event, recipients: Vec::new() };
    match &event.fact {
        Fact::TicketOpened {} => {
            list.always(&ticket.requester.id, Notice::Acknowledged);
            list.all(&ticket.cc, Notice::Copied);
        }
        Fact::TicketDispatched { .. } => list.assigned(event.new_assignee()),
        Fact::TicketAssigned { assignee, .. } => {
            list.assigned(assignee.clone());
            list.old_holder();
            list.customers_if_moved(ticket);
        }
        Fact::CommentAdded { public: true, voice: Voice::Desk } => list.customers(ticket, Notice::Answered),
        Fact::CommentAdded { public: true, voice: Voice::Requester | Voice::Cc } => {
            list.holder(Notice::Replied);
            list.customers(ticket, Notice::Replied);
        }
        Fact::CommentAdded { public: false, .. } => list.holder(Notice::Noted),
        Fact::TicketScheduled { .. } => list.customers(ticket, Notice::Scheduled),
        Fact::TicketResolved {} => list.customers(ticket, Notice::Resolved),
        Fact::TicketReopened {} => {
            list.holder(Notice::Reopened);
            list.customers(ticket, Notice::Reopened);
        }
        Fact::TicketCloseAnnounced { .. } => list.customers(ticket, Notice::CloseAnnounced),
        Fact::TicketConfirmed { .. } | Fact::TicketAutoClosed {} | Fact::TicketClosed { .. } => {
            list.holder(Notice::Closed);
            list.customers(ticket, Notice::Closed);
        }
        Fact::TicketCanceled {} => {
            list.holder(Notice::Canceled);
            list.customers(ticket, Notice::Canceled);
        }
        Fact::TicketClaimed { .. } | Fact::TicketReleased {} | Fact::TicketRedispatched {} => {
            list.old_holder();
            list.customers_if_moved(ticket);
        }
        Fact::TicketWoken { .. } => {
            list.holder(Notice::Moved);
            list.customers_if_moved(ticket);
        }
        Fact::TargetWarned { tell, .. } => list.desk(tell, Notice::AtRisk),
        Fact::TargetBreached { tell, .. } => list.desk(tell, Notice::Breached),
        Fact::TicketEdited {}
        | Fact::PolicyApplied {}
        | Fact::CommentEdited { .. }
        | Fact::PersonAdded {}
        | Fact::PersonEdited {}
        | Fact::PasswordSet {}
        | Fact::PasswordResetAsked {}
        | Fact::PasswordResetSpent {}
        | Fact::ServiceChanged { .. }
        | Fact::CategoryChanged { .. }
        | Fact::GroupChanged { .. }
        | Fact::BusinessHoursChanged { .. }
        | Fact::SlaPolicyChanged { .. } => {}
    }
    list.customers_of_new_eta(ticket);
    list.recipients
}

struct List<'a> {
    event: &'a Event,
    recipients: Vec<Recipient>,
}

impl List<'_> {
    fn always(&mut self, person: &PersonId, notice: Notice) {
        if !self.recipients.iter().any(|listed| listed.person == *person) {
            self.recipients.push(Recipient { person: person.clone(), notice });
        }
    }

    fn add(&mut self, person: &PersonId, notice: Notice) {
        if !self.event.by.is(person) {
            self.always(person, notice);
        }
    }

    fn all(&mut self, people: &[PersonRef], notice: Notice) {
        for person in people {
            self.add(&person.id, notice);
        }
    }

    fn assigned(&mut self, agent: Option<PersonId>) {
        if let Some(agent) = agent {
            self.add(&agent, Notice::Assigned);
        }
    }

    /// Whoever had the ticket when it happened: a replay tells nobody of what came before their time.
    fn holder(&mut self, notice: Notice) {
        if let Some(holder) = self.event.holder.clone() {
            self.add(&holder, notice);
        }
    }

    /// Those at the desk whom the event names, in its order.
    fn desk(&mut self, tell: &[PersonId], notice: Notice) {
        for person in tell {
            self.add(person, notice);
        }
    }

    /// Whoever had it before, if it was taken from somebody by somebody else.
    fn old_holder(&mut self) {
        if let Some(holder) = self.event.old_assignee() {
            self.add(&holder, Notice::Moved);
        }
    }

    fn customers(&mut self, ticket: &Ticket, notice: Notice) {
        self.add(&ticket.requester.id, notice);
        self.all(&ticket.cc, notice);
    }

    fn customers_if_moved(&mut self, ticket: &Ticket) {
        if self.event.new_status().is_some() {
            self.customers(ticket, Notice::Moved);
        }
    }

    /// Whoever is told of the event anyway reads in it when the ticket is expected to be solved; the others are told so.
    fn customers_of_new_eta(&mut self, ticket: &Ticket) {
        if self.event.new_eta().is_some() {
            self.customers(ticket, Notice::EtaChanged);
        }
    }
}

impl Event {
    fn change(&self, field: &str) -> Option<&FieldChange> {
        self.changes.iter().find(|change| change.field == field)
    }

    /// The status it led to, if it changed the status.
    #[must_use]
    pub fn new_status(&self) -> Option<Status> {
        self.change("status").and_then(|change| serde_json::from_value(change.to.clone()?).ok())
    }

    /// When the ticket is expected to be solved, if that changed and is to come.
    #[must_use]
    pub fn new_eta(&self) -> Option<Timestamp> {
        let eta = self.change("eta").and_then(|change| serde_json::from_value(change.to.clone()?).ok());
        eta.filter(|eta| *eta > self.by.at)
    }

    fn new_assignee(&self) -> Option<PersonId> {
        self.change("assignee").and_then(|change| serde_json::from_value(change.to.clone()?).ok())
    }

    /// Who had the ticket before, if it was taken from somebody.
    #[must_use]
    pub fn old_assignee(&self) -> Option<PersonId> {
        self.change("assignee").and_then(|change| serde_json::from_value(change.from.clone()?).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Author;
    use crate::given;

    fn told(fact: Fact, by: &str) -> Vec<(String, Notice)> {
        let mut ticket = given::ticket();
        ticket.cc = vec![given::person("usr_copy").as_ref()];
        let holder = Some(given::person_id("usr_owner"));
        let by = Author::person(&given::person_id(by), given::at());
        let event =
            Event { seq: 2, by, fact, holder, changes: Vec::new(), body: None, files: Vec::new(), alarm_at: None };
        let told = audience(&event, &ticket);
        told.into_iter().map(|recipient| (recipient.person.to_string(), recipient.notice)).collect()
    }

    #[test]
    fn the_one_who_opened_is_acknowledged_and_copies_go_out() {
        let told = told(Fact::TicketOpened {}, "usr_requester");
        let expected = [("usr_requester".to_owned(), Notice::Acknowledged), ("usr_copy".to_owned(), Notice::Copied)];
        assert_eq!(told, expected);
    }

    #[test]
    fn h169_a_note_reaches_the_desk_alone() {
        let told = told(Fact::CommentAdded { public: false, voice: Voice::Desk }, "usr_member");
        assert_eq!(told, [("usr_owner".to_owned(), Notice::Noted)]);
    }

    #[test]
    fn s3_15_whoever_has_a_planned_ticket_is_told_that_it_woke() {
        let told = told(Fact::TicketWoken { planned_for: Some(given::at()) }, "usr_lead");
        assert_eq!(told, [("usr_owner".to_owned(), Notice::Moved)]);
    }

    #[test]
    fn nobody_is_told_of_what_they_did_themselves() {
        let told = told(Fact::CommentAdded { public: true, voice: Voice::Cc }, "usr_copy");
        let expected = [("usr_owner".to_owned(), Notice::Replied), ("usr_requester".to_owned(), Notice::Replied)];
        assert_eq!(told, expected);
    }
}
