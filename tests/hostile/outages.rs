//! Outages: services that are slow, silent or away. Whoever waits is told to come back, in time, and nothing is lost.

use std::time::Duration;

use files::samples::pictures;
use local::weather::{Call, Fate, Service};
use tests::{Answer, Desk, Parcel, a_ticket, a_ticket_with};

use crate::given::{own_tickets, refusal};

/// How long a function may take.
const FUNCTION: Duration = Duration::from_secs(25);

/// A refusal that says when to come back.
fn away(answer: Answer) {
    let answer = refusal(answer, 503);
    assert!(answer.header("retry-after").is_some(), "{:?}", answer.headers);
}

/// What becomes of a call when the whole table has this fate, or only its writes have it.
fn met(call: &Call<'_>, fate: Fate, only_writes: bool) -> Fate {
    let is_write = call.operation == "TransactWriteItems";
    if is_write || (call.service == Service::Table && !only_writes) { fate } else { Fate::Done }
}

#[tokio::test(start_paused = true)]
async fn h236_a_table_that_is_slow_silent_or_away_is_503_in_time_and_loses_nothing() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let slow = Fate::Slow(Duration::from_secs(5));
    let fates = [slow, Fate::AnswerLost, Fate::Down, Fate::throttled(Service::Table)];
    for (n, fate) in fates.into_iter().enumerate() {
        for only_writes in [false, true] {
            let key = format!("{n}-{only_writes}");
            desk.desk.weather.befall(move |call| met(call, fate, only_writes));
            let began = tokio::time::Instant::now();
            away(rita.post_with("/v1/tickets", &[("idempotency-key", key.as_str())], &a_ticket()).await);
            assert!(began.elapsed() < FUNCTION, "{key}: {:?}", began.elapsed());
            desk.desk.weather.calm();
            rita.post_with("/v1/tickets", &[("idempotency-key", key.as_str())], &a_ticket()).await.expect(201);
        }
    }
    assert_eq!(own_tickets(&rita).await.len(), 8, "each is there once");
    desk.close().await;
}

#[tokio::test(start_paused = true)]
async fn h237_files_that_are_out_of_reach_are_503_and_cost_no_slot() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let picture = Parcel::new("one", "lamp.png", "image/png", pictures::png());
    let mut uploads = Vec::new();
    for _ in 0..5 {
        uploads.push(desk.sent(&rita, &picture).await);
    }
    let slow_down = Fate::throttled(Service::Files);
    desk.desk.weather.befall(move |call| if call.service == Service::Files { slow_down } else { Fate::Done });
    for upload in &uploads {
        away(rita.completes(upload).await);
    }
    desk.desk.weather.calm();
    let mut ids = Vec::new();
    for upload in &uploads {
        rita.completes(upload).await.expect(200);
        ids.extend(upload["id"].as_str().map(str::to_owned));
    }
    let opened = rita.post("/v1/tickets", &a_ticket_with(&ids)).await.expect(201);
    assert_eq!(opened.json["ticket"]["attachments"].as_array().map(Vec::len), Some(5), "{}", opened.text);
    desk.close().await;
}
