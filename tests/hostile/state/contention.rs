//! State where many things happen at once, answers get lost, clocks differ, and indexes lag.

use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::join_all;
use jiff::SignedDuration;
use local::weather::Fate;
use serde_json::{Value, json};
use tests::{Answer, Desk, PASSWORD, Person, a_ticket};

use crate::given::{etag, number, own_tickets, refusal};

/// Decides what becomes of each transaction, counted from 0; nothing befalls other requests.
fn befall(desk: &Desk, fate: impl Fn(u32) -> Fate + Send + Sync + 'static) {
    let count = AtomicU32::new(0);
    desk.desk.weather.befall(move |call| {
        let is_transaction = call.operation == "TransactWriteItems";
        if is_transaction { fate(count.fetch_add(1, Ordering::Relaxed)) } else { Fate::Done }
    });
}

#[tokio::test]
async fn h029_an_answer_lost_after_the_commit_is_asked_for_again() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    befall(&desk, |transaction| if transaction == 0 { Fate::AnswerLost } else { Fate::Done });
    let opened = rita.post("/v1/tickets", &a_ticket()).await.expect(201);
    desk.desk.weather.calm();
    assert_eq!(own_tickets(&rita).await, [number(&opened)]);
    desk.settle().await;
    assert_eq!(desk.mail_to("rita").len(), 1, "one acknowledgement");
    desk.close().await;
}

#[tokio::test]
async fn h032_a_token_used_for_another_transaction_is_500_and_writes_nothing() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let before = desk.table();
    befall(&desk, |_| Fate::Refused("IdempotentParameterMismatchException"));
    let answer = refusal(rita.post("/v1/tickets", &a_ticket()).await, 500);
    assert_eq!(answer.code(), "internal");
    assert!(!answer.text.to_lowercase().contains("token"), "{}", answer.text);
    desk.desk.weather.calm();
    assert_eq!(desk.table(), before);
    desk.close().await;
}

/// Reads the subject, adds a mark to it, and writes it back; again for as long as others were faster.
async fn marks(person: &Person, number: &str, mark: u32) {
    let path = format!("/v1/tickets/{number}");
    loop {
        let read = person.get(&path).await.expect(200);
        let subject = format!("{} w{mark:02}", read.json["ticket"]["subject"].as_str().unwrap());
        let answer = person.patch(&path, &etag(&read), &json!({ "subject": subject })).await;
        if answer.status == 200 {
            return;
        }
        assert!([409, 412, 503].contains(&answer.status), "{}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h035_thirty_two_writers_lose_no_update() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let number = rita.opens_a_ticket().await;
    befall(&desk, |transaction| if transaction % 5 == 4 { Fate::Conflict } else { Fate::Done });
    join_all((0..32).map(|writer| marks(&rita, &number, writer))).await;
    desk.desk.weather.calm();

    let ticket = rita.ticket(&number).await;
    assert_eq!(ticket["version"], 33);
    for writer in 0..32 {
        let mark = format!(" w{writer:02}");
        assert_eq!(ticket["subject"].as_str().unwrap().matches(&mark).count(), 1, "{mark}");
    }
    let history = rita.get(&format!("/v1/tickets/{number}/events?limit=100")).await.expect(200);
    assert_eq!(seqs(&history.json), (1..=33).collect::<Vec<u64>>(), "as many events as versions");
    desk.close().await;
}

fn seqs(history: &Value) -> Vec<u64> {
    history["events"].as_array().unwrap().iter().map(|event| event["seq"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn h041_transactions_that_meet_are_tried_again_and_then_503() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    for meetings in 1..=3 {
        befall(&desk, move |transaction| if transaction < meetings { Fate::Conflict } else { Fate::Done });
        rita.post("/v1/tickets", &a_ticket()).await.expect(201);
    }
    desk.desk.weather.calm();
    let number = rita.opens_a_ticket().await;
    let before = desk.table();
    befall(&desk, |_| Fate::Conflict);
    let comment = json!({ "body": "Room 12." });
    let requests = [("/v1/tickets".to_owned(), a_ticket()), (format!("/v1/tickets/{number}/comments"), comment)];
    for (path, body) in requests {
        let answer = refusal(rita.post_with(&path, &[("idempotency-key", "one")], &body).await, 503);
        assert!(answer.header("retry-after").is_some());
    }
    desk.desk.weather.calm();
    assert_eq!(desk.table(), before);
    let opened = rita.post_with("/v1/tickets", &[("idempotency-key", "one")], &a_ticket()).await.expect(201);
    assert_eq!(opened.header("idempotency-replayed"), None);
    assert_eq!(own_tickets(&rita).await.len(), 5);
    desk.close().await;
}

/// What asks for the pair of tokens that follows those of an answer.
fn the_next(answer: &Answer) -> Value {
    json!({ "refresh_token": answer.json["session"]["refresh_token"] })
}

#[tokio::test]
async fn h041_a_refresh_that_meets_others_is_tried_again_and_then_503_with_its_token_unspent() {
    let desk = Desk::open().await;
    let nobody = desk.nobody();
    let credentials = json!({ "email": desk.email("rita"), "password": PASSWORD });
    let first = nobody.post("/v1/sessions", &credentials).await.expect(201);
    befall(&desk, |transaction| if transaction < 2 { Fate::Conflict } else { Fate::Done });
    let second = nobody.post("/v1/sessions/refresh", &the_next(&first)).await.expect(201);

    let before = desk.table();
    befall(&desk, |_| Fate::Conflict);
    let answer = refusal(nobody.post("/v1/sessions/refresh", &the_next(&second)).await, 503);
    assert!(answer.header("retry-after").is_some());
    desk.desk.weather.calm();
    assert_eq!(desk.table(), before);
    desk.advance(SignedDuration::from_mins(1));
    nobody.post("/v1/sessions/refresh", &the_next(&second)).await.expect(201);
    desk.close().await;
}

/// The whole dialogue, page by page.
async fn dialogue(person: &Person, number: &str) -> Vec<String> {
    let (mut said, mut behind) = (Vec::new(), String::new());
    loop {
        let page = person.get(&format!("/v1/tickets/{number}/comments?limit=100{behind}")).await.expect(200).json;
        let comments = page["comments"].as_array().unwrap();
        assert!(comments.len() <= 100);
        said.extend(comments.iter().map(|comment| comment["body"].as_str().unwrap().to_owned()));
        match page["meta"]["after"].as_str() {
            Some(after) => behind = format!("&after={after}"),
            None => return said,
        }
    }
}

#[tokio::test]
async fn h044_a_long_dialogue_stays_in_small_items_and_is_read_in_pages() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    // The first line's queue: nobody has it, so nobody is written to three hundred times.
    let mut body = a_ticket();
    body["service_id"] = json!("svc_other");
    body["category_id"] = Value::Null;
    let number = number(&rita.post("/v1/tickets", &body).await.expect(201));
    let said: Vec<_> = (0..300).map(|place| format!("{place:03} {}", "so it goes on ".repeat(100).trim())).collect();
    for body in &said {
        rita.does("comments", &number, &json!({ "body": body })).await.expect(201);
    }
    assert!(desk.table().iter().all(|item| item.len() < 10_000), "no item grows with the dialogue");
    assert_eq!(dialogue(&rita, &number).await, said);
    let page = rita.get(&format!("/v1/tickets/{number}?include=comments")).await.expect(200);
    assert_eq!(page.json["ticket"]["comment_count"], 300);
    let newest = page.json["comments"].as_array().unwrap();
    assert_eq!(newest.len(), 50);
    assert_eq!(newest.last().unwrap()["body"], *said.last().unwrap());
    desk.close().await;
}

#[tokio::test]
async fn h045_a_clock_that_goes_wrong_does_not_turn_the_order_of_events() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let number = rita.opens_a_ticket().await;
    let steps = [
        (-10, &leo, "claim", json!({})),
        (20, &leo, "comments", json!({ "body": "Which socket?" })),
        (-10, &rita, "comments", json!({ "body": "Number 7." })),
        (-10, &leo, "resolve", json!({ "solution": "The socket was dead." })),
        (10, &rita, "reopen", json!({ "comment": "It still is." })),
        (-10, &leo, "resolve", json!({ "solution": "Now it is not." })),
        (20, &rita, "confirm", json!({ "satisfaction": 5 })),
    ];
    for (minutes, person, verb, body) in &steps {
        desk.advance(SignedDuration::from_mins(*minutes)).settle().await;
        let answer = person.does(verb, &number, body).await;
        assert!([200, 201].contains(&answer.status), "{verb}: {}", answer.text);
    }
    desk.settle().await;
    let history = leo.get(&format!("/v1/tickets/{number}/events?limit=100")).await.expect(200);
    let seqs = seqs(&history.json);
    assert_eq!(seqs, (1..).take(seqs.len()).collect::<Vec<u64>>());
    assert!(seqs.len() > steps.len());
    let said = ["Which socket?", "Number 7.", "The socket was dead.", "It still is.", "Now it is not."];
    assert_eq!(dialogue(&rita, &number).await, said);
    assert_eq!(own_tickets(&rita).await, [number]);
    desk.close().await;
}

#[tokio::test]
async fn h046_the_ticket_page_shows_what_one_wrote_while_the_lists_lag() {
    let desk = Desk::lagging(50).await;
    let rita = desk.sign_in("rita").await;
    let opened = rita.post("/v1/tickets", &a_ticket()).await.expect(201);
    let number = number(&opened);
    assert!(own_tickets(&rita).await.is_empty(), "the lists lag");
    assert_eq!(rita.ticket(&number).await, opened.json["ticket"]);

    let edited = rita.patch(&format!("/v1/tickets/{number}"), &etag(&opened), &json!({ "site": "Room 12" })).await;
    assert_eq!(rita.ticket(&number).await, edited.expect(200).json["ticket"]);
    let said = rita.does("comments", &number, &json!({ "body": "Number 7." })).await.expect(201);
    let page = rita.get(&format!("/v1/tickets/{number}?include=comments")).await.expect(200);
    assert_eq!(page.json["ticket"], said.json["ticket"]);
    assert_eq!(page.json["comments"], json!([said.json["comment"]]));
    assert_eq!(dialogue(&rita, &number).await, ["Number 7."]);
    let history = rita.get(&format!("/v1/tickets/{number}/events")).await.expect(200);
    assert_eq!(seqs(&history.json), [1_u64, 2, 3]);
    assert!(own_tickets(&rita).await.is_empty(), "the lists still lag");
    desk.close().await;
}
