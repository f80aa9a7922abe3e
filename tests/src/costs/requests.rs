//! Every request that the template has a route for, made once, and the units of the table that it consumed.
//!
//! A route that the template gets and this walk does not make is named by [`Walked::missing`], and a test fails.
//!
//! Over 400 lines because it is one walk, past every route.

use std::collections::{BTreeMap, BTreeSet};

use files::samples::pictures;
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::Tenths;
use crate::{Answer, Desk, PASSWORD, Parcel, Person, a_ticket, attachment_of, wiring};

/// Who asks: a requester, one who gets copies, an agent of the second line, one of the first, a lead, an admin.
const PEOPLE: [&str; 6] = ["rita", "rob", "ned", "fay", "leo", "ada"];

/// The most units that a request may write and read.
type Budget = Option<(u64, u64)>;

const CREATE: Budget = Some((14, 4));
const VERB: Budget = Some((14, 4));
/// It reads what was said behind the comment, which no other verb does.
const EDIT_COMMENT: Budget = Some((14, 6));
/// It reads the agent as well: one unit above what verbs are to take.
const TO_AN_AGENT: Budget = Some((14, 5));
const ENDS: Budget = Some((20, 4));
const PAGE: Budget = Some((0, 5));
const TICKET_PAGE: Budget = Some((0, 7));

/// A request, and what it consumed.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Its route, as the template writes it.
    pub route: &'static str,
    /// What is special about it, if anything is.
    pub note: &'static str,
    /// The units that it wrote.
    pub writes: Tenths,
    /// The units that it read.
    pub reads: Tenths,
    /// The most that it may write and read, in whole units, where the budget says so.
    pub budget: Option<(u64, u64)>,
}

impl Measured {
    /// Whether it is within its budget.
    #[must_use]
    pub fn is_within(&self) -> bool {
        self.budget.is_none_or(|(writes, reads)| self.writes <= Tenths(writes * 10) && self.reads <= Tenths(reads * 10))
    }
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Walked {
    /// The requests, in the order in which they were made.
    pub requests: Vec<Measured>,
}

impl Walked {
    /// The routes of the template that nobody asked.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let asked: BTreeSet<_> = self.requests.iter().map(|measured| measured.route.to_owned()).collect();
        let routes = wiring::template().routes;
        let routes = routes.iter().map(|route| format!("{} {}", route.method, route.path));
        routes.filter(|route| !asked.contains(route)).collect()
    }
}

/// Makes every request.
///
/// # Panics
/// When one is refused.
pub async fn walk() -> Walked {
    let mut walk = Walk::open().await;
    walk.sessions().await;
    walk.passwords().await;
    walk.lists().await;
    walk.ticket().await;
    walk.dialogue().await;
    walk.hands().await;
    walk.ends().await;
    walk.files().await;
    walk.services().await;
    walk.groups().await;
    walk.promises().await;
    let Walk { desk, requests, .. } = walk;
    desk.close().await;
    Walked { requests }
}

struct Walk {
    desk: Desk,
    people: BTreeMap<&'static str, Person>,
    /// What stands for the parts of a path.
    parts: BTreeMap<&'static str, String>,
    /// The version that was answered last.
    etag: String,
    requests: Vec<Measured>,
}

impl Walk {
    async fn open() -> Self {
        let desk = Desk::open().await;
        let mut people = BTreeMap::from([("nobody", desk.nobody())]);
        for who in PEOPLE {
            people.insert(who, desk.sign_in(who).await);
        }
        for _ in 0..30 {
            people["rita"].opens_a_ticket().await;
        }
        desk.settle().await;
        // Warm functions know the catalog already.
        people["ned"].get("/v1/queues").await.expect(200);
        Self { desk, people, parts: BTreeMap::new(), etag: String::new(), requests: Vec::new() }
    }

    /// Makes a request with a body.
    async fn ask(&mut self, who: &str, route: &'static str, body: &Value) -> Answer {
        let (method, path) = route.split_once(' ').unwrap();
        let version = [("if-match", self.etag.as_str())];
        let headers: &[(&str, &str)] = if method == "POST" { &[] } else { &version };
        let (path, method) = (self.path(path), Method::from_bytes(method.as_bytes()).unwrap());
        self.desk.desk.table.meter.start();
        let answer = self.people[who].send(method, &path, headers, Some(body)).await;
        self.note(route, answer)
    }

    /// Reads what a query string asks for.
    async fn look(&mut self, who: &str, route: &'static str, query: &str) -> Answer {
        let (_, path) = route.split_once(' ').unwrap();
        let path = self.path(path) + query;
        self.desk.desk.table.meter.start();
        let answer = self.people[who].get(&path).await;
        self.note(route, answer)
    }

    /// Sends the form of a page.
    async fn fill_in(&mut self, who: &str, route: &'static str, form: &str) -> Answer {
        let (_, path) = route.split_once(' ').unwrap();
        let path = self.path(path);
        self.desk.desk.table.meter.start();
        let answer = self.people[who].fill_in(&path, form).await;
        self.note(route, answer)
    }

    /// A path of the template, with what is known of its parts.
    fn path(&self, of: &str) -> String {
        self.parts.iter().fold(of.to_owned(), |path, (part, known)| path.replace(part, known))
    }

    fn note(&mut self, route: &'static str, answer: Answer) -> Answer {
        let units = self.desk.desk.table.meter.stop();
        assert!(answer.status < 300, "{route}: {}", answer.text);
        let (writes, reads) = (Tenths::of(units.write), Tenths::of(units.read));
        self.requests.push(Measured { route, note: "", writes, reads, budget: None });
        if let Some(etag) = answer.header("etag") {
            etag.clone_into(&mut self.etag);
        }
        answer
    }

    /// Says what is special about the last request, and the most that it may consume.
    fn remark(&mut self, note: &'static str, budget: Budget) {
        let last = self.requests.last_mut().unwrap();
        (last.note, last.budget) = (note, budget);
    }

    fn know(&mut self, part: &'static str, answer: &Answer, place: &str) {
        let known = answer.json.pointer(place).and_then(Value::as_str);
        let known = known.unwrap_or_else(|| panic!("nothing at {place}: {}", answer.text)).to_owned();
        self.parts.insert(part, known);
    }

    /// Knows the link in the newest mail to somebody.
    fn take_link(&mut self, who: &str) {
        let mails = self.desk.mail_to(who);
        let mut links = mails.iter().rev().flat_map(|mail| mail.text.split_whitespace());
        let token = links.find_map(|word| word.split_once("/l/")).unwrap().1.to_owned();
        self.parts.insert("{token}", token);
    }

    /// A new ticket of Rita's that is dispatched; claimed by Ned on request.
    async fn prepare(&mut self, claimed: bool) {
        let number = self.people["rita"].opens_a_ticket().await;
        self.desk.settle().await;
        if claimed {
            self.people["ned"].does("claim", &number, &json!({ "take_over": true })).await.expect(200);
        }
        self.parts.insert("{number}", number);
    }

    async fn sessions(&mut self) {
        let who = json!({ "email": self.desk.email("rita"), "password": PASSWORD });
        let session = self.ask("nobody", "POST /v1/sessions", &who).await.json["session"].clone();
        let refresh = json!({ "refresh_token": session["refresh_token"] });
        self.ask("nobody", "POST /v1/sessions/refresh", &refresh).await;
        let guest = self.desk.sign_in("rita").await;
        self.people.insert("guest", guest);
        self.ask("guest", "DELETE /v1/sessions/current", &json!({})).await;
        self.look("rob", "GET /v1/users/me", "").await;
        self.ask("rob", "PATCH /v1/users/me", &json!({ "locale": "en" })).await;
        self.look("nobody", "GET /v1/health", "").await;
        self.look("nobody", "GET /v1/openapi.json", "").await;
    }

    /// Those of somebody who asks for nothing else here, for a new password ends every sign-in.
    async fn passwords(&mut self) {
        let address = json!({ "email": self.desk.email("renata") });
        self.ask("nobody", "POST /v1/password_resets", &address).await;
        self.desk.settle().await;
        self.take_link("renata");
        let chosen = json!({ "password": "correct horse battery" });
        self.ask("nobody", "POST /v1/password_resets/{token}", &chosen).await;
        self.desk.advance(SignedDuration::from_secs(1));
        self.people["nobody"].post("/v1/password_resets", &address).await.expect(202);
        self.desk.settle().await;
        self.take_link("renata");
        self.look("nobody", "GET /l/{token}", "").await;
        self.remark("a form", None);
        self.fill_in("nobody", "POST /l/{token}", "password=correct+horse+battery").await;
    }

    async fn lists(&mut self) {
        const LIST: &str = "GET /v1/tickets";
        // The very first list of a desk makes the key that its cursors are sealed with.
        self.people["rita"].get("/v1/tickets?requester_id=me").await.expect(200);
        self.look("rita", LIST, "?requester_id=me").await;
        self.remark("one's own, page of 25", PAGE);
        self.look("ned", LIST, "?group_id=grp_network").await;
        self.remark("of a group, page of 25", PAGE);
        self.look("ned", LIST, "?assignee_id=me").await;
        self.remark("to-dos", PAGE);
        self.look("leo", LIST, "?created_in=2026-03").await;
        self.remark("of a month, page of 25", None);
        self.look("ned", "GET /v1/queues", "").await;
        self.look("rita", "GET /v1/services", "").await;
        self.look("ned", "GET /v1/groups", "").await;
        self.look("ned", "GET /v1/business_hours", "").await;
        self.look("ned", "GET /v1/sla_policies", "").await;
    }

    async fn ticket(&mut self) {
        let mut wish = a_ticket();
        wish["description"] = json!("Since this morning nothing connects, and the lamp is red. ".repeat(17));
        let opened = self.ask("rita", "POST /v1/tickets", &wish).await;
        self.remark("", CREATE);
        self.know("{number}", &opened, "/ticket/number");
        self.desk.settle().await;
        self.look("rita", "GET /v1/tickets/{number}", "").await;
        self.ask("rita", "PATCH /v1/tickets/{number}", &json!({ "impact": "high" })).await;
        self.remark("", VERB);
        self.look("ned", "GET /v1/tickets/{number}/slas", "").await;
        self.look("ned", "GET /v1/tickets/{number}/notifications", "").await;
        self.take_link("rita");
        self.look("nobody", "GET /l/{token}", "").await;
        self.remark("a ticket", None);
        self.ask("ned", "POST /v1/tickets/{number}/claim", &json!({ "take_over": true })).await;
        self.remark("", VERB);
    }

    async fn dialogue(&mut self) {
        const COMMENT: &str = "POST /v1/tickets/{number}/comments";
        let said = json!({ "body": "Which socket is it, and is its lamp on? ".repeat(20) });
        let note = json!({ "body": "The switch says nothing.", "public": false });
        self.ask("ned", COMMENT, &said).await;
        self.remark("by the agent", VERB);
        self.ask("ned", COMMENT, &note).await;
        self.remark("a note", VERB);
        let answer = self.ask("rita", COMMENT, &said).await;
        self.remark("by the requester", VERB);
        self.know("{id}", &answer, "/comment/id");
        let edited = json!({ "body": "Number 7." });
        self.ask("rita", "PATCH /v1/tickets/{number}/comments/{id}", &edited).await;
        self.remark("", EDIT_COMMENT);
        self.prepare(false).await;
        let number = self.parts["{number}"].clone();
        for n in 0..20 {
            let who = if n % 2 == 0 { "ned" } else { "rita" };
            self.people[who].does("comments", &number, &said).await.expect(201);
        }
        let page = "GET /v1/tickets/{number}";
        self.look("rita", page, "?include=comments").await;
        self.remark("with 20 comments", TICKET_PAGE);
        self.look("rita", "GET /v1/tickets/{number}/comments", "").await;
        self.remark("20 of them", None);
        self.look("ned", "GET /v1/tickets/{number}/events", "").await;
        self.remark("more than 20 of them", None);
    }

    async fn hands(&mut self) {
        self.prepare(true).await;
        self.ask("ned", "POST /v1/tickets/{number}/release", &json!({})).await;
        self.remark("", VERB);
        self.prepare(true).await;
        let to = json!({ "group_id": "grp_desk" });
        self.ask("ned", "POST /v1/tickets/{number}/assign", &to).await;
        self.remark("to a group", VERB);
        self.prepare(true).await;
        let to = json!({ "assignee_id": "usr_nora" });
        self.ask("ned", "POST /v1/tickets/{number}/assign", &to).await;
        self.remark("to an agent", TO_AN_AGENT);
        self.prepare(true).await;
        let plan = json!({ "until": "2026-03-09T09:00:00Z", "reason": "The part comes by then." });
        self.ask("ned", "POST /v1/tickets/{number}/schedule", &plan).await;
        self.remark("", VERB);
    }

    async fn ends(&mut self) {
        const RESOLVE: &str = "POST /v1/tickets/{number}/resolve";
        let solution = json!({ "solution": "The socket was dead. ".repeat(25) });
        self.prepare(true).await;
        self.ask("ned", RESOLVE, &solution).await;
        self.remark("", VERB);
        let confirmed = json!({ "satisfaction": 5 });
        self.ask("rita", "POST /v1/tickets/{number}/confirm", &confirmed).await;
        self.remark("closes", ENDS);
        self.prepare(true).await;
        let number = self.parts["{number}"].clone();
        self.people["ned"].does("resolve", &number, &solution).await.expect(200);
        let comment = json!({ "comment": "It is still dead." });
        self.ask("rita", "POST /v1/tickets/{number}/reopen", &comment).await;
        self.remark("opens", ENDS);
        self.ask("ned", "POST /v1/tickets/{number}/close", &json!({ "reason": "other" })).await;
        self.remark("closes", ENDS);
        let number = self.people["rita"].opens_a_ticket().await;
        self.parts.insert("{number}", number);
        self.ask("rita", "POST /v1/tickets/{number}/cancel", &json!({})).await;
        self.remark("closes", ENDS);
        self.desk.settle().await;
    }

    async fn files(&mut self) {
        let parcel = Parcel::new("costs", "a.png", "image/png", pictures::png());
        let reserved = self.ask("rita", "POST /v1/uploads", &parcel.said).await;
        self.know("{id}", &reserved, "/upload/id");
        self.desk.put(&reserved.json["upload"], &parcel.bytes).await.expect(200);
        self.ask("rita", "POST /v1/uploads/{id}/complete", &json!({})).await;
        let upload = self.parts["{id}"].clone();
        self.prepare(false).await;
        let number = self.parts["{number}"].clone();
        let said = json!({ "body": "Like this.", "attachments": [upload] });
        self.people["rita"].does("comments", &number, &said).await.expect(201);
        self.parts.insert("{id}", attachment_of(&upload));
        self.look("rita", "GET /v1/attachments/{id}", "").await;
    }

    async fn services(&mut self) {
        let service = json!({ "name": "Printing" });
        let added = self.ask("ada", "POST /v1/services", &service).await;
        self.know("{id}", &added, "/service/id");
        self.ask("ada", "PATCH /v1/services/{id}", &json!({ "description": "On paper." })).await;
        self.ask("ada", "PUT /v1/services/{id}/owners", &json!({ "owners": ["usr_nora"] })).await;
        self.look("ada", "GET /v1/services/{id}/owners", "").await;
        let service = self.parts["{id}"].clone();
        let version = self.etag.clone();
        let category = json!({ "service_id": "svc_other", "name": "Plants" });
        let added = self.ask("ada", "POST /v1/categories", &category).await;
        self.know("{id}", &added, "/category/id");
        self.ask("ada", "PATCH /v1/categories/{id}", &json!({ "description": "Green." })).await;
        self.ask("ada", "DELETE /v1/categories/{id}", &json!({})).await;
        self.parts.insert("{id}", service);
        self.etag = version;
        self.ask("ada", "DELETE /v1/services/{id}", &json!({})).await;
    }

    async fn groups(&mut self) {
        let added = self.ask("ada", "POST /v1/groups", &json!({ "name": "Printers", "line": 3 })).await;
        self.know("{id}", &added, "/group/id");
        self.ask("ada", "PATCH /v1/groups/{id}", &json!({ "line": 2 })).await;
        self.parts.insert("{person}", "usr_leo".to_owned());
        self.ask("ada", "POST /v1/groups/{id}/members", &json!({ "user_id": "usr_leo" })).await;
        self.ask("ada", "DELETE /v1/groups/{id}/members/{person}", &json!({})).await;
        let added = self.people["ada"].post("/v1/groups", &json!({ "name": "Scanners", "line": 3 })).await.expect(201);
        self.know("{id}", &added, "/group/id");
        added.header("etag").unwrap().clone_into(&mut self.etag);
        self.ask("ada", "DELETE /v1/groups/{id}", &json!({})).await;
    }

    async fn promises(&mut self) {
        let hours = json!({
            "name": "Mornings", "time_zone": "Europe/Prague", "week": { "monday": [{ "from": "08:00", "to": "12:00" }] },
        });
        let added = self.ask("ada", "POST /v1/business_hours", &hours).await;
        self.know("{id}", &added, "/business_hours/id");
        self.ask("ada", "PATCH /v1/business_hours/{id}", &json!({ "time_zone": "UTC" })).await;
        let calendar = json!({ "icalendar": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\n\
            DTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260309\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n" });
        self.ask("ada", "POST /v1/business_hours/{id}/holidays", &calendar).await;
        self.ask("ada", "DELETE /v1/business_hours/{id}", &json!({})).await;
        let policy = json!({
            "name": "Quick", "business_hours_id": "hrs_desk",
            "targets": { "resolution": { "urgent": { "value": 600, "unit": "seconds" } } },
        });
        let added = self.ask("ada", "POST /v1/sla_policies", &policy).await;
        self.know("{id}", &added, "/sla_policy/id");
        self.ask("ada", "PATCH /v1/sla_policies/{id}", &json!({ "warn_at": [50] })).await;
        self.ask("leo", "POST /v1/sla_policies/{id}/apply", &json!({})).await;
        self.remark("its pages not included", None);
        self.desk.settle().await;
        self.ask("ada", "DELETE /v1/sla_policies/{id}", &json!({})).await;
    }
}
