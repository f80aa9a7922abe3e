//! Very many alarms in one minute: each is acted on, and none twice, though every message of the tick comes twice.
//!
//! The function `sla` is driven through its events door, on the table of a desk and a queue of its own; ten workers take
//! messages at once. Nothing else of the desk runs, so the figures are those of the clock alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aws_sdk_sqs::types::Message;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use local::clock::ManualClock;
use local::desk::Desk;
use local::meter::Units;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{queue, stage};

/// When the first of the tickets is opened, all within a minute: Monday, 10:00 in Prague, and a second.
const OPENED: &str = "2026-03-02T09:00:01Z";

/// How many workers take messages at once.
const WORKERS: usize = 10;

/// What was found.
#[derive(Clone, Debug)]
pub struct Acted {
    /// How many alarms there were.
    pub alarms: usize,
    /// How many breaches were told.
    pub breaches: usize,
    /// How many tickets tell of more than one.
    pub twice: usize,
    /// How long it took to act on them all.
    pub took: Duration,
    /// When half of them, 99 of 100 and the last were acted on, counted from the tick.
    pub after: [Duration; 3],
    /// What the table counted while they were acted on.
    pub units: Units,
    /// What the table counted for a tick that found nothing.
    pub idle: Units,
}

/// Opens so many tickets whose promises are due in one minute, and acts on them.
///
/// # Panics
/// When something fails on the way.
pub async fn alarms(count: usize) -> Acted {
    let clock = ManualClock::at(OPENED.parse().unwrap());
    let desk = stage::desk(Arc::new(clock.clone())).await;
    desk.table.forget_tokens();
    stage::promise(&desk, 7200, "hrs_desk").await;
    let stand = Arc::new(Stand::new(&desk));
    let idle = stand.idle(&desk).await;
    fill(&desk, count).await;
    clock.advance(SignedDuration::from_mins(121));
    desk.table.meter.start();
    let began = Instant::now();
    let tick = json!({ "tick": { "at": "2026-03-02T10:59:00Z" } });
    stand.say(&tick).await;
    stand.say(&tick).await;
    join_all((0..WORKERS).map(|_| Arc::clone(&stand).work(began))).await;
    let took = began.elapsed();
    let units = desk.table.meter.stop();
    let mut moments: Vec<_> = stand.moments.lock().await.values().copied().collect();
    moments.sort();
    let at = |percent: usize| moments[(moments.len() * percent / 100).min(moments.len() - 1)];
    let (breaches, twice) = told(&desk);
    Acted { alarms: count, breaches, twice, took, after: [at(50), at(99), at(100)], units, idle }
}

/// Opens the tickets, evenly over one minute.
async fn fill(desk: &Desk, count: usize) {
    let catalog = desk.store().reader().catalog().await.unwrap();
    let rita = stage::requester(desk).await;
    let first: Timestamp = OPENED.parse().unwrap();
    for n in 0..count {
        let share = i64::try_from(n * 60_000 / count).unwrap();
        stage::open(desk, &catalog, &rita, first + SignedDuration::from_millis(share)).await;
    }
}

/// The function and its queue.
struct Stand {
    ports: sla::Ports,
    /// When each ticket was looked at first.
    moments: Mutex<BTreeMap<String, Duration>>,
    busy: AtomicUsize,
}

impl Stand {
    fn new(desk: &Desk) -> Self {
        let queue_url = "https://queue.test/sla".to_owned();
        let ports = sla::Ports { store: desk.store(), queues: queue::client(), queue_url };
        Self { ports, moments: Mutex::default(), busy: AtomicUsize::new(0) }
    }

    /// What a tick costs while nothing waits: one that looks ahead, and one that looks back as well.
    async fn idle(&self, desk: &Desk) -> Units {
        let mut most = Units::default();
        for at in ["2026-03-02T09:01:00Z", "2026-03-02T09:05:00Z"] {
            desk.table.meter.start();
            sla::consume(&self.ports, json!({ "tick": { "at": at } })).await.unwrap();
            let units = desk.table.meter.stop();
            most = if units.read > most.read { units } else { most };
        }
        most
    }

    async fn say(&self, message: &Value) {
        let queues = &self.ports.queues;
        queues.send_message().queue_url(&self.ports.queue_url).message_body(message.to_string()).send().await.unwrap();
    }

    /// Takes messages until there are none, and nobody is left who could send more: only what is handled leads to more.
    async fn work(self: Arc<Self>, began: Instant) {
        loop {
            let (queues, url) = (&self.ports.queues, &self.ports.queue_url);
            let answer = queues.receive_message().queue_url(url).max_number_of_messages(10).send().await.unwrap();
            let messages = answer.messages.unwrap_or_default();
            if messages.is_empty() && self.busy.load(Ordering::SeqCst) == 0 {
                return;
            }
            self.busy.fetch_add(1, Ordering::SeqCst);
            for message in &messages {
                self.handle(message, began).await;
            }
            self.busy.fetch_sub(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
        }
    }

    async fn handle(&self, message: &Message, began: Instant) {
        let body: Value = serde_json::from_str(message.body().unwrap()).unwrap();
        let rung = body["wake"]["ticket"].as_str().map(str::to_owned);
        sla::consume(&self.ports, body).await.unwrap();
        // The second message of a ticket finds nothing to do.
        if let Some(ticket) = rung {
            self.moments.lock().await.entry(ticket).or_insert_with(|| began.elapsed());
        }
    }
}

/// How many breaches the table tells of, and of how many tickets more than one.
fn told(desk: &Desk) -> (usize, usize) {
    let items = desk.table.everything("Table").unwrap();
    let breaches = items.iter().filter(|item| item["type"]["S"] == "TargetBreached");
    let mut tickets: Vec<_> = breaches.map(|item| item["pk"]["S"].as_str().unwrap_or_default()).collect();
    tickets.sort_unstable();
    let all = tickets.len();
    tickets.dedup();
    (all, all - tickets.len())
}
