//! Who of an event's audience can be written to: active people with an address, who may see the ticket as it is now, or
//! had it when a promise was missed.

use domain::access::{Access, Actor, Deed, Standing, access, standing};
use domain::catalog::Catalog;
use domain::contact::{ContactMethod, EmailAddress};
use domain::notice::{Notice, Recipient};
use domain::person::{Person, Role};
use domain::status::Verb;
use domain::ticket::Ticket;

/// Somebody to write to.
#[derive(Debug)]
pub(crate) struct Addressee {
    /// Who.
    pub(crate) person: Person,
    /// Where.
    pub(crate) address: EmailAddress,
    /// What about.
    pub(crate) notice: Notice,
    /// Whether they see the ticket; if not, they are told its number and no more of it.
    pub(crate) sees: bool,
}

/// The recipients who can be written to, in the order in which they were named.
pub(crate) fn addressees(
    recipients: &[Recipient],
    people: &[Person],
    ticket: &Ticket,
    catalog: &Catalog,
) -> Vec<Addressee> {
    let addressee = |recipient: &Recipient| {
        let person = people.iter().find(|person| person.id == recipient.person)?;
        let address = address(person, ticket)?;
        let notice = recipient.notice;
        let sees = may_know(notice, person, ticket, catalog);
        let concerned = person.active && (sees || has_answered_for(notice, person, ticket, catalog));
        concerned.then(|| Addressee { person: person.clone(), address: address.clone(), notice, sees })
    };
    recipients.iter().filter_map(addressee).collect()
}

/// The requester of a ticket may have asked to be told elsewhere (S0.30).
pub(crate) fn address<'a>(person: &'a Person, ticket: &'a Ticket) -> Option<&'a EmailAddress> {
    let wish = ticket.contact_method.as_ref().filter(|_| ticket.requester.id == person.id);
    match wish {
        Some(ContactMethod::Email { value }) => Some(value),
        Some(ContactMethod::Phone { .. }) | None => person.email.as_ref(),
    }
}

/// Nobody is told of a ticket that they do not see any more, and what is said inside the desk stays there: an agent who
/// needs help with a ticket reads it as any requester does (H169).
pub(crate) fn may_know(notice: Notice, person: &Person, ticket: &Ticket, catalog: &Catalog) -> bool {
    let actor = Actor::Person(Box::new(person.clone()));
    let at_desk = standing(&actor, ticket, catalog).is_some_and(Standing::is_desk);
    let sees = access(&actor, Deed::On(Verb::View, ticket, catalog)) == Access::Granted;
    sees && (at_desk || !is_for_the_desk(notice))
}

/// Whoever had a ticket when a promise was missed hears of that, also if it was handed to others who alone see it now.
fn has_answered_for(notice: Notice, person: &Person, ticket: &Ticket, catalog: &Catalog) -> bool {
    let of_a_promise = matches!(notice, Notice::AtRisk | Notice::Breached);
    let is_gone = || standing(&Actor::Person(Box::new(person.clone())), ticket, catalog).is_none();
    of_a_promise && person.role >= Role::Agent && is_gone()
}

/// Whether a notice may carry what only the desk reads.
pub(crate) fn is_for_the_desk(notice: Notice) -> bool {
    match notice {
        Notice::Noted | Notice::Assigned | Notice::AtRisk | Notice::Breached => true,
        Notice::Acknowledged
        | Notice::Copied
        | Notice::Answered
        | Notice::Replied
        | Notice::Moved
        | Notice::Scheduled
        | Notice::Resolved
        | Notice::Reopened
        | Notice::CloseAnnounced
        | Notice::Closed
        | Notice::Canceled
        | Notice::EtaChanged => false,
    }
}

#[cfg(test)]
mod tests {
    use domain::person::PersonRef;

    use super::*;
    use crate::given;

    fn told(notice: Notice, person: Person, ticket: &Ticket) -> Option<String> {
        let recipients = [Recipient { person: person.id.clone(), notice }];
        let found = addressees(&recipients, &[person], ticket, &Catalog::default());
        found.first().map(|addressee| addressee.address.as_str().to_owned())
    }

    #[test]
    fn a_requester_is_told_where_they_asked_to_be_told() {
        let mut ticket = given::ticket();
        assert_eq!(told(Notice::Answered, given::requester(), &ticket).as_deref(), Some("jana@example.org"));
        let value = EmailAddress::parse("elsewhere@example.org").unwrap();
        ticket.contact_method = Some(ContactMethod::Email { value });
        assert_eq!(told(Notice::Answered, given::requester(), &ticket).as_deref(), Some("elsewhere@example.org"));
        assert_eq!(told(Notice::Replied, given::agent(), &ticket).as_deref(), Some("petr@example.org"));
    }

    #[test]
    fn nobody_is_told_who_is_away_or_has_no_address() {
        let away = Person { active: false, ..given::requester() };
        assert_eq!(told(Notice::Answered, away, &given::ticket()), None);
        let silent = Person { email: None, ..given::requester() };
        assert_eq!(told(Notice::Answered, silent, &given::ticket()), None);
    }

    #[test]
    fn nobody_is_told_of_a_ticket_that_they_do_not_see_any_more() {
        let ticket = Ticket { assignee: None, ..given::ticket() };
        assert_eq!(told(Notice::Moved, given::agent(), &ticket), None);
        let stranger = Person { id: given::person_id("usr_stranger"), ..given::requester() };
        assert_eq!(told(Notice::Copied, stranger, &ticket), None);
    }

    #[test]
    fn h169_an_agent_who_is_the_requester_is_not_told_of_notes() {
        let agent = given::agent();
        let own: PersonRef = agent.as_ref();
        let ticket = Ticket { requester: own.clone(), assignee: Some(own), ..given::ticket() };
        assert_eq!(told(Notice::Noted, agent.clone(), &ticket), None);
        assert!(told(Notice::Answered, agent, &ticket).is_some());
        assert!(told(Notice::Noted, given::agent(), &given::ticket()).is_some());
    }

    #[test]
    fn whoever_had_a_ticket_hears_that_a_promise_was_missed_though_they_see_it_no_more() {
        let sees = |person: Person, ticket: &Ticket| {
            let recipients = [Recipient { person: person.id.clone(), notice: Notice::Breached }];
            addressees(&recipients, &[person], ticket, &Catalog::default()).first().map(|addressee| addressee.sees)
        };
        let (agent, handed_on) = (given::agent(), Ticket { assignee: None, ..given::ticket() });
        assert_eq!(sees(agent.clone(), &given::ticket()), Some(true));
        assert_eq!(sees(agent.clone(), &handed_on), Some(false));
        assert_eq!(sees(Person { active: false, ..agent.clone() }, &handed_on), None);
        assert_eq!(sees(Person { role: Role::Requester, ..agent.clone() }, &handed_on), None);
        // How the desk keeps its promises is not for those who ask for help, agents or not.
        let own = Ticket { requester: agent.as_ref(), ..handed_on };
        assert_eq!((sees(agent, &own), sees(given::requester(), &given::ticket())), (None, None));
    }
}
