//! H167: who may call which route, in one table that knows every route of the template.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use files::samples::pictures;
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Answer, Desk, PASSWORD, Parcel, Person, a_ticket, attachment_of};

use crate::given::{etag, newest_link, number, routes};

/// Who calls: nobody; a requester of another organization; the requester of the ticket; who gets copies of it; who sees
/// everything of its organization; an agent in whose queue it stands; an agent elsewhere; a lead; an admin.
const ROLES: [&str; 9] = ["nobody", "radek", "rita", "rob", "pia", "ned", "fay", "leo", "ada"];

/// What a route is tried on, made anew for each call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    /// Nothing that must be there first.
    Nothing,
    /// The caller, signed in for this call alone.
    Session,
    /// The caller, at the version in force.
    Me,
    /// A refresh token of Rita's.
    Refresh,
    /// A link in a mail to Rita.
    Link,
    /// A link by which Renata may set a password.
    Reset,
    /// A ticket that nobody handles.
    New,
    /// A ticket that Ned handles.
    Claimed,
    /// A ticket that Ned handles, with a comment of Rita's.
    Commented,
    /// A ticket that Ned has resolved.
    Resolved,
    /// An upload of Rita's that she has sent.
    Sent,
    /// A file that came with a comment of Rita's, on a ticket that Ned handles.
    Attached,
    /// A file that came with a note of Ned's, on a ticket that he handles.
    Noted,
    /// A service without categories.
    Service,
    /// A category.
    Category,
    /// A group of the third line, to which Nora belongs.
    Group,
    /// Business hours that no policy names.
    Hours,
    /// An SLA policy that nothing names.
    Policy,
}

/// A route; what it is tried on; the query or the body; and the status for each of [`ROLES`].
type Row = (&'static str, On, &'static str, &'static str);

use On::{
    Attached, Category, Claimed, Commented, Group, Hours, Link, Me, New, Noted, Nothing, Policy, Refresh, Reset,
    Resolved, Sent, Service, Session,
};

const SIGN_IN: &str = r#"{"email": "rita@acme.example", "password": "welcome-to-lambdesk"}"#;
const HOLIDAYS: &str = r#"{"icalendar": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260309\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"}"#;
const HOURS: &str =
    r#"{"name": "Mornings", "time_zone": "Europe/Prague", "week": {"monday": [{"from": "08:00", "to": "12:00"}]}}"#;
const PLAN: &str = r#"{"until": "2026-03-09T09:00:00Z", "reason": "x"}"#;
const POLICY: &str = r#"{"name": "Quick", "business_hours_id": "hrs_desk",
    "targets": {"resolution": {"urgent": {"value": 600, "unit": "seconds"}}}}"#;
const CATEGORY: &str = r#"{"service_id": "svc_other", "name": "x"}"#;
const NEW_PASSWORD: &str = r#"{"password": "correct horse battery"}"#;
const NOTE: &str = r#"{"body": "x", "public": false}"#;
const TICKET: &str = r#"{"subject": "x", "description": "y", "service_id": "svc_network"}"#;
const UPLOAD: &str = r#"{"submission": "s", "file_name": "a.png", "content_type": "image/png", "size": 1,
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}"#;
const FOR_ROB: &str =
    r#"{"subject": "x", "description": "y", "service_id": "svc_network", "on_behalf_of": {"user_id": "usr_rob"}}"#;

#[rustfmt::skip]
const OF_TICKETS: [Row; 29] = [
    // The route, what it is tried on, with what                                   nob rad rit rob pia ned fay leo ada
    ("POST /v1/tickets", Nothing, TICKET,                                        "401 201 201 201 201 201 201 201 201"),
    ("POST /v1/tickets", Nothing, FOR_ROB,                                       "401 403 403 403 403 201 201 201 201"),
    ("GET /v1/tickets", Nothing, "?requester_id=me",                             "401 200 200 200 200 200 200 200 200"),
    ("GET /v1/tickets", Nothing, "?requester_id=usr_rita",                       "401 403 200 403 403 403 403 200 200"),
    ("GET /v1/tickets", Nothing, "?organization_id=org_acme",                    "401 403 403 403 200 403 403 200 200"),
    ("GET /v1/tickets", Nothing, "?group_id=grp_network",                        "401 403 403 403 403 200 403 200 200"),
    ("GET /v1/tickets", Nothing, "?group_id=none",                               "401 403 403 403 403 403 200 200 200"),
    ("GET /v1/tickets", Nothing, "?assignee_id=me",                              "401 403 403 403 403 200 200 200 200"),
    ("GET /v1/tickets", Nothing, "?created_in=2026-03",                          "401 403 403 403 403 403 403 200 200"),
    ("GET /v1/queues", Nothing, "",                                              "401 403 403 403 403 200 200 200 200"),
    ("GET /v1/tickets/{number}", Claimed, "?include=comments",                   "401 404 200 200 200 200 404 200 200"),
    ("GET /v1/tickets/{number}/comments", Claimed, "",                           "401 404 200 200 200 200 404 200 200"),
    ("GET /v1/tickets/{number}/events", New, "",                                 "401 404 200 200 200 200 200 200 200"),
    ("GET /v1/tickets/{number}/slas", Claimed, "",                               "401 404 403 403 403 200 404 200 200"),
    ("GET /v1/tickets/{number}/notifications", Claimed, "",                      "401 404 403 403 403 200 404 200 200"),
    ("PATCH /v1/tickets/{number}", Claimed, r#"{"impact": "high"}"#,             "401 404 200 403 403 200 404 200 200"),
    ("POST /v1/tickets/{number}/cancel", New, "{}",                              "401 404 200 403 403 403 403 403 403"),
    ("POST /v1/tickets/{number}/claim", New, "{}",                               "401 404 403 403 403 200 403 200 200"),
    ("POST /v1/tickets/{number}/claim", Claimed, r#"{"take_over": true}"#,       "401 404 403 403 403 200 404 200 200"),
    ("POST /v1/tickets/{number}/release", Claimed, "{}",                         "401 404 403 403 403 200 404 200 200"),
    ("POST /v1/tickets/{number}/assign", Claimed, r#"{"group_id": "grp_desk"}"#, "401 404 403 403 403 200 404 200 200"),
    ("POST /v1/tickets/{number}/schedule", Claimed, PLAN,                        "401 404 403 403 403 200 404 409 409"),
    ("POST /v1/tickets/{number}/comments", Claimed, r#"{"body": "x"}"#,          "401 404 201 201 403 201 404 201 201"),
    ("POST /v1/tickets/{number}/comments", New, NOTE,                            "401 404 403 403 403 201 201 201 201"),
    ("PATCH /v1/tickets/{number}/comments/{id}", Commented, r#"{"body": "y"}"#,  "401 404 200 403 403 403 404 403 403"),
    ("POST /v1/tickets/{number}/resolve", Claimed, r#"{"solution": "x"}"#,       "401 404 403 403 403 200 404 200 200"),
    ("POST /v1/tickets/{number}/confirm", Resolved, r#"{"satisfaction": 5}"#,    "401 404 200 403 403 403 404 403 403"),
    ("POST /v1/tickets/{number}/reopen", Resolved, r#"{"comment": "x"}"#,        "401 404 200 403 403 200 404 200 200"),
    ("POST /v1/tickets/{number}/close", Claimed, r#"{"reason": "other"}"#,       "401 404 403 403 403 200 404 200 200"),
];

#[rustfmt::skip]
const OF_FILES: [Row; 4] = [
    // The route, what it is tried on, with what                                   nob rad rit rob pia ned fay leo ada
    ("POST /v1/uploads", Nothing, UPLOAD,                                        "401 201 201 201 201 201 201 201 201"),
    ("POST /v1/uploads/{id}/complete", Sent, "{}",                               "401 404 200 404 404 404 404 404 404"),
    ("GET /v1/attachments/{id}", Attached, "",                                   "401 404 200 200 200 200 404 200 200"),
    ("GET /v1/attachments/{id}", Noted, "",                                      "401 404 404 404 404 200 404 200 200"),
];

#[rustfmt::skip]
const OF_PROMISES: [Row; 10] = [
    // The route, what it is tried on, with what                                   nob rad rit rob pia ned fay leo ada
    ("GET /v1/business_hours", Nothing, "",                                      "401 403 403 403 403 200 200 200 200"),
    ("POST /v1/business_hours", Nothing, HOURS,                                  "401 403 403 403 403 403 403 403 201"),
    ("PATCH /v1/business_hours/{id}", Hours, r#"{"time_zone": "UTC"}"#,          "401 403 403 403 403 403 403 403 200"),
    ("DELETE /v1/business_hours/{id}", Hours, "{}",                              "401 403 403 403 403 403 403 403 204"),
    ("POST /v1/business_hours/{id}/holidays", Hours, HOLIDAYS,                   "401 403 403 403 403 403 403 403 200"),
    ("GET /v1/sla_policies", Nothing, "",                                        "401 403 403 403 403 200 200 200 200"),
    ("POST /v1/sla_policies", Nothing, POLICY,                                   "401 403 403 403 403 403 403 403 201"),
    ("PATCH /v1/sla_policies/{id}", Policy, r#"{"warn_at": [50]}"#,              "401 403 403 403 403 403 403 403 200"),
    ("DELETE /v1/sla_policies/{id}", Policy, "{}",                               "401 403 403 403 403 403 403 403 204"),
    ("POST /v1/sla_policies/{id}/apply", Policy, "{}",                           "401 403 403 403 403 403 403 202 202"),
];

#[rustfmt::skip]
const OF_THE_REST: [Row; 27] = [
    // The route, what it is tried on, with what                                   nob rad rit rob pia ned fay leo ada
    ("GET /v1/health", Nothing, "",                                              "200 200 200 200 200 200 200 200 200"),
    ("GET /v1/openapi.json", Nothing, "",                                        "200 200 200 200 200 200 200 200 200"),
    ("GET /l/{token}", Link, "",                                                 "200 200 200 200 200 200 200 200 200"),
    ("POST /l/{token}", Reset, "{}",                                             "415 415 415 415 415 415 415 415 415"),
    ("POST /v1/password_resets", Nothing, r#"{"email": "nobody@acme.example"}"#, "202 202 202 202 202 202 202 202 202"),
    ("POST /v1/password_resets/{token}", Reset, NEW_PASSWORD,                    "204 204 204 204 204 204 204 204 204"),
    ("POST /v1/sessions", Nothing, SIGN_IN,                                      "201 201 201 201 201 201 201 201 201"),
    ("POST /v1/sessions/refresh", Refresh, r#"{"refresh_token": "{refresh}"}"#,  "201 201 201 201 201 201 201 201 201"),
    ("DELETE /v1/sessions/current", Session, "{}",                               "401 204 204 204 204 204 204 204 204"),
    ("GET /v1/users/me", Nothing, "",                                            "401 200 200 200 200 200 200 200 200"),
    ("PATCH /v1/users/me", Me, r#"{"locale": "en"}"#,                            "401 200 200 200 200 200 200 200 200"),
    ("GET /v1/services", Nothing, "",                                            "401 200 200 200 200 200 200 200 200"),
    ("GET /v1/services/{id}/owners", Service, "",                                "401 403 403 403 403 200 200 200 200"),
    ("GET /v1/groups", Nothing, "",                                              "401 403 403 403 403 200 200 200 200"),
    ("POST /v1/services", Nothing, r#"{"name": "Printing"}"#,                    "401 403 403 403 403 403 403 403 201"),
    ("PATCH /v1/services/{id}", Service, r#"{"description": "x"}"#,              "401 403 403 403 403 403 403 403 200"),
    ("PUT /v1/services/{id}/owners", Service, r#"{"owners": ["usr_nora"]}"#,     "401 403 403 403 403 403 403 403 200"),
    ("DELETE /v1/services/{id}", Service, "{}",                                  "401 403 403 403 403 403 403 403 204"),
    ("POST /v1/categories", Nothing, CATEGORY,                                   "401 403 403 403 403 403 403 403 201"),
    ("PATCH /v1/categories/{id}", Category, r#"{"description": "x"}"#,           "401 403 403 403 403 403 403 403 200"),
    ("DELETE /v1/categories/{id}", Category, "{}",                               "401 403 403 403 403 403 403 403 204"),
    ("POST /v1/groups", Nothing, r#"{"name": "Printers", "line": 3}"#,           "401 403 403 403 403 403 403 403 201"),
    ("PATCH /v1/groups/{id}", Group, r#"{"line": 2}"#,                           "401 403 403 403 403 403 403 403 200"),
    ("DELETE /v1/groups/{id}", Group, "{}",                                      "401 403 403 403 403 403 403 403 204"),
    ("POST /v1/groups/{id}/members", Group, r#"{"user_id": "usr_leo"}"#,         "401 403 403 403 403 403 403 403 200"),
    ("DELETE /v1/groups/{id}/members/{person}", Group, "{}",                     "401 403 403 403 403 403 403 403 204"),
    ("POST /v1/groups/{id}/members", Group, r#"{"user_id": "usr_rita"}"#,        "401 403 403 403 403 403 403 403 422"),
];

/// What one call is made with: what stands in its path or body, and the version that is named.
#[derive(Debug, Default)]
struct Thing {
    parts: Vec<(&'static str, String)>,
    etag: String,
}

impl Thing {
    fn fill(&self, text: &str) -> String {
        self.parts.iter().fold(text.to_owned(), |text, (part, with)| text.replace(part, with))
    }
}

/// A desk with somebody of each role in front of it.
struct Stage {
    desk: Desk,
    people: Vec<Person>,
    made: AtomicUsize,
}

impl Stage {
    async fn open() -> Self {
        let desk = Desk::open().await;
        let mut people = vec![desk.nobody()];
        for who in ROLES.into_iter().skip(1) {
            people.push(desk.sign_in(who).await);
        }
        Self { desk, people, made: AtomicUsize::new(0) }
    }

    fn person(&self, who: &str) -> &Person {
        let at = ROLES.iter().position(|role| *role == who).unwrap();
        &self.people[at]
    }

    /// Tries every row for every role; answers the cells that are not as expected.
    async fn differences(&self, rows: &[Row]) -> Vec<String> {
        let mut differences = Vec::new();
        for (row, role) in rows.iter().flat_map(|row| ROLES.into_iter().map(move |role| (row, role))) {
            let answer = self.tried(row, role).await;
            let expected = ROLES.into_iter().zip(row.3.split(' ')).find(|(own, _)| *own == role);
            if expected.is_none_or(|(_, status)| status != answer.status.to_string()) {
                differences.push(format!("{} {} as {role}: {} {}", row.0, row.2, answer.status, answer.text));
            }
        }
        differences
    }

    async fn tried(&self, row: &Row, role: &str) -> Answer {
        let (route, on, with, _) = row;
        let (method, path) = route.split_once(' ').unwrap();
        let thing = self.thing(*on, role).await;
        let path = thing.fill(path);
        let signed_in = *on == Session && role != "nobody";
        let caller = if signed_in { self.desk.sign_in(role).await } else { self.person(role).clone() };
        let method: Method = method.parse().unwrap();
        match method {
            Method::GET => caller.get(&format!("{path}{with}")).await,
            Method::POST => caller.post(&path, &serde_json::from_str(&thing.fill(with)).unwrap()).await,
            method => {
                let body: Value = serde_json::from_str(with).unwrap();
                caller.send(method, &path, &[("if-match", &thing.etag)], Some(&body)).await
            }
        }
    }

    async fn thing(&self, on: On, role: &str) -> Thing {
        match on {
            Nothing | Session => Thing::default(),
            Me if role == "nobody" => Thing::default(),
            Me => Thing { parts: Vec::new(), etag: etag(&self.person(role).get("/v1/users/me").await) },
            Refresh => {
                let body = json!({ "email": self.desk.email("rita"), "password": PASSWORD });
                let answer = self.person("nobody").post("/v1/sessions", &body).await.expect(201);
                let token = answer.json["session"]["refresh_token"].as_str().unwrap().to_owned();
                Thing { parts: vec![("{refresh}", token)], etag: String::new() }
            }
            Link => {
                self.ticket(New).await;
                let link = newest_link(&self.desk, "rita").await;
                Thing { parts: vec![("{token}", link.replace("/l/", ""))], etag: String::new() }
            }
            Reset => {
                // What was asked for before a password was set does not count any more.
                self.desk.advance(SignedDuration::from_secs(1));
                let token = self.desk.reset_token(&self.desk.email("renata")).await;
                Thing { parts: vec![("{token}", token)], etag: String::new() }
            }
            New | Claimed | Commented | Resolved => self.ticket(on).await,
            Sent | Attached | Noted => self.file(on).await,
            Service => self.added("/v1/services", "service", json!({})).await,
            Category => self.added("/v1/categories", "category", json!({ "service_id": "svc_other" })).await,
            Group => self.group().await,
            Hours => self.added("/v1/business_hours", "business_hours", serde_json::from_str(HOURS).unwrap()).await,
            Policy => self.added("/v1/sla_policies", "sla_policy", serde_json::from_str(POLICY).unwrap()).await,
        }
    }

    /// A ticket of Rita's, of which Rob gets copies.
    async fn ticket(&self, on: On) -> Thing {
        let (rita, ned) = (self.person("rita"), self.person("ned"));
        let mut body = a_ticket();
        body["cc"] = json!([self.desk.email("rob")]);
        let number = number(&rita.post("/v1/tickets", &body).await.expect(201));
        if on != New {
            ned.does("claim", &number, &json!({})).await.expect(200);
        }
        let mut parts = vec![("{number}", number.clone())];
        if on == Commented {
            let said = rita.does("comments", &number, &json!({ "body": "x" })).await.expect(201);
            parts.push(("{id}", said.json["comment"]["id"].as_str().unwrap().to_owned()));
        }
        if on == Resolved {
            ned.does("resolve", &number, &json!({ "solution": "x" })).await.expect(200);
        }
        let page = rita.get(&format!("/v1/tickets/{number}")).await.expect(200);
        Thing { parts, etag: etag(&page) }
    }

    /// A file of Rita's, or of Ned's.
    async fn file(&self, on: On) -> Thing {
        let (rita, ned) = (self.person("rita"), self.person("ned"));
        let submission = format!("number-{}", self.made.fetch_add(1, Ordering::Relaxed));
        let file = Parcel::new(&submission, "a.png", "image/png", pictures::png());
        let id = if on == Sent {
            self.desk.sent(rita, &file).await["id"].as_str().unwrap().to_owned()
        } else {
            let Thing { parts, .. } = self.ticket(Claimed).await;
            let sender = if on == Noted { ned } else { rita };
            let upload = self.desk.attachable(sender, &file).await;
            let said = json!({ "body": "x", "public": on != Noted, "attachments": [upload] });
            sender.does("comments", &parts[0].1, &said).await.expect(201);
            attachment_of(&upload)
        };
        Thing { parts: vec![("{id}", id)], etag: String::new() }
    }

    /// Something of the catalog, with a name of its own.
    async fn added(&self, path: &str, noun: &str, mut body: Value) -> Thing {
        body["name"] = json!(format!("Number {}", self.made.fetch_add(1, Ordering::Relaxed)));
        let added = self.person("ada").post(path, &body).await.expect(201);
        let id = added.json[noun]["id"].as_str().unwrap().to_owned();
        Thing { parts: vec![("{id}", id)], etag: etag(&added) }
    }

    async fn group(&self) -> Thing {
        let Thing { mut parts, .. } = self.added("/v1/groups", "group", json!({ "line": 3 })).await;
        let path = format!("/v1/groups/{}/members", parts[0].1);
        let joined = self.person("ada").post(&path, &json!({ "user_id": "usr_nora" })).await.expect(200);
        parts.push(("{person}", "usr_nora".to_owned()));
        Thing { parts, etag: etag(&joined) }
    }
}

#[tokio::test]
async fn h167_each_role_may_do_with_a_ticket_what_the_table_says() {
    let stage = Stage::open().await;
    let differences = stage.differences(&OF_TICKETS).await;
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    stage.desk.close().await;
}

#[tokio::test]
async fn h167_each_role_may_do_with_files_what_the_table_says() {
    let stage = Stage::open().await;
    let differences = stage.differences(&OF_FILES).await;
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    stage.desk.close().await;
}

#[tokio::test]
async fn h167_each_role_may_do_with_promises_what_the_table_says() {
    let stage = Stage::open().await;
    let differences = stage.differences(&OF_PROMISES).await;
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    stage.desk.close().await;
}

#[tokio::test]
async fn h167_each_role_may_do_with_the_rest_what_the_table_says() {
    let stage = Stage::open().await;
    let differences = stage.differences(&OF_THE_REST).await;
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    stage.desk.close().await;
}

#[test]
fn h167_no_route_is_missing_from_the_tables() {
    let rows = OF_TICKETS.iter().chain(&OF_FILES).chain(&OF_PROMISES).chain(&OF_THE_REST);
    for row in rows.clone() {
        assert_eq!(row.3.split(' ').count(), ROLES.len(), "{} {}", row.0, row.2);
    }
    let tried: BTreeSet<_> = rows.map(|row| row.0.to_owned()).collect();
    let wired: BTreeSet<_> = routes().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let missing: Vec<_> = wired.difference(&tried).collect();
    assert!(missing.is_empty(), "say in authorization/roles.rs who may call {missing:?}");
    let gone: Vec<_> = tried.difference(&wired).collect();
    assert!(gone.is_empty(), "the template has no route {gone:?}");
}
