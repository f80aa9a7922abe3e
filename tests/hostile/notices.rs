//! Notices: a carrier that is slow, away, throttles, refuses, falls silent or takes its word back; senders that die; events
//! that come twice, broken, or a day late. Over 400 lines because every case of the group stands here, in its order.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use domain::contact::EmailAddress;
use domain::id::PersonId;
use domain::number::TicketNumber;
use domain::world::Clock;
use jiff::SignedDuration;
use local::outbox::Sent;
use local::weather::{Call, Fate, Service};
use queue::Deadline;
use serde_json::{Value, json};
use store::digest::{Hour, Place};
use store::notification::{Claim, Notification, Outcome, Topic, Whom};
use tests::{Desk, a_ticket};

use crate::given::{etag, number};

/// Tuesday, 10:00 in Prague, where the demo's office hours are kept.
const TUESDAY: &str = "2026-03-03T09:00:00Z";

/// Decides what becomes of each mail that is handed over, counted from 0; answers how many there were.
fn befall(desk: &Desk, fate: impl Fn(u32) -> Fate + Send + Sync + 'static) -> Arc<AtomicU32> {
    let count = Arc::new(AtomicU32::new(0));
    let counting = Arc::clone(&count);
    desk.desk.weather.befall(move |call| match call.service {
        Service::Mail => fate(counting.fetch_add(1, Ordering::Relaxed)),
        Service::Table | Service::Queue | Service::Files => Fate::Done,
    });
    count
}

/// A refusal of the table that the SDK does not try again.
const REFUSED: Fate = Fate::Refused("AccessDeniedException");

/// Whether a request says this.
fn says(call: &Call<'_>, what: &str) -> bool {
    String::from_utf8_lossy(call.body).contains(what)
}

/// A desk with a ticket of Rita's, and everything told that follows from it.
async fn desk_with_a_ticket() -> (Desk, String) {
    let desk = Desk::open().await;
    let number = desk.sign_in("rita").await.opens_a_ticket().await;
    desk.settle().await;
    (desk, number)
}

/// Lets Leo answer Rita; answers the number of the event.
async fn answered(desk: &Desk, number: &str) -> u64 {
    let leo = desk.sign_in("leo").await;
    leo.does("comments", number, &json!({ "body": "Which socket?" })).await.expect(201);
    let history = leo.get(&format!("/v1/tickets/{number}/events?limit=100")).await.expect(200).json;
    history["events"].as_array().unwrap().last().unwrap()["seq"].as_u64().unwrap()
}

/// What the desk is told of one event.
async fn notices(desk: &Desk, number: &str, seq: u64) -> Vec<Value> {
    let leo = desk.sign_in("leo").await;
    let page = leo.get(&format!("/v1/tickets/{number}/notifications?limit=100")).await.expect(200).json;
    let notices = page["notifications"].as_array().unwrap().iter();
    notices.filter(|notice| notice["seq"] == seq).cloned().collect()
}

/// What the desk is told of the only notice of an event: its state, and why.
async fn notice(desk: &Desk, number: &str, seq: u64) -> (String, Value) {
    let notices = notices(desk, number, seq).await;
    assert_eq!(notices.len(), 1, "{notices:#?}");
    (notices[0]["state"].as_str().unwrap().to_owned(), notices[0]["why"].clone())
}

/// The mails that tell Rita of an event.
fn mails(desk: &Desk, number: &str, seq: u64) -> Vec<Sent> {
    let reference = format!("{}/{seq}/usr_rita", number.replace('-', ""));
    let mails = desk.mail_to("rita").into_iter();
    mails.filter(|sent| sent.header("X-Lambdesk-Reference") == Some(reference.as_str())).collect()
}

/// The notification that tells Rita of an event.
fn to_rita(number: &str, seq: u64) -> Notification {
    let ticket = TicketNumber::parse(number).unwrap();
    let topic = Topic::Event { ticket, seq: u32::try_from(seq).unwrap() };
    Notification::by_mail(topic, Whom::Person(PersonId::parse("usr_rita").unwrap()))
}

/// What the carrier says of the mail that told Rita of an event.
fn report(kind: &str, (number, seq): (&str, u64), message_id: &str) -> Value {
    let tags = json!({ "ticket": [number], "seq": [seq.to_string()], "person": ["usr_rita"], "channel": ["email"],
        "ses:configuration-set": ["lambdesk-test"] });
    let mut detail = json!({
        "eventType": kind,
        "mail": { "messageId": message_id, "destination": ["rita@acme.example"], "tags": tags },
    });
    let named = json!([{ "emailAddress": "rita@acme.example" }]);
    match kind {
        "Bounce" => detail["bounce"] = json!({ "bounceType": "Permanent", "bouncedRecipients": named }),
        "Complaint" => detail["complaint"] = json!({ "complainedRecipients": named }),
        _ => {}
    }
    json!({ "carrier": detail })
}

async fn say(desk: &Desk, message: &Value) {
    desk.desk.say("NotifyQueue", &message.to_string()).await.unwrap();
    desk.settle().await;
}

/// The addresses to which no mail goes any more.
fn suppressed(desk: &Desk) -> Vec<Value> {
    let items = desk.desk.table.everything("Table").unwrap();
    items.into_iter().filter(|item| item["sk"]["S"] == "SUPPRESSED").collect()
}

/// Every mail by what it is about: none of them twice.
fn references(desk: &Desk) -> BTreeSet<String> {
    let references: Vec<_> =
        desk.outbox().iter().map(|sent| sent.header("X-Lambdesk-Reference").unwrap().to_owned()).collect();
    let distinct: BTreeSet<_> = references.iter().cloned().collect();
    assert_eq!(distinct.len(), references.len(), "{references:#?}");
    distinct
}

/// Sends the stored events of the whole year to the readers of the stream once more; answers how many.
async fn replay(desk: &Desk) -> u64 {
    let span = json!({ "replay": { "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z" } }).to_string();
    let deadline = Deadline::until("2027-01-01T00:00:00Z".parse().unwrap(), Arc::new(desk.clock.clone()));
    let mut replayed = 0;
    for doors in desk.desk.stream_doors().await {
        let answer = doors.enter(&span, "replay", &deadline).await.unwrap();
        let answer: Value = serde_json::from_str(answer.get()).unwrap();
        assert!(answer["left"].is_null() && answer["failed"] == 0, "{answer}");
        replayed += answer["replayed"].as_u64().unwrap();
    }
    desk.settle().await;
    replayed
}

#[tokio::test]
async fn h051_what_a_slow_carrier_leaves_no_time_for_is_told_when_the_message_comes_again() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let mut body = a_ticket();
    body["cc"] = json!((0..20).map(|copy| format!("reader{copy}@brno.example")).collect::<Vec<_>>());
    let opened = number(&rita.post("/v1/tickets", &body).await.expect(201));
    let (clock, runs) = (desk.clock.clone(), Arc::new(Mutex::new(vec![0_u32])));
    let counting = Arc::clone(&runs);
    desk.desk.weather.befall(move |call| {
        let mut runs = counting.lock().unwrap();
        match call.operation {
            "ReceiveMessage" => runs.push(0),
            "SendEmail" => {
                clock.advance(SignedDuration::from_secs(4));
                *runs.last_mut().unwrap() += 1;
            }
            _ => {}
        }
        Fate::Done
    });
    desk.settle().await;
    desk.desk.weather.calm();
    let runs = runs.lock().unwrap().clone();
    assert!(runs.iter().all(|mails| *mails <= 4), "a batch is done within 20 seconds: {runs:?}");
    let notices = notices(&desk, &opened, 1).await;
    assert!(notices.len() == 21 && notices.iter().all(|notice| notice["state"] == "sent"), "{notices:#?}");
    references(&desk);
    desk.close().await;
}

#[tokio::test]
async fn h061_a_relay_that_died_before_it_noted_where_it_was_leads_to_no_second_mail() {
    let (desk, number) = desk_with_a_ticket().await;
    let seq = answered(&desk, &number).await;
    desk.settle().await;
    let told = references(&desk);
    for _ in 0..3 {
        desk.desk.replay().await;
        say(&desk, &json!({ "ticket": number, "seq": seq })).await;
    }
    assert_eq!(references(&desk), told);
    assert_eq!(mails(&desk, &number, seq).len(), 1);
    desk.close().await;
}

#[tokio::test]
async fn h062_a_record_that_nobody_can_read_is_set_aside_and_what_is_behind_it_goes_on() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let before = rita.opens_a_ticket().await;
    let poison = json!({ "pk": { "S": "TICKET#00000000" }, "sk": { "S": "E#0000000001" }, "v": { "N": "1" },
        "type": { "S": "TicketOpened" }, "seq": { "S": "not a number" }, "at": { "S": "2026-03-02T09:00:00.000Z" } });
    desk.desk.table.put("Table", &poison).unwrap();
    let after = rita.opens_a_ticket().await;
    desk.settle().await;
    for number in [&before, &after] {
        assert_eq!(mails(&desk, number, 1).len(), 1, "{number}");
    }
    let told = references(&desk);
    assert!(replay(&desk).await > 0, "the others are replayed");
    assert_eq!(references(&desk), told);
    // Dispatch and relay have both set it aside.
    desk.close_leaving(2).await;
}

#[tokio::test]
async fn h063_what_happened_while_nobody_read_the_stream_is_told_once_by_a_replay() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let numbers = [rita.opens_a_ticket().await, rita.opens_a_ticket().await];
    desk.desk.miss().await.unwrap();
    desk.advance(SignedDuration::from_hours(25));
    desk.settle().await;
    assert!(numbers.iter().all(|number| mails(&desk, number, 1).is_empty()), "nobody knows of it");
    for _ in 0..2 {
        replay(&desk).await;
    }
    references(&desk);
    for number in &numbers {
        assert_eq!(mails(&desk, number, 1).len(), 1, "{number}");
    }
    desk.close().await;
}

#[tokio::test]
async fn h063_a_replay_that_stops_half_way_says_where_to_go_on() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let mut numbers = Vec::new();
    for _ in 0..40 {
        numbers.push(rita.opens_a_ticket().await);
    }
    desk.desk.miss().await.unwrap();
    // The second page cannot be read, and later the time runs out within another.
    let (clock, scans, sent) = (desk.clock.clone(), AtomicU32::new(0), AtomicU32::new(0));
    desk.desk.weather.befall(move |call| match call.operation {
        "Scan" if scans.fetch_add(1, Ordering::Relaxed) == 1 => REFUSED,
        "SendMessage" if sent.fetch_add(1, Ordering::Relaxed) < 30 => {
            clock.advance(SignedDuration::from_secs(1));
            Fate::Done
        }
        _ => Fate::Done,
    });
    let mut stops = 0;
    for doors in desk.desk.stream_doors().await {
        let mut span = json!({ "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z" });
        while !span.is_null() {
            let end = desk.clock.now() + SignedDuration::from_secs(25);
            let deadline = Deadline::until(end, Arc::new(desk.clock.clone()));
            let answer = doors.enter(&json!({ "replay": span }).to_string(), "replay", &deadline).await.unwrap();
            let answer: Value = serde_json::from_str(answer.get()).unwrap();
            assert_eq!(answer["failed"], 0, "{answer}");
            span = answer["left"].clone();
            stops += usize::from(!span.is_null());
        }
    }
    assert!(stops >= 2, "{stops}");
    desk.desk.weather.calm();
    desk.settle().await;
    references(&desk);
    for number in &numbers {
        assert_eq!(mails(&desk, number, 1).len(), 1, "{number}");
    }
    desk.close().await;
}

#[tokio::test]
async fn h064_while_the_carrier_throttles_mail_waits_and_none_is_lost_or_sent_twice() {
    let (desk, number) = desk_with_a_ticket().await;
    for code in ["TooManyRequestsException", "SendingPausedException", "LimitExceededException"] {
        let handed_over = befall(&desk, move |_| Fate::Refused(code));
        let seq = answered(&desk, &number).await;
        desk.settle().await;
        for _ in 0..20 {
            desk.advance(SignedDuration::from_mins(15)).settle().await;
        }
        assert!(handed_over.load(Ordering::Relaxed) >= 10, "it was tried again and again");
        assert_eq!(notice(&desk, &number, seq).await, ("held".to_owned(), json!(code)));
        assert!(mails(&desk, &number, seq).is_empty());
        desk.desk.weather.calm();
        desk.advance(SignedDuration::from_mins(15)).settle().await;
        assert_eq!(notice(&desk, &number, seq).await, ("sent".to_owned(), Value::Null));
        assert_eq!(mails(&desk, &number, seq).len(), 1);
    }
    desk.close().await;
}

#[tokio::test]
async fn h064_while_no_connection_comes_about_mail_waits_and_arrives_once() {
    let (desk, number) = desk_with_a_ticket().await;
    befall(&desk, |_| Fate::Unreachable);
    let seq = answered(&desk, &number).await;
    desk.settle().await;
    for _ in 0..4 {
        desk.advance(SignedDuration::from_mins(15)).settle().await;
    }
    assert_eq!(notice(&desk, &number, seq).await, ("held".to_owned(), json!("NoConnection")));
    assert!(mails(&desk, &number, seq).is_empty());
    desk.desk.weather.calm();
    for _ in 0..4 {
        desk.advance(SignedDuration::from_mins(15)).settle().await;
    }
    assert_eq!(notice(&desk, &number, seq).await, ("sent".to_owned(), Value::Null));
    assert_eq!(mails(&desk, &number, seq).len(), 1);
    desk.close().await;
}

#[tokio::test]
async fn h064_that_a_mail_waits_is_noted_though_the_table_refuses_twice() {
    let (desk, number) = desk_with_a_ticket().await;
    let refusals = AtomicU32::new(0);
    desk.desk.weather.befall(move |call| match call.operation {
        "SendEmail" => Fate::throttled(Service::Mail),
        "UpdateItem" if says(call, "ADD mails :less") && refusals.fetch_add(1, Ordering::Relaxed) < 2 => REFUSED,
        _ => Fate::Done,
    });
    let seq = answered(&desk, &number).await;
    desk.settle().await;
    assert_eq!(notice(&desk, &number, seq).await, ("held".to_owned(), json!("TooManyRequestsException")));
    desk.desk.weather.calm();
    desk.advance(SignedDuration::from_secs(15)).settle().await;
    assert_eq!(mails(&desk, &number, seq).len(), 1);
    desk.close().await;
}

#[tokio::test]
async fn h064_a_mail_that_is_put_off_for_three_days_is_given_up() {
    let (desk, number) = desk_with_a_ticket().await;
    befall(&desk, |_| Fate::Refused("AccountSuspendedException"));
    let seq = answered(&desk, &number).await;
    desk.settle().await;
    for _ in 0..4 {
        desk.advance(SignedDuration::from_hours(23)).settle().await;
    }
    assert_eq!(notice(&desk, &number, seq).await, ("failed".to_owned(), json!("TooOld")));
    desk.close().await;
}

#[tokio::test]
async fn h065_a_mail_that_is_refused_has_failed_and_the_ticket_says_so() {
    let (desk, number) = desk_with_a_ticket().await;
    befall(&desk, |mail| if mail == 0 { Fate::Refused("MessageRejected") } else { Fate::Done });
    let seq = answered(&desk, &number).await;
    desk.settle().await;
    for _ in 0..5 {
        desk.advance(SignedDuration::from_hours(1)).settle().await;
        say(&desk, &json!({ "ticket": number, "seq": seq })).await;
    }
    assert!(mails(&desk, &number, seq).is_empty(), "it was not tried again");
    let notices = notices(&desk, &number, seq).await;
    let expected = json!([{ "seq": seq, "person": { "id": "usr_rita", "name": "Rita Requester" }, "channel": "email",
        "state": "failed", "why": "MessageRejected", "attempts": 1, "at": notices[0]["at"] }]);
    assert_eq!(json!(notices), expected);
    desk.close().await;
}

#[tokio::test]
async fn h067_after_a_silence_the_mail_is_sent_once_more_under_the_same_reference() {
    let (desk, number) = desk_with_a_ticket().await;
    befall(&desk, |mail| if mail == 0 { Fate::AnswerLost } else { Fate::Done });
    let seq = answered(&desk, &number).await;
    desk.settle().await;
    assert_eq!(notice(&desk, &number, seq).await.0, "unconfirmed");
    desk.advance(SignedDuration::from_secs(899)).settle().await;
    say(&desk, &json!({ "ticket": number, "seq": seq })).await;
    assert_eq!(mails(&desk, &number, seq).len(), 1);
    desk.advance(SignedDuration::from_secs(1)).settle().await;
    let sent = mails(&desk, &number, seq);
    assert_eq!(sent.len(), 2);
    assert_eq!((&sent[0].subject, &sent[0].headers.len()), (&sent[1].subject, &sent[1].headers.len()));
    assert_eq!(notice(&desk, &number, seq).await, ("sent".to_owned(), Value::Null));
    desk.advance(SignedDuration::from_hours(1)).settle().await;
    assert_eq!(mails(&desk, &number, seq).len(), 2);
    desk.close().await;
}

#[tokio::test]
async fn h067_a_mail_that_is_confirmed_meanwhile_is_not_sent_again() {
    let (desk, number) = desk_with_a_ticket().await;
    befall(&desk, |_| Fate::AnswerLost);
    let seq = answered(&desk, &number).await;
    desk.settle().await;
    let id = mails(&desk, &number, seq)[0].message_id.clone();
    desk.advance(SignedDuration::from_mins(5)).settle().await;
    for _ in 0..2 {
        say(&desk, &report("Delivery", (&number, seq), &id)).await;
    }
    desk.advance(SignedDuration::from_mins(20)).settle().await;
    assert_eq!(notice(&desk, &number, seq).await, ("sent".to_owned(), Value::Null));
    assert_eq!(mails(&desk, &number, seq).len(), 1);
    desk.close().await;
}

#[tokio::test]
async fn h067_what_is_heard_of_a_mail_is_believed_also_when_the_next_one_was_put_off() {
    let (desk, number) = desk_with_a_ticket().await;
    befall(&desk, |mail| if mail == 0 { Fate::AnswerLost } else { Fate::throttled(Service::Mail) });
    let seq = answered(&desk, &number).await;
    desk.settle().await;
    desk.advance(SignedDuration::from_mins(15)).settle().await;
    assert_eq!(notice(&desk, &number, seq).await, ("held".to_owned(), json!("TooManyRequestsException")));
    let id = mails(&desk, &number, seq)[0].message_id.clone();
    say(&desk, &report("Delivery", (&number, seq), &id)).await;
    assert_eq!(notice(&desk, &number, seq).await, ("sent".to_owned(), Value::Null));
    desk.desk.weather.calm();
    desk.advance(SignedDuration::from_hours(1)).settle().await;
    assert_eq!(mails(&desk, &number, seq).len(), 1);
    desk.close().await;
}

#[tokio::test]
async fn h067_who_answers_that_they_are_away_confirms_the_mail() {
    let (desk, number) = desk_with_a_ticket().await;
    befall(&desk, |_| Fate::AnswerLost);
    let seq = answered(&desk, &number).await;
    desk.settle().await;
    let mut away = report("Bounce", (&number, seq), &mails(&desk, &number, seq)[0].message_id);
    away["carrier"]["bounce"]["bounceType"] = json!("Transient");
    say(&desk, &away).await;
    assert_eq!(notice(&desk, &number, seq).await, ("sent".to_owned(), Value::Null));
    desk.advance(SignedDuration::from_mins(20)).settle().await;
    assert_eq!(mails(&desk, &number, seq).len(), 1);
    assert!(suppressed(&desk).is_empty());
    desk.close().await;
}

#[tokio::test]
async fn h067_two_mails_are_the_most_there_ever_are() {
    let (desk, number) = desk_with_a_ticket().await;
    befall(&desk, |_| Fate::AnswerLost);
    let seq = answered(&desk, &number).await;
    desk.settle().await;
    for _ in 0..8 {
        desk.advance(SignedDuration::from_mins(15)).settle().await;
        say(&desk, &json!({ "ticket": number, "seq": seq })).await;
    }
    assert_eq!(mails(&desk, &number, seq).len(), 2);
    assert_eq!(notice(&desk, &number, seq).await, ("failed".to_owned(), json!("Unconfirmed")));
    let id = mails(&desk, &number, seq)[1].message_id.clone();
    say(&desk, &report("Delivery", (&number, seq), &id)).await;
    assert_eq!(notice(&desk, &number, seq).await.0, "sent", "the answer came late, but it came");
    desk.close().await;
}

#[tokio::test]
async fn h068_what_a_sender_was_sending_when_it_died_is_sent_after_a_silence() {
    let (desk, number) = desk_with_a_ticket().await;
    let seq = answered(&desk, &number).await;
    let address = EmailAddress::parse("rita@acme.example").unwrap();
    let claimed = desk.desk.store().claim(&to_rita(&number, seq), &address).await.unwrap();
    assert!(matches!(claimed, Claim::Won(_)));
    desk.settle().await;
    desk.advance(SignedDuration::from_secs(899)).settle().await;
    assert!(mails(&desk, &number, seq).is_empty());
    desk.advance(SignedDuration::from_secs(1)).settle().await;
    assert_eq!(mails(&desk, &number, seq).len(), 1);
    assert_eq!(notice(&desk, &number, seq).await.0, "sent");
    desk.close().await;
}

#[tokio::test]
async fn h068_what_had_gone_out_when_its_sender_died_is_confirmed_by_the_carrier() {
    let (desk, number) = desk_with_a_ticket().await;
    let seq = answered(&desk, &number).await;
    let address = EmailAddress::parse("rita@acme.example").unwrap();
    desk.desk.store().claim(&to_rita(&number, seq), &address).await.unwrap();
    desk.settle().await;
    say(&desk, &report("Send", (&number, seq), "taken-by-the-carrier")).await;
    desk.advance(SignedDuration::from_hours(1)).settle().await;
    assert!(mails(&desk, &number, seq).is_empty(), "the one that went out is not in this outbox");
    assert_eq!(notice(&desk, &number, seq).await.0, "sent");
    desk.close().await;
}

#[tokio::test]
async fn h068_what_fails_before_a_mail_is_handed_over_does_not_count_as_sent() {
    let desk = Desk::open().await;
    desk.desk.hide_failed(0).await.unwrap();
    desk.until(TUESDAY).await;
    desk.sign_in("rita").await.opens_a_ticket().await;
    desk.settle().await;
    // Nobody can tell whether the hour has a place left.
    desk.desk.weather.befall(|call| if says(call, "COUNT#notice#") { REFUSED } else { Fate::Done });
    promise(&desk, 4 * 3600).await;
    for _ in 0..4 {
        desk.advance(SignedDuration::from_mins(15)).settle().await;
    }
    assert_eq!(new_dates(&desk), (0, Vec::new()));
    desk.desk.weather.calm();
    desk.advance(SignedDuration::from_mins(15)).settle().await;
    assert_eq!(new_dates(&desk), (1, Vec::new()));
    desk.close().await;
}

#[tokio::test]
async fn h068_what_a_mail_needs_is_looked_for_before_it_is_claimed() {
    let desk = Desk::open().await;
    desk.desk.hide_failed(0).await.unwrap();
    let refusals = AtomicU32::new(0);
    desk.desk.weather.befall(move |call| {
        let of_keys = call.operation == "Query" && says(call, "KEY#");
        if of_keys && refusals.fetch_add(1, Ordering::Relaxed) < 3 { REFUSED } else { Fate::Done }
    });
    let asked = json!({ "email": desk.email("rita") });
    desk.nobody().post("/v1/password_resets", &asked).await.expect(202);
    desk.settle().await;
    assert_eq!(desk.mail_to("rita").len(), 1, "it waits for nobody's answer");
    desk.close().await;
}

#[tokio::test]
async fn h069_of_many_senders_one_sends() {
    let (desk, number) = desk_with_a_ticket().await;
    let seq = answered(&desk, &number).await;
    let (store, notification) = (desk.desk.store(), to_rita(&number, seq));
    let address = EmailAddress::parse("rita@acme.example").unwrap();
    let (one, two, three) = tokio::join!(
        store.claim(&notification, &address),
        store.claim(&notification, &address),
        store.claim(&notification, &address)
    );
    let claims = [one.unwrap(), two.unwrap(), three.unwrap()];
    assert_eq!(claims.iter().filter(|claim| matches!(claim, Claim::Won(_))).count(), 1, "{claims:?}");
    assert_eq!(claims.iter().filter(|claim| matches!(claim, Claim::Busy(_))).count(), 2, "{claims:?}");
    desk.settle().await;
    assert!(mails(&desk, &number, seq).is_empty(), "somebody else is at it");
    assert!(store.settle(&notification, &Outcome::Sent("elsewhere".to_owned())).await.unwrap());
    desk.advance(SignedDuration::from_mins(30)).settle().await;
    assert!(mails(&desk, &number, seq).is_empty(), "somebody else has done it");
    desk.close().await;
}

#[tokio::test]
async fn h070_whatever_order_the_carrier_tells_it_in_an_address_is_suppressed_once() {
    let (desk, number) = desk_with_a_ticket().await;
    let seq = answered(&desk, &number).await;
    desk.settle().await;
    let id = mails(&desk, &number, seq)[0].message_id.clone();
    say(&desk, &report("Bounce", (&number, seq), &id)).await;
    let first = suppressed(&desk);
    assert_eq!(first.len(), 1);
    desk.advance(SignedDuration::from_mins(1));
    for kind in ["Delivery", "Bounce", "Complaint", "Send", "Bounce", "Complaint", "Delivery"] {
        say(&desk, &report(kind, (&number, seq), &id)).await;
    }
    assert_eq!(suppressed(&desk), first);
    assert_eq!(notice(&desk, &number, seq).await, ("failed".to_owned(), json!("Bounced")));
    let next = answered(&desk, &number).await;
    desk.settle().await;
    assert!(mails(&desk, &number, next).is_empty());
    assert_eq!(notice(&desk, &number, next).await, ("failed".to_owned(), json!("Suppressed")));
    desk.close().await;
}

#[tokio::test]
async fn h070_a_bounce_is_believed_of_a_mail_that_was_given_up_unheard() {
    let (desk, number) = desk_with_a_ticket().await;
    befall(&desk, |_| Fate::AnswerLost);
    let seq = answered(&desk, &number).await;
    desk.settle().await;
    desk.advance(SignedDuration::from_mins(15)).settle().await;
    assert_eq!(notice(&desk, &number, seq).await, ("failed".to_owned(), json!("Unconfirmed")));
    let id = mails(&desk, &number, seq)[1].message_id.clone();
    say(&desk, &report("Bounce", (&number, seq), &id)).await;
    assert_eq!(notice(&desk, &number, seq).await, ("failed".to_owned(), json!("Bounced")));
    assert_eq!(suppressed(&desk).len(), 1);
    desk.close().await;
}

#[tokio::test]
async fn h070_a_bounce_that_overtakes_the_answer_stays() {
    let (desk, number) = desk_with_a_ticket().await;
    let seq = answered(&desk, &number).await;
    let (store, notification) = (desk.desk.store(), to_rita(&number, seq));
    store.claim(&notification, &EmailAddress::parse("rita@acme.example").unwrap()).await.unwrap();
    desk.settle().await;
    say(&desk, &report("Bounce", (&number, seq), "overtaken")).await;
    assert!(!store.settle(&notification, &Outcome::Sent("overtaken".to_owned())).await.unwrap());
    assert_eq!(notice(&desk, &number, seq).await, ("failed".to_owned(), json!("Bounced")));
    desk.advance(SignedDuration::from_hours(1)).settle().await;
    assert!(mails(&desk, &number, seq).is_empty());
    desk.close().await;
}

#[tokio::test]
async fn h071_what_is_said_of_another_mail_or_another_address_changes_nothing() {
    let (desk, number) = desk_with_a_ticket().await;
    let (one, other) = (answered(&desk, &number).await, answered(&desk, &number).await);
    desk.settle().await;
    let id = mails(&desk, &number, one)[0].message_id.clone();
    let before = desk.table();
    let untagged = json!({ "carrier": { "eventType": "Bounce", "mail": { "messageId": id },
        "bounce": { "bounceType": "Permanent", "bouncedRecipients": [{ "emailAddress": "rita@acme.example" }] } } });
    for forged in [
        report("Bounce", (&number, one), "another"),
        report("Bounce", (&number, other), &id),
        report("Complaint", (&number, other), &id),
        report("Bounce", (&number, 99), &id),
        report("Bounce", ("0000-0000", one), &id),
        untagged,
    ] {
        say(&desk, &forged).await;
    }
    let mut transient = report("Bounce", (&number, one), &id);
    transient["carrier"]["bounce"]["bounceType"] = json!("Transient");
    say(&desk, &transient).await;
    assert_eq!(desk.table(), before);
    let mut elsewhere = report("Bounce", (&number, one), &id);
    elsewhere["carrier"]["bounce"]["bouncedRecipients"] = json!([{ "emailAddress": "leo@lambdesk.example" }]);
    say(&desk, &elsewhere).await;
    assert!(suppressed(&desk).is_empty(), "it did not go there");
    desk.close().await;
}

#[tokio::test]
async fn h073_of_many_readers_the_one_whose_mail_fails_keeps_nobody_waiting() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    let mut body = a_ticket();
    let copies: Vec<_> = (0..20).map(|copy| format!("reader{copy}@brno.example")).collect();
    body["cc"] = json!(copies);
    befall(&desk, |mail| if mail == 7 { Fate::Refused("MessageRejected") } else { Fate::Done });
    let opened = number(&rita.post("/v1/tickets", &body).await.expect(201));
    desk.settle().await;
    let notices = notices(&desk, &opened, 1).await;
    let count = |state: &str| notices.iter().filter(|notice| notice["state"] == state).count();
    assert_eq!((count("sent"), count("failed"), notices.len()), (20, 1, 21), "{notices:#?}");
    desk.close().await;
}

/// Changes what the demo promises, and puts every open ticket under it.
async fn promise(desk: &Desk, seconds: u64) {
    let ada = desk.sign_in("ada").await;
    let policies = ada.get("/v1/sla_policies").await.expect(200);
    let mut all = policies.json["sla_policies"].as_array().unwrap().iter();
    let standard = all.find(|policy| policy["id"] == "sla_standard").unwrap();
    let version = format!("\"{}\"", standard["version"]);
    let mut targets = standard["targets"].clone();
    targets["resolution"]["normal"] = json!({ "value": seconds, "unit": "seconds" });
    ada.patch("/v1/sla_policies/sla_standard", &version, &json!({ "targets": targets })).await.expect(200);
    let leo = desk.sign_in("leo").await;
    leo.post("/v1/sla_policies/sla_standard/apply", &json!({})).await.expect(202);
    desk.settle().await;
}

/// The mails that tell Rita of new dates: those of one ticket, and digests.
fn new_dates(desk: &Desk) -> (usize, Vec<Sent>) {
    let mails = desk.mail_to("rita").into_iter().filter(|sent| sent.subject.contains("New date"));
    let (digests, single): (Vec<_>, Vec<_>) = mails.partition(|sent| sent.ticket.is_none());
    (single.len(), digests)
}

#[tokio::test]
async fn h074_one_deed_to_many_tickets_brings_ten_mails_an_hour_and_a_digest() {
    let desk = Desk::open().await;
    desk.until(TUESDAY).await;
    let rita = desk.sign_in("rita").await;
    let mut numbers = Vec::new();
    for _ in 0..13 {
        numbers.push(rita.opens_a_ticket().await);
    }
    desk.settle().await;
    promise(&desk, 4 * 3600).await;
    let (single, digests) = new_dates(&desk);
    assert_eq!((single, digests.len()), (10, 0));
    desk.desk.replay().await;
    desk.until("2026-03-03T10:01:00Z").await;
    let (single, digests) = new_dates(&desk);
    assert_eq!((single, digests.len()), (10, 1));
    let digest = &digests[0];
    assert_eq!(digest.subject, "New dates for 3 tickets");
    let listed: Vec<_> = numbers.iter().filter(|number| digest.text.contains(number.as_str())).collect();
    assert_eq!(listed.len(), 3, "{}", digest.text);
    assert_eq!(digest.text.matches("3 March 2026, 13:00 UTC").count(), 3, "{}", digest.text);
    let leo = desk.sign_in("leo").await;
    for number in listed {
        let page = leo.get(&format!("/v1/tickets/{number}/notifications?limit=100")).await.expect(200).json;
        let notices = page["notifications"].as_array().unwrap();
        assert!(notices.iter().all(|notice| notice["state"] == "sent"), "{page:#}");
    }
    // The digest is one of the ten of its hour.
    promise(&desk, 5 * 3600).await;
    assert_eq!(new_dates(&desk).0, 19);
    desk.until("2026-03-03T11:01:00Z").await;
    let (single, digests) = new_dates(&desk);
    assert_eq!((single, digests.len(), digests[1].subject.as_str()), (19, 2, "New dates for 4 tickets"));
    desk.close().await;
}

#[tokio::test]
async fn h074_what_one_deed_does_to_one_ticket_waits_for_nothing() {
    let (desk, number) = desk_with_a_ticket().await;
    let leo = desk.sign_in("leo").await;
    for priority in ["low", "high", "low", "high", "low", "high", "low", "high", "low", "high", "low", "high"] {
        let version = etag(&leo.get(&format!("/v1/tickets/{number}")).await);
        leo.patch(&format!("/v1/tickets/{number}"), &version, &json!({ "priority": priority })).await.expect(200);
        desk.settle().await;
    }
    assert_eq!(new_dates(&desk), (12, Vec::new()));
    desk.close().await;
}

#[tokio::test]
async fn h074_a_large_digest_is_settled_part_by_part() {
    let desk = Desk::open().await;
    desk.until(TUESDAY).await;
    let rita = desk.sign_in("rita").await;
    for _ in 0..13 {
        rita.opens_a_ticket().await;
    }
    desk.settle().await;
    promise(&desk, 4 * 3600).await;
    let store = desk.desk.store();
    let hour = Hour::of(store.reader().now());
    for gone in 0..1_200 {
        store.hold(&to_rita(&format!("{gone:08}"), 1), hour).await.unwrap();
    }
    let runs = Arc::new(Mutex::new(vec![0_u32]));
    let counting = Arc::clone(&runs);
    desk.desk.weather.befall(move |call| {
        let mut runs = counting.lock().unwrap();
        match call.operation {
            "ReceiveMessage" => runs.push(0),
            "UpdateItem" if says(call, "#state = :held") => *runs.last_mut().unwrap() += 1,
            _ => {}
        }
        Fate::Done
    });
    desk.until("2026-03-03T10:01:00Z").await;
    desk.desk.weather.calm();
    let settled: Vec<_> = runs.lock().unwrap().iter().copied().filter(|settled| *settled > 0).collect();
    assert_eq!(settled, [500, 500, 203]);
    let (_, digests) = new_dates(&desk);
    assert_eq!((digests.len(), digests[0].subject.as_str()), (1, "New dates for 3 tickets"));
    let items = desk.desk.table.everything("Table").unwrap();
    assert!(items.iter().all(|item| item["state"]["S"] != "held"), "nothing waits any more");
    desk.close().await;
}

#[tokio::test]
async fn h074_a_digest_takes_one_place_of_the_next_hour_however_many_say_it() {
    let desk = Desk::open().await;
    let (store, rita) = (desk.desk.store(), PersonId::parse("usr_rita").unwrap());
    let hour = Hour::of(store.reader().now());
    let next = Hour::of(hour.ends_at());
    for _ in 0..3 {
        store.note_said(&rita, hour).await.unwrap();
    }
    for _ in 0..9 {
        assert_eq!(store.take_place(&rita, next).await.unwrap(), Place::Free);
    }
    assert_eq!(store.take_place(&rita, next).await.unwrap(), Place::Full);
    desk.close().await;
}
