//! Every refusal of the state table, over HTTP: the reviewed snapshot names it, and nothing is written.

use std::collections::BTreeMap;

use domain::change::Change;
use domain::event::{Author, Fact};
use domain::id::PersonId;
use domain::number::TicketNumber;
use domain::person::{Person as Account, PersonRef, Role};
use domain::text::Name;
use domain::ticket::{State, Ticket};
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Desk, Person};

const SNAPSHOT: &str = include_str!("../../shared/domain/src/ticket/snapshots/domain__ticket__table__state_table.snap");

/// The columns that stand for people; guests and the desk itself have no HTTP door.
const PEOPLE: [&str; 9] =
    ["requester", "cc", "power_user", "stranger", "agent_in_queue", "handler", "agent_elsewhere", "first_line", "lead"];

/// The verbs that have a route.
const ROUTED: [&str; 12] = [
    "view", "claim", "release", "assign", "comment", "note", "edit", "resolve", "confirm", "reopen", "close", "cancel",
];

/// One refusal of the table.
#[derive(Clone, Debug)]
struct Line {
    verb: String,
    status: String,
    actor: String,
    refusal: u16,
}

/// The refusals of the snapshot, for verbs that have a route and people who have a door.
fn refusals() -> Vec<Line> {
    let mut lines = Vec::new();
    let (mut verb, mut columns) = (String::new(), Vec::new());
    for line in SNAPSHOT.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [name] => (*name).clone_into(&mut verb),
            ["from", actors @ ..] => columns = actors.iter().map(|actor| (*actor).to_owned()).collect(),
            [status, cells @ ..] if cells.len() == columns.len() && ROUTED.contains(&verb.as_str()) => {
                for (actor, cell) in columns.iter().zip(cells) {
                    let refusal = cell.parse().ok().filter(|_| PEOPLE.contains(&actor.as_str()));
                    let line = |refusal| Line {
                        verb: verb.clone(),
                        status: (*status).to_owned(),
                        actor: actor.clone(),
                        refusal,
                    };
                    lines.extend(refusal.map(line));
                }
            }
            _ => {}
        }
    }
    lines
}

/// Two agents who belong to no group.
async fn hire(desk: &Desk) {
    for id in ["usr_hana", "usr_elsa"] {
        let by = Author::system(desk.desk.store().reader().now());
        let id = PersonId::parse(id).unwrap();
        let unknown = Account::unregistered(id, Name::parse("Somebody").unwrap(), None, None, by.clone());
        let agent = Account { role: Role::Agent, version: 0, last_seq: 0, ..unknown.after };
        desk.desk.store().commit(&Change::born(agent, by, Fact::PersonAdded {}), None).await.unwrap();
    }
}

/// Everyone of the table, newly signed in: tokens last an hour.
async fn everyone(desk: &Desk) -> BTreeMap<&'static str, Person> {
    let ids = ["usr_rita", "usr_rob", "usr_pia", "usr_radek", "usr_ned", "usr_hana", "usr_elsa", "usr_fay", "usr_leo"];
    let mut people = BTreeMap::new();
    for (column, id) in PEOPLE.into_iter().zip(ids) {
        let id = PersonId::parse(id).unwrap();
        let store = desk.desk.store();
        let person = store.reader().person(&id).await.unwrap().unwrap();
        let pair = store.open_session(&person).await.unwrap();
        people.insert(column, desk.nobody().with_token(&pair.access.expose()));
    }
    people
}

/// A ticket of Rita's, copied to Rob, in this status; Hana handles it unless nobody can.
async fn ticket_in(desk: &Desk, rita: &Person, status: &str) -> String {
    let mut wish = tests::a_ticket();
    wish["cc"] = json!([desk.email("rob")]);
    let opened = rita.post("/v1/tickets", &wish).await.expect(201);
    let number = TicketNumber::parse(opened.json["ticket"]["number"].as_str().unwrap()).unwrap();
    let store = desk.desk.store();
    let before = store.reader().ticket(&number).await.unwrap().unwrap();
    let at = before.created_at;
    let (state, handled) = match status {
        "draft" => (State::Draft {}, false),
        "new" => (State::New {}, false),
        "open" => (State::Open {}, true),
        "awaiting_requester" => (State::AwaitingRequester {}, true),
        "awaiting_agent" => (State::AwaitingAgent {}, true),
        "scheduled" => (State::Scheduled { scheduled_until: at + SignedDuration::from_hours(900) }, true),
        "resolved" => (State::Resolved { resolved_at: at, auto_close_at: None, announced: false }, true),
        "closed" => (State::Closed { resolved_at: Some(at), closed_at: at }, true),
        "canceled" => (State::Canceled { closed_at: at }, false),
        other => panic!("{other} is no status"),
    };
    let hana = PersonRef { id: PersonId::parse("usr_hana").unwrap(), name: Name::parse("Somebody").unwrap() };
    let after = Ticket {
        state,
        handled,
        assignee: handled.then_some(hana),
        awaiting_dispatch: None,
        first_responded_at: ["awaiting_requester", "awaiting_agent", "resolved", "closed"]
            .contains(&status)
            .then_some(at),
        ..before.clone()
    };
    let change = Change::of(&before, after, Author::system(at), Fact::TicketEdited {});
    store.commit(&change, None).await.unwrap();
    number.to_string()
}

/// The request by which a verb is tried.
fn request(verb: &str, status: &str, number: &str) -> (Method, String, Value) {
    let reason = if status == "resolved" { "confirmed_elsewhere" } else { "other" };
    let (method, place, body) = match verb {
        "view" => (Method::GET, "", Value::Null),
        "edit" => (Method::PATCH, "", json!({ "urgency": "high" })),
        "claim" => (Method::POST, "/claim", json!({})),
        "release" => (Method::POST, "/release", json!({})),
        "assign" => (Method::POST, "/assign", json!({ "group_id": "grp_desk" })),
        "comment" => (Method::POST, "/comments", json!({ "body": "Hello." })),
        "note" => (Method::POST, "/comments", json!({ "body": "Hello.", "public": false })),
        "resolve" => (Method::POST, "/resolve", json!({ "solution": "So." })),
        "confirm" => (Method::POST, "/confirm", json!({ "satisfaction": 3 })),
        "reopen" => (Method::POST, "/reopen", json!({ "comment": "No." })),
        "close" => (Method::POST, "/close", json!({ "reason": reason })),
        "cancel" => (Method::POST, "/cancel", json!({})),
        other => panic!("{other} has no route"),
    };
    (method, format!("/v1/tickets/{number}{place}"), body)
}

#[tokio::test]
async fn h037_every_illegal_pair_of_the_state_table_is_refused_as_it_says_and_nothing_is_written() {
    let desk = Desk::open().await;
    hire(&desk).await;
    let refusals = refusals();
    assert!(refusals.len() > 500, "the snapshot was read: {}", refusals.len());
    let mut by_status: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in &refusals {
        by_status.entry(&line.status).or_default().push(line);
    }
    for (status, lines) in by_status {
        // Ten minutes later guesses are forgiven; the tokens are new.
        desk.advance(SignedDuration::from_mins(11));
        let people = everyone(&desk).await;
        let number = ticket_in(&desk, &people["requester"], status).await;
        let table = desk.table();
        for line in lines {
            let (method, path, body) = request(&line.verb, status, &number);
            let body = Some(&body).filter(|body| !body.is_null());
            let answer = people[line.actor.as_str()].send(method, &path, &[("if-match", "\"2\"")], body).await;
            assert_eq!(answer.status, line.refusal, "{line:?}: {}", answer.text);
            assert_eq!(desk.table(), table, "{line:?} wrote something");
        }
    }
    desk.close().await;
}
