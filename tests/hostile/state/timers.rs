//! The clock: ticks that come twice, late or not at all; tickets that change under them; promises that are none.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Desk, Person, a_ticket};

use crate::given::{etag, number};

/// Tuesday, 10:00 in Prague, where the demo's office hours are kept.
const TUESDAY: &str = "2026-03-03T09:00:00Z";

/// When the demo's solution is due for a ticket of [`TUESDAY`].
const DUE: &str = "2026-03-03T11:00:00Z";

async fn desk_on_tuesday() -> (Desk, String) {
    let desk = Desk::open().await;
    desk.until(TUESDAY).await;
    let number = desk.sign_in("rita").await.opens_a_ticket().await;
    desk.settle().await;
    (desk, number)
}

/// The breaches of a metric that a ticket tells of.
async fn breaches(lead: &Person, number: &str, metric: &str) -> Vec<Value> {
    let history = lead.get(&format!("/v1/tickets/{number}/events?limit=100")).await.expect(200).json;
    let events = history["events"].as_array().unwrap().iter();
    let of_metric = |event: &&Value| event["type"] == "TargetBreached" && event["why"]["metric"] == metric;
    events.filter(of_metric).cloned().collect()
}

/// What the table holds of a ticket.
fn head(desk: &Desk, pk: &str) -> Value {
    let items = desk.desk.table.everything("Table").unwrap();
    items.into_iter().find(|item| item["pk"]["S"] == pk && item["sk"]["S"] == "#").unwrap()
}

async fn say(desk: &Desk, message: Value) {
    desk.desk.say("SlaQueue", &message.to_string()).await.unwrap();
}

#[tokio::test]
async fn h076_a_tick_that_comes_twice_tells_of_a_breach_once() {
    let (desk, number) = desk_on_tuesday().await;
    desk.until("2026-03-03T10:58:00Z").await;
    for _ in 0..3 {
        say(&desk, json!({ "tick": { "at": "2026-03-03T10:58:00Z" } })).await;
        say(&desk, json!({ "wake": { "ticket": number } })).await;
    }
    desk.settle().await;
    desk.until(DUE).await;
    for _ in 0..3 {
        say(&desk, json!({ "tick": { "at": DUE } })).await;
        say(&desk, json!({ "wake": { "ticket": number } })).await;
    }
    desk.settle().await;
    let leo = desk.sign_in("leo").await;
    let told = breaches(&leo, &number, "resolution").await;
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!((&told[0]["why"]["breached_at"], &told[0]["why"]["late"]), (&json!(DUE), &json!(false)));
    let mails = desk.mail_to("leo").into_iter().filter(|sent| sent.text.contains("Solution")).count();
    assert_eq!(mails, 2, "one warning and one breach of the solution");
    desk.close().await;
}

#[tokio::test]
async fn h077_after_a_silence_of_three_hours_every_breach_is_found_as_of_its_due_time() {
    let (desk, first) = desk_on_tuesday().await;
    desk.advance(SignedDuration::from_mins(10));
    let second = desk.sign_in("rita").await.opens_a_ticket().await;
    desk.settle().await;
    // It ends between two looks back; the next one finds everything.
    desk.advance(SignedDuration::from_mins(4 * 60 + 51)).settle().await;
    desk.until("2026-03-03T14:05:00Z").await;
    let leo = desk.sign_in("leo").await;
    for (number, due) in [(&first, DUE), (&second, "2026-03-03T11:10:00Z")] {
        let told = breaches(&leo, number, "resolution").await;
        assert_eq!(told.len(), 1, "{told:#?}");
        assert_eq!((&told[0]["why"]["breached_at"], &told[0]["why"]["late"]), (&json!(due), &json!(true)));
        assert_eq!(told[0]["at"], "2026-03-03T14:05:00Z");
    }
    desk.close().await;
}

#[tokio::test]
async fn h077_a_tick_that_comes_three_hours_late_does_the_same() {
    let (desk, number) = desk_on_tuesday().await;
    desk.advance(SignedDuration::from_mins(5 * 60 + 1));
    // The tick of 09:43 was to see the first warning coming, which is due at 09:45.
    say(&desk, json!({ "tick": { "at": "2026-03-03T09:43:00Z" } })).await;
    desk.settle().await;
    let leo = desk.sign_in("leo").await;
    let told = breaches(&leo, &number, "resolution").await;
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!((&told[0]["why"]["breached_at"], &told[0]["why"]["late"]), (&json!(DUE), &json!(true)));
    desk.close().await;
}

#[tokio::test]
async fn h077_after_a_silence_the_requester_has_a_whole_day_before_what_is_resolved_closes() {
    let (desk, number) = desk_on_tuesday().await;
    let leo = desk.sign_in("leo").await;
    leo.does("resolve", &number, &json!({ "solution": "A new cable." })).await.expect(200);
    desk.settle().await;
    // Three hours before it would close, nobody has been told so.
    desk.advance(SignedDuration::from_hours(7 * 24 - 3)).settle().await;
    let rita = desk.sign_in("rita").await;
    assert_eq!(rita.ticket(&number).await["auto_close_at"], "2026-03-11T06:00:00Z");
    let told = desk.mail_to("rita").pop().unwrap();
    assert!(told.subject.contains("Closing soon") && told.text.contains("06:00"), "{told:?}");
    desk.until("2026-03-11T05:59:00Z").await;
    let rita = desk.sign_in("rita").await;
    assert_eq!(rita.ticket(&number).await["status"], "resolved");
    desk.until("2026-03-11T06:00:00Z").await;
    let ticket = rita.ticket(&number).await;
    assert_eq!((&ticket["status"], &ticket["closed_at"]), (&json!("closed"), &json!("2026-03-11T06:00:00Z")));
    desk.close().await;
}

#[tokio::test]
async fn h079_a_message_for_a_clock_that_was_turned_meanwhile_does_nothing() {
    let (desk, number) = desk_on_tuesday().await;
    desk.until("2026-03-03T10:58:00Z").await;
    let leo = desk.sign_in("leo").await;
    leo.does("comments", &number, &json!({ "body": "Which room?" })).await.expect(201);
    desk.settle().await;
    let before = leo.ticket(&number).await["version"].clone();
    desk.until("2026-03-03T11:05:00Z").await;
    say(&desk, json!({ "wake": { "ticket": number } })).await;
    desk.settle().await;
    let leo = desk.sign_in("leo").await;
    assert_eq!(leo.ticket(&number).await["version"], before, "nothing was written");
    assert!(breaches(&leo, &number, "resolution").await.is_empty());
    say(&desk, json!({ "wake": { "ticket": "0000-0000" } })).await;
    desk.close().await;
}

#[tokio::test]
async fn h079_a_message_for_a_promise_that_was_made_anew_meanwhile_does_nothing() {
    let (desk, number) = desk_on_tuesday().await;
    desk.until("2026-03-03T10:58:00Z").await;
    let leo = desk.sign_in("leo").await;
    let version = etag(&leo.get(&format!("/v1/tickets/{number}")).await);
    leo.patch(&format!("/v1/tickets/{number}"), &version, &json!({ "priority": "low" })).await.expect(200);
    desk.until("2026-03-03T11:05:00Z").await;
    say(&desk, json!({ "wake": { "ticket": number } })).await;
    desk.settle().await;
    let leo = desk.sign_in("leo").await;
    assert!(breaches(&leo, &number, "resolution").await.is_empty(), "it is due tomorrow now");
    desk.close().await;
}

#[tokio::test]
async fn h081_many_alarms_in_one_minute_are_acted_on_and_none_twice() {
    let acted = tests::proof::alarms::alarms(400).await;
    assert_eq!((acted.breaches, acted.twice), (400, 0));
    assert!(acted.idle.read <= 1.0 && acted.idle.write == 0.0, "an idle tick costs {:?}", acted.idle);
}

#[tokio::test]
async fn h082_an_alarm_that_is_not_in_the_index_yet_is_found_by_a_later_pass() {
    let desk = Desk::lagging(30).await;
    desk.until(TUESDAY).await;
    let rita = desk.sign_in("rita").await;
    let number = rita.opens_a_ticket().await;
    desk.settle().await;
    let leo = desk.sign_in("leo").await;
    leo.does("claim", &number, &json!({})).await.expect(200);
    leo.does("schedule", &number, &json!({ "until": "2026-03-03T09:04:00Z", "reason": "Later." })).await.expect(200);
    desk.settle().await;
    desk.until("2026-03-03T09:05:00Z").await;
    assert_eq!(leo.ticket(&number).await["status"], "scheduled", "the index does not know of it");
    for _ in 0..12 {
        rita.post("/v1/tickets", &a_ticket()).await.expect(201);
    }
    desk.settle().await;
    desk.until("2026-03-03T09:10:00Z").await;
    let woken = leo.get(&format!("/v1/tickets/{number}/events?limit=100")).await.expect(200).json;
    let woken = woken["events"].as_array().unwrap().iter().filter(|event| event["type"] == "TicketWoken").count();
    assert_eq!((woken, &leo.ticket(&number).await["status"]), (1, &json!("open")));
    desk.close().await;
}

#[tokio::test]
async fn h083_a_promise_of_nothing_of_less_or_of_more_than_ten_years_is_422() {
    let desk = Desk::open().await;
    let ada = desk.sign_in("ada").await;
    let promise = |value: i64, unit: &str| {
        json!({
            "name": "Impossible",
            "business_hours_id": "hrs_always",
            "targets": { "resolution": { "low": { "value": value, "unit": unit } } },
        })
    };
    for (value, unit) in
        [(-1, "seconds"), (0, "seconds"), (315_576_001, "seconds"), (0, "business_days"), (3651, "business_days")]
    {
        let refused = ada.post("/v1/sla_policies", &promise(value, unit)).await.expect(422);
        assert_eq!(refused.fields(), ["targets.resolution.low.value"], "{value} {unit}: {}", refused.text);
    }
    let mut slow = promise(300_000_000, "seconds");
    slow["business_hours_id"] = json!("hrs_desk");
    let refused = ada.post("/v1/sla_policies", &slow).await.expect(422);
    assert_eq!(refused.fields(), ["targets.resolution.low.value"], "no office is open that often: {}", refused.text);
    ada.post("/v1/sla_policies", &promise(300_000_000, "seconds")).await.expect(201);
    desk.close().await;
}

#[tokio::test]
async fn h083_a_promise_that_holidays_put_off_for_more_than_ten_years_is_422() {
    let desk = Desk::open().await;
    let ada = desk.sign_in("ada").await;
    let months = (1..=12).flat_map(|month| (1..=4).map(move |nth| (month, nth)));
    let holidays: Vec<_> = months
        .map(|(month, nth)| json!({ "name": "x", "kind": "weekday", "month": month, "weekday": "monday", "nth": nth }))
        .collect();
    let rare = json!({
        "name": "Fifth Mondays",
        "time_zone": "Europe/Prague",
        "week": { "monday": [{ "from": "08:00", "to": "16:00" }] },
        "holidays": holidays,
    });
    let hours = ada.post("/v1/business_hours", &rare).await.expect(201).json["business_hours"]["id"].clone();
    let promise = |days: i64| {
        json!({
            "name": "Rare",
            "business_hours_id": hours,
            "targets": { "resolution": { "low": { "value": days, "unit": "business_days" } } },
        })
    };
    let refused = ada.post("/v1/sla_policies", &promise(60)).await.expect(422);
    assert_eq!(refused.fields(), ["targets.resolution.low.value"], "{}", refused.text);
    ada.post("/v1/sla_policies", &promise(30)).await.expect(201);
    desk.close().await;
}

#[tokio::test]
async fn h085_a_policy_that_is_removed_is_kept_for_the_tickets_that_stand_by_it() {
    let desk = Desk::open().await;
    desk.until(TUESDAY).await;
    let ada = desk.sign_in("ada").await;
    let short = json!({
        "name": "Half an hour",
        "business_hours_id": "hrs_desk",
        "targets": { "resolution": { "normal": { "value": 1800, "unit": "seconds" } } },
    });
    let made = ada.post("/v1/sla_policies", &short).await.expect(201);
    let (id, etag) = (made.json["sla_policy"]["id"].as_str().unwrap(), made.header("etag").unwrap());
    let services = ada.get("/v1/services").await.expect(200).json;
    let other = services["services"].as_array().unwrap().iter().find(|one| one["id"] == "svc_other").unwrap().clone();
    let version = format!("\"{}\"", other["version"]);
    let edited = ada.patch("/v1/services/svc_other", &version, &json!({ "sla_policy_id": id })).await.expect(200);
    let wish = json!({ "subject": "A plant", "description": "For the hall.", "service_id": "svc_other" });
    let ticket = number(&desk.sign_in("rita").await.post("/v1/tickets", &wish).await.expect(201));
    desk.settle().await;
    let path = format!("/v1/sla_policies/{id}");
    let delete = |etag: String| {
        let (ada, path) = (ada.clone(), path.clone());
        async move { ada.send(http::Method::DELETE, &path, &[("if-match", &etag)], None).await }
    };
    assert_eq!(delete(etag.to_owned()).await.expect(409).code(), "in_use");
    let version = edited.header("etag").unwrap();
    ada.patch("/v1/services/svc_other", version, &json!({ "sla_policy_id": "none" })).await.expect(200);
    delete(etag.to_owned()).await.expect(204);
    desk.until("2026-03-03T09:30:00Z").await;
    let leo = desk.sign_in("leo").await;
    let told = breaches(&leo, &ticket, "resolution").await;
    assert_eq!((told.len(), &told[0]["why"]["late"]), (1, &json!(false)));
    desk.close().await;
}

#[tokio::test]
async fn h085_an_alarm_that_cannot_be_acted_on_is_parked_with_its_reason() {
    let (desk, number) = desk_on_tuesday().await;
    let healthy = desk.sign_in("rita").await.opens_a_ticket().await;
    desk.settle().await;
    let pk = format!("TICKET#{}", number.replace('-', ""));
    let mut item = head(&desk, &pk);
    item["priority"] = json!({ "S": "no such priority" });
    desk.desk.table.put("Table", &item).unwrap();
    // Five times it is found overdue, and cannot be read.
    for _ in 0..36 {
        desk.advance(SignedDuration::from_mins(5)).settle().await;
    }
    let parked = head(&desk, &pk);
    assert!(parked["alarm_parked_why"]["S"].as_str().unwrap().contains("priority"), "{parked}");
    assert_eq!(parked.get("by_alarm"), None);
    let leo = desk.sign_in("leo").await;
    assert_eq!(breaches(&leo, &healthy, "resolution").await.len(), 1, "its neighbour is not kept waiting");
    desk.close().await;
}
