//! Authorization: what one may not see is not there, and nobody tells.

mod roles;

use std::collections::BTreeSet;

use http::Method;
use jiff::SignedDuration;
use local::template::Route;
use serde_json::{Value, json};
use tests::{Answer, Desk, PASSWORD, Person, a_ticket};

use crate::given::{etag, filled, newest_link, number, refusal, routes, told};

/// Calls a route about a ticket and, where the path names one, about its first comment.
async fn calls(person: &Person, route: &Route, number: &str) -> Answer {
    let comment = format!("com_{}00002", number.replace('-', "").to_lowercase());
    let path = route.path.replace("{number}", number).replace("{id}", &comment);
    let method: Method = route.method.parse().unwrap();
    let body = json!({});
    person.send(method.clone(), &path, &[("if-match", "\"1\"")], Some(&body).filter(|_| method != Method::GET)).await
}

#[tokio::test]
async fn h167_a_hidden_ticket_is_byte_for_byte_the_404_of_one_that_does_not_exist() {
    let desk = Desk::open().await;
    let (rita, ned) = (desk.sign_in("rita").await, desk.sign_in("ned").await);
    let number = rita.opens_a_ticket().await;
    rita.does("comments", &number, &json!({ "body": "Room 12." })).await.expect(201);
    ned.does("claim", &number, &json!({})).await.expect(200);
    let routes = routes();
    let routes: Vec<_> = routes.iter().filter(|route| route.path.contains("{number}")).collect();
    assert!(routes.len() >= 14, "{routes:?}");
    let before = desk.table();
    for who in ["radek", "petra", "rob", "fay"] {
        let person = desk.sign_in(who).await;
        for route in &routes {
            let hidden = told(refusal(calls(&person, route, &number).await, 404));
            let absent = told(refusal(calls(&person, route, "0000-0000").await, 404));
            assert_eq!(hidden, absent, "{} {} as {who}", route.method, route.path);
        }
    }
    let without_sessions = |table: Vec<String>| table.into_iter().filter(|item| !item.contains("family"));
    assert!(without_sessions(desk.table()).eq(without_sessions(before)), "nothing is written");
    desk.close().await;
}

/// What must not leave the desk.
const NOTE: &str = "The customer is difficult.";

/// Whatever somebody can read of a ticket.
async fn readable(person: &Person, number: &str, list: &str) -> String {
    let paths = ["", "?include=comments,requester,assignee", "/comments?limit=100", "/events?limit=100"];
    let mut read = person.get(list).await.expect(200).text;
    for path in paths.map(|rest| format!("/v1/tickets/{number}{rest}")) {
        read.push_str(&person.get(&path).await.expect(200).text);
    }
    read
}

#[tokio::test]
async fn h169_a_note_never_reaches_a_customer() {
    let desk = Desk::open().await;
    let (rita, ned, leo) = (desk.sign_in("rita").await, desk.sign_in("ned").await, desk.sign_in("leo").await);
    let mut body = a_ticket();
    body["cc"] = json!([desk.email("rob")]);
    let number = number(&rita.post("/v1/tickets", &body).await.expect(201));
    ned.does("claim", &number, &json!({})).await.expect(200);
    leo.does("comments", &number, &json!({ "body": NOTE, "public": false })).await.expect(201);
    desk.settle().await;
    assert!(desk.mail_to("ned").iter().any(|sent| sent.text.contains(NOTE)), "the holder is told");
    leo.does("assign", &number, &json!({ "assignee_id": "usr_nora", "note": NOTE })).await.expect(200);
    let page = newest_link(&desk, "rita").await;
    assert!(!desk.nobody().get(&page).await.expect(200).text.contains(NOTE));

    assert!(readable(&leo, &number, "/v1/tickets?requester_id=usr_rita").await.contains(NOTE));
    let lists = [
        ("rita", "/v1/tickets?requester_id=me"),
        ("rob", "/v1/tickets?cc=me"),
        ("pia", "/v1/tickets?organization_id=org_acme"),
    ];
    for (who, list) in lists {
        let person = desk.sign_in(who).await;
        assert!(!readable(&person, &number, list).await.contains(NOTE), "{who}");
        assert_eq!(person.ticket(&number).await["comment_count"], 0, "{who}");
        assert!(desk.mail_to(who).iter().all(|sent| !sent.text.contains(NOTE) && !sent.html.contains(NOTE)), "{who}");
    }
    desk.close().await;
}

#[tokio::test]
async fn h170_what_is_not_a_requesters_to_set_is_422() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let number = rita.opens_a_ticket().await;
    let path = format!("/v1/tickets/{number}");
    let before = desk.table();
    let foreign = [
        ("priority", json!("urgent")),
        ("tags", json!(["vip"])),
        ("assignee_id", json!("usr_ned")),
        ("status", json!("closed")),
        ("created_at", json!("2020-01-01T00:00:00Z")),
        ("sla", json!("gold")),
        ("internal", json!(true)),
        ("requester", json!({ "id": "usr_rob" })),
    ];
    for (field, value) in foreign {
        let edited = rita.patch(&path, "\"1\"", &json!({ "site": "Room 12", field: value.clone() })).await;
        assert_eq!(refusal(edited, 422).fields(), [field]);
        let mut body = a_ticket();
        body[field] = value;
        assert_eq!(refusal(rita.post("/v1/tickets", &body).await, 422).fields(), [field]);
    }
    for field in ["internal", "author", "created_at", "status"] {
        let answer = rita.does("comments", &number, &json!({ "body": "Room 12.", field: true })).await;
        assert_eq!(refusal(answer, 422).fields(), [field]);
    }
    refusal(rita.does("comments", &number, &json!({ "body": "Room 12.", "public": false })).await, 403);
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h171_a_verb_on_an_unseen_ticket_is_404() {
    let desk = Desk::open().await;
    let (rita, ned, fay) = (desk.sign_in("rita").await, desk.sign_in("ned").await, desk.sign_in("fay").await);
    let number = rita.opens_a_ticket().await;
    ned.does("claim", &number, &json!({})).await.expect(200);
    let before = desk.table();
    for (verb, body) in [
        ("claim", json!({ "take_over": true })),
        ("release", json!({})),
        ("assign", json!({ "assignee_id": "usr_fay" })),
        ("comments", json!({ "body": "Mine." })),
        ("comments", json!({ "body": "Mine.", "public": false })),
        ("resolve", json!({ "solution": "Done." })),
        ("reopen", json!({ "comment": "No." })),
        ("close", json!({ "reason": "spam" })),
        ("confirm", json!({ "satisfaction": 5 })),
        ("cancel", json!({})),
    ] {
        refusal(fay.does(verb, &number, &body).await, 404);
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h172_nobody_gives_themselves_a_role() {
    let desk = Desk::open().await;
    for who in ["rita", "ned", "leo"] {
        let person = desk.sign_in(who).await;
        let version = etag(&person.get("/v1/users/me").await);
        let before = desk.table();
        for (field, value) in [("role", json!("admin")), ("active", json!(true)), ("memberships", json!([]))] {
            let answer = person.patch("/v1/users/me", &version, &json!({ "locale": "en", field: value })).await;
            assert_eq!(refusal(answer, 422).fields(), [field], "{who}");
        }
        assert_eq!(desk.table(), before);
    }
    desk.close().await;
}

/// The names of the fields of an object.
fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap_or_else(|| panic!("no object: {value}")).keys().map(String::as_str).collect()
}

#[tokio::test]
async fn h173_people_are_shown_with_the_fields_that_are_listed_here_and_no_other() {
    let desk = Desk::open().await;
    let (pia, ned, ada) = (desk.sign_in("pia").await, desk.sign_in("ned").await, desk.sign_in("ada").await);
    let me = pia.get("/v1/users/me").await.expect(200).json;
    let own = ["email", "id", "locale", "memberships", "name", "role", "version"];
    assert_eq!(keys(&me["user"]), BTreeSet::from(own));
    let membership = ["org_admin", "organization", "power", "technical_contact"];
    assert_eq!(keys(&me["user"]["memberships"][0]), BTreeSet::from(membership));

    let mut body = a_ticket();
    body["on_behalf_of"] = json!({ "user_id": "usr_pia" });
    body["cc"] = json!([desk.email("rita")]);
    let number = number(&ned.post("/v1/tickets", &body).await.expect(201));
    ned.does("claim", &number, &json!({})).await.expect(200);
    ned.does("comments", &number, &json!({ "body": "Which socket?" })).await.expect(201);
    let page = pia.get(&format!("/v1/tickets/{number}?include=comments,requester,assignee")).await.expect(200).json;
    let groups = ada.get("/v1/groups").await.expect(200).json;
    let owners = ada.get("/v1/services/svc_security/owners").await.expect(200).json;
    let list = pia.get("/v1/tickets?requester_id=me").await.expect(200).json;
    let ticket = &page["ticket"];
    for person in [
        &ticket["requester"],
        &ticket["submitter"],
        &ticket["organization"],
        &ticket["assignee"],
        &ticket["cc"][0],
        &page["requester"],
        &page["assignee"],
        &page["comments"][0]["author"],
        &groups["groups"][1]["members"][0],
        &owners["owners"][0],
        &list["tickets"][0]["requester"],
        &list["tickets"][0]["assignee"],
    ] {
        assert_eq!(keys(person), BTreeSet::from(["id", "name"]));
    }
    desk.close().await;
}

#[tokio::test]
async fn h176_whoever_guesses_numbers_gets_404_and_then_429() {
    let desk = Desk::open().await;
    let (rita, rob) = (desk.sign_in("rita").await, desk.sign_in("rob").await);
    let own = rita.opens_a_ticket().await;
    for guess in 0..100 {
        refusal(rita.get(&format!("/v1/tickets/{guess:08}")).await, 404);
    }
    let answer = refusal(rita.get("/v1/tickets/0000-0100").await, 429);
    let wait: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    refusal(rita.does("comments", "0000-0101", &json!({ "body": "Hello?" })).await, 429);
    assert_eq!(rita.ticket(&own).await["number"], own, "one's own tickets are still there");
    rita.does("comments", &own, &json!({ "body": "Room 12." })).await.expect(201);
    refusal(rob.get("/v1/tickets/0000-0100").await, 404);

    desk.advance(SignedDuration::from_secs(wait));
    refusal(rita.get("/v1/tickets/0000-0100").await, 404);
    desk.close().await;
}

/// What can be called without signing in: nothing else.
const OPEN: [&str; 8] = [
    "GET /l/{token}",
    "GET /v1/health",
    "GET /v1/openapi.json",
    "POST /l/{token}",
    "POST /v1/password_resets",
    "POST /v1/password_resets/{token}",
    "POST /v1/sessions",
    "POST /v1/sessions/refresh",
];

#[tokio::test]
async fn h177_what_can_be_called_without_signing_in_is_what_is_listed_here() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let before = desk.table();
    desk.advance(SignedDuration::from_hours(2));
    let unknown = format!("lds_usr_ada.{}", "A".repeat(43));
    let strangers = [desk.nobody(), desk.nobody().with_token(&unknown), desk.nobody().with_token("ada"), rita];
    for stranger in strangers {
        let mut open = BTreeSet::new();
        for Route { method, path, .. } in routes() {
            let body = json!({});
            let verb: Method = method.parse().unwrap();
            let answer = stranger.send(verb, &filled(&path, "x"), &[("if-match", "\"1\"")], Some(&body)).await;
            open.extend((answer.status != 401).then(|| format!("{method} {path}")));
        }
        assert_eq!(open, BTreeSet::from(OPEN.map(str::to_owned)));
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h178_nothing_is_left_open_for_whoever_set_the_desk_up() {
    let desk = Desk::open().await;
    let nobody = desk.nobody();
    let health = nobody.get("/v1/health").await.expect(200);
    assert_eq!(health.json, json!({ "status": "ok" }));
    for name in ["server", "x-powered-by", "via"] {
        assert_eq!(health.header(name), None);
    }
    for path in ["/admin", "/debug", "/setup", "/metrics", "/.env", "/.git/config", "/v1/setup", "/health"] {
        refusal(nobody.get(path).await, 404);
    }
    let usual = [("admin@example.org", "admin"), ("root@example.org", PASSWORD), ("", ""), ("admin", "admin")];
    for (email, password) in usual {
        let answer = nobody.post("/v1/sessions", &json!({ "email": email, "password": password })).await;
        assert!([401, 422].contains(&answer.status), "{}", answer.text);
    }
    desk.close().await;
}

#[tokio::test]
async fn h179_a_link_that_is_none_of_ours_or_has_expired_opens_the_same_404() {
    let desk = Desk::open().await;
    let (rita, nobody) = (desk.sign_in("rita").await, desk.nobody());
    rita.opens_a_ticket().await;
    let link = newest_link(&desk, "rita").await;
    nobody.get(&link).await.expect(200);
    let (cut_off, _) = link.split_at(link.len() - 2);
    let (turned, longer, blank) = (format!("{cut_off}__"), format!("{link}AAAA"), format!("/l/{}", "A".repeat(84)));
    let gone = nobody.get("/l/x").await.expect(404);
    assert_eq!(gone.header("content-type"), Some("text/html; charset=utf-8"));
    let before = desk.table();
    for path in ["/l/%20", "/l/%00", "/l/!!!!", "/l/0000-0000", cut_off, &turned, &longer, &blank] {
        assert_eq!(told(nobody.get(path).await), told(gone.clone()), "{path}");
    }
    refusal(nobody.get("/l/").await, 404);
    assert_eq!(desk.table(), before);

    desk.advance(SignedDuration::from_hours(31 * 24));
    assert_eq!(told(nobody.get(&link).await), told(gone));
    desk.close().await;
}
