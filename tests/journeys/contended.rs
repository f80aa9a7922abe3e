//! Contention: the same key fifty times, two agents at once, thirty-two writers, answers that get lost.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::join_all;
use local::weather::Fate;
use serde_json::json;
use tests::{Desk, Person, a_ticket};

#[tokio::test(flavor = "multi_thread")]
async fn fifty_parallel_creates_with_one_key_make_one_ticket() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let body = a_ticket();
    let opens = (0..50).map(|_| rita.post_with("/v1/tickets", &[("idempotency-key", "one")], &body));
    let answers = join_all(opens).await;
    let numbers: BTreeSet<_> =
        answers.iter().map(|answer| answer.json["ticket"]["number"].as_str().unwrap().to_owned()).collect();
    assert_eq!(numbers.len(), 1);
    assert!(answers.iter().all(|answer| answer.status == 201));
    let replayed = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_some()).count();
    assert_eq!(replayed, 49);
    let list = rita.get("/v1/tickets?requester_id=me").await.expect(200);
    assert_eq!(list.json["tickets"].as_array().unwrap().len(), 1);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_agents_who_claim_at_once_one_wins_and_the_other_is_told_who() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let (ned, nora) = (desk.sign_in("ned").await, desk.sign_in("nora").await);
    for _ in 0..10 {
        let number = rita.opens_a_ticket().await;
        let nothing = json!({});
        let (one, other) = tokio::join!(ned.does("claim", &number, &nothing), nora.does("claim", &number, &nothing));
        let (won, lost) = if one.status == 200 { (one, other) } else { (other, one) };
        let won = won.expect(200);
        let lost = lost.expect(409);
        assert_eq!(lost.code(), "held_by_another");
        assert_eq!(lost.json["holder"], won.json["ticket"]["assignee"]);
    }
    desk.close().await;
}

/// Whoever is told that it is contended, or that the table is away, tries again with the same key.
async fn says_until_heard(person: &Person, number: &str, writer: u32) {
    let body = json!({ "body": format!("writer {writer}") });
    let key = format!("writer-{writer}");
    let path = format!("/v1/tickets/{number}/comments");
    let mut status = 0;
    while status != 201 {
        let answer = person.post_with(&path, &[("idempotency-key", &key)], &body).await;
        status = answer.status;
        assert!([201, 409, 503].contains(&status), "{}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_two_writers_lose_no_update() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let number = rita.opens_a_ticket().await;
    let count = AtomicU32::new(0);
    desk.desk.weather.befall(move |call| {
        let meets = call.operation == "TransactWriteItems" && count.fetch_add(1, Ordering::Relaxed) % 5 == 4;
        if meets { Fate::Conflict } else { Fate::Done }
    });
    let writers = (0..32).map(|writer| {
        let (person, number) = (if writer % 2 == 0 { &rita } else { &leo }, &number);
        says_until_heard(person, number, writer)
    });
    join_all(writers).await;
    desk.desk.weather.calm();
    let ticket = leo.ticket(&number).await;
    assert_eq!(ticket["comment_count"], 32);
    let dialogue = leo.get(&format!("/v1/tickets/{number}/comments?limit=100")).await.expect(200).json;
    let said: BTreeSet<_> =
        dialogue["comments"].as_array().unwrap().iter().map(|comment| comment["body"].as_str().unwrap()).collect();
    assert_eq!(said.len(), 32, "every comment is there once");
    let history = leo.get(&format!("/v1/tickets/{number}/events?limit=100")).await.expect(200).json;
    let seqs: Vec<_> =
        history["events"].as_array().unwrap().iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=33).collect::<Vec<_>>(), "events are contiguous");
    assert_eq!(ticket["version"], 33, "as many versions as events");
    desk.close().await;
}

#[tokio::test]
async fn an_answer_lost_after_the_commit_and_a_retry_give_the_same_ticket() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    // Every answer to a transaction is lost until the client retries: the SDK's own tries are not enough.
    desk.desk.weather.befall(|call| if call.operation == "TransactWriteItems" { Fate::AnswerLost } else { Fate::Done });
    let lost = rita.post_with("/v1/tickets", &[("idempotency-key", "lost")], &a_ticket()).await.expect(503);
    assert!(lost.header("retry-after").is_some());
    desk.desk.weather.calm();
    let found = rita.post_with("/v1/tickets", &[("idempotency-key", "lost")], &a_ticket()).await.expect(201);
    assert_eq!(found.header("idempotency-replayed"), Some("true"));
    let tickets = rita.get("/v1/tickets?requester_id=me").await.expect(200);
    assert_eq!(tickets.json["tickets"].as_array().unwrap().len(), 1);
    assert_eq!(tickets.json["tickets"][0]["number"], found.json["ticket"]["number"]);
    desk.close().await;
}
