//! Services, categories and groups as clients see them; what only the desk sees is left out for everyone else.

pub(crate) mod hours;
pub(crate) mod policy;

use domain::access::{Access, Actor, Deed, access};
use domain::catalog::{
    AgreementText, Catalog, Category, Confirmation, Group, Question, QuestionKind, SelectableBy, Service,
};
use domain::file::FileType;
use domain::person::PersonRef;
use domain::text::{Body, Label};
use serde::Serialize;
use utoipa::ToSchema;
use web::call::Caller;
use web::view::person::PersonName;

/// Something one can ask for.
#[derive(Serialize, ToSchema)]
#[schema(as = Service)]
pub(crate) struct ServiceView {
    /// Which.
    id: String,
    /// Grows when it changes; its `ETag`.
    version: u64,
    /// The name shown.
    name: String,
    /// What it is about.
    description: Option<String>,
    /// What must be accepted to ask for it.
    agreement: Option<AgreementView>,
    /// Where to turn when nothing fits.
    fallback_contact: Option<String>,
    /// Whether the requester is asked to confirm a solution: `required`, `asked` or `off`.
    #[schema(value_type = String)]
    confirmation: Confirmation,
    /// The types of files that may be attached.
    #[schema(value_type = Vec<String>)]
    file_types: Vec<FileType>,
    /// The most bytes of such a file.
    file_size_limit: u64,
    /// The categories that the caller may choose.
    categories: Vec<CategoryView>,
    /// The group that answers it; for the desk alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    group_id: Option<String>,
    /// Its default agents; for the desk alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    owners: Option<Vec<PersonName>>,
    /// Days from resolved to closed by itself, 0 for never; for the desk alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_close_days: Option<u16>,
    /// Whether only technical contacts may ask for it; for the desk alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    contacts_only: Option<bool>,
    /// What is promised of its tickets, if not the desk's default; for the desk alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    sla_policy_id: Option<String>,
}

/// What must be accepted to ask for a service.
#[derive(Serialize, ToSchema)]
#[schema(as = ServiceAgreement)]
pub(crate) struct AgreementView {
    /// What a request must name as `agreement_version`.
    version: String,
    /// What is agreed to.
    text: String,
}

/// A category of a service.
#[derive(Serialize, ToSchema)]
#[schema(as = Category)]
pub(crate) struct CategoryView {
    /// Which.
    id: String,
    /// Grows when it changes; its `ETag`.
    version: u64,
    /// The service it belongs to.
    service_id: String,
    /// The name shown.
    name: String,
    /// What belongs into it.
    description: Option<String>,
    /// What is asked in addition.
    form: Vec<QuestionView>,
    /// Who may choose it; for the desk alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    selectable_by: Option<SelectableBy>,
    /// Its own default agents; for the desk alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    owners: Option<Vec<PersonName>>,
    /// What is promised of its tickets, if not what the service promises; for the desk alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    sla_policy_id: Option<String>,
}

/// One question of a category's form.
#[derive(Serialize, ToSchema)]
#[schema(as = Question)]
pub(crate) struct QuestionView {
    /// The name of its answer.
    name: String,
    /// `text`, `choice` or `checkbox`.
    #[schema(value_type = String)]
    kind: QuestionKind,
    /// What is asked.
    label: String,
    /// How to answer.
    help: Option<String>,
    /// What not to write.
    warning: Option<String>,
    /// Whether it must be answered.
    required: bool,
    /// The answers to choose from.
    choices: Vec<String>,
}

/// A group of agents who share a queue.
#[derive(Serialize, ToSchema)]
#[schema(as = Group)]
pub(crate) struct GroupView {
    /// Which.
    id: String,
    /// Grows when it changes; its `ETag`.
    version: u64,
    /// The name shown.
    name: String,
    /// The support line it stands on: 1, 2 or 3.
    line: u8,
    /// Its agents.
    members: Vec<PersonName>,
    /// Who is told when a promise is about to be missed, or was.
    lead: Option<PersonName>,
}

/// One service.
#[derive(Serialize, ToSchema)]
pub(crate) struct ServiceResponse {
    service: ServiceView,
}

/// One category.
#[derive(Serialize, ToSchema)]
pub(crate) struct CategoryResponse {
    category: CategoryView,
}

/// One group.
#[derive(Serialize, ToSchema)]
pub(crate) struct GroupResponse {
    group: GroupView,
}

/// The default agents of a service.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnersResponse {
    owners: Vec<PersonName>,
}

impl ServiceResponse {
    pub(crate) fn new(service: &Service, caller: &Caller) -> Self {
        Self { service: ServiceView::new(service, &caller.catalog, &caller.actor) }
    }
}

impl CategoryResponse {
    pub(crate) fn new(category: &Category, caller: &Caller) -> Self {
        Self { category: CategoryView::new(category, is_at_desk(&caller.actor)) }
    }
}

impl GroupResponse {
    pub(crate) fn of(group: &Group) -> Self {
        Self { group: GroupView::of(group) }
    }
}

impl OwnersResponse {
    pub(crate) fn of(service: &Service) -> Self {
        Self { owners: names(&service.owners) }
    }
}

impl ServiceView {
    /// A service with the categories that the caller may choose.
    pub(crate) fn new(service: &Service, catalog: &Catalog, actor: &Actor) -> Self {
        let at_desk = is_at_desk(actor);
        let chosen = |category: &&Category| {
            category.service == service.id
                && actor.person().is_some_and(|person| catalog.is_selectable(category, person))
        };
        let categories = catalog.categories.iter().filter(chosen);
        Self {
            id: service.id.to_string(),
            version: service.version,
            name: service.name.as_str().to_owned(),
            description: service.description.as_ref().map(body),
            agreement: service.agreement.as_ref().map(AgreementView::of),
            fallback_contact: service.fallback_contact.as_ref().map(|address| address.as_str().to_owned()),
            confirmation: service.confirmation,
            categories: categories.map(|category| CategoryView::new(category, at_desk)).collect(),
            group_id: service.group.as_ref().filter(|_| at_desk).map(ToString::to_string),
            owners: at_desk.then(|| names(&service.owners)),
            auto_close_days: at_desk.then(|| service.auto_close_days.unwrap_or_default()),
            contacts_only: at_desk.then_some(service.contacts_only),
            file_types: service.files.types.clone(),
            file_size_limit: service.files.most_bytes,
            sla_policy_id: service.policy.as_ref().filter(|_| at_desk).map(ToString::to_string),
        }
    }
}

impl AgreementView {
    fn of(agreement: &AgreementText) -> Self {
        Self { version: label(&agreement.version), text: body(&agreement.text) }
    }
}

impl CategoryView {
    fn new(category: &Category, at_desk: bool) -> Self {
        Self {
            id: category.id.to_string(),
            version: category.version,
            service_id: category.service.to_string(),
            name: category.name.as_str().to_owned(),
            description: category.description.as_ref().map(body),
            form: category.form.iter().map(QuestionView::of).collect(),
            selectable_by: at_desk.then(|| category.selectable_by.clone()),
            owners: at_desk.then(|| names(&category.owners)),
            sla_policy_id: category.policy.as_ref().filter(|_| at_desk).map(ToString::to_string),
        }
    }
}

impl QuestionView {
    fn of(question: &Question) -> Self {
        Self {
            name: label(&question.name),
            kind: question.kind,
            label: label(&question.label),
            help: question.help.as_ref().map(body),
            warning: question.warning.as_ref().map(body),
            required: question.required,
            choices: question.choices.iter().map(label).collect(),
        }
    }
}

impl GroupView {
    pub(crate) fn of(group: &Group) -> Self {
        Self {
            id: group.id.to_string(),
            version: group.version,
            name: group.name.as_str().to_owned(),
            line: group.line,
            members: names(&group.members),
            lead: group.lead.as_ref().map(PersonName::from),
        }
    }
}

fn is_at_desk(actor: &Actor) -> bool {
    access(actor, Deed::ReadCatalog) == Access::Granted
}

fn names(people: &[PersonRef]) -> Vec<PersonName> {
    people.iter().map(PersonName::from).collect()
}

fn body(text: &Body) -> String {
    text.as_str().to_owned()
}

fn label(text: &Label) -> String {
    text.as_str().to_owned()
}
