//! What tests start from: people, catalogs and tickets whose names say what they are for, and what tests read of a
//! decision.

use std::collections::BTreeMap;

use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::access::Actor;
use crate::catalog::{Catalog, Category, Confirmation, Group, Question, QuestionKind, SelectableBy, Service};
use crate::change::{Change, FieldChange};
use crate::id::{CategoryId, GroupId, HoursId, OrganizationId, PersonId, PolicyId, ServiceId};
use crate::number::TicketNumber;
use crate::person::{Locale, Membership, OrganizationRef, Person, Role};
use crate::sla::hours::{BusinessHours, Interval, Minute, Week, Zone};
use crate::sla::policy::{SlaPolicy, Targets};
use crate::sla::{Metric, Target, Unit};
use crate::status::Status;
use crate::text::{Body, Label, Name, Subject};
use crate::ticket::opening::{Intake, Opening, open};
use crate::ticket::{Decision, Details, Doing, Kind, Refusal, State, Ticket};

/// A day in minutes, as [`later`] counts.
pub(crate) const DAY: i64 = 24 * 60;

/// Where the desk has still to solve it.
pub(crate) const UNSOLVED: [Status; 5] =
    [Status::New, Status::Open, Status::AwaitingRequester, Status::AwaitingAgent, Status::Scheduled];

/// Where it is over for good.
pub(crate) const ENDED: [Status; 2] = [Status::Closed, Status::Canceled];

/// What an event [`told`] that changed no field.
pub(crate) const NOTHING: [&str; 0] = [];

pub(crate) fn at() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

pub(crate) fn later(minutes: i64) -> Timestamp {
    at() + SignedDuration::from_mins(minutes)
}

pub(crate) fn person_id(id: &str) -> PersonId {
    PersonId::parse(id).unwrap()
}

pub(crate) fn group_id(id: &str) -> GroupId {
    GroupId::parse(id).unwrap()
}

pub(crate) fn service_id(id: &str) -> ServiceId {
    ServiceId::parse(id).unwrap()
}

pub(crate) fn category_id(id: &str) -> CategoryId {
    CategoryId::parse(id).unwrap()
}

pub(crate) fn number() -> TicketNumber {
    TicketNumber::parse("7K3QM9XV").unwrap()
}

pub(crate) fn body(text: &str) -> Body {
    Body::parse(text).unwrap()
}

pub(crate) fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

pub(crate) fn organization() -> OrganizationRef {
    OrganizationRef { id: OrganizationId::parse("org_acme").unwrap(), name: Name::parse("Acme").unwrap() }
}

pub(crate) fn person(id: &str) -> Person {
    let membership =
        Membership { organization: organization(), power: false, technical_contact: false, org_admin: false };
    Person {
        id: person_id(id),
        version: 1,
        last_seq: 1,
        name: Name::parse(id).unwrap(),
        email: None,
        phone: None,
        password: None,
        role: Role::Requester,
        memberships: vec![membership],
        locale: Locale::En,
        active: true,
        signed_out_at: None,
    }
}

pub(crate) fn power_user(id: &str) -> Person {
    let mut person = person(id);
    person.memberships[0].power = true;
    person
}

pub(crate) fn stranger(id: &str) -> Person {
    Person { memberships: Vec::new(), ..person(id) }
}

pub(crate) fn agent(id: &str) -> Person {
    Person { role: Role::Agent, memberships: Vec::new(), ..person(id) }
}

pub(crate) fn lead(id: &str) -> Person {
    Person { role: Role::Lead, ..agent(id) }
}

pub(crate) fn acting(person: Person) -> Actor {
    Actor::Person(Box::new(person))
}

/// Who needs help with every ticket here.
pub(crate) fn requester() -> Actor {
    acting(person("usr_requester"))
}

/// Who gets copies of a [`ticket_in`] any status.
pub(crate) fn copied() -> Actor {
    acting(person("usr_copy"))
}

/// An agent of the group in whose queue every ticket here stands.
pub(crate) fn member() -> Actor {
    acting(agent("usr_member"))
}

/// The agent who handles a [`ticket_in`] a status after `new`, and belongs to no group.
pub(crate) fn handler() -> Actor {
    acting(agent("usr_handler"))
}

/// An agent of a line-1 group.
pub(crate) fn first_line() -> Actor {
    acting(agent("usr_first"))
}

pub(crate) fn coordinator() -> Actor {
    acting(lead("usr_lead"))
}

/// An outsider who may answer [`ticket`] for the desk.
pub(crate) fn guest() -> Actor {
    Actor::Guest(number())
}

pub(crate) fn doing<'a>(actor: &'a Actor, catalog: &'a Catalog, minutes: i64) -> Doing<'a> {
    Doing { actor, catalog, at: later(minutes) }
}

fn group(id: &str, line: u8, members: &[&str]) -> Group {
    Group {
        id: group_id(id),
        version: 1,
        name: Name::parse(id).unwrap(),
        line,
        members: members.iter().map(|id| agent(id).as_ref()).collect(),
        lead: None,
    }
}

fn service(id: &str, group: &str) -> Service {
    Service {
        id: service_id(id),
        version: 1,
        name: Name::parse(id).unwrap(),
        description: None,
        agreement: None,
        fallback_contact: None,
        group: Some(group_id(group)),
        owners: Vec::new(),
        confirmation: Confirmation::Asked,
        auto_close_days: Some(7),
        contacts_only: false,
        files: crate::file::FileRules::default(),
        policy: None,
    }
}

/// One service, answered by an owner and a second-line group, behind a first line.
pub(crate) fn catalog() -> Catalog {
    let network = Service { owners: vec![agent("usr_owner").as_ref()], ..service("svc_network", "grp_network") };
    Catalog {
        version: 1,
        last_seq: 1,
        services: vec![network],
        groups: vec![group("grp_network", 2, &["usr_member", "usr_other"]), group("grp_desk", 1, &["usr_first"])],
        ..Catalog::default()
    }
}

/// The same, with promises: an answer within an hour and a solution within two, by the office hours of Prague (S2.6), and
/// one business day on the second line. For what is urgent a solution within half an hour.
pub(crate) fn promising_catalog() -> Catalog {
    let mut week = Week::default();
    for day in [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday] {
        week.set(day, vec![interval("08:00", "17:00")]).unwrap();
    }
    let hours = BusinessHours {
        id: HoursId::parse("hrs_desk").unwrap(),
        version: 1,
        name: Name::parse("Office hours").unwrap(),
        time_zone: Zone::parse("Europe/Prague").unwrap(),
        week,
        holidays: Vec::new(),
    };
    let seconds = |value| Target::parse(value, Unit::Seconds).unwrap();
    let day = Targets::all(Target::parse(1, Unit::BusinessDays).unwrap());
    let solution = Targets { urgent: Some(seconds(1800)), ..Targets::all(seconds(7200)) };
    let mut policy =
        SlaPolicy::named(PolicyId::parse("sla_usual").unwrap(), Name::parse("Usual").unwrap(), hours.id.clone());
    policy.version = 1;
    policy.targets = BTreeMap::from([
        (Metric::FirstResponse, Targets::all(seconds(3600))),
        (Metric::NextResponse, Targets::all(seconds(3600))),
        (Metric::Resolution, solution),
        (Metric::Line2, day),
    ]);
    let mut catalog = catalog();
    catalog.default_policy = Some(policy.id.clone());
    catalog.policies = vec![policy];
    catalog.hours = vec![hours];
    catalog
}

/// Part of a day.
pub(crate) fn interval(from: &str, to: &str) -> Interval {
    Interval::new(Minute::parse(from).unwrap(), Minute::parse(to).unwrap()).unwrap()
}

/// The same with a second service, and with categories for everyone (with a form), for agents and for one group.
pub(crate) fn wide_catalog() -> Catalog {
    let mut catalog = catalog();
    catalog.services.push(service("svc_camera", "grp_desk"));
    let outage = Category { form: form(), ..category("cat_outage", SelectableBy::Everyone) };
    let tuning = SelectableBy::Groups { groups: vec![group_id("grp_network")] };
    let lens = Category { service: service_id("svc_camera"), ..category("cat_lens", SelectableBy::Everyone) };
    catalog.categories =
        vec![outage, category("cat_audit", SelectableBy::Agents), category("cat_tuning", tuning), lens];
    catalog
}

fn category(id: &str, selectable_by: SelectableBy) -> Category {
    Category {
        id: category_id(id),
        version: 1,
        service: service_id("svc_network"),
        name: Name::parse(id).unwrap(),
        description: None,
        form: Vec::new(),
        selectable_by,
        owners: Vec::new(),
        policy: None,
    }
}

fn form() -> Vec<Question> {
    let place = Question { required: true, ..question("where", QuestionKind::Text) };
    let light = Question { choices: vec![label("green"), label("red")], ..question("light", QuestionKind::Choice) };
    vec![place, light, question("rebooted", QuestionKind::Checkbox)]
}

fn question(name: &str, kind: QuestionKind) -> Question {
    Question {
        name: label(name),
        kind,
        label: label(name),
        help: None,
        warning: None,
        required: false,
        choices: Vec::new(),
    }
}

pub(crate) fn intake() -> Intake {
    Intake {
        subject: Subject::parse("No network in room 12").unwrap(),
        description: body("Since this morning."),
        kind: Kind::Incident,
        service: None,
        category: None,
        impact: None,
        urgency: None,
        contact_method: None,
        agreement_version: None,
        details: Details::default(),
        enclosed: crate::file::enclosing::Enclosed::default(),
    }
}

/// Answers to a form, and nothing else.
pub(crate) fn answers(pairs: &[(&str, &str)]) -> Details {
    let answers = pairs.iter().map(|(name, answer)| ((*name).to_owned(), body(answer))).collect();
    Details { answers, ..Details::default() }
}

pub(crate) fn ticket() -> Ticket {
    opened(&catalog(), at()).after
}

/// A ticket that is opened under a catalog at a moment.
pub(crate) fn opened(catalog: &Catalog, at: Timestamp) -> Change<Ticket> {
    let requester = person("usr_requester");
    let opening = Opening { number: &number(), submitter: &requester, requester: &requester, cc: &[], catalog, at };
    open(&opening, intake()).unwrap()
}

/// A ticket in this status, with `usr_copy` in copy; `usr_handler` handles it unless nobody has come to it yet, and the
/// desk has answered where the status says so.
pub(crate) fn ticket_in(status: Status) -> Ticket {
    let handled = !matches!(status, Status::Draft | Status::New | Status::Canceled);
    let answered = handled && !matches!(status, Status::Open | Status::Scheduled);
    Ticket {
        state: state(status),
        assignee: handled.then(|| agent("usr_handler").as_ref()),
        handled,
        awaiting_dispatch: (status == Status::New).then_some(1),
        first_responded_at: answered.then(at),
        cc: vec![person("usr_copy").as_ref()],
        ..ticket()
    }
}

fn state(status: Status) -> State {
    match status {
        Status::Draft => State::Draft {},
        Status::New => State::New {},
        Status::Open => State::Open {},
        Status::AwaitingRequester => State::AwaitingRequester {},
        Status::AwaitingAgent => State::AwaitingAgent {},
        Status::Scheduled => State::Scheduled { scheduled_until: later(DAY) },
        Status::Resolved => {
            State::Resolved { resolved_at: at(), auto_close_at: Some(later(7 * DAY)), announced: false }
        }
        Status::Closed => State::Closed { resolved_at: Some(at()), closed_at: at() },
        Status::Canceled => State::Canceled { closed_at: at() },
    }
}

/// What was done says it changed, as `field: from → to`; a text is named and no more.
pub(crate) fn told(change: &Change<Ticket>) -> Vec<String> {
    change.events.first().unwrap().changes.iter().map(describe).collect()
}

fn describe(change: &FieldChange) -> String {
    let FieldChange { field, from, to } = change;
    if from.is_none() && to.is_none() {
        field.clone()
    } else {
        format!("{field}: {} → {}", shown(from.as_ref()), shown(to.as_ref()))
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => "–".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// The fields that a decision refuses, as `field: code`; any other decision as it is.
pub(crate) fn wrong(decision: &Decision) -> Vec<String> {
    if let Err(Refusal::Unfit(fields)) = decision {
        fields.clone().into_vec().iter().map(|error| format!("{}: {}", error.field, error.code)).collect()
    } else {
        vec![format!("{decision:?}")]
    }
}
