//! What the log holds: ids, codes, numbers and routes, a line each, and nothing that people typed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use files::samples::pictures;
use http::{Method, Request};
use jiff::SignedDuration;
use local::weather::{Fate, Service};
use queue::{Deadline, Failure};
use runtime::Doors;
use runtime::doors::Events;
use serde_json::{Value, json};
use tests::paper::Paper;
use tests::{Answer, Desk, PASSWORD, Parcel, Person, a_ticket, a_ticket_with};

use crate::given::{link, number};

/// A word that stands in everything that is typed here.
const CANARY: &str = "canary";

/// A number that somebody can be called at.
const PHONE: &str = "+420604112233";

/// The source that a door takes events from.
const SOURCE: &str = "arn:aws:sqs:us-east-1:123456789012:ours";

/// Every kind of line there is: what it says, and what it tells beside the ids that all lines may have. Whoever adds one
/// says here what it holds.
const KINDS: [&str; 13] = [
    "answered: method ms route status",
    "request failed: cause code",
    "a file was refused: code person upload",
    "message failed, to be retried: cause",
    "message discarded: cause",
    "mail given up: notification why",
    "mail put off: notification why",
    "mail unconfirmed: notification why",
    "metric MailsResent: stage",
    "metric MailsSent: stage",
    "metric TargetsBreached: stage",
    "metric TicketsDispatched: stage",
    "metric TicketsOpened: stage",
];

/// What a line is: its message or its metric, and the names of what it tells.
fn kind(line: &Value) -> String {
    let passed_on = ["request_id", "trace", "message_id", "ticket", "level", "message", "_aws"];
    let metric = line.pointer("/_aws/CloudWatchMetrics/0/Metrics/0/Name").and_then(Value::as_str);
    let names = line.as_object().unwrap().keys().map(String::as_str);
    let mut names: Vec<_> = names.filter(|name| !passed_on.contains(name) && Some(*name) != metric).collect();
    names.sort_unstable();
    let what = match metric {
        Some(metric) => format!("metric {metric}"),
        None => line["message"].as_str().unwrap_or_default().to_owned(),
    };
    format!("{what}: {}", names.join(" "))
}

/// Looks for what must not be told, whatever its case.
#[track_caller]
fn tells_none_of(secrets: &[String], text: &str) {
    let text = text.to_lowercase();
    for secret in secrets {
        assert!(!text.contains(&secret.to_lowercase()), "{secret}: {text}");
    }
}

/// Something with the canary in it.
fn typed(what: &str) -> String {
    format!("{CANARY} {what}")
}

/// Tries to sign in, and to use tokens that are none.
async fn stray(desk: &Desk, rita: &Person) -> Vec<Answer> {
    let nobody = desk.nobody();
    let sign_in = |body: Value| async move { desk.nobody().post("/v1/sessions", &body).await };
    let half = Request::post("/v1/sessions").header("content-type", "application/json");
    let token = format!("lds_usr_rita.{CANARY}{}", "x".repeat(43 - CANARY.len()));
    vec![
        sign_in(json!({ "email": "canary.nobody@canary.example", "password": typed("password") })).await,
        sign_in(json!({ "email": desk.email("rita"), "password": typed("password") })).await,
        sign_in(json!({ "email": typed("address"), "password": "x" })).await,
        sign_in(json!({ "email": [CANARY], "password": { CANARY: 1 } })).await,
        nobody.raw(half.body(Body::from(r#"{"email": "canary"#)).unwrap()).await,
        nobody.post("/v1/sessions/refresh", &json!({ "refresh_token": token })).await,
        nobody.with_token(&token).get("/v1/users/me").await,
        nobody.with_token(CANARY).get("/v1/users/me").await,
        nobody.get(&format!("/v1/users/me?access_token={}", rita.token())).await,
        nobody.get("/l/canary").await,
        nobody.get("/canary?q=canary").await,
        nobody.send(Method::from_bytes(b"CANARY").unwrap(), "/v1/tickets", &[], None).await,
    ]
}

/// Opens a ticket of canaries; answers its number.
async fn opens(rita: &Person, upload: &str) -> String {
    let mut body = a_ticket_with(&[upload.to_owned()]);
    body["subject"] = json!(typed("subject"));
    body["description"] = json!(typed("description"));
    body["site"] = json!(typed("site"));
    body["cc"] = json!(["canary.copy@canary.example"]);
    body["contact_method"] = json!({ "kind": "email", "value": "canary.rita@canary.example" });
    number(&rita.post("/v1/tickets", &body).await.expect(201))
}

/// Says what cannot be said about a ticket.
async fn mistakes(rita: &Person, number: &str) -> Vec<Answer> {
    let mut wrong = a_ticket();
    wrong["kind"] = json!(typed("kind"));
    wrong["occurred_at"] = json!(typed("time"));
    wrong["service_id"] = json!("svc_canary");
    wrong["cc"] = json!([typed("address")]);
    wrong["contact_method"] = json!({ "kind": "phone", "value": format!("{PHONE} canary") });
    let key = "canary".repeat(40);
    let name = Parcel::new("one", "canary.php", "image/png", pictures::png());
    vec![
        rita.post("/v1/tickets", &wrong).await,
        rita.post("/v1/tickets", &json!({ "subject": 7, "description": [typed("description")] })).await,
        rita.post_with("/v1/tickets", &[("idempotency-key", &key)], &a_ticket()).await,
        rita.does("comments", number, &json!({ "body": "", "public": typed("truth") })).await,
        rita.does("claim", number, &json!({ "take_over": typed("truth") })).await,
        rita.patch(&format!("/v1/tickets/{number}"), "\"canary\"", &json!({ "site": typed("site") })).await,
        rita.get("/v1/tickets?status=canary&after=canary").await,
        rita.get("/v1/tickets/canary").await,
        rita.get("/v1/attachments/att_canary").await,
        rita.reserve(&name).await,
    ]
}

/// Lets the table refuse what somebody says, and a file be none.
async fn misfortunes(desk: &Desk, rita: &Person, number: &str) -> Vec<Answer> {
    desk.desk.weather.befall(|call| {
        let refused = call.operation == "TransactWriteItems";
        if refused { Fate::Refused("IdempotentParameterMismatchException") } else { Fate::Done }
    });
    let lost = rita.does("comments", number, &json!({ "body": typed("comment") })).await;
    desk.desk.weather.calm();
    let disguised = Parcel::new("two", "canary.png", "image/png", typed("text"));
    vec![lost, desk.send(rita, &disguised).await]
}

/// A message as a queue hands it over.
fn message(id: &str, body: &str, source_arn: &str) -> Value {
    json!({ "messageId": id, "body": body, "eventSource": "aws:sqs", "eventSourceARN": source_arn })
}

/// Hands events to functions that cannot use them; answers what they say of them.
async fn poison(desk: &Desk) -> String {
    let gives_up = |_| std::future::ready(Err(Failure::discard("nothing can be done")));
    let queue = Doors { http: None, events: Some(Events::queue(SOURCE, gives_up)) };
    let ports = dispatch::Ports { store: desk.desk.store() };
    let reader = desk.desk.store().reader().clone();
    let choose = move |happened| {
        let ports = ports.clone();
        async move { dispatch::consume(&ports, happened).await }
    };
    let stream = Doors { http: None, events: Some(Events::stream(SOURCE, reader, choose)) };
    let readable = json!({ "ticket": "7K3Q-M9XV", "said": CANARY }).to_string();
    let batch = [message("m1", "canary {", SOURCE), message("m2", &readable, SOURCE)];
    let deadline = Deadline::until("2026-03-09T09:00:00Z".parse().unwrap(), Arc::new(desk.clock.clone()));
    let mut said = Vec::new();
    for (doors, payload) in [
        (&queue, json!({ "Records": batch })),
        (&stream, json!({ "Records": [unreadable(desk)] })),
        (&queue, json!({ "Records": [message("m3", CANARY, "arn:canary")] })),
        (&queue, json!({ "Records": CANARY })),
        (&queue, json!({ "canary": CANARY })),
    ] {
        said.push(match doors.enter(&payload.to_string(), "req-1", &deadline).await {
            Ok(answer) => answer.get().to_owned(),
            Err(refused) => format!("{refused} {refused:?}"),
        });
    }
    assert_eq!(said[0], r#"{"batchItemFailures":[{"itemIdentifier":"m1"}]}"#);
    assert!(said[1].contains("itemIdentifier"), "{}", said[1]);
    said.join("\n")
}

/// A record of an event that nobody can read, whose text is a canary.
fn unreadable(desk: &Desk) -> Value {
    let records = desk.desk.table.records("Table", 0, 1000).unwrap();
    let image = "/dynamodb/NewImage";
    let is_event = |record: &Value| {
        let pk = record.pointer(&format!("{image}/pk/S")).and_then(Value::as_str).unwrap_or_default();
        let sk = record.pointer(&format!("{image}/sk/S")).and_then(Value::as_str).unwrap_or_default();
        pk.starts_with("TICKET#") && sk.starts_with("E#")
    };
    let mut record = records.into_iter().map(|record| record.json).find(is_event).unwrap();
    record["eventSourceARN"] = json!(SOURCE);
    let item = record.pointer_mut(image).unwrap();
    item["at"] = json!({ "S": CANARY });
    item["body"] = json!({ "S": CANARY });
    record
}

/// Lets two people talk about a ticket full of canaries, while SES refuses mail for a while; answers what else nobody may
/// tell: the address a file was sent to, and the token of a link.
async fn dialogue(desk: &Desk, rita: &Person, ned: &Person) -> (String, [String; 2]) {
    let file = Parcel::new("one", "canary.png", "image/png", pictures::png());
    let upload = desk.sent(rita, &file).await;
    rita.completes(&upload).await.expect(200);
    let number = opens(rita, upload["id"].as_str().unwrap()).await;
    desk.settle().await;
    desk.desk.weather.befall(|call| match call.service {
        Service::Mail => Fate::throttled(Service::Mail),
        Service::Table | Service::Queue | Service::Files => Fate::Done,
    });
    ned.does("claim", &number, &json!({})).await.expect(200);
    ned.does("comments", &number, &json!({ "body": typed("answer") })).await.expect(201);
    ned.does("comments", &number, &json!({ "body": typed("note"), "public": false })).await.expect(201);
    // What was put off comes again later.
    drop(tokio::time::timeout(Duration::from_secs(1), desk.settle()).await);
    desk.desk.weather.calm();
    desk.advance(SignedDuration::from_mins(20)).settle().await;
    let link = link(desk.outbox().last().unwrap());
    desk.nobody().get(&link).await.expect(200);
    let url = upload["url"].as_str().unwrap().to_owned();
    (number, [url, link.trim_start_matches("/l/").to_owned()])
}

#[tokio::test]
async fn h232_no_log_line_holds_what_people_typed_or_secrets() {
    let paper = Paper::take();
    let desk = Desk::open().await;
    let (rita, ned) = (desk.sign_in("rita").await, desk.sign_in("ned").await);
    let mut secrets = [CANARY, &PHONE[1..], PASSWORD, rita.token(), ned.token()].map(str::to_owned).to_vec();
    secrets.extend([desk.email("rita"), desk.email("ned")]);
    let (number, more) = dialogue(&desk, &rita, &ned).await;
    secrets.extend(more);
    let mut answers = stray(&desk, &rita).await;
    answers.extend(mistakes(&rita, &number).await);
    answers.extend(misfortunes(&desk, &rita, &number).await);
    for answer in &answers {
        assert!(answer.status >= 400, "{}", answer.text);
        tells_none_of(&secrets, &answer.text);
    }
    tells_none_of(&secrets, &poison(&desk).await);
    ned.does("resolve", &number, &json!({ "solution": typed("solution") })).await.expect(200);
    desk.close().await;
    tells_none_of(&secrets, &paper.text());
    let kinds: BTreeSet<String> = paper.lines().iter().map(kind).collect();
    for kind in &kinds {
        assert!(KINDS.contains(&kind.as_str()), "a line that nobody has looked at yet: {kind}");
    }
    for kind in &KINDS[..5] {
        assert!(kinds.contains(*kind), "{kind}: {kinds:#?}");
    }
}

#[tokio::test]
async fn h232_a_line_says_to_which_request_and_ticket_it_belongs() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let paper = Paper::take();
    let opened = rita.post("/v1/tickets", &a_ticket()).await.expect(201);
    let number = number(&opened);
    let claimed = rita.does("claim", &number, &json!({})).await.expect(403);
    desk.settle().await;
    let lines = paper.lines();
    let of = |what: &str| lines.iter().filter(|line| kind(line).starts_with(what)).cloned().collect::<Vec<_>>();
    let answers = of("answered");
    assert_eq!(answers.len(), 2, "{lines:#?}");
    for (line, answer, route, status) in
        [(&answers[0], &opened, "/v1/tickets", 201), (&answers[1], &claimed, "/v1/tickets/{number}/claim", 403)]
    {
        assert_eq!(line["request_id"], answer.header("x-request-id").unwrap());
        assert_eq!((&line["method"], &line["route"]), (&json!("POST"), &json!(route)));
        assert_eq!((&line["status"], &line["ticket"]), (&json!(status), &json!(number)));
        assert_eq!((&line["level"], line["ms"].is_u64()), (&json!("INFO"), true));
    }
    assert_eq!(of("metric TicketsOpened").len(), 1);
    let dispatched = of("metric TicketsDispatched");
    assert_eq!((dispatched.len(), &dispatched[0]["ticket"]), (1, &json!(number)));
    assert_eq!((&dispatched[0]["stage"], &dispatched[0]["TicketsDispatched"]), (&json!("test"), &json!(1)));
    desk.close().await;
}

#[tokio::test]
async fn h189_a_token_in_a_query_is_ignored_and_not_told() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let paper = Paper::take();
    for name in ["access_token", "token", "authorization"] {
        let path = format!("/v1/users/me?{name}={}", rita.token());
        desk.nobody().get(&path).await.expect(401);
    }
    assert_eq!(paper.lines().len(), 3);
    tells_none_of(&[rita.token().to_owned()], &paper.text());
    desk.close().await;
}

#[tokio::test]
async fn h166_whatever_is_sent_makes_one_line_without_a_byte_that_a_terminal_obeys() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let number = rita.opens_a_ticket().await;
    desk.settle().await;
    let paper = Paper::take();
    let hostile = "a\r\n{\"level\":\"ERROR\"}\u{1b}[31m\u{9b}2J\u{85}";
    let mut body = a_ticket();
    body["subject"] = json!(hostile);
    let answers = [
        rita.get("/v1/tickets/7K3Q-M9XV%0d%0a%1b[31m").await,
        rita.get("/%0d%0a%1b[31m/%c2%9b2J").await,
        rita.get("/v1/tickets?status=%0d%0a%1b").await,
        rita.get("/v1/attachments/%1b%0d%0a").await,
        rita.post("/v1/tickets", &body).await,
        rita.does("comments", &number, &json!({ "body": "\u{1b}" })).await,
        desk.nobody().post("/v1/sessions", &json!({ "email": hostile, "password": hostile })).await,
    ];
    for answer in &answers {
        assert!(answer.status >= 400, "{}", answer.text);
    }
    assert_eq!(paper.lines().len(), answers.len(), "{}", paper.text());
    let text = paper.text().replace('\n', "");
    assert!(!text.chars().any(char::is_control), "{text:?}");
    desk.close().await;
}
