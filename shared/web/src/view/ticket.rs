//! Tickets as clients see them: whole, and as rows of lists.

use std::collections::BTreeMap;

use domain::access::{Actor, Standing, standing};
use domain::catalog::Catalog;
use domain::contact::ContactMethod;
use domain::event::Entry;
use domain::id::{CategoryId, GroupId, ServiceId};
use domain::person::PersonRef;
use domain::sla::Metric;
use domain::sla::clock::{Clock, ClockState, SlaState};
use domain::status::{NextActionBy, Status, StatusCategory, Verb};
use domain::text::{Body, Label};
use domain::ticket::{Agreement, Channel, Kind, Satisfaction, Ticket};
use jiff::Timestamp;
use serde::Serialize;
use store::item::Row;
use utoipa::ToSchema;

use super::file::AttachmentView;
use super::person::PersonName;

/// Something of the catalog, named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Named {
    /// Which.
    pub id: String,
    /// The name shown; `None` for what is no longer in the catalog.
    pub name: Option<String>,
}

/// How a ticket reached the desk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Via {
    /// `web` or `agent`.
    #[schema(value_type = String)]
    pub channel: Channel,
}

/// A ticket.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Ticket)]
pub struct TicketView {
    /// Its only name, like `7K3Q-M9XV`.
    pub number: String,
    /// Grows with every change; the `ETag`.
    pub version: u64,
    /// What it is about.
    pub subject: String,
    /// At length.
    pub description: Option<String>,
    /// The files beside the description, and the pictures in it.
    pub attachments: Vec<AttachmentView>,
    /// `question`, `incident`, `problem`, `request` or `suggestion`.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// `draft`, `new`, `open`, `awaiting_requester`, `awaiting_agent`, `scheduled`, `resolved`, `closed` or `canceled`.
    #[schema(value_type = String)]
    pub status: Status,
    /// `new`, `open`, `pending`, `on_hold`, `resolved` or `closed`.
    #[schema(value_type = Option<String>)]
    pub status_category: Option<StatusCategory>,
    /// `agent`, `requester` or `nobody`.
    #[schema(value_type = String)]
    pub next_action_by: NextActionBy,
    /// `low`, `normal`, `high` or `urgent`.
    #[schema(value_type = String)]
    pub priority: domain::priority::Priority,
    /// `low`, `medium` or `high`.
    #[schema(value_type = String)]
    pub impact: domain::priority::Impact,
    /// `low`, `medium`, `high` or `critical`.
    #[schema(value_type = String)]
    pub urgency: domain::priority::Urgency,
    /// `default`, `requester` or `agent`.
    #[schema(value_type = String)]
    pub urgency_source: domain::priority::UrgencySource,
    /// Who needs help.
    pub requester: PersonName,
    /// Who typed it in, if it was somebody else.
    pub submitter: Option<PersonName>,
    /// The requester's organization.
    pub organization: Option<PersonName>,
    /// Who has it.
    pub assignee: Option<PersonName>,
    /// Whether the assignee has claimed it.
    pub handled: bool,
    /// Whose queue it stands in; `None` is the first line's.
    pub group: Option<Named>,
    /// The line of that group, 1 to 3.
    pub support_line: Option<u8>,
    /// Who keeps following it; for the desk alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracker: Option<PersonName>,
    /// What is asked for.
    pub service: Named,
    /// More precisely.
    pub category: Option<Named>,
    /// Who gets copies.
    pub cc: Vec<PersonName>,
    /// How the requester wants to be told; for the requester and the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub contact_method: Option<ContactMethod>,
    /// What the requester agreed to.
    #[schema(value_type = Option<Object>)]
    pub agreement: Option<Agreement>,
    /// How it reached the desk.
    pub via: Via,
    /// When it happened.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub occurred_at: Option<Timestamp>,
    /// At which site.
    #[schema(value_type = Option<String>)]
    pub site: Option<Label>,
    /// On which device.
    #[schema(value_type = Option<String>)]
    pub device: Option<Label>,
    /// Its serial number.
    #[schema(value_type = Option<String>)]
    pub serial_number: Option<Label>,
    /// The answers to the category's questions.
    #[schema(value_type = BTreeMap<String, String>)]
    pub answers: BTreeMap<String, Body>,
    /// Words it is filed under; for the desk alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub tags: Option<Vec<Label>>,
    /// What the requester thought of the solution.
    #[schema(value_type = Option<Object>)]
    pub satisfaction: Option<Satisfaction>,
    /// How often it was reopened.
    pub reopen_count: u32,
    /// How many public comments it has.
    pub comment_count: u32,
    /// When the desk answered first.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_responded_at: Option<Timestamp>,
    /// When it was resolved.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved_at: Option<Timestamp>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    /// When it wakes by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub scheduled_until: Option<Timestamp>,
    /// When it closes by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub auto_close_at: Option<Timestamp>,
    /// When it was submitted.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// When it may be expected to be solved: the planned date, or what was promised (S3.22).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub eta: Option<Timestamp>,
    /// What was promised, and by when; how that stands is for the desk alone.
    pub slas: Vec<PromiseView>,
    /// What the caller may do with it as it stands.
    #[schema(value_type = Vec<String>)]
    pub allowed_actions: Vec<Verb>,
}

/// One promise.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Promise)]
pub struct PromiseView {
    /// `first_response`, `next_response`, `resolution`; for the desk also `line_1` and `line_2`.
    #[schema(value_type = String)]
    pub metric: Metric,
    /// When it is or was due; unknown while the clock stands still.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// `running`, `paused`, `met`, `breached` or `canceled`; for the desk alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub state: Option<ClockState>,
}

impl PromiseView {
    fn all(ticket: &Ticket, at_desk: bool) -> Vec<Self> {
        let clocks = ticket.sla.iter().flat_map(|sla| &sla.clocks).filter(|clock| clock.goal.is_some());
        let promised = |clock: &&Clock| clock.metric.is_promised_to_the_requester() && clock.is_going_on();
        let shown = clocks.filter(|clock| at_desk || promised(clock));
        let view = |clock: &Clock| Self {
            metric: clock.metric,
            due_at: clock.due_at,
            state: Some(clock.state()).filter(|_| at_desk),
        };
        shown.map(view).collect()
    }
}

/// The verbs that have a route.
const SERVED: [Verb; 12] = [
    Verb::Claim,
    Verb::Release,
    Verb::Assign,
    Verb::Schedule,
    Verb::Comment,
    Verb::Note,
    Verb::Edit,
    Verb::Resolve,
    Verb::Confirm,
    Verb::Reopen,
    Verb::Close,
    Verb::Cancel,
];

/// The verbs that somebody may use on a ticket as it stands, among those that have a route.
#[must_use]
pub fn served(ticket: &Ticket, actor: &Actor, catalog: &Catalog) -> Vec<Verb> {
    ticket.allowed_actions(actor, catalog).into_iter().filter(|verb| SERVED.contains(verb)).collect()
}

impl TicketView {
    /// A ticket for one pair of eyes.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a line for every field")]
    pub fn new(ticket: &Ticket, description: Option<&Entry>, actor: &Actor, catalog: &Catalog) -> Self {
        let standing = standing(actor, ticket, catalog);
        let at_desk = matches!(standing, Some(Standing::Desk { .. }));
        let own = at_desk || standing == Some(Standing::Requester);
        let name = |person: &Option<PersonRef>| person.as_ref().map(PersonName::from);
        let status = ticket.status();
        Self {
            number: ticket.number.to_string(),
            version: ticket.version,
            subject: ticket.subject.as_str().to_owned(),
            description: description.and_then(|entry| entry.body.as_ref()).map(|body| body.as_str().to_owned()),
            attachments: description.iter().flat_map(|entry| &entry.files).map(AttachmentView::from).collect(),
            kind: ticket.kind,
            status,
            status_category: status.category(),
            next_action_by: status.next_action_by(),
            priority: ticket.priority,
            impact: ticket.impact,
            urgency: ticket.urgency,
            urgency_source: ticket.urgency_source,
            requester: (&ticket.requester).into(),
            submitter: name(&ticket.submitter),
            organization: ticket.organization.as_ref().map(PersonName::from),
            assignee: name(&ticket.assignee),
            handled: ticket.handled,
            group: ticket.group.as_ref().map(|id| group(catalog, id)),
            support_line: ticket.group.as_ref().map(|_| ticket.line),
            tracker: name(&ticket.tracker).filter(|_| at_desk),
            service: service(catalog, &ticket.service),
            category: ticket.category.as_ref().map(|id| category(catalog, id)),
            cc: ticket.cc.iter().map(PersonName::from).collect(),
            contact_method: ticket.contact_method.clone().filter(|_| own),
            agreement: ticket.agreement.clone(),
            via: Via { channel: ticket.via },
            occurred_at: ticket.details.occurred_at,
            site: ticket.details.site.clone(),
            device: ticket.details.device.clone(),
            serial_number: ticket.details.serial_number.clone(),
            answers: ticket.details.answers.clone(),
            tags: Some(ticket.tags.clone()).filter(|_| at_desk),
            satisfaction: ticket.satisfaction.clone(),
            reopen_count: ticket.reopen_count,
            comment_count: ticket.comment_count,
            first_responded_at: ticket.first_responded_at,
            resolved_at: ticket.resolved_at(),
            closed_at: ticket.closed_at(),
            scheduled_until: ticket.scheduled_until(),
            auto_close_at: ticket.auto_close_at(),
            created_at: ticket.created_at,
            updated_at: ticket.updated_at,
            eta: ticket.eta(),
            slas: PromiseView::all(ticket, at_desk),
            allowed_actions: served(ticket, actor, catalog),
        }
    }
}

fn group(catalog: &Catalog, id: &GroupId) -> Named {
    Named { id: id.to_string(), name: catalog.group(id).map(|group| group.name.as_str().to_owned()) }
}

fn service(catalog: &Catalog, id: &ServiceId) -> Named {
    Named { id: id.to_string(), name: catalog.service(id).map(|service| service.name.as_str().to_owned()) }
}

fn category(catalog: &Catalog, id: &CategoryId) -> Named {
    Named { id: id.to_string(), name: catalog.category(id).map(|category| category.name.as_str().to_owned()) }
}

/// A ticket in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TicketRow)]
pub struct RowView {
    /// Its only name.
    pub number: String,
    /// What it is about.
    pub subject: String,
    /// Where it stands.
    #[schema(value_type = String)]
    pub status: Status,
    /// More coarsely.
    #[schema(value_type = Option<String>)]
    pub status_category: Option<StatusCategory>,
    /// In which order it is handled.
    #[schema(value_type = String)]
    pub priority: domain::priority::Priority,
    /// Who needs help.
    pub requester: PersonName,
    /// Who has it.
    pub assignee: Option<PersonName>,
    /// Whether they claimed it.
    pub handled: bool,
    /// Whose queue it stands in.
    pub group: Option<Named>,
    /// What is asked for.
    pub service: Named,
    /// When it was submitted.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When its next promise is due; for the desk alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// Whether a promise was missed; for the desk alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breached: Option<bool>,
}

impl RowView {
    /// A row, its catalog entries named.
    #[must_use]
    pub fn new(row: &Row, at_desk: bool, catalog: &Catalog) -> Self {
        Self {
            number: row.number.to_string(),
            subject: row.subject.as_str().to_owned(),
            status: row.status,
            status_category: row.status.category(),
            priority: row.priority,
            requester: (&row.requester).into(),
            assignee: row.assignee.as_ref().map(PersonName::from),
            handled: row.handled,
            group: row.group.as_ref().map(|id| group(catalog, id)),
            service: service(catalog, &row.service),
            created_at: row.created_at,
            due_at: row.due_at.filter(|_| at_desk),
            breached: at_desk.then_some(row.sla_state == Some(SlaState::Breached)),
        }
    }
}
