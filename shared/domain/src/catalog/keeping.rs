//! Keeping the catalog: what may be changed of it, and what must hold afterwards.
//!
//! Each decision answers the changed catalog, or `None` when it would say what the catalog says already. What the desk
//! promises is kept in [`super::promises`]. Over 400 lines because services, categories and groups share their few rules,
//! which are told once.

use super::{AgreementText, Catalog, Category, Confirmation, Group, Question, QuestionKind, SelectableBy, Service};
use crate::change::Change;
use crate::contact::EmailAddress;
use crate::event::{Author, Fact};
use crate::field::{Fields, Invalid};
use crate::file::{FileRules, FileType};
use crate::id::{CategoryId, GroupId, PersonId, PolicyId, ServiceId};
use crate::person::{Person, PersonRef, Role};
use crate::text::{Body, Name};

/// The most services of a desk.
pub const MOST_SERVICES: usize = 200;
/// The most categories, of all services together.
pub const MOST_CATEGORIES: usize = 1000;
/// The most groups of a desk.
pub const MOST_GROUPS: usize = 200;
/// The most questions of a form.
pub const MOST_QUESTIONS: usize = 50;
/// The most answers that a question offers.
pub const MOST_CHOICES: usize = 50;
/// The most default agents of a service or a category.
pub const MOST_OWNERS: usize = 20;
/// The most agents of a group.
pub const MOST_MEMBERS: usize = 200;

/// The days from resolved to closed by itself, unless a service says otherwise (S3.17, S4.52).
const USUAL_AUTO_CLOSE_DAYS: u16 = 7;

/// Why the catalog stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// What should be changed is not in it.
    Missing,
    /// Another one of its kind has this name.
    NameTaken,
    /// Something else needs it.
    InUse,
    /// Open tickets stand in its queue.
    Occupied,
    /// There are as many as there may be.
    Full {
        /// How many that is.
        most: usize,
    },
    /// Some fields do not fit the catalog or the people of the desk.
    Unfit(Fields),
}

/// What a decision leads to: the changed catalog, or `None` when nothing changes.
pub type Decision = Result<Option<Change<Catalog>>, Refusal>;

/// What is said of a service; what is `None` stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceEdit {
    /// The name shown.
    pub name: Option<Name>,
    /// What it is about.
    pub description: Option<Body>,
    /// What a requester must accept.
    pub agreement: Option<AgreementText>,
    /// Where to turn when nothing fits.
    pub fallback_contact: Option<EmailAddress>,
    /// The group that answers it.
    pub group: Option<GroupId>,
    /// Whether the requester is asked to confirm a solution.
    pub confirmation: Option<Confirmation>,
    /// Days from resolved to closed by itself; 0 is never.
    pub auto_close_days: Option<u16>,
    /// Whether only technical contacts may ask for it.
    pub contacts_only: Option<bool>,
    /// The types of files that may be attached.
    pub file_types: Option<Vec<FileType>>,
    /// The most bytes of such a file.
    pub file_size_limit: Option<u64>,
    /// What is promised of its tickets; `Some(None)` leaves that to the desk's default.
    pub policy: Option<Option<PolicyId>>,
}

/// What is said of a category; what is `None` stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CategoryEdit {
    /// The name shown.
    pub name: Option<Name>,
    /// What belongs into it.
    pub description: Option<Body>,
    /// What is asked in addition.
    pub form: Option<Vec<Question>>,
    /// Who may choose it.
    pub selectable_by: Option<SelectableBy>,
    /// Its own default agents.
    pub owners: Option<Vec<PersonId>>,
    /// What is promised of its tickets; `Some(None)` leaves that to the service.
    pub policy: Option<Option<PolicyId>>,
}

/// What is said of a group; what is `None` stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupEdit {
    /// The name shown.
    pub name: Option<Name>,
    /// The support line it stands on.
    pub line: Option<u8>,
    /// Who is told when a promise is about to be missed, or was; `Some(None)` is nobody.
    pub lead: Option<Option<PersonId>>,
}

impl Service {
    /// A service of which nothing is said but its name.
    #[must_use]
    pub fn named(id: ServiceId, name: Name) -> Self {
        Self {
            id,
            version: 0,
            name,
            description: None,
            agreement: None,
            fallback_contact: None,
            group: None,
            owners: Vec::new(),
            confirmation: Confirmation::default(),
            auto_close_days: Some(USUAL_AUTO_CLOSE_DAYS),
            contacts_only: false,
            files: FileRules::default(),
            policy: None,
        }
    }

    fn edited(self, edit: ServiceEdit) -> Self {
        let positive = |days: u16| Some(days).filter(|days| *days > 0);
        Self {
            name: edit.name.unwrap_or(self.name),
            description: edit.description.or(self.description),
            agreement: edit.agreement.or(self.agreement),
            fallback_contact: edit.fallback_contact.or(self.fallback_contact),
            group: edit.group.or(self.group),
            confirmation: edit.confirmation.unwrap_or(self.confirmation),
            auto_close_days: edit.auto_close_days.map_or(self.auto_close_days, positive),
            contacts_only: edit.contacts_only.unwrap_or(self.contacts_only),
            files: FileRules {
                types: edit.file_types.unwrap_or(self.files.types),
                most_bytes: edit.file_size_limit.unwrap_or(self.files.most_bytes),
            },
            policy: edit.policy.unwrap_or(self.policy),
            ..self
        }
    }
}

impl Category {
    /// A category for everyone, of which nothing is said but its name.
    #[must_use]
    pub fn named(id: CategoryId, service: ServiceId, name: Name) -> Self {
        Self {
            id,
            version: 0,
            service,
            name,
            description: None,
            form: Vec::new(),
            selectable_by: SelectableBy::default(),
            owners: Vec::new(),
            policy: None,
        }
    }
}

impl Group {
    /// A group of the first line without members.
    #[must_use]
    pub fn named(id: GroupId, name: Name) -> Self {
        Self { id, version: 0, name, line: 1, members: Vec::new(), lead: None }
    }
}

/// Services.
impl Catalog {
    /// Adds a service.
    ///
    /// # Errors
    /// [`Refusal::Full`], [`Refusal::NameTaken`], [`Refusal::Unfit`].
    pub fn add_service(&self, by: Author, service: Service, rest: ServiceEdit) -> Decision {
        room(self.services.len(), MOST_SERVICES)?;
        let service = service.edited(rest);
        self.check_service(&service)?;
        self.kept(by, service_changed(&service.id), |catalog, version| {
            catalog.services.push(Service { version, ..service });
        })
    }

    /// Changes a service.
    ///
    /// # Errors
    /// [`Refusal::Missing`], [`Refusal::NameTaken`], [`Refusal::Unfit`].
    pub fn edit_service(&self, by: Author, id: &ServiceId, edit: ServiceEdit) -> Decision {
        let before = self.service(id).ok_or(Refusal::Missing)?;
        let after = before.clone().edited(edit);
        self.check_service(&after)?;
        self.replace_service(by, before, after)
    }

    /// Says who the default agents of a service are (S0.37, S0.38).
    ///
    /// # Errors
    /// [`Refusal::Missing`], [`Refusal::Unfit`] for whoever of `ids` is not an active agent among `people`.
    pub fn set_owners(&self, by: Author, id: &ServiceId, ids: &[PersonId], people: &[Person]) -> Decision {
        let before = self.service(id).ok_or(Refusal::Missing)?;
        let mut fields = Fields::new();
        let owners = agents(&mut fields, ids, people);
        let owners = fields.finish(Some(owners)).map_err(Refusal::Unfit)?;
        self.replace_service(by, before, Service { owners, ..before.clone() })
    }

    /// Removes a service that has no categories any more.
    ///
    /// # Errors
    /// [`Refusal::Missing`], [`Refusal::InUse`].
    pub fn remove_service(&self, by: Author, id: &ServiceId) -> Decision {
        self.service(id).ok_or(Refusal::Missing)?;
        unused(self.categories.iter().any(|category| category.service == *id))?;
        self.kept(by, service_changed(id), |catalog, _| catalog.services.retain(|service| service.id != *id))
    }

    fn check_service(&self, service: &Service) -> Result<(), Refusal> {
        let others = self.services.iter().filter(|other| other.id != service.id);
        free(&service.name, others.map(|other| &other.name))?;
        let mut fields = Fields::new();
        if let Some(group) = &service.group {
            fields.check("group_id", known(self.group(group), "is not a group of the desk"));
        }
        self.check_policy_named(&mut fields, service.policy.as_ref());
        fields.finish(Some(())).map_err(Refusal::Unfit)
    }

    fn replace_service(&self, by: Author, before: &Service, after: Service) -> Decision {
        if after == *before {
            return Ok(None);
        }
        self.kept(by, service_changed(&after.id), |catalog, version| {
            let slot = catalog.services.iter_mut().find(|service| service.id == after.id);
            replace(slot, Service { version, ..after });
        })
    }
}

/// Categories.
impl Catalog {
    /// Adds a category; `people` are those whom it names as owners.
    ///
    /// # Errors
    /// [`Refusal::Full`], [`Refusal::NameTaken`], [`Refusal::Unfit`].
    pub fn add_category(&self, by: Author, category: Category, rest: CategoryEdit, people: &[Person]) -> Decision {
        room(self.categories.len(), MOST_CATEGORIES)?;
        let category = self.edited_category(category, rest, people)?;
        self.kept(by, category_changed(&category.id), |catalog, version| {
            catalog.categories.push(Category { version, ..category });
        })
    }

    /// Changes a category; `people` are those whom the edit names as owners.
    ///
    /// # Errors
    /// [`Refusal::Missing`], [`Refusal::NameTaken`], [`Refusal::Unfit`].
    pub fn edit_category(&self, by: Author, id: &CategoryId, edit: CategoryEdit, people: &[Person]) -> Decision {
        let before = self.category(id).ok_or(Refusal::Missing)?;
        let after = self.edited_category(before.clone(), edit, people)?;
        if after == *before {
            return Ok(None);
        }
        self.kept(by, category_changed(id), |catalog, version| {
            let slot = catalog.categories.iter_mut().find(|category| category.id == after.id);
            replace(slot, Category { version, ..after });
        })
    }

    /// Removes a category.
    ///
    /// # Errors
    /// [`Refusal::Missing`].
    pub fn remove_category(&self, by: Author, id: &CategoryId) -> Decision {
        self.category(id).ok_or(Refusal::Missing)?;
        self.kept(by, category_changed(id), |catalog, _| catalog.categories.retain(|category| category.id != *id))
    }

    fn edited_category(&self, before: Category, edit: CategoryEdit, people: &[Person]) -> Result<Category, Refusal> {
        let mut fields = Fields::new();
        let owners = match edit.owners {
            Some(ids) => agents(&mut fields, &ids, people),
            None => before.owners,
        };
        let after = Category {
            name: edit.name.unwrap_or(before.name),
            description: edit.description.or(before.description),
            form: edit.form.unwrap_or(before.form),
            selectable_by: edit.selectable_by.unwrap_or(before.selectable_by),
            owners,
            policy: edit.policy.unwrap_or(before.policy),
            ..before
        };
        self.check_category(&mut fields, &after)?;
        fields.finish(Some(after)).map_err(Refusal::Unfit)
    }

    fn check_category(&self, fields: &mut Fields, category: &Category) -> Result<(), Refusal> {
        let others = self.categories.iter().filter(|other| other.id != category.id);
        let beside = others.filter(|other| other.service == category.service);
        free(&category.name, beside.map(|other| &other.name))?;
        fields.check("service_id", known(self.service(&category.service), "is not a service of the desk"));
        check_form(fields, &category.form);
        for (n, group) in category.selectable_by.groups().iter().enumerate() {
            let place = format!("selectable_by.groups.{n}");
            fields.check(&place, known(self.group(group), "is not a group of the desk"));
        }
        self.check_policy_named(fields, category.policy.as_ref());
        Ok(())
    }

    /// Whether the policy that a service or a category names is there.
    fn check_policy_named(&self, fields: &mut Fields, policy: Option<&PolicyId>) {
        if let Some(policy) = policy {
            fields.check("sla_policy_id", known(self.policy(policy), "is not an SLA policy of the desk"));
        }
    }
}

/// Groups.
impl Catalog {
    /// Adds a group; `people` holds whom it names as its lead.
    ///
    /// # Errors
    /// [`Refusal::Full`], [`Refusal::NameTaken`], [`Refusal::Unfit`].
    pub fn add_group(&self, by: Author, group: Group, rest: GroupEdit, people: &[Person]) -> Decision {
        room(self.groups.len(), MOST_GROUPS)?;
        let group = self.edited_group(group, rest, people)?;
        self.kept(by, group_changed(&group.id), |catalog, version| {
            catalog.groups.push(Group { version, ..group });
        })
    }

    /// Changes a group; `people` holds whom the edit names as its lead.
    ///
    /// # Errors
    /// [`Refusal::Missing`], [`Refusal::NameTaken`], [`Refusal::Unfit`].
    pub fn edit_group(&self, by: Author, id: &GroupId, edit: GroupEdit, people: &[Person]) -> Decision {
        let before = self.group(id).ok_or(Refusal::Missing)?;
        let after = self.edited_group(before.clone(), edit, people)?;
        self.replace_group(by, before, after)
    }

    /// Adds an agent to a group; whoever belongs to it already stays as they are.
    ///
    /// # Errors
    /// [`Refusal::Missing`], [`Refusal::Full`], [`Refusal::Unfit`] unless `id` is an active agent among `people`.
    pub fn add_member(&self, by: Author, group: &GroupId, id: &PersonId, people: &[Person]) -> Decision {
        let before = self.group(group).ok_or(Refusal::Missing)?;
        let member = agent(id, people).map_err(|invalid| Refusal::Unfit(Fields::one("user_id", invalid)))?;
        if before.has(id) {
            return Ok(None);
        }
        room(before.members.len(), MOST_MEMBERS)?;
        let mut after = before.clone();
        after.members.push(member);
        self.replace_group(by, before, after)
    }

    /// Takes somebody out of a group.
    ///
    /// # Errors
    /// [`Refusal::Missing`] for a group that is not there and for whoever does not belong to it.
    pub fn remove_member(&self, by: Author, group: &GroupId, id: &PersonId) -> Decision {
        let before = self.group(group).filter(|group| group.has(id)).ok_or(Refusal::Missing)?;
        let mut after = before.clone();
        after.members.retain(|member| member.id != *id);
        self.replace_group(by, before, after)
    }

    /// Removes a group that answers no service, chooses no category and gets nothing that a policy escalates any more.
    /// Nor may it be occupied: nobody would come upon the open tickets in its queue again.
    ///
    /// # Errors
    /// [`Refusal::Missing`], [`Refusal::InUse`], [`Refusal::Occupied`].
    pub fn remove_group(&self, by: Author, id: &GroupId, occupied: bool) -> Decision {
        self.group(id).ok_or(Refusal::Missing)?;
        let answers = self.services.iter().any(|service| service.group.as_ref() == Some(id));
        let chooses = self.categories.iter().any(|category| category.selectable_by.groups().contains(id));
        let escalated = self.policies.iter().any(|policy| policy.escalation.group.as_ref() == Some(id));
        unused(answers || chooses || escalated)?;
        if occupied {
            return Err(Refusal::Occupied);
        }
        self.kept(by, group_changed(id), |catalog, _| catalog.groups.retain(|group| group.id != *id))
    }

    fn edited_group(&self, before: Group, edit: GroupEdit, people: &[Person]) -> Result<Group, Refusal> {
        let mut fields = Fields::new();
        let lead = match edit.lead {
            Some(id) => id.and_then(|id| fields.check("lead_id", lead(&id, people))),
            None => before.lead,
        };
        let (name, line) = (edit.name.unwrap_or(before.name), edit.line.unwrap_or(before.line));
        let after = Group { name, line, lead, ..before };
        let others = self.groups.iter().filter(|other| other.id != after.id);
        free(&after.name, others.map(|other| &other.name))?;
        fields.finish(Some(after)).map_err(Refusal::Unfit)
    }

    fn replace_group(&self, by: Author, before: &Group, after: Group) -> Decision {
        if after == *before {
            return Ok(None);
        }
        self.kept(by, group_changed(&after.id), |catalog, version| {
            let slot = catalog.groups.iter_mut().find(|group| group.id == after.id);
            replace(slot, Group { version, ..after });
        })
    }

    pub(super) fn kept(&self, by: Author, fact: Fact, edit: impl FnOnce(&mut Self, u64)) -> Decision {
        let change = self.edited(by, |catalog, version| {
            edit(catalog, version);
            Ok(fact)
        });
        change.map(Some)
    }
}

fn service_changed(id: &ServiceId) -> Fact {
    Fact::ServiceChanged { service: id.clone() }
}

fn category_changed(id: &CategoryId) -> Fact {
    Fact::CategoryChanged { category: id.clone() }
}

fn group_changed(id: &GroupId) -> Fact {
    Fact::GroupChanged { group: id.clone() }
}

pub(super) fn replace<T>(slot: Option<&mut T>, after: T) {
    if let Some(slot) = slot {
        *slot = after;
    }
}

pub(super) fn room(there: usize, most: usize) -> Result<(), Refusal> {
    if there < most { Ok(()) } else { Err(Refusal::Full { most }) }
}

pub(super) fn unused(used: bool) -> Result<(), Refusal> {
    if used { Err(Refusal::InUse) } else { Ok(()) }
}

/// Names that differ in nothing but their case are the same to whoever reads them.
pub(super) fn free<'a>(name: &Name, mut others: impl Iterator<Item = &'a Name>) -> Result<(), Refusal> {
    let wanted = name.as_str().to_lowercase();
    let taken = others.any(|other| other.as_str().to_lowercase() == wanted);
    if taken { Err(Refusal::NameTaken) } else { Ok(()) }
}

pub(super) fn known<T>(found: Option<&T>, message: &str) -> Result<(), Invalid> {
    found.map(|_| ()).ok_or_else(|| Invalid::new("unknown", message))
}

/// Those of these people who may be given work, in the order they were named.
fn agents(fields: &mut Fields, ids: &[PersonId], people: &[Person]) -> Vec<PersonRef> {
    let named = ids.iter().enumerate();
    named.filter_map(|(n, id)| fields.check(&format!("owners.{n}"), agent(id, people))).collect()
}

fn agent(id: &PersonId, people: &[Person]) -> Result<PersonRef, Invalid> {
    let found = people.iter().find(|person| person.id == *id);
    let agent = found.filter(|person| person.active && person.role >= Role::Agent);
    agent.map(Person::as_ref).ok_or_else(|| Invalid::new("not_an_agent", "must be an active agent"))
}

/// Somebody who is told when a group misses what was promised.
fn lead(id: &PersonId, people: &[Person]) -> Result<PersonRef, Invalid> {
    let found = people.iter().find(|person| person.id == *id);
    let lead = found.filter(|person| person.active && person.role >= Role::Lead);
    lead.map(Person::as_ref).ok_or_else(|| Invalid::new("not_a_lead", "must be an active lead"))
}

fn check_form(fields: &mut Fields, form: &[Question]) {
    if form.len() > MOST_QUESTIONS {
        fields.refuse("form", Invalid::new("too_many", format!("must have at most {MOST_QUESTIONS} questions")));
        return;
    }
    for (n, question) in form.iter().enumerate() {
        if form.iter().take(n).any(|earlier| earlier.name == question.name) {
            let invalid = Invalid::new("repeated", "is the name of an earlier question");
            fields.refuse(format!("form.{n}.name"), invalid);
        }
        fields.check(&format!("form.{n}.choices"), question.check_choices());
    }
}

impl Question {
    fn check_choices(&self) -> Result<(), Invalid> {
        match (self.kind, self.choices.is_empty()) {
            (QuestionKind::Choice, true) => Err(Invalid::new("required", "is required for a choice")),
            (QuestionKind::Text | QuestionKind::Checkbox, false) => {
                Err(Invalid::new("not_a_choice", "belongs to a choice"))
            }
            (QuestionKind::Choice, false) | (QuestionKind::Text | QuestionKind::Checkbox, true) => Ok(()),
        }
    }
}

impl SelectableBy {
    fn groups(&self) -> &[GroupId] {
        match self {
            Self::Everyone | Self::Agents => &[],
            Self::Groups { groups } => groups,
        }
    }
}

#[cfg(test)]
mod tests;
