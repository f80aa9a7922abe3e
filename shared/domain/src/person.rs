//! People: who they are, which role they have, and to which organizations and groups they belong.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::change::{Change, Versioned};
use crate::contact::{EmailAddress, PhoneNumber};
use crate::event::{Author, Fact};
use crate::id::{OrganizationId, PersonId};
use crate::text::Name;

/// A person as others see one: an id with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRef {
    /// Whose.
    pub id: PersonId,
    /// The name shown.
    pub name: Name,
}

/// An organization as others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationRef {
    /// Which.
    pub id: OrganizationId,
    /// The name shown.
    pub name: Name,
}

/// What a person may do at the desk; each role includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Asks for help.
    Requester,
    /// Handles tickets.
    Agent,
    /// Sees every ticket and may step in anywhere.
    Lead,
    /// Keeps people and catalog as well.
    Admin,
}

/// Belonging to an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The organization.
    pub organization: OrganizationRef,
    /// Sees every ticket of the organization (S1.4).
    #[serde(default)]
    pub power: bool,
    /// May open technical tickets (S3.5).
    #[serde(default)]
    pub technical_contact: bool,
    /// Keeps the contact list (S3.7).
    #[serde(default)]
    pub org_admin: bool,
}

/// The languages the desk writes in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Czech.
    Cs,
    /// Chinese.
    Zh,
}

/// A password's hash, in PHC text form; never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a hash that was made of a password.
    #[must_use]
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The hash, for verification.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Grows by one with every change.
    pub version: u64,
    /// How many events the person has.
    pub last_seq: u32,
    /// The name shown.
    pub name: Name,
    /// Where mail goes, and what one signs in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// Where short messages go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
    /// Absent for people who never registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<PasswordHash>,
    /// What the person may do.
    pub role: Role,
    /// The organizations the person belongs to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memberships: Vec<Membership>,
    /// The language of mails and pages.
    #[serde(default)]
    pub locale: Locale,
    /// Whether the person may sign in and be given tickets.
    pub active: bool,
    /// When everybody who was signed in as this person was signed out: a sign-in counts only if it knew of this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_out_at: Option<Timestamp>,
}

impl Person {
    /// Somebody known by an address or a number alone, who may claim the account later (S2.55).
    ///
    /// The name defaults to what stands before the `@`.
    pub fn unregistered(
        id: PersonId,
        name: Name,
        email: Option<EmailAddress>,
        phone: Option<PhoneNumber>,
        by: Author,
    ) -> Change<Self> {
        let person = Self {
            id,
            version: 0,
            last_seq: 0,
            name,
            email,
            phone,
            password: None,
            role: Role::Requester,
            memberships: Vec::new(),
            locale: Locale::default(),
            active: true,
            signed_out_at: None,
        };
        Change::born(person, by, Fact::PersonAdded {})
    }

    /// The first admin of a new desk, who is known by an address and has proved it. Whatever else was asked for to become
    /// the first admin counts no more, as with every password that is set.
    pub fn first_admin(
        id: PersonId,
        name: Name,
        email: EmailAddress,
        password: PasswordHash,
        at: Timestamp,
    ) -> Change<Self> {
        let by = Author::person(&id, at);
        let Change { after: known, .. } = Self::unregistered(id, name, Some(email), None, by.clone());
        let admin = Self {
            version: 0,
            last_seq: 0,
            password: Some(password),
            role: Role::Admin,
            signed_out_at: Some(by.at),
            ..known
        };
        Change::born(admin, by, Fact::PersonAdded {})
    }

    /// The same person with another password, in a role; whoever was signed in with the old one is no more (H191).
    pub fn set_password(&self, password: PasswordHash, role: Role, at: Timestamp) -> Change<Self> {
        let by = Author::person(&self.id, at);
        let mut after = self.clone();
        after.password = Some(password);
        after.role = role;
        after.signed_out_at = Some(self.next_sign_out(by.at));
        Change::of(self, after, by, Fact::PasswordSet {})
    }

    /// Never the same moment twice, for sign-ins are told apart by it.
    fn next_sign_out(&self, at: Timestamp) -> Timestamp {
        let soonest = self.signed_out_at.and_then(|last| last.checked_add(SignedDuration::from_millis(1)).ok());
        soonest.map_or(at, |soonest| at.max(soonest))
    }

    /// The same person with another name or language; `None` leaves one as it is.
    pub fn edit(&self, by: Author, name: Option<Name>, locale: Option<Locale>) -> Change<Self> {
        let mut after = self.clone();
        after.name = name.unwrap_or(after.name);
        after.locale = locale.unwrap_or(after.locale);
        Change::of(self, after, by, Fact::PersonEdited {})
    }

    /// The person as others see one.
    #[must_use]
    pub fn as_ref(&self) -> PersonRef {
        PersonRef { id: self.id.clone(), name: self.name.clone() }
    }

    /// Whether another person's name is no news: to agents, within an organization, and to oneself.
    #[must_use]
    pub fn knows(&self, other: &Self) -> bool {
        let shares = |membership: &Membership| self.membership(&membership.organization.id).is_some();
        self.role >= Role::Agent || self.id == other.id || other.memberships.iter().any(shares)
    }

    /// The membership in an organization, if any.
    #[must_use]
    pub fn membership(&self, organization: &OrganizationId) -> Option<&Membership> {
        self.memberships.iter().find(|membership| membership.organization.id == *organization)
    }
}

impl Versioned for Person {
    fn version(&self) -> u64 {
        self.version
    }

    fn last_seq(&self) -> u32 {
        self.last_seq
    }

    fn advance(&mut self, seq: u32) {
        self.version += 1;
        self.last_seq = seq;
    }

    fn facts(&self) -> crate::change::Facts {
        let mut facts = crate::change::Facts::default();
        facts.hidden("name", self.name.as_str());
        facts.hidden("email", self.email.as_ref().map(EmailAddress::as_str).unwrap_or_default());
        facts.shown("role", &self.role);
        facts.shown("locale", &self.locale);
        facts.shown("active", &self.active);
        facts
    }
}
