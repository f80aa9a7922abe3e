//! How close to its moment a breach is acted on, in a running desk and real time.
//!
//! Tickets are opened one after the other, half of them with a promise of 125 seconds, which `relay` rings, and half with
//! one of 200, which the tick rings. Every breach says when it was due and when it was told.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use local::desk::Desk;
use runtime::world::SystemClock;
use serde_json::Value;

use super::stage;

/// Between one ticket and the next, so that the tick finds them at every second of its minute.
const APART: Duration = Duration::from_millis(600);

/// How long after it was due each of so many breaches was acted on, in milliseconds, sorted. Takes five minutes.
///
/// # Panics
/// When a breach is not told, or more than once.
pub async fn punctual(count: usize) -> Vec<i64> {
    let desk = stage::desk(Arc::new(SystemClock)).await;
    tokio::select! {
        stopped = desk.run() => panic!("the desk stopped: {stopped:?}"),
        () = promises(&desk, count) => {}
    }
    let delays = delays(&desk);
    assert_eq!(delays.len(), count / 2 * 2, "every breach is told once");
    delays
}

/// Opens the tickets, and waits until the last promise is due.
async fn promises(desk: &Desk, count: usize) {
    for seconds in [200, 125] {
        stage::promise(desk, seconds, "hrs_always").await;
        let catalog = desk.store().reader().catalog().await.unwrap();
        let rita = stage::requester(desk).await;
        for _ in 0..count / 2 {
            stage::open(desk, &catalog, &rita, desk.store().reader().now()).await;
            tokio::time::sleep(APART).await;
        }
    }
    tokio::time::sleep(Duration::from_secs(205)).await;
}

fn delays(desk: &Desk) -> Vec<i64> {
    let items = desk.table.everything("Table").unwrap();
    let breaches = items.iter().filter(|item| item["type"]["S"] == "TargetBreached");
    let moment = |value: &Value| value["S"].as_str().unwrap_or_default().parse::<Timestamp>().unwrap();
    let delay = |item: &Value| moment(&item["at"]).duration_since(moment(&item["breached_at"])).as_millis();
    let mut delays: Vec<_> = breaches.map(|item| i64::try_from(delay(item)).unwrap()).collect();
    delays.sort_unstable();
    delays
}
