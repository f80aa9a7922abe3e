//! A replay of the whole table changes nothing and sends nothing.

use queue::Deadline;
use serde_json::json;
use tests::Desk;

async fn a_busy_desk() -> Desk {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    for _ in 0..3 {
        let number = rita.opens_a_ticket().await;
        desk.settle().await;
        leo.does("comments", &number, &json!({ "body": "Soon." })).await.expect(201);
        leo.does("comments", &number, &json!({ "body": "Hm.", "public": false })).await.expect(201);
        rita.does("comments", &number, &json!({ "body": "Hurry." })).await.expect(201);
        leo.does("assign", &number, &json!({ "assignee_id": "usr_fay" })).await.expect(200);
        leo.does("release", &number, &json!({})).await;
        leo.does("resolve", &number, &json!({ "solution": "Done." })).await.expect(200);
        rita.does("confirm", &number, &json!({ "satisfaction": 4 })).await.expect(200);
        desk.settle().await;
    }
    desk
}

#[tokio::test]
async fn a_stream_read_again_from_its_beginning_changes_nothing_and_sends_nothing() {
    let desk = a_busy_desk().await;
    let (table, sent) = (desk.table(), desk.outbox());
    desk.desk.replay().await;
    desk.settle().await;
    assert_eq!(desk.table(), table);
    assert_eq!(desk.outbox(), sent);
    desk.close().await;
}

#[tokio::test]
async fn a_replay_of_the_stored_events_changes_nothing_and_sends_nothing() {
    let desk = a_busy_desk().await;
    let (table, sent) = (desk.table(), desk.outbox());
    let span = json!({ "replay": { "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z" } }).to_string();
    let clock = std::sync::Arc::new(desk.clock.clone());
    let deadline = Deadline::until("2026-03-02T10:00:00Z".parse().unwrap(), clock);
    let mut replayed = 0_usize;
    for doors in desk.desk.stream_doors().await {
        let answer = doors.enter(&span, "replay", &deadline).await.unwrap();
        let answer: serde_json::Value = serde_json::from_str(answer.get()).unwrap();
        assert!(answer["left"].is_null(), "{answer}");
        replayed += usize::try_from(answer["replayed"].as_u64().unwrap()).unwrap();
    }
    let is_event = |item: &&String| item.contains(r#""S":"E#"#) && item.contains(r#""S":"TICKET#"#);
    let events = table.iter().filter(is_event).count();
    assert_eq!(replayed, 2 * events, "dispatch and relay both saw every event");
    assert!(events >= 15, "{events}");
    desk.settle().await;
    assert_eq!(desk.table(), table);
    assert_eq!(desk.outbox(), sent);
    desk.close().await;
}
