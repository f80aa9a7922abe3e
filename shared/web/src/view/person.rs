//! People as clients see them.

use domain::person::{OrganizationRef, Person, PersonRef};
use serde::Serialize;
use utoipa::ToSchema;

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
