//! What tests start from, written as it is stored.

use domain::event::{Event, Fact};
use domain::file::File;
use domain::id::PersonId;
use domain::person::Person;
use domain::text::Body;
use domain::ticket::Ticket;
use jiff::Timestamp;
use serde_json::json;

pub(crate) fn at() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

pub(crate) fn person_id(id: &str) -> PersonId {
    PersonId::parse(id).unwrap()
}

pub(crate) fn requester() -> Person {
    person("usr_jana", "Jana Nováková", "jana@example.org", "requester")
}

pub(crate) fn agent() -> Person {
    person("usr_petr", "Petr Svoboda", "petr@example.org", "agent")
}

fn person(id: &str, name: &str, email: &str, role: &str) -> Person {
    let stored = json!({ "id": id, "version": 1, "last_seq": 1, "name": name, "email": email, "role": role,
        "locale": "en", "active": true });
    serde_json::from_value(stored).unwrap()
}

/// Jana's ticket, which Petr handles.
pub(crate) fn ticket() -> Ticket {
    let stored = json!({ "number": "7K3Q-M9XV", "version": 3, "last_seq": 3, "subject": "No network in room 12",
        "kind": "incident", "status": "open", "impact": "medium", "urgency": "medium", "priority": "normal",
        "requester": { "id": "usr_jana", "name": "Jana Nováková" },
        "assignee": { "id": "usr_petr", "name": "Petr Svoboda" }, "handled": true,
        "service": "svc_network", "via": "web", "created_at": at(), "updated_at": at() });
    serde_json::from_value(stored).unwrap()
}

/// A file beside a text.
pub(crate) fn file(name: &str) -> File {
    let stored = json!({ "id": "att_1", "name": name, "file_type": "png", "size": 12_288, "sha256": "0".repeat(64) });
    serde_json::from_value(stored).unwrap()
}

/// What Petr did.
pub(crate) fn event(fact: Fact, body: Option<&str>) -> Event {
    let stored = json!({ "seq": 3, "actor": { "kind": "person", "id": "usr_petr" }, "at": at(),
        "type": "TicketOpened" });
    let event: Event = serde_json::from_value(stored).unwrap();
    Event { fact, body: body.map(|text| Body::parse(text).unwrap()), ..event }
}
