//! Queues and what reads them: what comes twice is done once, what cannot be read harms nobody else, and what could
//! not be sent is sent later.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_sqs::types::QueueAttributeName;
use futures_util::future::join_all;
use jiff::SignedDuration;
use local::desk::Remains;
use local::weather::{Fate, Service};
use serde_json::{Value, json};
use tests::Desk;
use tests::paper::Paper;
use winterbaume_core::MockAws;
use winterbaume_sqs::SqsService;

/// How many messages wait where a backlog is worked off.
const BACKLOG: usize = 2_000;

/// Tells of an event of a ticket, as `relay` does.
async fn tell(desk: &Desk, number: &str, seq: u32) {
    desk.desk.say("NotifyQueue", &json!({ "ticket": number, "seq": seq }).to_string()).await.unwrap();
}

/// What the table tells of events of a type.
fn events(desk: &Desk, kind: &str) -> usize {
    desk.desk.table.everything("Table").unwrap().iter().filter(|item| item["type"]["S"] == kind).count()
}

#[tokio::test]
async fn h047_what_is_delivered_ten_times_is_done_once() {
    let desk = Desk::open().await;
    let (rita, leo) = (desk.sign_in("rita").await, desk.sign_in("leo").await);
    let number = rita.opens_a_ticket().await;
    desk.settle().await;
    leo.does("comments", &number, &json!({ "body": "Which room?" })).await.expect(201);
    rita.does("comments", &number, &json!({ "body": "Room 12." })).await.expect(201);
    desk.settle().await;
    let (table, sent) = (desk.table(), desk.outbox());
    for _ in 0..9 {
        desk.desk.replay().await;
        for seq in 1..=4 {
            tell(&desk, &number, seq).await;
        }
        desk.desk.say("SlaQueue", &json!({ "wake": { "ticket": number } }).to_string()).await.unwrap();
        desk.settle().await;
    }
    assert_eq!(desk.table(), table);
    assert_eq!(desk.outbox(), sent);
    desk.close().await;
}

#[tokio::test]
async fn h049_what_cannot_be_read_ends_as_a_dead_letter_and_its_neighbours_are_done_once() {
    let desk = Desk::open().await;
    desk.desk.hide_failed(0).await.unwrap();
    let rita = desk.sign_in("rita").await;
    for _ in 0..9 {
        rita.opens_a_ticket().await;
    }
    let of_another_time = json!({ "ticket": "7K3Q-M9XV", "seq": 1, "v": 999 }).to_string();
    for poison in ["not JSON", of_another_time.as_str()] {
        desk.desk.say("NotifyQueue", poison).await.unwrap();
    }
    desk.settle().await;
    assert_eq!((desk.mail_to("rita").len(), desk.outbox().len()), (9, 18), "each requester and each agent once");
    assert_eq!(desk.desk.remains().await.unwrap(), Remains { dead: 2, ..Remains::default() });

    rita.opens_a_ticket().await;
    desk.settle().await;
    assert_eq!(desk.mail_to("rita").len(), 10, "the queue goes on");
    desk.abandon();
}

#[tokio::test]
async fn h055_a_thousand_dead_letters_of_thirteen_days_ago_are_each_told_once() {
    let desk = Desk::open().await;
    desk.desk.hide_failed(0).await.unwrap();
    let rita = desk.sign_in("rita").await;
    let mut numbers = Vec::new();
    for _ in 0..25 {
        numbers.push(rita.opens_a_ticket().await);
    }
    // Nobody can note that a mail is theirs to send, so none goes out.
    let refusal = Fate::Refused("AccessDeniedException");
    desk.desk.weather.befall(move |call| if call.operation == "UpdateItem" { refusal } else { Fate::Done });
    desk.settle().await;
    assert_eq!(desk.desk.remains().await.unwrap(), Remains { dead: 50, ..Remains::default() });
    assert!(desk.outbox().is_empty());

    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    desk.desk.weather.befall(move |call| {
        counted.fetch_add(usize::from(call.operation == "SendEmail"), Ordering::Relaxed);
        Fate::Done
    });
    // What has fallen due meanwhile is told first.
    desk.advance(SignedDuration::from_hours(13 * 24)).settle().await;
    let (mails, calls) = (desk.outbox().len(), sent.load(Ordering::Relaxed));
    for number in numbers.iter().cycle().take(20 * numbers.len()) {
        tell(&desk, number, 1).await;
        tell(&desk, number, 2).await;
    }
    desk.settle().await;
    assert_eq!(desk.outbox().len(), mails + 50, "each is told");
    assert_eq!(sent.load(Ordering::Relaxed), calls + 50, "and told once");
    assert_eq!(desk.desk.remains().await.unwrap(), Remains { dead: 50, ..Remains::default() });
    desk.abandon();
}

#[tokio::test(start_paused = true)]
async fn h056_queues_that_are_away_for_ten_minutes_lose_nothing() {
    let desk = Desk::open().await;
    let rita = desk.sign_in("rita").await;
    desk.desk.weather.befall(|call| if call.service == Service::Queue { Fate::Down } else { Fate::Done });
    rita.opens_a_ticket().await;
    // How long Lambda waits between two tries of a stream it does not say; ten are all there are.
    for _ in 0..5 {
        desk.advance(SignedDuration::from_mins(2));
        desk.desk.settle().await.unwrap_err();
    }
    assert!(desk.outbox().is_empty());
    desk.desk.weather.calm();
    desk.advance(SignedDuration::from_secs(60)).settle().await;
    assert_eq!((desk.mail_to("rita").len(), desk.outbox().len()), (1, 2), "requester and agent, a minute later");
    let remains = desk.desk.remains().await.unwrap();
    let ticks = remains.uncalled;
    assert_eq!(remains, Remains { uncalled: ticks, ..Remains::default() });
    assert!(ticks > 0, "the calls of those minutes are made up for by the next ones");
    desk.abandon();
}

#[tokio::test]
async fn h056_why_a_queue_took_nothing_is_told() {
    let desk = Desk::open().await;
    let paper = Paper::take();
    let asked = AtomicUsize::new(0);
    desk.desk.weather.befall(move |call| {
        let is_first = call.operation == "SendMessage" && asked.fetch_add(1, Ordering::Relaxed) == 0;
        if is_first { Fate::Refused("AccessDeniedException") } else { Fate::Done }
    });
    desk.sign_in("rita").await.opens_a_ticket().await;
    desk.settle().await;
    let lines = paper.lines();
    let failed = lines.iter().find(|line| line["message"] == "message failed, to be retried").unwrap();
    assert!(failed["cause"].as_str().unwrap().contains("AccessDeniedException"), "{failed}");
    desk.close().await;
}

/// The bodies of a batch of messages.
fn bodies(batch: &[u8]) -> Vec<String> {
    let batch: Value = serde_json::from_slice(batch).unwrap();
    let entries = batch["Entries"].as_array().unwrap().iter();
    entries.map(|entry| entry["MessageBody"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn h057_of_a_batch_only_what_the_queue_did_not_take_is_sent_again() {
    let desk = Desk::open().await;
    desk.until("2026-03-03T09:00:00Z").await;
    let rita = desk.sign_in("rita").await;
    for _ in 0..24 {
        rita.opens_a_ticket().await;
    }
    // The tick of the next minute sees their first warnings coming.
    desk.until("2026-03-03T09:42:00Z").await;
    let batches: Arc<Mutex<Vec<Vec<String>>>> = Arc::default();
    let heard = Arc::clone(&batches);
    desk.desk.weather.befall(move |call| {
        if call.operation != "SendMessageBatch" {
            return Fate::Done;
        }
        let (batch, mut heard) = (bodies(call.body), heard.lock().unwrap());
        let is_first_of_ten = batch.len() == 10 && heard.iter().all(|other| other.len() < 10);
        heard.push(batch);
        if is_first_of_ten { Fate::Partly(3) } else { Fate::Done }
    });
    desk.until("2026-03-03T09:44:00Z").await;
    desk.desk.weather.calm();
    let batches = batches.lock().unwrap().clone();
    let cut = batches.iter().position(|batch| batch.len() == 10).unwrap();
    let left = batches[cut][7..].to_vec();
    assert!(batches[cut + 1..].contains(&left), "{batches:?}");
    assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), 24 + 3, "{batches:?}");
    desk.until("2026-03-03T09:46:00Z").await;
    assert_eq!(events(&desk, "TargetWarned"), 24, "every alarm rings, and none has its effect twice");
    desk.close().await;
}

/// A queue of its own, what does its work, and where dead letters go.
struct Stand {
    ports: sla::Ports,
    dead_letters: String,
    handled: AtomicUsize,
}

impl Stand {
    /// As the template has it: hidden for six times as long as a function may take, and dead after five tries.
    async fn of(desk: &Desk) -> Self {
        let mock = MockAws::builder().with_service(SqsService::new()).build();
        let queues = aws_sdk_sqs::Client::new(&mock.sdk_config("us-east-1").await);
        let dead = queues.create_queue().queue_name("dead").send().await.unwrap();
        let policy = json!({ "deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 5 });
        let made = queues
            .create_queue()
            .queue_name("sla")
            .attributes(QueueAttributeName::VisibilityTimeout, "150")
            .attributes(QueueAttributeName::RedrivePolicy, policy.to_string());
        let queue_url = made.send().await.unwrap().queue_url.unwrap();
        let ports = sla::Ports { store: desk.desk.store(), queues, queue_url };
        Self { ports, dead_letters: dead.queue_url.unwrap(), handled: AtomicUsize::new(0) }
    }

    /// Takes messages while there are any, as one concurrent execution does: none is received that has to wait.
    async fn work(&self) {
        let sla::Ports { queues, queue_url, .. } = &self.ports;
        loop {
            let batch = queues.receive_message().queue_url(queue_url).max_number_of_messages(10).send().await.unwrap();
            let messages = batch.messages.unwrap_or_default();
            if messages.is_empty() {
                return;
            }
            for message in messages {
                sla::consume(&self.ports, serde_json::from_str(message.body().unwrap()).unwrap()).await.unwrap();
                self.handled.fetch_add(1, Ordering::Relaxed);
                let receipt = message.receipt_handle().unwrap();
                queues.delete_message().queue_url(queue_url).receipt_handle(receipt).send().await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn h058_a_backlog_that_two_work_off_leaves_no_dead_letter() {
    let desk = Desk::open().await;
    let number = desk.sign_in("rita").await.opens_a_ticket().await;
    desk.settle().await;
    let (stand, before) = (Stand::of(&desk).await, desk.table());
    let body = json!({ "wake": { "ticket": number } }).to_string();
    for _ in 0..BACKLOG {
        let message = stand.ports.queues.send_message().queue_url(&stand.ports.queue_url).message_body(&body);
        message.send().await.unwrap();
    }
    join_all((0..2).map(|_| stand.work())).await;
    assert_eq!(stand.handled.load(Ordering::Relaxed), BACKLOG, "each is received once");
    let dead = stand.ports.queues.receive_message().queue_url(&stand.dead_letters).send().await.unwrap();
    assert!(dead.messages.unwrap_or_default().is_empty());
    assert_eq!(desk.table(), before);
    desk.close().await;
}

#[test]
fn h058_how_many_work_is_the_queues_affair_so_nobody_is_turned_away() {
    let template = include_str!("../../infra/template.yaml");
    // A function with reserved concurrency throttles what a queue hands it, and each time counts as a try.
    assert!(!template.contains("ReservedConcurrentExecutions"));
    let lines = || template.lines().map(str::trim);
    let queues = lines().filter(|line| line.starts_with("EventSourceArn:") && line.ends_with("Queue.Arn")).count();
    let limits = lines().filter(|line| line.contains("MaximumConcurrency:")).count();
    assert!(queues > 0);
    assert_eq!(queues, limits);
}
