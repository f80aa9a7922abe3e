//! The catalog: what one can ask for, who answers it, and how. One document with one version.

pub mod keeping;
pub mod promises;
pub mod reading;
mod shipped;
mod versions;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::change::{Change, Facts, Versioned};
use crate::contact::EmailAddress;
use crate::event::{Author, Fact};
use crate::field::{Fields, Invalid};
use crate::file::FileRules;
use crate::id::{CategoryId, GroupId, PersonId, PolicyId, ServiceId};
use crate::person::{Person, PersonRef, Role};
use crate::priority::PriorityMatrix;
use crate::sla::hours::BusinessHours;
use crate::sla::policy::SlaPolicy;
use crate::text::{Body, Label, Name};

pub use versions::Past;

/// Everything the desk offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// Grows by one with every change.
    pub version: u64,
    /// How many events the catalog has.
    pub last_seq: u32,
    /// What one can ask for (S0.33).
    #[serde(default)]
    pub services: Vec<Service>,
    /// The subcategories of the services (S1.12).
    #[serde(default)]
    pub categories: Vec<Category>,
    /// The groups of agents (S2.50).
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Priorities by impact and urgency.
    #[serde(default)]
    pub priorities: PriorityMatrix,
    /// When time counts (S2.6, S2.7); the newest version of each.
    #[serde(default)]
    pub hours: Vec<BusinessHours>,
    /// What is promised (S2.36, S4.31); the newest version of each.
    #[serde(default)]
    pub policies: Vec<SlaPolicy>,
    /// The policy of services that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_policy: Option<PolicyId>,
    /// Earlier versions that a ticket still stands by; found in the table beside the document, never part of it.
    #[serde(skip)]
    pub past: Past,
}

/// A service: network, computing, licences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Which.
    pub id: ServiceId,
    /// The version of the catalog in which it changed last; its `ETag`.
    pub version: u64,
    /// The name shown.
    pub name: Name,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Body>,
    /// What a requester must accept (S0.35).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<AgreementText>,
    /// Where to turn when nothing fits (S0.34).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback_contact: Option<EmailAddress>,
    /// The group that answers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// Its default agents, asked before the group (S0.37, S0.38).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<PersonRef>,
    /// Whether the requester is asked to confirm a solution.
    #[serde(default)]
    pub confirmation: Confirmation,
    /// Days from resolved to closed by itself (S3.17, S4.52); `None` is never.
    #[serde(default)]
    pub auto_close_days: Option<u16>,
    /// Whether only technical contacts may ask for it (S3.5).
    #[serde(default)]
    pub contacts_only: bool,
    /// What may be attached to its tickets.
    #[serde(default)]
    pub files: FileRules,
    /// What is promised of its tickets; the desk's default unless it says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyId>,
}

/// The agreement of a service; a new version asks everybody again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementText {
    /// What a request must name.
    pub version: Label,
    /// What is agreed to.
    pub text: Body,
}

/// Whether a requester is asked to confirm a solution, with a score (S1.25).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// Confirming needs a satisfaction score.
    Required,
    /// The score may be left out.
    #[default]
    Asked,
    /// Agents close what they solved (S2.30).
    Off,
}

/// A category of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Which.
    pub id: CategoryId,
    /// The version of the catalog in which it changed last; its `ETag`.
    pub version: u64,
    /// The service it belongs to.
    pub service: ServiceId,
    /// The name shown.
    pub name: Name,
    /// What belongs into it, shown where it is chosen (S4.63).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Body>,
    /// What is asked in addition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub form: Vec<Question>,
    /// Who may choose it.
    #[serde(default)]
    pub selectable_by: SelectableBy,
    /// Its own default agents, asked before those of the service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<PersonRef>,
    /// What is promised of its tickets; the service's unless it says otherwise (S4.31).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyId>,
}

/// Who may choose a category (S4.33, S4.34).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SelectableBy {
    /// Everyone.
    #[default]
    Everyone,
    /// Agents only, after diagnosis.
    Agents,
    /// Members of these groups only.
    Groups {
        /// Which.
        groups: Vec<GroupId>,
    },
}

/// One question of a category's form (S4.3, S4.23).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The name of its answer.
    pub name: Label,
    /// What kind of answer it wants.
    #[serde(default)]
    pub kind: QuestionKind,
    /// What is asked.
    pub label: Label,
    /// How to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Body>,
    /// What not to write (S0.27).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<Body>,
    /// Whether it must be answered (S0.36).
    #[serde(default)]
    pub required: bool,
    /// The answers to choose from, for a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Label>,
}

/// What kind of answer a question wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// Any text.
    #[default]
    Text,
    /// One of the choices.
    Choice,
    /// `yes` or `no`.
    Checkbox,
}

/// A group of agents who share a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Which.
    pub id: GroupId,
    /// The version of the catalog in which it changed last; its `ETag`.
    pub version: u64,
    /// The name shown.
    pub name: Name,
    /// The support line it stands on: 1, 2 or 3.
    pub line: u8,
    /// Its agents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<PersonRef>,
    /// Who is told after holder and tracker when a promise is about to be missed, or was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<PersonRef>,
}

impl Group {
    /// Whether a person belongs to it.
    #[must_use]
    pub fn has(&self, person: &PersonId) -> bool {
        self.members.iter().any(|member| member.id == *person)
    }
}

impl Catalog {
    /// The service with this id.
    #[must_use]
    pub fn service(&self, id: &ServiceId) -> Option<&Service> {
        self.services.iter().find(|service| service.id == *id)
    }

    /// The category with this id.
    #[must_use]
    pub fn category(&self, id: &CategoryId) -> Option<&Category> {
        self.categories.iter().find(|category| category.id == *id)
    }

    /// The group with this id.
    #[must_use]
    pub fn group(&self, id: &GroupId) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == *id)
    }

    /// The support line of a group: the first for none, and for one that is gone.
    #[must_use]
    pub fn line_of(&self, group: Option<&GroupId>) -> u8 {
        group.and_then(|id| self.group(id)).map_or(1, |group| group.line)
    }

    /// Who leads a group; for none, and for one that is gone, whoever leads on the first line.
    pub fn leads_of(&self, group: Option<&GroupId>) -> impl Iterator<Item = &PersonRef> {
        let known = group.and_then(|id| self.group(id));
        let answers = move |group: &&Group| known.map_or(group.line == 1, |known| known.id == group.id);
        self.groups.iter().filter(answers).filter_map(|group| group.lead.as_ref())
    }

    /// The groups a person belongs to.
    pub fn groups_of<'a>(&'a self, person: &'a PersonId) -> impl Iterator<Item = &'a Group> {
        self.groups.iter().filter(move |group| group.has(person))
    }

    /// Whether a person belongs to a group of the first line (S2.46).
    #[must_use]
    pub fn is_first_line(&self, person: &PersonId) -> bool {
        self.groups_of(person).any(|group| group.line == 1)
    }

    /// The default agents for a service and category: the category's if it has any, else the service's.
    #[must_use]
    pub fn owners(&self, service: &ServiceId, category: Option<&CategoryId>) -> &[PersonRef] {
        let of_category = category.and_then(|id| self.category(id)).map(|found| found.owners.as_slice());
        let of_service = self.service(service).map(|found| found.owners.as_slice());
        of_category.filter(|owners| !owners.is_empty()).or(of_service).unwrap_or_default()
    }

    /// What may be attached to the tickets of a service; what is usual, for one that is gone.
    #[must_use]
    pub fn file_rules(&self, service: &ServiceId) -> FileRules {
        self.service(service).map(|service| service.files.clone()).unwrap_or_default()
    }

    /// Whether a person may ask for a service: on every channel, whoever types it in (S3.5, S3.6).
    #[must_use]
    pub fn offers(&self, service: &Service, person: &Person) -> bool {
        !service.contacts_only || person.memberships.iter().any(|membership| membership.technical_contact)
    }

    /// Whether a person may choose a category.
    #[must_use]
    pub fn is_selectable(&self, category: &Category, person: &Person) -> bool {
        match &category.selectable_by {
            SelectableBy::Everyone => true,
            SelectableBy::Agents => person.role >= Role::Agent,
            SelectableBy::Groups { groups } => self.groups_of(&person.id).any(|group| groups.contains(&group.id)),
        }
    }

    /// The name of an agent who belongs to some group, leads one or owns something.
    #[must_use]
    pub fn agent(&self, id: &PersonId) -> Option<&PersonRef> {
        let members = self.groups.iter().flat_map(|group| group.members.iter().chain(&group.lead));
        let owners = self.services.iter().flat_map(|service| &service.owners);
        members.chain(owners).find(|person| person.id == *id)
    }

    /// A changed catalog: `edit` works on a copy and answers what it changed. The catalog that a new desk starts from is
    /// stored nowhere, so nothing was before its first change.
    ///
    /// # Errors
    /// What `edit` refuses.
    pub fn edited<E>(
        &self,
        by: Author,
        edit: impl FnOnce(&mut Self, u64) -> Result<Fact, E>,
    ) -> Result<Change<Self>, E> {
        let mut after = self.clone();
        let fact = edit(&mut after, self.version + 1)?;
        let change = Change::of(self, after, by, fact);
        let before = change.before.filter(|before| before.version > 0);
        Ok(Change { before, ..change })
    }
}

impl Category {
    /// Checks the answers given to its form; wrong ones are noted in `fields`.
    pub fn check_answers(&self, fields: &mut Fields, answers: &BTreeMap<String, Body>) {
        for question in &self.form {
            let name = question.name.as_str();
            let outcome = match answers.get(name) {
                None if question.required => Err(Invalid::new("required", "is required")),
                None => Ok(()),
                Some(answer) => question.accepts(answer.as_str()),
            };
            fields.check(&format!("answers.{name}"), outcome);
        }
        for name in answers.keys() {
            if !self.form.iter().any(|question| question.name.as_str() == name) {
                let invalid = Invalid::new("unknown_field", "is not a question of this category");
                fields.refuse(format!("answers.{name}"), invalid);
            }
        }
    }
}

impl Question {
    fn accepts(&self, answer: &str) -> Result<(), Invalid> {
        let fits = match self.kind {
            QuestionKind::Text => true,
            QuestionKind::Choice => self.choices.iter().any(|choice| choice.as_str() == answer),
            QuestionKind::Checkbox => answer == "yes" || answer == "no",
        };
        if fits { Ok(()) } else { Err(Invalid::new("not_a_choice", "is not one of the choices")) }
    }
}

impl Versioned for Catalog {
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

    fn facts(&self) -> Facts {
        Facts::default()
    }
}
