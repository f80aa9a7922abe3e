//! The one decision: what an actor may do. Total, and denied unless granted here.

use crate::catalog::Catalog;
use crate::event::{Author, Who};
use crate::id::{GroupId, OrganizationId, PersonId};
use crate::number::TicketNumber;
use crate::person::{Person, Role};
use crate::status::{Status, Verb};
use crate::ticket::Ticket;

/// Who asks.
#[derive(Clone, Debug)]
pub enum Actor {
    /// Somebody who signed in, or whom a link in a mail names.
    Person(Box<Person>),
    /// An outsider who may answer one ticket for the desk.
    Guest(TicketNumber),
    /// The desk itself: dispatch and the clock.
    System,
}

impl Actor {
    /// Signs what the actor does now.
    #[must_use]
    pub fn author(&self, at: jiff::Timestamp) -> Author {
        match self {
            Self::Person(person) => Author::person(&person.id, at),
            Self::Guest(_) => Author { who: Who::Guest, ..Author::system(at) },
            Self::System => Author::system(at),
        }
    }

    /// The person, if it is one.
    #[must_use]
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(person) => Some(person),
            Self::Guest(_) | Self::System => None,
        }
    }

    fn role(&self) -> Role {
        self.person().filter(|person| person.active).map_or(Role::Requester, |person| person.role)
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Deed<'a> {
    /// A verb on a ticket.
    On(Verb, &'a Ticket, &'a Catalog),
    /// Opening a ticket for somebody else (S0.24).
    OpenOnBehalf,
    /// Fetching a file that belongs to a ticket; what is not public is for the desk alone.
    ReadFile {
        /// The ticket.
        ticket: &'a Ticket,
        /// Whether everyone on the ticket may see it.
        public: bool,
        /// The catalog.
        catalog: &'a Catalog,
    },
    /// A list of tickets.
    List(&'a Anchor, &'a Catalog),
    /// The work lists of the desk.
    ReadQueues,
    /// Groups, owners and what else only the desk sees of the catalog.
    ReadCatalog,
    /// Changing the catalog.
    KeepCatalog,
    /// Putting open tickets under the SLA policy in force.
    ApplyPolicy,
}

/// Which tickets a list holds, before any filter narrows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Those somebody needs help with.
    Requester(PersonId),
    /// Those of an organization (S1.4).
    Organization(OrganizationId),
    /// Those somebody has (S0.15).
    Assignee(PersonId),
    /// Those of a group.
    Group(GroupId),
    /// Those without a group: the first line's queue (S2.29).
    Unassigned,
    /// Those somebody gets copies of.
    Cc(PersonId),
    /// Those somebody typed in for others (S0.25).
    Submitter(PersonId),
    /// Those somebody keeps following (S2.49).
    Tracker(PersonId),
    /// All of one month.
    Month(String),
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Yes.
    Granted,
    /// No, and the actor may know why: 403.
    Forbidden,
    /// No, and the actor may not even know that it exists: 404.
    Hidden,
}

/// Decides.
#[must_use]
pub fn access(actor: &Actor, deed: Deed<'_>) -> Access {
    match deed {
        Deed::On(verb, ticket, catalog) => on_ticket(actor, verb, ticket, catalog),
        Deed::ReadFile { ticket, public, catalog } => match standing(actor, ticket, catalog) {
            Some(Standing::Desk { .. }) => Access::Granted,
            Some(_) if public => Access::Granted,
            Some(_) | None => Access::Hidden,
        },
        Deed::OpenOnBehalf | Deed::ReadQueues | Deed::ReadCatalog => granted_if(actor.role() >= Role::Agent),
        Deed::ApplyPolicy => granted_if(actor.role() >= Role::Lead),
        Deed::KeepCatalog => granted_if(actor.role() >= Role::Admin),
        Deed::List(anchor, catalog) => granted_if(may_list(actor, anchor, catalog)),
    }
}

fn granted_if(allowed: bool) -> Access {
    if allowed { Access::Granted } else { Access::Forbidden }
}

/// Whether a row of a list may be shown: one's own tickets of an organization that one has left are not (S3.8).
#[must_use]
pub fn may_see_row(actor: &Actor, anchor: &Anchor, organization: Option<&OrganizationId>) -> bool {
    let Some(person) = actor.person() else {
        return false;
    };
    match anchor {
        Anchor::Requester(_) => {
            person.role >= Role::Agent || organization.is_none_or(|id| person.membership(id).is_some())
        }
        Anchor::Organization(_)
        | Anchor::Assignee(_)
        | Anchor::Group(_)
        | Anchor::Unassigned
        | Anchor::Cc(_)
        | Anchor::Submitter(_)
        | Anchor::Tracker(_)
        | Anchor::Month(_) => true,
    }
}

/// How somebody stands to a ticket; the strongest relation counts, and being its requester counts before all (S1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is theirs.
    Requester,
    /// They get copies and may answer.
    Cc,
    /// They see their organization's tickets (S1.4).
    Observer,
    /// They work at the desk and see it.
    Desk {
        /// It stands in one of their queues, or they lead.
        in_queue: bool,
        /// They follow it, stand on the first line, or lead: they may press for progress (S2.47, S2.56).
        oversees: bool,
    },
    /// They answer it for the desk, from outside.
    Guest,
    /// The desk itself.
    System,
}

impl Standing {
    /// Whether they speak for the desk.
    #[must_use]
    pub fn is_desk(self) -> bool {
        match self {
            Self::Desk { .. } | Self::Guest | Self::System => true,
            Self::Requester | Self::Cc | Self::Observer => false,
        }
    }
}

/// How an actor stands to a ticket; `None` when it must not know that it exists.
#[must_use]
pub fn standing(actor: &Actor, ticket: &Ticket, catalog: &Catalog) -> Option<Standing> {
    match actor {
        Actor::System => Some(Standing::System),
        Actor::Guest(number) => {
            let submitted = ticket.status() != Status::Draft;
            (submitted && *number == ticket.number).then_some(Standing::Guest)
        }
        Actor::Person(person) if !person.active => None,
        Actor::Person(person) => {
            let organization = ticket.organization.as_ref().map(|organization| &organization.id);
            let membership = organization.and_then(|id| person.membership(id));
            let belongs = organization.is_none() || membership.is_some();
            if ticket.requester.id == person.id && (belongs || person.role >= Role::Agent) {
                Some(Standing::Requester)
            } else if ticket.status() == Status::Draft {
                None
            } else if let Some(desk) = at_the_desk(person, ticket, catalog) {
                Some(desk)
            } else if ticket.cc.iter().any(|cc| cc.id == person.id) {
                Some(Standing::Cc)
            } else {
                membership.filter(|membership| membership.power).map(|_| Standing::Observer)
            }
        }
    }
}

/// `None` unless the person is an agent who sees the ticket.
fn at_the_desk(person: &Person, ticket: &Ticket, catalog: &Catalog) -> Option<Standing> {
    if person.role < Role::Agent {
        return None;
    }
    let is = |someone: &Option<crate::person::PersonRef>| someone.as_ref().is_some_and(|one| one.id == person.id);
    let first_line = catalog.is_first_line(&person.id);
    let in_group = match &ticket.group {
        Some(group) => catalog.group(group).is_some_and(|group| group.has(&person.id)),
        None => first_line,
    };
    let owns = catalog.owners(&ticket.service, ticket.category.as_ref()).iter().any(|owner| owner.id == person.id);
    let leads = person.role >= Role::Lead;
    let in_queue = leads || in_group || owns || is(&ticket.assignee);
    let follows = is(&ticket.tracker) || is(&ticket.submitter);
    let triages = first_line && !ticket.handled && ticket.status().is_live();
    let oversees = leads || first_line || is(&ticket.tracker);
    (in_queue || follows || triages).then_some(Standing::Desk { in_queue, oversees })
}

fn on_ticket(actor: &Actor, verb: Verb, ticket: &Ticket, catalog: &Catalog) -> Access {
    let Some(standing) = standing(actor, ticket, catalog) else {
        return Access::Hidden;
    };
    let allowed = match verb {
        Verb::View => true,
        Verb::Comment => match standing {
            Standing::Requester | Standing::Cc | Standing::Guest => true,
            Standing::Desk { in_queue, .. } => in_queue,
            Standing::Observer | Standing::System => false,
        },
        Verb::Note => matches!(standing, Standing::Desk { .. }),
        Verb::Submit | Verb::Confirm | Verb::Cancel => standing == Standing::Requester,
        Verb::Edit | Verb::Reopen | Verb::Cc => {
            matches!(standing, Standing::Requester | Standing::Desk { in_queue: true, .. })
        }
        Verb::Nudge => matches!(standing, Standing::Requester | Standing::Desk { oversees: true, .. }),
        Verb::Claim
        | Verb::Release
        | Verb::Assign
        | Verb::Escalate
        | Verb::Lock
        | Verb::Schedule
        | Verb::Resolve
        | Verb::Close => matches!(standing, Standing::Desk { in_queue: true, .. }),
        Verb::Wake | Verb::AutoClose => standing == Standing::System,
    };
    granted_if(allowed)
}

fn may_list(actor: &Actor, anchor: &Anchor, catalog: &Catalog) -> bool {
    let Some(person) = actor.person() else {
        return false;
    };
    let leads = person.role >= Role::Lead;
    // Whoever is an agent no more may still stand in the catalog.
    let is_agent = person.role >= Role::Agent;
    match anchor {
        Anchor::Requester(id) | Anchor::Cc(id) => *id == person.id || leads,
        Anchor::Organization(id) => leads || person.membership(id).is_some_and(|membership| membership.power),
        Anchor::Assignee(id) | Anchor::Submitter(id) | Anchor::Tracker(id) => leads || (is_agent && *id == person.id),
        Anchor::Group(id) => leads || (is_agent && catalog.groups_of(&person.id).any(|group| group.id == *id)),
        Anchor::Unassigned => leads || (is_agent && catalog.is_first_line(&person.id)),
        Anchor::Month(_) => leads,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given;

    /// Who may list what is anchored so, of these people in this order.
    fn may_list(people: &[Person], anchor: &Anchor) -> Vec<bool> {
        let catalog = given::catalog();
        let asked = |person: &Person| access(&given::acting(person.clone()), Deed::List(anchor, &catalog));
        people.iter().map(|person| asked(person) == Access::Granted).collect()
    }

    #[test]
    fn a_queue_is_listed_by_agents_of_its_group_and_by_leads() {
        let former = |id| Person { role: Role::Requester, ..given::agent(id) };
        let people = [
            given::agent("usr_member"),
            given::agent("usr_first"),
            given::agent("usr_elsewhere"),
            given::lead("usr_lead"),
            given::person("usr_requester"),
            former("usr_member"),
            former("usr_first"),
        ];
        let network = Anchor::Group(given::group_id("grp_network"));
        assert_eq!(may_list(&people, &network), [true, false, false, true, false, false, false]);
        let desk = Anchor::Group(given::group_id("grp_desk"));
        assert_eq!(may_list(&people, &desk), [false, true, false, true, false, false, false]);
        assert_eq!(may_list(&people, &Anchor::Unassigned), [false, true, false, true, false, false, false]);
    }

    #[test]
    fn whoever_is_an_agent_no_more_lists_nothing_of_the_desk() {
        let me = given::person_id("usr_member");
        let anchors = [
            Anchor::Requester(me.clone()),
            Anchor::Cc(me.clone()),
            Anchor::Assignee(me.clone()),
            Anchor::Submitter(me.clone()),
            Anchor::Tracker(me),
            Anchor::Month("2026-03".to_owned()),
        ];
        let agent = given::agent("usr_member");
        let former = Person { role: Role::Requester, ..agent.clone() };
        let people = [agent, former];
        let listed: Vec<_> = anchors.iter().map(|anchor| may_list(&people, anchor)).collect();
        let (both, one, nobody) = ([true, true], [true, false], [false, false]);
        assert_eq!(listed, [both, both, one, one, one, nobody]);
    }
}
