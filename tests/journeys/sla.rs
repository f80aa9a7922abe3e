//! Promises: clocks that run by business hours, warnings, breaches, and what else the clock does by itself.
//!
//! Prague is an hour ahead of UTC in March. The demo promises a solution within two hours of its office hours, Monday to
//! Friday from 8 to 17 (S2.6, S2.36).
//!
//! Over 400 lines because every story of the clock stands beside those that it differs from in one thing.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Desk, Person, a_ticket};

/// Friday, 16:30 in Prague.
const FRIDAY: &str = "2026-03-06T15:30:00Z";

/// Monday, 9:30 in Prague: two hours of business later.
const DUE: &str = "2026-03-09T08:30:00Z";

/// A desk on which this moment has come.
async fn desk_at(moment: &str) -> Desk {
    let desk = Desk::open().await;
    desk.until(moment).await;
    desk
}

/// Opens a ticket that somebody of the network group has at once.
async fn opened(desk: &Desk) -> String {
    let number = desk.sign_in("rita").await.opens_a_ticket().await;
    desk.settle().await;
    number
}

/// Whoever has it, signed in.
async fn holder(desk: &Desk, number: &str) -> (Person, &'static str) {
    let ticket = desk.sign_in("leo").await.ticket(number).await;
    let who = match ticket["assignee"]["name"].as_str() {
        Some("Ned Network") => "ned",
        Some("Nora Network") => "nora",
        other => panic!("nobody of the network group has it: {other:?}"),
    };
    (desk.sign_in(who).await, who)
}

/// The clock of a metric; its segments always add up.
async fn clock(person: &Person, number: &str, metric: &str) -> Value {
    let answer = person.get(&format!("/v1/tickets/{number}/slas")).await.expect(200);
    let clocks = answer.json["slas"].as_array().unwrap();
    for clock in clocks {
        let segments = clock["segments"].as_array().unwrap();
        let told: u64 = segments.iter().map(|segment| segment["seconds"].as_u64().unwrap()).sum();
        assert_eq!(told, clock["elapsed_seconds"].as_u64().unwrap(), "{clock:#}");
    }
    let found = clocks.iter().find(|clock| clock["metric"] == metric);
    found.unwrap_or_else(|| panic!("there is no clock {metric}: {clocks:#?}")).clone()
}

/// The events of a type, oldest first.
async fn events(person: &Person, number: &str, kind: &str) -> Vec<Value> {
    let history = person.get(&format!("/v1/tickets/{number}/events?limit=100")).await.expect(200).json;
    history["events"].as_array().unwrap().iter().filter(|event| event["type"] == kind).cloned().collect()
}

/// Of those, the ones about a metric.
async fn of_metric(person: &Person, number: &str, kind: &str, metric: &str) -> Vec<Value> {
    let all = events(person, number, kind).await;
    all.into_iter().filter(|event| event["why"]["metric"] == metric).collect()
}

fn headlines(desk: &Desk, who: &str) -> Vec<String> {
    let subject = |sent: local::outbox::Sent| sent.subject.split_once("] ").map(|(_, rest)| rest.to_owned()).unwrap();
    desk.mail_to(who).into_iter().map(subject).map(|rest| rest.split(':').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_promise_is_about_to_be_missed() {
    let desk = desk_at(FRIDAY).await;
    let number = opened(&desk).await;

    // What is promised depends on the policy, the priority and the hours: two hours, of which half an hour is today.
    let rita = desk.sign_in("rita").await;
    let ticket = rita.ticket(&number).await;
    assert_eq!(ticket["eta"], DUE);
    let promised = ticket["slas"].as_array().unwrap();
    assert!(promised.iter().all(|promise| promise.get("state").is_none()), "how it stands is the desk's affair");
    rita.get(&format!("/v1/tickets/{number}/slas")).await.expect(403);
    assert!(desk.mail_to("rita").remove(0).text.contains("expected to be solved"), "{:?}", desk.mail_to("rita"));
    let (agent, who) = holder(&desk, &number).await;
    agent.does("comments", &number, &json!({ "body": "We are on it.", "keep_status": true })).await.expect(201);

    // Nothing counts over the weekend. On Monday at nine three quarters are used up: whoever has it is warned.
    desk.until("2026-03-09T08:00:00Z").await;
    let (agent, _) = holder(&desk, &number).await;
    let warned = of_metric(&agent, &number, "TargetWarned", "resolution").await;
    assert_eq!(warned.len(), 1);
    assert_eq!((&warned[0]["why"]["percent"], &warned[0]["at"]), (&json!(75), &json!("2026-03-09T08:00:00Z")));
    assert!(headlines(&desk, who).contains(&"Due soon".to_owned()), "{:?}", headlines(&desk, who));
    let at_risk = agent.get("/v1/tickets?assignee_id=me&sla_state=at_risk").await.expect(200);
    assert_eq!(at_risk.json["tickets"][0]["number"], number.as_str());

    // Nobody acts. At half past nine it is missed, and told at once: to whoever has it, and to the lead.
    desk.until(DUE).await;
    let (agent, _) = holder(&desk, &number).await;
    let breached = of_metric(&agent, &number, "TargetBreached", "resolution").await;
    assert_eq!(breached.len(), 1);
    assert_eq!((&breached[0]["why"]["breached_at"], &breached[0]["why"]["late"]), (&json!(DUE), &json!(false)));
    for told in [who, "leo"] {
        assert_eq!(headlines(&desk, told).last().map(String::as_str), Some("Overdue"), "{told}");
    }
    assert!(!headlines(&desk, "rita").iter().any(|headline| headline == "Overdue"));
    let queues = agent.get("/v1/queues").await.expect(200).json;
    let queue = queues["queues"].as_array().unwrap().iter().find(|queue| queue["kind"] == "breached").unwrap().clone();
    assert_eq!((&queue["count"]["count"], &queue["tickets"][0]["breached"]), (&json!(1), &json!(true)));

    // The clock can be explained: every second of it belongs to a segment with a cause.
    let solution = clock(&agent, &number, "resolution").await;
    assert_eq!((&solution["state"], &solution["elapsed_seconds"]), (&json!("breached"), &json!(7200)));
    assert_eq!(solution["segments"][0]["cause"], json!({ "seq": 1, "type": "TicketOpened" }));
    agent.does("resolve", &number, &json!({ "solution": "The switch was dead." })).await.expect(200);
    let rita = desk.sign_in("rita").await;
    let history = rita.get(&format!("/v1/tickets/{number}/events?limit=100")).await.expect(200).text;
    assert!(!history.contains("Target"), "the requester reads nothing of it: {history}");
    desk.close().await;
}

#[tokio::test]
async fn s2_6_a_holiday_moves_what_is_due() {
    let desk = desk_at(FRIDAY).await;
    let ada = desk.sign_in("ada").await;
    let hours = ada.get("/v1/business_hours").await.expect(200).json;
    let office = hours["business_hours"].as_array().unwrap().iter().find(|hours| hours["id"] == "hrs_desk").unwrap();
    let import = json!({ "icalendar": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n\
        DTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260309\r\nSUMMARY:Founders' day\r\nEND:VEVENT\r\n\
        END:VCALENDAR\r\n" });
    let imported = ada.post("/v1/business_hours/hrs_desk/holidays", &import).await.expect(200);
    assert_eq!(imported.json["added"], 1, "{}", imported.text);
    assert_ne!(imported.json["business_hours"]["version"], office["version"]);
    let number = opened(&desk).await;
    assert_eq!(desk.sign_in("rita").await.ticket(&number).await["eta"], "2026-03-10T08:30:00Z");
    desk.close().await;
}

#[tokio::test]
async fn s4_31_one_day_is_one_business_day() {
    let desk = desk_at(FRIDAY).await;
    let rita = desk.sign_in("rita").await;
    let wish = json!({
        "subject": "The counter shows nothing", "description": "Since noon.",
        "service_id": "svc_counters", "category_id": "cat_technical",
    });
    let number = rita.post("/v1/tickets", &wish).await.expect(201).json["ticket"]["number"].clone();
    let number = number.as_str().unwrap();
    desk.settle().await;
    let leo = desk.sign_in("leo").await;
    let solution = clock(&leo, number, "resolution").await;
    assert_eq!(solution["target"], json!({ "value": 1, "unit": "business_days" }));
    assert_eq!((&solution["due_at"], &solution["target_seconds"]), (&json!("2026-03-09T15:30:00Z"), &json!(9 * 3600)));
    assert_eq!(clock(&leo, number, "first_response").await["due_at"], "2026-03-09T07:30:00Z");
    assert_eq!(clock(&leo, number, "line_1").await["due_at"], "2026-03-09T15:30:00Z");
    desk.close().await;
}

#[tokio::test]
async fn waiting_for_the_requester_stops_the_clock_and_a_reply_starts_it_again() {
    let desk = desk_at("2026-03-03T09:00:00Z").await;
    let number = opened(&desk).await;
    desk.until("2026-03-03T09:20:00Z").await;
    let (agent, _) = holder(&desk, &number).await;
    agent.does("comments", &number, &json!({ "body": "Which room?" })).await.expect(201);
    let waiting = clock(&agent, &number, "resolution").await;
    assert_eq!((&waiting["state"], &waiting["due_at"]), (&json!("paused"), &Value::Null));
    assert_eq!(clock(&agent, &number, "first_response").await["state"], "met");

    desk.until("2026-03-05T09:00:00Z").await;
    let rita = desk.sign_in("rita").await;
    assert_eq!(rita.ticket(&number).await["eta"], Value::Null);
    rita.does("comments", &number, &json!({ "body": "Room 12." })).await.expect(201);
    let (agent, _) = holder(&desk, &number).await;
    let running = clock(&agent, &number, "resolution").await;
    assert_eq!((&running["state"], &running["due_at"]), (&json!("running"), &json!("2026-03-05T10:40:00Z")));
    assert_eq!((&running["elapsed_seconds"], &running["remaining_seconds"]), (&json!(1200), &json!(6000)));
    let segments = running["segments"].as_array().unwrap();
    let paused = segments.iter().find(|segment| segment["counted"] == false).unwrap();
    assert_eq!((&paused["status"], &paused["seconds"]), (&json!("awaiting_requester"), &json!(0)));
    assert_eq!(paused["from"], "2026-03-03T09:20:00Z");
    desk.close().await;
}

#[tokio::test]
async fn s3_22_a_change_of_priority_re_bases_the_clock_and_the_requester_is_told() {
    let desk = desk_at("2026-03-03T09:00:00Z").await;
    let rita = desk.sign_in("rita").await;
    let mut wish = a_ticket();
    wish["impact"] = json!("low");
    wish["urgency"] = json!("low");
    let number = rita.post("/v1/tickets", &wish).await.expect(201).json["ticket"]["number"].clone();
    let number = number.as_str().unwrap();
    desk.settle().await;
    assert_eq!(rita.ticket(number).await["eta"], "2026-03-04T09:00:00Z", "low: one business day");
    desk.until("2026-03-03T09:10:00Z").await;
    let (agent, _) = holder(&desk, number).await;
    let page = agent.get(&format!("/v1/tickets/{number}")).await.expect(200);
    let etag = page.header("etag").unwrap().to_owned();
    agent.patch(&format!("/v1/tickets/{number}"), &etag, &json!({ "priority": "high" })).await.expect(200);
    desk.settle().await;
    assert_eq!(rita.ticket(number).await["eta"], "2026-03-03T11:00:00Z", "high: two hours from the beginning");
    let told = desk.mail_to("rita").pop().unwrap();
    assert!(told.subject.contains("New date"), "{}", told.subject);
    assert!(told.text.contains("11:00"), "{}", told.text);
    desk.close().await;
}

#[tokio::test]
async fn s4_52_what_is_resolved_is_announced_and_closes_after_seven_days() {
    let desk = desk_at("2026-03-03T09:00:00Z").await;
    let number = opened(&desk).await;
    let (agent, _) = holder(&desk, &number).await;
    agent.does("resolve", &number, &json!({ "solution": "A new cable." })).await.expect(200);
    desk.until("2026-03-09T09:00:00Z").await;
    assert!(desk.mail_to("rita").last().unwrap().subject.contains("Closing soon"));
    desk.until("2026-03-10T08:59:00Z").await;
    let rita = desk.sign_in("rita").await;
    assert_eq!(rita.ticket(&number).await["status"], "resolved");
    desk.until("2026-03-10T09:00:00Z").await;
    let ticket = rita.ticket(&number).await;
    assert_eq!((&ticket["status"], &ticket["closed_at"]), (&json!("closed"), &json!("2026-03-10T09:00:00Z")));
    assert!(desk.mail_to("rita").last().unwrap().subject.contains("Closed"));
    desk.close().await;
}

#[tokio::test]
async fn s3_15_what_is_planned_wakes_by_itself() {
    let desk = desk_at("2026-03-03T09:00:00Z").await;
    let number = opened(&desk).await;
    let (agent, who) = holder(&desk, &number).await;
    agent.does("claim", &number, &json!({})).await.expect(200);
    let until = "2026-03-12T09:00:00Z";
    let wrong = agent.does("schedule", &number, &json!({ "until": "2026-03-01T09:00:00Z", "reason": "x" })).await;
    assert_eq!(wrong.expect(422).fields(), ["until"]);
    let plan = json!({ "until": until, "reason": "The part comes on Thursday." });
    let planned = agent.does("schedule", &number, &plan).await.expect(200);
    assert_eq!(planned.json["ticket"]["status"], "scheduled");
    desk.settle().await;
    let rita = desk.sign_in("rita").await;
    assert_eq!(rita.ticket(&number).await["eta"], until);
    assert!(desk.mail_to("rita").last().unwrap().text.contains("The part comes on Thursday."));

    desk.until(until).await;
    assert_eq!(headlines(&desk, who).last().map(String::as_str), Some("Update"), "{:?}", headlines(&desk, who));
    let agent = desk.sign_in(who).await;
    assert_eq!(agent.ticket(&number).await["status"], "open");
    let solution = clock(&agent, &number, "resolution").await;
    assert_eq!((&solution["state"], &solution["elapsed_seconds"]), (&json!("running"), &json!(0)));
    assert_eq!(solution["due_at"], "2026-03-12T11:00:00Z");
    desk.close().await;
}

#[tokio::test]
async fn s3_15_whoever_acts_on_what_is_planned_before_the_clock_notices_finds_it_woken_on_its_date() {
    let desk = desk_at("2026-03-03T09:00:00Z").await;
    let number = opened(&desk).await;
    let (agent, who) = holder(&desk, &number).await;
    agent.does("claim", &number, &json!({})).await.expect(200);
    let plan = json!({ "until": "2026-03-04T08:00:00Z", "reason": "The part comes tomorrow." });
    agent.does("schedule", &number, &plan).await.expect(200);
    desk.settle().await;

    // For four hours nothing rings. Then somebody acts, and the answer is about what they did.
    desk.advance(SignedDuration::from_mins(26 * 60 + 59));
    let agent = desk.sign_in(who).await;
    let path = format!("/v1/tickets/{number}/comments");
    let body = json!({ "body": "It is there.", "keep_status": true });
    let first = agent.post_with(&path, &[("idempotency-key", "one")], &body).await.expect(201);
    let again = agent.post_with(&path, &[("idempotency-key", "one")], &body).await.expect(201);
    assert_eq!((&first.json["comment"]["body"], &first.json["ticket"]["status"]), (&body["body"], &json!("open")));
    assert_eq!(first.json["comment"], again.json["comment"]);
    desk.settle().await;

    let history = agent.get(&format!("/v1/tickets/{number}/events?limit=100")).await.expect(200).json;
    let told: Vec<_> = history["events"].as_array().unwrap().iter().map(|event| event["type"].clone()).collect();
    assert_eq!(told[told.len() - 3..], ["TicketWoken", "CommentAdded", "TargetBreached"], "{told:?}");
    let breached = of_metric(&agent, &number, "TargetBreached", "resolution").await;
    let (due, why) = ("2026-03-04T10:00:00Z", &breached[0]["why"]);
    assert_eq!((&why["breached_at"], &why["late"]), (&json!(due), &json!(true)));
    let solution = clock(&agent, &number, "resolution").await;
    assert_eq!((&solution["elapsed_seconds"], &solution["breached_at"]), (&json!(239 * 60), &json!(due)));
    let woken = solution["segments"].as_array().unwrap().last().unwrap();
    assert_eq!((&woken["from"], &woken["cause"]["type"]), (&plan["until"], &json!("TicketWoken")));
    desk.close().await;
}

#[tokio::test]
async fn s1_23_what_is_reopened_runs_on() {
    let desk = desk_at("2026-03-03T09:00:00Z").await;
    let number = opened(&desk).await;
    desk.until("2026-03-03T09:30:00Z").await;
    let (agent, who) = holder(&desk, &number).await;
    agent.does("resolve", &number, &json!({ "solution": "Try now." })).await.expect(200);
    assert_eq!(clock(&agent, &number, "resolution").await["state"], "met");
    desk.until("2026-03-04T09:00:00Z").await;
    desk.sign_in("rita").await.does("reopen", &number, &json!({ "comment": "Still dead." })).await.expect(200);
    let agent = desk.sign_in(who).await;
    let again = clock(&agent, &number, "resolution").await;
    assert_eq!((&again["state"], &again["elapsed_seconds"]), (&json!("running"), &json!(1800)));
    assert_eq!(again["due_at"], "2026-03-04T10:30:00Z");
    desk.close().await;
}

#[tokio::test]
async fn a_lead_puts_open_tickets_under_a_changed_policy() {
    let desk = desk_at("2026-03-03T09:00:00Z").await;
    let mut numbers = Vec::new();
    for _ in 0..30 {
        numbers.push(desk.sign_in("rita").await.opens_a_ticket().await);
    }
    desk.settle().await;
    let ada = desk.sign_in("ada").await;
    let policies = ada.get("/v1/sla_policies").await.expect(200).json;
    let standard =
        policies["sla_policies"].as_array().unwrap().iter().find(|policy| policy["id"] == "sla_standard").unwrap();
    let etag = format!("\"{}\"", standard["version"]);
    let mut targets = standard["targets"].clone();
    targets["resolution"]["normal"] = json!({ "value": 4 * 3600, "unit": "seconds" });
    ada.patch("/v1/sla_policies/sla_standard", &etag, &json!({ "targets": targets })).await.expect(200);
    assert_eq!(ada.ticket(&numbers[0]).await["eta"], "2026-03-03T11:00:00Z", "what was promised stays promised");

    let leo = desk.sign_in("leo").await;
    desk.sign_in("ned").await.post("/v1/sla_policies/sla_standard/apply", &json!({})).await.expect(403);
    leo.post("/v1/sla_policies/sla_nowhere/apply", &json!({})).await.expect(404);
    leo.post("/v1/sla_policies/sla_standard/apply", &json!({})).await.expect(202);
    leo.post("/v1/sla_policies/sla_standard/apply", &json!({})).await.expect(202);
    desk.settle().await;
    for number in &numbers {
        assert_eq!(leo.ticket(number).await["eta"], "2026-03-03T13:00:00Z");
        let applied = events(&leo, number, "PolicyApplied").await;
        assert_eq!((applied.len(), &applied[0]["actor"]["name"]), (1, &json!("Leo Lead")));
    }
    let told = |desk: &Desk| {
        let mails = desk.mail_to("rita").into_iter().map(|sent| sent.subject);
        mails.filter(|subject| subject.contains("New date")).collect::<Vec<_>>()
    };
    assert_eq!(told(&desk).len(), 10, "an hour brings ten such mails at most");
    desk.until("2026-03-03T10:01:00Z").await;
    let told = told(&desk);
    assert_eq!((told.len(), told.last().map(String::as_str)), (11, Some("New dates for 20 tickets")));
    desk.close().await;
}

#[tokio::test]
async fn what_is_due_in_less_than_three_minutes_does_not_wait_for_the_tick() {
    let desk = desk_at("2026-03-03T09:00:30Z").await;
    let number = opened(&desk).await;
    let (agent, _) = holder(&desk, &number).await;
    agent.does("claim", &number, &json!({})).await.expect(200);
    let until = "2026-03-03T09:01:20Z";
    agent.does("schedule", &number, &json!({ "until": until, "reason": "Rebooting." })).await.expect(200);
    desk.settle().await;
    desk.advance(SignedDuration::from_secs(49)).settle().await;
    assert_eq!(agent.ticket(&number).await["status"], "scheduled");
    desk.advance(SignedDuration::from_secs(1)).settle().await;
    assert_eq!(agent.ticket(&number).await["status"], "open");
    desk.close().await;
}

#[tokio::test]
async fn s3_16_s3_17_a_service_may_wait_fourteen_days() {
    let desk = desk_at("2026-03-03T09:00:00Z").await;
    let rita = desk.sign_in("rita").await;
    let wish = json!({ "subject": "It counts twice", "description": "At the door.", "service_id": "svc_counters" });
    let number = rita.post("/v1/tickets", &wish).await.expect(201).json["ticket"]["number"].clone();
    let number = number.as_str().unwrap();
    desk.settle().await;
    let fay = desk.sign_in("fay").await;
    fay.does("resolve", number, &json!({ "solution": "Moved the lens." })).await.expect(200);
    desk.until("2026-03-17T08:55:00Z").await;
    let rita = desk.sign_in("rita").await;
    rita.does("reopen", number, &json!({ "comment": "Still twice." })).await.expect(200);
    let fay = desk.sign_in("fay").await;
    fay.does("resolve", number, &json!({ "solution": "Moved it again." })).await.expect(200);
    desk.until("2026-03-30T08:55:00Z").await;
    desk.until("2026-03-31T08:55:00Z").await;
    let rita = desk.sign_in("rita").await;
    let ticket = rita.ticket(number).await;
    assert_eq!((&ticket["status"], &ticket["closed_at"]), (&json!("closed"), &json!("2026-03-31T08:55:00Z")));
    desk.close().await;
}

#[tokio::test]
async fn s4_26_s4_27_each_line_has_a_clock_of_its_own() {
    let desk = desk_at("2026-03-03T09:00:00Z").await;
    let rita = desk.sign_in("rita").await;
    let wish = json!({ "subject": "Nothing works", "description": "At all.", "service_id": "svc_other" });
    let number = rita.post("/v1/tickets", &wish).await.expect(201).json["ticket"]["number"].clone();
    let number = number.as_str().unwrap();
    desk.settle().await;
    let fay = desk.sign_in("fay").await;
    assert_eq!(clock(&fay, number, "line_1").await["due_at"], "2026-03-04T09:00:00Z");

    desk.until("2026-03-03T10:00:00Z").await;
    let fay = desk.sign_in("fay").await;
    fay.does("assign", number, &json!({ "group_id": "grp_network", "note": "The router." })).await.expect(200);
    let ned = desk.sign_in("ned").await;
    assert_eq!(clock(&ned, number, "line_1").await["state"], "met");
    let second = clock(&ned, number, "line_2").await;
    assert_eq!((&second["target"]["value"], &second["due_at"]), (&json!(3), &json!("2026-03-06T10:00:00Z")));

    desk.until("2026-03-03T11:00:00Z").await;
    let ned = desk.sign_in("ned").await;
    ned.does("assign", number, &json!({ "group_id": "grp_desk", "note": "Ask for the room." })).await.expect(200);
    let leo = desk.sign_in("leo").await;
    assert_eq!(clock(&leo, number, "line_2").await["elapsed_seconds"], 3600);
    let first = clock(&leo, number, "line_1").await;
    assert_eq!((&first["state"], &first["elapsed_seconds"]), (&json!("running"), &json!(3600)));
    assert_eq!(first["due_at"], "2026-03-04T10:00:00Z");
    desk.close().await;
}

#[tokio::test]
async fn h022_whoever_answers_before_the_clock_has_noticed_gets_their_answer_and_the_breach_is_told() {
    let desk = desk_at("2026-03-03T09:00:00Z").await;
    let number = opened(&desk).await;
    let (agent, _) = holder(&desk, &number).await;
    desk.advance(SignedDuration::from_mins(75));
    let agent = desk.sign_in(if agent.id == "usr_ned" { "ned" } else { "nora" }).await;
    let path = format!("/v1/tickets/{number}/comments");
    let body = json!({ "body": "Which room?" });
    let first = agent.post_with(&path, &[("idempotency-key", "one")], &body).await.expect(201);
    let again = agent.post_with(&path, &[("idempotency-key", "one")], &body).await.expect(201);
    assert_eq!(first.json["comment"], again.json["comment"]);
    assert_eq!(first.json["comment"]["body"], "Which room?");
    desk.settle().await;
    let told = of_metric(&agent, &number, "TargetBreached", "first_response").await;
    assert_eq!((told.len(), &told[0]["why"]["breached_at"]), (1, &json!("2026-03-03T10:00:00Z")));
    desk.close().await;
}

#[tokio::test]
async fn a_breach_escalates_and_the_lists_of_the_desk_show_it() {
    let desk = desk_at("2026-03-03T09:00:00Z").await;
    let ada = desk.sign_in("ada").await;
    let policies = ada.get("/v1/sla_policies").await.expect(200).json;
    let standard =
        policies["sla_policies"].as_array().unwrap().iter().find(|policy| policy["id"] == "sla_standard").unwrap();
    let etag = format!("\"{}\"", standard["version"]);
    let escalation = json!({ "escalation": { "raise_priority": true, "group_id": "grp_desk" }, "warn_at": [50, 90] });
    let edited = ada.patch("/v1/sla_policies/sla_standard", &etag, &escalation).await.expect(200);
    assert_eq!(edited.json["sla_policy"]["escalation"], json!({ "raise_priority": true, "group_id": "grp_desk" }));
    let number = opened(&desk).await;
    let (_, who) = holder(&desk, &number).await;

    for moment in ["2026-03-03T09:30:00Z", "2026-03-03T09:54:00Z", "2026-03-03T10:00:00Z"] {
        desk.until(moment).await;
    }
    let fay = desk.sign_in("fay").await;
    let ticket = fay.ticket(&number).await;
    assert_eq!((&ticket["priority"], &ticket["group"]["id"]), (&json!("high"), &json!("grp_desk")));
    assert_eq!((&ticket["assignee"], &ticket["support_line"]), (&Value::Null, &json!(1)));
    let warned = of_metric(&fay, &number, "TargetWarned", "first_response").await;
    let percents: Vec<_> = warned.iter().map(|event| event["why"]["percent"].clone()).collect();
    assert_eq!(percents, [json!(50), json!(90)]);
    assert!(headlines(&desk, "leo").contains(&"Overdue".to_owned()));
    assert!(headlines(&desk, who).contains(&"Due soon".to_owned()));
    // Whoever had it is told, though they do not see it any more; and so they read its number alone.
    let told = desk.mail_to(who).pop().unwrap();
    assert!(told.subject.ends_with("Overdue") && told.text.contains(&number), "{told:?}");
    assert!(!told.text.contains("No network") && !told.html.contains("/l/"), "{told:?}");

    let listed = fay.get("/v1/tickets?group_id=grp_desk&sla_state=breached").await.expect(200).json;
    assert_eq!((&listed["tickets"][0]["number"], &listed["tickets"][0]["breached"]), (&json!(number), &json!(true)));
    let rita = desk.sign_in("rita").await;
    let own = rita.get("/v1/tickets?requester_id=me").await.expect(200).json;
    assert_eq!(own["tickets"][0].get("breached"), None, "that is the desk's affair");
    let refused = rita.get("/v1/tickets?requester_id=me&sla_state=breached").await.expect(422);
    assert_eq!(refused.fields(), ["sla_state"]);
    desk.close().await;
}

#[test]
fn what_relay_says_to_the_clock_is_understood() {
    let ticket = domain::number::TicketNumber::parse("7K3Q-M9XV").unwrap();
    let said = serde_json::to_string(&relay::Call::Wake { ticket: ticket.clone() }).unwrap();
    assert_eq!(serde_json::from_str::<sla::Message>(&said).unwrap(), sla::Message::Wake { ticket });
}
