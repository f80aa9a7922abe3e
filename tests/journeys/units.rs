//! What operations cost of the table, against budgets: units and sizes do not depend on the machine.

use files::samples::pictures;
use local::meter::Units;
use serde_json::{Value, json};
use tests::{Desk, Parcel, Person};

/// A ticket with texts of one kilobyte.
fn usual_ticket() -> Value {
    json!({
        "subject": "The wireless network on the second floor drops every few minutes",
        "description": words(1000),
        "service_id": "svc_network",
        "category_id": "cat_outage",
        "kind": "incident",
        "impact": "high",
        "site": "Main building",
        "device": "Access point 2-14",
    })
}

/// A text that does not compress to nothing.
fn words(characters: usize) -> String {
    let mut text = String::new();
    let mut seed = 7_u32;
    while text.len() < characters {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.push_str(&(seed >> 8).to_string());
        text.push(' ');
    }
    text.truncate(characters);
    text.trim().to_owned()
}

/// The bytes of an item, as the table counts them: names and values.
fn bytes(value: &Value) -> usize {
    let map = value.as_object().unwrap();
    map.iter().map(|(name, value)| name.len() + of_value(value)).sum()
}

fn of_value(value: &Value) -> usize {
    let (kind, inner) = value.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "M" => 3 + bytes(inner) + inner.as_object().unwrap().len(),
        "L" => 3 + inner.as_array().unwrap().iter().map(|one| 1 + of_value(one)).sum::<usize>(),
        "N" => inner.as_str().unwrap().len().div_ceil(2) + 1,
        "S" => inner.as_str().unwrap().len(),
        _ => 1,
    }
}

#[track_caller]
fn within(what: &str, units: Units, write: f64, read: f64) {
    println!("{what}: {} write units, {} read units, {} requests", units.write, units.read, units.requests);
    assert!(units.write <= write, "{what} wrote {} units, at most {write} allowed", units.write);
    assert!(units.read <= read, "{what} read {} units, at most {read} allowed", units.read);
}

async fn metered(desk: &Desk, person: &Person, verb: &str, number: &str, body: Value) -> Units {
    desk.desk.table.meter.start();
    let answer = person.does(verb, number, &body).await;
    let units = desk.desk.table.meter.stop();
    assert!(answer.status < 300, "{}", answer.text);
    units
}

#[tokio::test]
async fn commands_stay_within_their_units() {
    let desk = Desk::open().await;
    let (rita, ned) = (desk.sign_in("rita").await, desk.sign_in("ned").await);
    rita.opens_a_ticket().await;
    ned.get("/v1/queues").await.expect(200);
    desk.settle().await;

    desk.desk.table.meter.start();
    let opened = rita.post("/v1/tickets", &usual_ticket()).await.expect(201);
    within("create", desk.desk.table.meter.stop(), 14.0, 4.0);
    let number = opened.json["ticket"]["number"].as_str().unwrap().to_owned();
    desk.settle().await;

    let items = desk.desk.table.everything("Table").unwrap();
    let pk = format!("TICKET#{}", number.replace('-', ""));
    let head = items.iter().find(|item| item["pk"]["S"] == pk.as_str() && item["sk"]["S"] == "#").unwrap();
    println!("head: {} bytes, of which promises {}", bytes(head), of_value(&head["sla"]));
    assert!(bytes(head) <= 2048, "a head is at most 2 KB usually");

    within("claim", metered(&desk, &ned, "claim", &number, json!({ "take_over": true })).await, 14.0, 4.0);
    let comment = json!({ "body": words(1000) });
    within("comment", metered(&desk, &ned, "comments", &number, comment.clone()).await, 14.0, 4.0);
    within("answer", metered(&desk, &rita, "comments", &number, comment).await, 14.0, 4.0);
    within("resolve", metered(&desk, &ned, "resolve", &number, json!({ "solution": words(500) })).await, 14.0, 4.0);
    within("confirm", metered(&desk, &rita, "confirm", &number, json!({ "satisfaction": 5 })).await, 20.0, 4.0);
    desk.close().await;
}

#[tokio::test]
async fn files_cost_a_ticket_two_units_each() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    rita.opens_a_ticket().await;
    let mut uploads = Vec::new();
    for name in ["1.png", "2.png", "3.png", "4.png", "5.png"] {
        uploads.push(desk.attachable(&rita, &Parcel::new("one", name, "image/png", pictures::png())).await);
    }
    let mut wish = usual_ticket();
    wish["attachments"] = json!(uploads);
    desk.desk.table.meter.start();
    rita.post("/v1/tickets", &wish).await.expect(201);
    // As without files, and for each file 2 to write it and 1 to read it.
    within("create with five files", desk.desk.table.meter.stop(), 14.0 + 10.0, 4.0 + 5.0);
    desk.close().await;
}

#[tokio::test]
async fn dispatch_and_notification_stay_within_their_units() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    rita.opens_a_ticket().await;
    desk.settle().await;
    rita.post("/v1/tickets", &usual_ticket()).await.expect(201);
    let sent = desk.outbox().len();
    desk.desk.table.meter.start();
    desk.settle().await;
    let units = desk.desk.table.meter.stop();
    let mails = desk.outbox().len() - sent;
    assert_eq!(mails, 2, "the requester and the agent were told");
    // Dispatch 13, and 2 for each of the two recipients.
    within("dispatch and two notifications", units, 13.0 + 4.0, f64::MAX);
    desk.close().await;
}

#[tokio::test]
async fn pages_stay_within_their_units() {
    let desk = Desk::open().await;
    let (rita, ned) = (desk.sign_in("rita").await, desk.sign_in("ned").await);
    let opened = rita.post("/v1/tickets", &usual_ticket()).await.expect(201);
    let number = opened.json["ticket"]["number"].as_str().unwrap().to_owned();
    for _ in 0..30 {
        rita.post("/v1/tickets", &usual_ticket()).await.expect(201);
    }
    for comment in 0..20 {
        let person = if comment % 2 == 0 { &ned } else { &rita };
        person.does("comments", &number, &json!({ "body": words(900) })).await.expect(201);
    }
    rita.get("/v1/tickets?requester_id=me&limit=1").await.expect(200);

    desk.desk.table.meter.start();
    let page = rita.get("/v1/tickets?requester_id=me").await.expect(200);
    within("page of 25", desk.desk.table.meter.stop(), 0.0, 5.0);
    assert_eq!(page.json["tickets"].as_array().unwrap().len(), 25);

    desk.desk.table.meter.start();
    rita.get(&format!("/v1/tickets/{number}")).await.expect(200);
    within("ticket page", desk.desk.table.meter.stop(), 0.0, 4.0);

    desk.desk.table.meter.start();
    let page = rita.get(&format!("/v1/tickets/{number}?include=comments")).await.expect(200);
    within("ticket page with 20 comments", desk.desk.table.meter.stop(), 0.0, 7.0);
    assert_eq!(page.json["comments"].as_array().unwrap().len(), 20);
    desk.close().await;
}
