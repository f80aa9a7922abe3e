//! People as clients see them.

use domain::event::Who;
use domain::id::PersonId;
use domain::person::{OrganizationRef, Person, PersonRef};
use domain::ticket::Ticket;
use serde::Serialize;
use store::Reader;
use store::item::Told;
use utoipa::ToSchema;

use crate::call::Caller;
use crate::problem::Problem;

/// A person in a ticket, a comment or an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonName {
    /// Who.
    pub id: String,
    /// The name shown.
    pub name: String,
}

impl From<&PersonRef> for PersonName {
    fn from(person: &PersonRef) -> Self {
        Self { id: person.id.to_string(), name: person.name.as_str().to_owned() }
    }
}

impl From<&OrganizationRef> for PersonName {
    fn from(organization: &OrganizationRef) -> Self {
        Self { id: organization.id.to_string(), name: organization.name.as_str().to_owned() }
    }
}

/// A person as that person sees themselves.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserView {
    /// Who.
    pub id: String,
    /// Grows with every change; the `ETag`.
    pub version: u64,
    /// The name shown.
    pub name: String,
    /// Where mail goes.
    pub email: Option<String>,
    /// `requester`, `agent`, `lead` or `admin`.
    #[schema(value_type = String)]
    pub role: domain::person::Role,
    /// `en`, `cs` or `zh`.
    #[schema(value_type = String)]
    pub locale: domain::person::Locale,
    /// The organizations the person belongs to.
    pub memberships: Vec<MembershipView>,
}

/// Belonging to an organization.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MembershipView {
    /// The organization.
    pub organization: PersonName,
    /// Sees every ticket of the organization.
    pub power: bool,
    /// May open technical tickets.
    pub technical_contact: bool,
    /// Keeps the contact list.
    pub org_admin: bool,
}

impl From<&Person> for UserView {
    fn from(person: &Person) -> Self {
        let memberships = person.memberships.iter().map(|membership| MembershipView {
            organization: (&membership.organization).into(),
            power: membership.power,
            technical_contact: membership.technical_contact,
            org_admin: membership.org_admin,
        });
        Self {
            id: person.id.to_string(),
            version: person.version,
            name: person.name.as_str().to_owned(),
            email: person.email.as_ref().map(|email| email.as_str().to_owned()),
            role: person.role,
            locale: person.locale,
            memberships: memberships.collect(),
        }
    }
}

/// The names of the people on a ticket's timeline, from wherever they are known already.
#[derive(Debug)]
pub struct Names<'a> {
    ticket: &'a Ticket,
    caller: &'a Caller,
    others: Vec<Person>,
}

impl<'a> Names<'a> {
    /// The names that the ticket, the catalog and the caller know.
    #[must_use]
    pub fn on(ticket: &'a Ticket, caller: &'a Caller) -> Self {
        Self { ticket, caller, others: Vec::new() }
    }

    /// Loads the names of those authors whom nobody here knows.
    ///
    /// # Errors
    /// 503 when the table is out of reach.
    pub async fn load(self, reader: &Reader, told: &[Told]) -> Result<Self, Problem> {
        let authors: Vec<_> = told
            .iter()
            .filter_map(|told| match &told.event.by.who {
                Who::Person { id } => Some(id),
                Who::Guest | Who::System => None,
            })
            .collect();
        self.load_people(reader, &authors).await
    }

    /// Loads the names of those of these people whom nobody here knows.
    ///
    /// # Errors
    /// 503 when the table is out of reach.
    pub async fn load_people(mut self, reader: &Reader, ids: &[&PersonId]) -> Result<Self, Problem> {
        let mut unknown: Vec<PersonId> = Vec::new();
        for id in ids {
            if self.get(id).is_none() && !unknown.contains(id) {
                unknown.push((*id).clone());
            }
        }
        if !unknown.is_empty() {
            self.others = reader.people(&unknown).await?;
        }
        Ok(self)
    }

    /// The name of a person.
    #[must_use]
    pub fn get(&self, id: &PersonId) -> Option<PersonName> {
        let caller = self.caller.actor.person().into_iter();
        let whole = caller.chain(&self.others).find(|person| person.id == *id).map(Person::as_ref);
        let on_ticket = || self.ticket.people().find(|person| person.id == *id).cloned();
        whole.or_else(on_ticket).or_else(|| self.caller.catalog.agent(id).cloned()).as_ref().map(PersonName::from)
    }
}
