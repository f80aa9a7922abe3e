//! Lists page by cursor, never scan, and belong to whoever asked.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http::Method;
use jiff::SignedDuration;
use local::weather::Fate;
use serde_json::json;
use tests::{Answer, Desk, Person, a_ticket};

/// Every ticket number of a list, page by page.
async fn all(person: &Person, query: &str) -> Vec<String> {
    let mut numbers = Vec::new();
    let mut after = String::new();
    loop {
        let page = person.get(&format!("/v1/tickets?{query}{after}")).await.expect(200);
        numbers.extend(numbers_of(&page));
        match page.json["meta"]["after"].as_str() {
            Some(cursor) => after = format!("&after={cursor}"),
            None => return numbers,
        }
    }
}

fn numbers_of(page: &Answer) -> Vec<String> {
    let rows = page.json["tickets"].as_array().cloned().unwrap_or_default();
    rows.iter().filter_map(|row| row["number"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn lists_page_by_cursor_with_more_than_a_megabyte_behind_them_and_never_scan() {
    let desk = Desk::open().await;
    let (rita, pia) = (desk.sign_in("rita").await, desk.sign_in("pia").await);
    let wide = "网".repeat(200);
    let mut opened = BTreeSet::new();
    for _ in 0..1_400 {
        let wish = json!({ "subject": wide, "description": "x", "service_id": "svc_other" });
        let answer = rita.post("/v1/tickets", &wish).await.expect(201);
        opened.insert(answer.json["ticket"]["number"].as_str().unwrap().to_owned());
    }
    let scans = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&scans);
    desk.desk.weather.befall(move |call| {
        counted.fetch_add(u32::from(call.operation == "Scan"), Ordering::Relaxed);
        Fate::Done
    });
    for (person, query) in [(&rita, "requester_id=me&limit=100"), (&pia, "organization_id=org_acme&limit=70")] {
        let listed = all(person, query).await;
        assert_eq!(listed.len(), opened.len(), "nothing stands twice");
        assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), opened);
    }
    assert_eq!(scans.load(Ordering::Relaxed), 0);
    desk.close().await;
}

/// One of one's own tickets, behind which there are more.
const FIRST: &str = "/v1/tickets?requester_id=me&limit=1";

async fn cursor(person: &Person) -> String {
    person.get(FIRST).await.expect(200).json["meta"]["after"].as_str().unwrap().to_owned()
}

async fn behind(person: &Person, cursor: &str) -> u16 {
    person.get(&format!("{FIRST}&after={cursor}")).await.status
}

#[tokio::test]
async fn a_key_that_is_added_or_taken_away_is_noticed_after_five_minutes() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    for _ in 0..2 {
        rita.opens_a_ticket().await;
    }
    let has_key = |kid: &str, secret: &str| {
        let item = json!({ "pk": { "S": "KEY#cursors" }, "sk": { "S": kid }, "secret": { "B": secret.repeat(11) } });
        desk.desk.table.put("Table", &item).unwrap();
    };
    let first = cursor(&rita).await;
    has_key("K#2", "QUFB");
    let early = cursor(&rita).await;
    desk.advance(SignedDuration::from_mins(5));
    let second = cursor(&rita).await;
    for cursor in [&first, &early, &second] {
        assert_eq!(behind(&rita, cursor).await, 200, "both keys open");
    }

    // With another secret the old key is as good as gone.
    has_key("K#1", "QkJC");
    assert_eq!(behind(&rita, &first).await, 200, "the keys are known");
    desk.advance(SignedDuration::from_mins(5));
    assert_eq!(behind(&rita, &first).await, 400);
    assert_eq!(behind(&rita, &early).await, 400, "the old key sealed it, for the new one was not known yet");
    assert_eq!(behind(&rita, &second).await, 200, "the new key sealed it");
    desk.close().await;
}

#[tokio::test]
async fn a_cursor_of_another_person_or_another_query_is_refused() {
    let desk = Desk::open().await;
    let (rita, pia) = (desk.sign_in("rita").await, desk.sign_in("pia").await);
    for _ in 0..3 {
        rita.opens_a_ticket().await;
    }
    let page = rita.get("/v1/tickets?requester_id=me&limit=1").await.expect(200);
    let cursor = page.json["meta"]["after"].as_str().unwrap();
    let next = |query: &str| format!("/v1/tickets?{query}&after={cursor}");
    assert_eq!(numbers_of(&rita.get(&next("requester_id=me&limit=1")).await.expect(200)).len(), 1);
    assert_eq!(rita.get(&next("requester_id=me&limit=2")).await.expect(400).code(), "foreign_cursor");
    assert_eq!(pia.get(&next("requester_id=me&limit=1")).await.expect(400).code(), "foreign_cursor");
    let forged = format!("/v1/tickets?requester_id=me&limit=1&after=A{}", cursor.split_at(1).1);
    assert_eq!(rita.get(&forged).await.expect(400).code(), "foreign_cursor");
    desk.close().await;
}

#[tokio::test]
async fn s1_6_to_s1_8_open_resolved_and_closed_tickets_stand_in_lists_of_their_own() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let open = rita.opens_a_ticket().await;
    let resolved = rita.opens_a_ticket().await;
    let closed = rita.opens_a_ticket().await;
    for number in [&resolved, &closed] {
        leo.does("resolve", number, &json!({ "solution": "Done." })).await.expect(200);
    }
    rita.does("confirm", &closed, &json!({})).await.expect(200);
    let list = async |query: &str| all(&rita, &format!("requester_id=me&{query}")).await;
    assert_eq!(list("status_category=new,open,pending").await, std::slice::from_ref(&open));
    assert_eq!(list("status=resolved").await, std::slice::from_ref(&resolved));
    assert_eq!(list("status_category=closed").await, [closed]);
    assert_eq!(list("next_action_by=requester").await, [resolved]);
    assert_eq!(list("kind=incident&next_action_by=agent&service_id=svc_network").await, [open]);
    assert!(list("created_before=2026-03-02T09:00:00Z").await.is_empty());
    desk.close().await;
}

#[tokio::test]
async fn s1_3_and_s1_4_requesters_see_their_own_and_power_users_their_organizations() {
    let desk = Desk::open().await;
    let (rita, rob, pia) = (desk.sign_in("rita").await, desk.sign_in("rob").await, desk.sign_in("pia").await);
    let radek = desk.sign_in("radek").await;
    let own = rita.opens_a_ticket().await;
    let path = format!("/v1/tickets/{own}");
    assert_eq!((rob.get(&path).await.status, radek.get(&path).await.status), (404, 404));
    assert_eq!(pia.get(&path).await.status, 200);
    assert_eq!(all(&pia, "organization_id=org_acme").await, std::slice::from_ref(&own));
    assert_eq!(all(&pia, &format!("organization_id=org_acme&requester_id={}", rita.id)).await, [own]);
    assert_eq!(rob.get("/v1/tickets?organization_id=org_acme").await.status, 403);
    assert_eq!(pia.get("/v1/tickets?organization_id=org_brno").await.status, 403);
    desk.close().await;
}

#[tokio::test]
async fn h046_lists_may_lag_but_the_page_and_the_answer_show_ones_own_writes() {
    let desk = Desk::lagging(40).await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let number = rita.post("/v1/tickets", &a_ticket()).await.expect(201).json["ticket"]["number"].clone();
    let number = number.as_str().unwrap();
    let list = rita.get("/v1/tickets?requester_id=me").await.expect(200);
    assert_eq!(list.json["tickets"], json!([]), "the index has not caught up");
    assert_eq!(rita.ticket(number).await["status"], "new");
    desk.settle().await;
    leo.does("comments", number, &json!({ "body": "Soon." })).await.expect(201);
    let shown = rita.get(&format!("/v1/tickets/{number}?include=comments")).await.expect(200);
    assert_eq!(shown.json["comments"][0]["body"], "Soon.");
    for _ in 0..40 {
        rita.opens_a_ticket().await;
    }
    assert!(all(&rita, "requester_id=me&limit=100").await.contains(&number.to_owned()), "now it has");
    desk.close().await;
}

#[tokio::test]
async fn a_group_stays_while_open_tickets_stand_in_its_queue() {
    let desk = Desk::open().await;
    let (ada, leo, rita) = (desk.sign_in("ada").await, desk.sign_in("leo").await, desk.sign_in("rita").await);
    let number = rita.opens_a_ticket().await;
    desk.settle().await;
    let added = ada.post("/v1/groups", &json!({ "name": "Printers", "line": 2 })).await.expect(201);
    let id = added.json["group"]["id"].as_str().unwrap();
    let path = format!("/v1/groups/{id}");
    let version = [("if-match", added.header("etag").unwrap())];
    leo.does("assign", &number, &json!({ "group_id": id })).await.expect(200);
    let refused = ada.send(Method::DELETE, &path, &version, None).await.expect(409);
    assert!(refused.code() == "in_use" && refused.text.contains("tickets"), "{}", refused.text);
    leo.does("resolve", &number, &json!({ "solution": "Toner." })).await.expect(200);
    ada.send(Method::DELETE, &path, &version, None).await.expect(409);
    rita.does("confirm", &number, &json!({})).await.expect(200);
    ada.send(Method::DELETE, &path, &version, None).await.expect(204);
    desk.close().await;
}

#[tokio::test]
async fn what_is_resolved_however_much_hides_nothing_that_is_left_to_do() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let mut wish = json!({ "subject": "A plant", "description": "x", "service_id": "svc_other" });
    wish["impact"] = json!("high");
    wish["urgency"] = json!("critical");
    // More than a third of what is looked at: of three queues, the first look at one has no more.
    for _ in 0..170 {
        let answer = rita.post("/v1/tickets", &wish).await.expect(201);
        let number = answer.json["ticket"]["number"].as_str().unwrap().to_owned();
        leo.does("resolve", &number, &json!({ "solution": "Watered." })).await.expect(200);
    }
    let mut left = Vec::new();
    for service in ["svc_other", "svc_network", "svc_other"] {
        wish["urgency"] = json!(if left.is_empty() { "low" } else { "critical" });
        wish["service_id"] = json!(service);
        left.push(rita.post("/v1/tickets", &wish).await.expect(201).json["ticket"]["number"].clone());
        desk.advance(SignedDuration::from_secs(1));
    }
    let queues = leo.get("/v1/queues").await.expect(200).json;
    let unhandled = queues["queues"].as_array().unwrap().iter().find(|queue| queue["kind"] == "unhandled").unwrap();
    assert_eq!(unhandled["count"], json!({ "count": 3, "more": false }));
    let order: Vec<_> = unhandled["tickets"].as_array().unwrap().iter().map(|row| row["number"].clone()).collect();
    assert_eq!(order, [left[1].clone(), left[2].clone(), left[0].clone()], "merged by urgency, then by age");
    desk.close().await;
}

#[tokio::test]
async fn queues_hold_what_there_is_to_do_most_urgent_first() {
    let desk = Desk::open().await;
    let (rita, ned) = (desk.sign_in("rita").await, desk.sign_in("ned").await);
    let mut wish = a_ticket();
    let mut numbers = Vec::new();
    for urgency in ["low", "critical", "medium"] {
        wish["urgency"] = json!(urgency);
        numbers.push(rita.post("/v1/tickets", &wish).await.expect(201).json["ticket"]["number"].clone());
    }
    for number in &numbers {
        ned.does("claim", number.as_str().unwrap(), &json!({})).await.expect(200);
    }
    let queues = ned.get("/v1/queues").await.expect(200).json;
    let todos = &queues["queues"][0];
    assert_eq!((&todos["kind"], &todos["count"]), (&json!("todos"), &json!({ "count": 3, "more": false })));
    let order: Vec<_> = todos["tickets"].as_array().unwrap().iter().map(|row| row["number"].clone()).collect();
    assert_eq!(order, [numbers[1].clone(), numbers[2].clone(), numbers[0].clone()]);
    assert_eq!(rita.get("/v1/queues").await.status, 403);
    desk.close().await;
}
