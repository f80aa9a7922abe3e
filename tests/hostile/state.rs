//! Idempotency, concurrency, state: a command is done once or not at all, and says which.

mod contention;
mod timers;

use std::collections::BTreeSet;

use futures_util::future::join_all;
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Answer, Desk, Person, a_ticket};

use crate::given::{etag, number, own_tickets, refusal};

/// Sends a command under a key.
async fn keyed(person: &Person, path: &str, key: &str, body: &Value) -> Answer {
    person.post_with(path, &[("idempotency-key", key)], body).await
}

fn is_replayed(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == Some("true")
}

#[tokio::test]
async fn h022_the_same_key_and_body_again_answer_the_same_ticket() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let first = keyed(&rita, "/v1/tickets", "one", &a_ticket()).await.expect(201);
    assert!(!is_replayed(&first));
    desk.settle().await;
    let before = desk.table();
    let again = keyed(&rita, "/v1/tickets", "one", &a_ticket()).await.expect(201);
    assert!(is_replayed(&again));
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(number(&again), number(&first));
    assert_eq!(own_tickets(&rita).await, [number(&first)]);
    desk.settle().await;
    assert_eq!(desk.table(), before);
    assert_eq!(desk.mail_to("rita").len(), 1, "one acknowledgement");
    desk.close().await;
}

#[tokio::test]
async fn h022_the_same_key_and_body_again_answer_the_same_comment() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let path = format!("/v1/tickets/{}/comments", rita.opens_a_ticket().await);
    let body = json!({ "body": "It is room 13." });
    let first = keyed(&rita, &path, "one", &body).await.expect(201);
    leo.post(&path, &json!({ "body": "Which socket?" })).await.expect(201);
    let again = keyed(&rita, &path, "one", &body).await.expect(201);
    assert!(is_replayed(&again) && !is_replayed(&first));
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.json["comment"], first.json["comment"]);
    assert_eq!(again.json["ticket"]["comment_count"], 2, "the ticket as it is now");

    let theirs = keyed(&leo, &path, "one", &body).await.expect(201);
    assert!(!is_replayed(&theirs), "a key belongs to whoever sent it");
    desk.close().await;
}

#[tokio::test]
async fn h023_the_same_key_with_another_body_is_422() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    keyed(&rita, "/v1/tickets", "one", &a_ticket()).await.expect(201);
    let before = desk.table();
    let mut other = a_ticket();
    other["subject"] = json!("No network in room 13");
    for body in [other, json!({}), json!({ "role": "admin" })] {
        refusal(keyed(&rita, "/v1/tickets", "one", &body).await, 422);
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h025_a_refused_command_stores_nothing_and_its_key_runs_again() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let before = desk.table();
    refusal(keyed(&rita, "/v1/tickets", "one", &json!({ "subject": "No network" })).await, 422);
    assert_eq!(desk.table(), before);
    let opened = keyed(&rita, "/v1/tickets", "one", &a_ticket()).await.expect(201);
    assert!(!is_replayed(&opened));

    let path = format!("/v1/tickets/{}/reopen", number(&opened));
    let body = json!({ "comment": "Still broken." });
    let before = desk.table();
    refusal(keyed(&rita, &path, "two", &body).await, 409);
    assert_eq!(desk.table(), before);
    leo.does("resolve", &number(&opened), &json!({ "solution": "Done." })).await.expect(200);
    let reopened = keyed(&rita, &path, "two", &body).await.expect(200);
    assert!(!is_replayed(&reopened));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h026_fifty_at_once_with_one_key_make_one_ticket() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let body = a_ticket();
    let answers = join_all((0..50).map(|_| keyed(&rita, "/v1/tickets", "one", &body))).await;
    assert!(answers.iter().all(|answer| [201, 409].contains(&answer.status)));
    let opened: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    let locations: BTreeSet<_> = opened.iter().map(|answer| answer.header("location")).collect();
    assert_eq!(locations.len(), 1, "{locations:?}");
    assert_eq!(opened.iter().filter(|answer| !is_replayed(answer)).count(), 1);
    assert_eq!(own_tickets(&rita).await.len(), 1);
    desk.settle().await;
    assert_eq!(desk.mail_to("rita").len(), 1, "one acknowledgement");
    desk.close().await;
}

#[tokio::test]
async fn h031_an_expired_key_runs_again_although_its_item_is_still_there() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let first = keyed(&rita, "/v1/tickets", "one", &a_ticket()).await.expect(201);
    let receipts = |desk: &Desk| desk.table().iter().filter(|item| item.contains("body_hash")).count();
    assert_eq!(receipts(&desk), 1);

    // An hour before a day has passed, it still counts.
    desk.advance(SignedDuration::from_hours(23));
    let rita = desk.sign_in("rita").await;
    assert!(is_replayed(&keyed(&rita, "/v1/tickets", "one", &a_ticket()).await.expect(201)));

    desk.advance(SignedDuration::from_hours(2));
    let rita = desk.sign_in("rita").await;
    assert_eq!(receipts(&desk), 1, "nothing has removed it");
    let second = keyed(&rita, "/v1/tickets", "one", &a_ticket()).await.expect(201);
    assert!(!is_replayed(&second));
    assert_ne!(number(&second), number(&first));
    assert_eq!(own_tickets(&rita).await.len(), 2);
    assert!(is_replayed(&keyed(&rita, "/v1/tickets", "one", &a_ticket()).await.expect(201)));
    desk.close().await;
}

/// What must not be changed without saying which version was read: whose it is to change, how, and where.
async fn conditional(desk: &Desk) -> Vec<(Person, Method, String)> {
    let (rita, ada) = (desk.sign_in("rita").await, desk.sign_in("ada").await);
    let number = rita.opens_a_ticket().await;
    let said = rita.does("comments", &number, &json!({ "body": "Room 12." })).await.expect(201);
    let comment = said.json["comment"]["id"].as_str().unwrap();
    let own = |method: Method, path: &str| (rita.clone(), method, path.to_owned());
    let kept = |method: Method, path: &str| (ada.clone(), method, path.to_owned());
    vec![
        own(Method::PATCH, "/v1/users/me"),
        own(Method::PATCH, &format!("/v1/tickets/{number}")),
        own(Method::PATCH, &format!("/v1/tickets/{number}/comments/{comment}")),
        kept(Method::PATCH, "/v1/services/svc_other"),
        kept(Method::DELETE, "/v1/services/svc_other"),
        kept(Method::PUT, "/v1/services/svc_other/owners"),
        kept(Method::PATCH, "/v1/categories/cat_access"),
        kept(Method::DELETE, "/v1/categories/cat_access"),
        kept(Method::PATCH, "/v1/groups/grp_desk"),
        kept(Method::DELETE, "/v1/groups/grp_desk"),
    ]
}

#[tokio::test]
async fn h033_a_change_that_names_no_version_is_428() {
    let desk = Desk::open().await;
    let changes = conditional(&desk).await;
    let before = desk.table();
    for (person, method, path) in changes {
        let without = person.send(method.clone(), &path, &[], Some(&json!({}))).await;
        assert_eq!(refusal(without, 428).code(), "if_match_required", "{method} {path}");
        let any = person.send(method, &path, &[("if-match", "*")], Some(&json!({}))).await;
        refusal(any, 428);
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h034_a_change_that_names_another_version_is_412_with_the_one_in_force() {
    let desk = Desk::open().await;
    let changes = conditional(&desk).await;
    let before = desk.table();
    for (person, method, path) in changes {
        let stale = person.send(method.clone(), &path, &[("if-match", "\"999\"")], Some(&json!({}))).await;
        let stale = refusal(stale, 412);
        let current = etag(&stale);
        assert_eq!(stale.json["etag"], current, "{method} {path}");
        for other in
            [format!("W/{current}"), current.replace('"', ""), format!("\"999\", W/{current}"), "\"\"".to_owned()]
        {
            let answer = person.send(method.clone(), &path, &[("if-match", &other)], Some(&json!({}))).await;
            assert_eq!(etag(&refusal(answer, 412)), current, "{other}");
        }
    }
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[tokio::test]
async fn h034_a_verb_heeds_the_version_it_names() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let read = rita.post("/v1/tickets", &a_ticket()).await.expect(201);
    let path = format!("/v1/tickets/{}/claim", number(&read));
    rita.does("comments", &number(&read), &json!({ "body": "Room 12." })).await.expect(201);
    let before = desk.table();
    let stale = refusal(leo.post_with(&path, &[("if-match", &etag(&read))], &json!({})).await, 412);
    assert_eq!(desk.table(), before);
    leo.post_with(&path, &[("if-match", &etag(&stale))], &json!({})).await.expect(200);
    desk.close().await;
}

#[tokio::test]
async fn h038_what_is_said_on_an_ended_ticket_is_refused_with_what_may_be_done() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let closed = rita.opens_a_ticket().await;
    leo.does("close", &closed, &json!({ "reason": "duplicate" })).await.expect(200);
    let canceled = rita.opens_a_ticket().await;
    rita.does("cancel", &canceled, &json!({})).await.expect(200);
    let before = desk.table();
    for (number, status) in [(&closed, "closed"), (&canceled, "canceled")] {
        for (person, allowed) in [(&rita, json!([])), (&leo, json!(["note"]))] {
            let answer = refusal(person.does("comments", number, &json!({ "body": "One more thing." })).await, 409);
            assert_eq!(answer.json["ticket_status"], status);
            assert_eq!(answer.json["allowed_actions"], allowed);
        }
    }
    assert_eq!(desk.table(), before);
    let note = json!({ "body": "They called about it.", "public": false });
    leo.does("comments", &closed, &note).await.expect(201);
    let page = leo.get(&format!("/v1/tickets/{closed}?include=comments")).await.expect(200);
    assert_eq!(page.json["comments"][0]["body"], "They called about it.", "nothing accepted is lost");
    desk.close().await;
}
